//! `bindery mirror` and `bindery verify` over the three databases.

use std::sync::atomic::{AtomicBool, Ordering};

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use super::support::{Project, holds};

const CONFIG: &str = r#"url = "sqlite://default.db"

[engines]
b = "${B_URL}"
c = "${C_URL}"
"#;

const SCHEMA: &str = "\
-- @engines default, b, c
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(200) NOT NULL UNIQUE,
  points DECIMAL(10, 2),
  active BOOLEAN NOT NULL DEFAULT TRUE,
  photo BLOB,
  seen TIMESTAMP
);
-- @engines default, b, c
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  title TEXT NOT NULL
);
CREATE INDEX posts_by_user ON posts (user_id);
-- Only here.
CREATE TABLE drafts (id INTEGER PRIMARY KEY);
";

const ROWS: &str = "\
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO users SELECT i, i || '@example.org', CASE WHEN i % 3 THEN i || '.50' END, i % 2, CASE WHEN i % 5 THEN x'00ff' END,
  CASE WHEN i % 7 THEN '2026-01-01 12:00:00' END FROM n;
INSERT INTO posts SELECT id, id, 'naïve 🦀 of ' || id FROM users;";

fn project() -> Option<(Project, FreshDatabase, FreshDatabase)> {
    let (b, c) = (fresh_postgres()?, fresh_mysql()?);
    let schema = SCHEMA.replace(
        "-- Only here.\nCREATE TABLE drafts (id INTEGER PRIMARY KEY);\n",
        "",
    );
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", &schema)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    project.run("create --all").good();
    project.sqlite("default.db", ROWS);
    Some((project, b, c))
}

/// The results of a comparison that finds differences.
fn differing(project: &Project, words: &str) -> String {
    let outcome = project.run(words);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    outcome.results
}

/// Around all three databases and back, then a row that was changed, one that is missing and one too many.
#[test]
fn sync_06_engines_are_mirrored_verified_and_restored() {
    let Some((project, b, c)) = project() else {
        return;
    };
    assert_eq!(
        project.run("mirror default b --dry-run").good(),
        "planned    users from default to b\nplanned    posts from default to b\n"
    );
    for (from, to) in [("default", "b"), ("b", "c")] {
        let told = project.run(&format!("mirror {from} {to} --quiet")).good();
        let users = format!("users on {from} and {to}: 3000 rows");
        let posts = format!("posts on {from} and {to}: 3000 rows");
        holds(&told, &[&users, &posts]);
    }
    let again = project.run("mirror b c").failed();
    holds(&again, &["`--replace`"]);
    let asked = project.run("mirror b c --replace").failed();
    holds(&asked, &["`--yes`"]);
    project.sqlite("default.db", "DELETE FROM posts; DELETE FROM users;");
    holds(
        &differing(&project, "verify --from c --to default"),
        &["3000 missing, 0 different, 0 surplus", "and 2900 more"],
    );
    project.run("mirror c default --quiet").good();
    project.run("verify --from default --to b").good();

    b.run_script("UPDATE users SET points = 0.01 WHERE id = 17; DELETE FROM posts WHERE id = 5; INSERT INTO posts VALUES (4000, 1, 'x');")
        .expect("the rows are changed");
    holds(
        &differing(&project, "verify --from default --to b"),
        &[
            "0 missing, 1 different, 0 surplus",
            "users: different with key 17",
            "1 missing, 0 different, 1 surplus",
            "posts: missing with key 5",
            "posts: surplus with key 4000",
        ],
    );
    let one = project.run("verify posts --from c --to b --format json");
    let one = one.json();
    assert_eq!(
        (&one[0]["equal"], &one[0]["same"]),
        (&false.into(), &2_999.into())
    );
    assert_eq!(one[0]["differences"][0]["key"], "5");
    project
        .run("mirror default b --replace --yes --quiet")
        .good();
    project.run("verify --from c --to b").good();
    drop(c);
}

/// Mirrors while users come in, each with a post in one transaction.
fn mirror_while_written(project: &Project, words: &str, first: u32, write: impl Fn(&str) + Sync) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for id in first.. {
                write(&format!(
                    "INSERT INTO users (id, email) VALUES ({id}, '{id}'); INSERT INTO posts VALUES ({id}, {id}, 'x'); COMMIT;"
                ));
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        let outcome = project.run(words);
        is_over.store(true, Ordering::Relaxed);
        outcome.good();
    });
}

/// The copy is one state, although rows come in all the time: from each database to another one.
#[test]
fn sync_06_a_mirror_is_one_state_while_the_source_is_written() {
    let Some((project, b, c)) = project() else {
        return;
    };
    let both = "SELECT count(*) FROM users WHERE (SELECT count(*) FROM users) = (SELECT count(*) FROM posts)";
    let is_one_state = |answer: String| {
        let users: u32 = answer.trim().parse().expect("a number");
        assert!(users >= 3_000, "{users}");
    };
    let begun = |begin: &str, sql: &str| format!("{begin}; {sql}");
    mirror_while_written(&project, "mirror default b --quiet", 10_000, |sql| {
        project.sqlite("default.db", &begun("BEGIN IMMEDIATE", sql));
    });
    is_one_state(b.answer(both).expect("an answer"));
    mirror_while_written(&project, "mirror b c --quiet", 100_000, |sql| {
        b.run_script(&begun("BEGIN", sql)).expect("rows");
    });
    is_one_state(c.answer(both).expect("an answer"));
    let back = "mirror c default --replace --yes --quiet";
    mirror_while_written(&project, back, 200_000, |sql| {
        c.run_script(&begun("START TRANSACTION", sql))
            .expect("rows");
    });
    let file = rusqlite::Connection::open(project.path("default.db")).expect("a database file");
    let users: i64 = file
        .query_row(both, (), |row| row.get(0))
        .expect("an answer");
    is_one_state(users.to_string());
}

#[test]
fn a_mirror_names_what_it_lacks() {
    let (Some(b), Some(c)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    holds(
        &project.run("mirror default b").failed(),
        &[
            "engine `b` has no table `drafts`",
            "`-- @engines default, b`",
            "`models-of = \"default\"`",
        ],
    );
    holds(
        &project.run("mirror b b").failed(),
        &["both engines are `b`"],
    );
    holds(
        &project.run("verify --from default --to nowhere").failed(),
        &["`nowhere`"],
    );
    project.run("create --engine default").good();
    holds(
        &project.run("verify users --from default --to b").failed(),
        &["engine `b`", "table `users`", "`bindery create --engine b`"],
    );
}

const TWO_SERVERS: &str = r#"url = "sqlite://default.db"

[engines]
b = "${B_URL}"
c = "${C_URL}"
"#;

/// A project over two databases of PostgreSQL, both with these schemas.
fn in_schemas(schema: &str) -> Option<(Project, FreshDatabase, FreshDatabase)> {
    let (b, c) = (fresh_postgres()?, fresh_postgres()?);
    for database in [&b, &c] {
        let made = database.run_script("CREATE SCHEMA shop; CREATE SCHEMA crm;");
        made.expect("the schemas are made");
    }
    let project = Project::new(&[("bindery.toml", TWO_SERVERS), ("schema.sql", schema)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    Some((project, b, c))
}

/// Covers SYNC-11 on PostgreSQL.
#[test]
fn sync_06_tables_are_paired_by_their_full_names() {
    let schema = "\
-- @dialect postgres

-- @engines b, c
-- @model Order
CREATE TABLE shop.items (id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL);
-- @engines b, c
-- @model Lead
CREATE TABLE crm.items (id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL);
";
    let Some((project, b, c)) = in_schemas(schema) else {
        return;
    };
    project.run("create --engine b --engine c").good();
    b.run_script("INSERT INTO shop.items VALUES (1, 'a'), (2, 'b'); INSERT INTO crm.items VALUES (1, 'x'), (2, 'y'), (3, 'z');")
        .expect("rows");
    let told = project.run("mirror b c --quiet").good();
    holds(
        &told,
        &[
            "shop.items on b and c: 2 rows",
            "crm.items on b and c: 3 rows",
        ],
    );
    let one = c.answer("SELECT string_agg(title, '' ORDER BY id) FROM crm.items");
    assert_eq!(one.expect("an answer").trim(), "xyz");
    c.run_script("DELETE FROM crm.items WHERE id = 2")
        .expect("a row is deleted");
    let told = differing(&project, "verify --from b --to c");
    holds(
        &told,
        &[
            "shop.items on b and c: 2 rows",
            "crm.items: missing with key 2",
        ],
    );
    let told = differing(&project, "verify crm.items --from b --to c");
    assert!(!told.contains("shop.items"), "{told}");
}

/// A name without a schema stands for the table of that name in any one of the other engine's.
#[test]
fn sync_06_a_table_without_a_schema_is_paired_with_the_one_of_its_name() {
    let items = "(id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL);\n";
    let one = format!(
        "-- @dialect postgres\n\nCREATE TABLE items {items}-- @engine b\n-- @model ShopItem\nCREATE TABLE shop.items {items}"
    );
    let Some((project, b, _c)) = in_schemas(&one) else {
        return;
    };
    project.run("create --engine default --engine b").good();
    project.sqlite("default.db", "INSERT INTO items VALUES (1, 'a')");
    let told = project.run("mirror default b --quiet").good();
    holds(&told, &["items on default and b: 1 row"]);
    let there = b.answer("SELECT title FROM shop.items");
    assert_eq!(there.expect("an answer").trim(), "a");

    let two = format!("{one}-- @engine b\n-- @model Lead\nCREATE TABLE crm.items {items}");
    project.write("schema.sql", &two);
    holds(
        &project.run("verify --from default --to b").failed(),
        &[
            "table `items` has no table of its full name on engine `b`, and several tables are named `items`",
            "give both tables the same schema, or name other tables",
        ],
    );
}

/// Nothing to compare is a mistake, not a success; tables that bindery does not manage are named.
#[test]
fn a_mirror_of_no_table_is_refused_and_unmanaged_ones_are_named() {
    let schema = "\
-- @engines default, b
CREATE TABLE users (id BIGINT PRIMARY KEY);
-- @engine b
-- @unmanaged
CREATE TABLE audit (id BIGINT PRIMARY KEY);
-- @engine c
-- @unmanaged
CREATE TABLE visits (id BIGINT PRIMARY KEY);
";
    let Some((project, _b, _c)) = in_schemas(schema) else {
        return;
    };
    for words in ["verify --from c --to b", "mirror c b"] {
        holds(
            &project.run(words).failed(),
            &[
                "engine `c` has no table that bindery manages",
                "these are unmanaged: visits",
            ],
        );
    }
    project.run("create --engine default --engine b").good();
    let outcome = project.run("verify --from b --to default");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    holds(&outcome.messages, &["left out   audit on b: unmanaged"]);
}

/// One row of very many, then some that refer to each other: found, left alone by a dry run, and repaired.
#[test]
fn sync_06_rows_that_differ_are_found_and_repaired() {
    let Some((project, b, c)) = project() else {
        return;
    };
    let more = "WITH RECURSIVE n (i) AS (SELECT 3001 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO users SELECT i, i || '@example.org', i || '.25', i % 2, NULL, '2026-01-01 12:00:00' FROM n;";
    project.sqlite("default.db", more);
    for (from, to, name) in [("default", "b", &b), ("b", "c", &c)] {
        project.run(&format!("mirror {from} {to} --quiet")).good();
        name.run_script("UPDATE users SET points = 0.01 WHERE id = 77777")
            .expect("a row is changed");
        let dry = differing(
            &project,
            &format!("verify --from {from} --to {to} --repair --dry-run"),
        );
        holds(
            &dry,
            &[
                "0 missing, 1 different, 0 surplus; 99999 rows",
                "users: different with key 77777",
            ],
        );
        let points = "SELECT points FROM users WHERE id = 77777";
        assert_eq!(name.answer(points).expect("an answer").trim(), "0.01");
        let asked = project.run(&format!("verify --from {from} --to {to} --repair"));
        holds(&asked.failed(), &["`--yes`"]);
        let told = project
            .run(&format!(
                "verify --from {from} --to {to} --repair --yes --quiet"
            ))
            .good();
        holds(
            &told,
            &[&format!("users on {to}: 0 inserted, 1 updated, 0 deleted")],
        );
        project
            .run(&format!("verify --from {from} --to {to}"))
            .good();
    }

    // Rows that refer to others come after those, and go before them.
    b.run_script(
        "INSERT INTO users (id, email) VALUES (200000, 'z'); INSERT INTO posts VALUES (200000, 200000, 'x'); \
         DELETE FROM posts WHERE id = 7; DELETE FROM users WHERE id = 7;",
    )
    .expect("rows are changed");
    let told = project
        .run("verify --from default --to b --repair --yes --format json")
        .good();
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    for (at, table) in ["users", "posts"].into_iter().enumerate() {
        let repaired = &told[at]["repaired"];
        assert_eq!(told[at]["table"], table);
        let counts = (
            &repaired["inserted"],
            &repaired["updated"],
            &repaired["deleted"],
        );
        assert_eq!(counts, (&1.into(), &0.into(), &1.into()), "{told}");
    }
    project.run("verify --from default --to b").good();
}

/// Rows that were brought up by others since they were compared are not set back.
#[test]
fn sync_06_a_repair_goes_on_while_both_engines_are_written() {
    let Some((project, b, _c)) = project() else {
        return;
    };
    project.run("mirror default b --quiet").good();
    b.run_script("DELETE FROM posts; UPDATE users SET points = 0.01 WHERE id % 3 = 0;")
        .expect("rows are changed");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for id in 10_000.. {
                project.sqlite(
                    "default.db",
                    &format!("INSERT INTO users (id, email) VALUES ({id}, '{id}')"),
                );
                b.run_script(&format!(
                    "INSERT INTO users (id, email) VALUES ({id}, '{id}') ON CONFLICT DO NOTHING"
                ))
                .expect("a row");
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        let outcome = project.run("verify --from default --to b --repair --yes --quiet");
        is_over.store(true, Ordering::Relaxed);
        outcome.good();
    });
    project.run("verify --from default --to b").good();
}

#[test]
fn sync_06_a_protected_engine_is_not_repaired() {
    let config =
        "url = \"sqlite://default.db\"\n\n[engines.b]\nurl = \"sqlite://b.db\"\nprotected = true\n";
    let schema = "-- @engines default, b\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.sqlite("default.db", "INSERT INTO users VALUES (1)");
    holds(
        &project
            .run("verify --from default --to b --repair --yes")
            .failed(),
        &["engine `b` is protected"],
    );
    let dry = differing(&project, "verify --from default --to b --repair --dry-run");
    holds(&dry, &["users: missing with key 1"]);
}

/// Decimals with and without zeros at their ends, zeros below zero, and times of more digits than their column has: equal to `verify` as to
/// syncs, in every direction.
#[test]
fn sync_06_values_in_another_form_are_equal_to_verify() {
    let (Some(b), Some(c)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let schema = "-- @engines default, b, c\nCREATE TABLE prices (id INTEGER PRIMARY KEY, price DECIMAL(14, 4) NOT NULL, rate DOUBLE PRECISION NOT NULL, since TIMESTAMP(3) NOT NULL);\n";
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    project.run("create --all").good();
    let rows = |below_zero: &str, fraction: &str| {
        format!(
            "INSERT INTO prices VALUES (1, 1.5, {below_zero}, '2026-11-20 10:00:00.{fraction}'), \
             (2, -0.0001, 0.25, '2026-11-20 10:00:00'), (3, 1234567890, 10000000000, '2026-11-20 10:00:00.100')"
        )
    };
    project.sqlite("default.db", &rows("0", "123456"));
    b.run_script(&rows("CAST('-0' AS DOUBLE PRECISION)", "123"))
        .expect("rows");
    c.run_script(&rows("-0e0", "123")).expect("rows");
    for (from, to) in [
        ("default", "b"),
        ("b", "c"),
        ("c", "default"),
        ("b", "default"),
    ] {
        let verified = project.run(&format!("verify --from {from} --to {to}"));
        holds(&verified.good(), &["3 rows"]);
    }
    b.run_script("UPDATE prices SET price = 1.5001 WHERE id = 1")
        .expect("it is changed");
    let found = differing(&project, "verify --from default --to b");
    holds(
        &found,
        &[
            "0 missing, 1 different, 0 surplus",
            "prices: different with key 1",
        ],
    );
}

/// Keys that another program stored in SQLite in another form come in another order, or are not found again.
#[test]
fn sync_06_keys_in_another_form_are_refused_before_a_row_is_deleted() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\nCREATE TABLE visits (at TIMESTAMP PRIMARY KEY, page TEXT NOT NULL);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    let rows =
        "INSERT INTO visits VALUES ('2026-01-01 12:00:00', 'a'), ('2026-01-01 14:00:00', 'b');";
    project.sqlite("b.db", rows);
    project.sqlite("default.db", rows);
    project.sqlite(
        "default.db",
        "UPDATE visits SET at = '2026-01-01T12:00:00' WHERE page = 'a'",
    );
    let repair = "verify --from default --to b --repair --yes --quiet";
    holds(&project.run(repair).failed(), &["in another order"]);
    project.sqlite(
        "default.db",
        "UPDATE visits SET page = 'c'; DELETE FROM visits WHERE at LIKE '% 14:%'",
    );
    holds(
        &project.run(repair).failed(),
        &[
            "table `visits`, column `at`",
            "in another form than bindery's",
        ],
    );
    let left = differing(&project, "verify --from default --to b");
    holds(&left, &["0 missing, 1 different, 1 surplus"]);
}

/// A row of PostgreSQL is not deleted where one of another table would go with it.
#[test]
fn sync_06_a_repair_deletes_no_row_of_a_table_that_is_not_named() {
    let Some((project, b, _c)) = project() else {
        return;
    };
    b.run_script(
        "CREATE TABLE notes (user_id INT REFERENCES users ON DELETE CASCADE); \
         INSERT INTO users (id, email) VALUES (1, 'one'), (2, 'two'); INSERT INTO notes VALUES (1);",
    )
    .expect("rows");
    project.sqlite("default.db", "DELETE FROM posts; DELETE FROM users;");
    let repair = "verify users --from default --to b --repair --yes --quiet";
    holds(
        &project.run(repair).failed(),
        &["table `notes`", "notes_user_id_fkey"],
    );
    let both = "SELECT (SELECT count(*) FROM users) || ' ' || (SELECT count(*) FROM notes)";
    assert_eq!(b.answer(both).expect("an answer").trim(), "1 1");
    b.run_script("DELETE FROM notes").expect("it is gone");
    holds(&project.run(repair).good(), &["0 updated, 1 deleted"]);
}

/// Covers SYNC-7: a value that the other database cannot hold is refused with its table and column, and nothing of the mirror is kept.
#[test]
fn sync_06_a_value_that_the_other_database_cannot_hold_is_named() {
    let (Some(b), Some(c)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let schema = "-- @engines default, b, c\nCREATE TABLE readings (id INTEGER PRIMARY KEY, level DOUBLE PRECISION, total BIGINT UNSIGNED);\n";
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    project.run("create --all").good();
    b.run_script("INSERT INTO readings VALUES (1, 0.5, 1), (2, 'NaN', 2), (3, 'Infinity', 3)")
        .expect("the rows are written");
    let to_mariadb = [
        "readings",
        "level",
        "MySQL and MariaDB cannot hold NaN or an infinity",
    ];
    holds(&project.run("mirror b c").failed(), &to_mariadb);
    assert_eq!(
        c.answer("SELECT count(*) FROM readings")
            .expect("an answer")
            .trim(),
        "0"
    );
    let differences = differing(&project, "verify --from b --to c");
    holds(&differences, &["3 missing, 0 different, 0 surplus"]);
    holds(
        &project
            .run("verify --from b --to c --repair --yes")
            .failed(),
        &["column `level`", to_mariadb[2]],
    );

    // The row that can be held is repaired.
    c.run_script("INSERT INTO readings VALUES (2, 1.5, 18446744073709551615)")
        .expect("the rows are written");
    let to_sqlite = [
        "readings",
        "total",
        "SQLite cannot hold an unsigned integer past 9223372036854775807",
    ];
    holds(&project.run("mirror c default").failed(), &to_sqlite);
    let differences = differing(&project, "verify --from c --to default");
    holds(&differences, &["2 missing, 0 different, 0 surplus"]);
    holds(
        &project
            .run("verify --from c --to default --repair --yes")
            .failed(),
        &["column `total`", to_sqlite[2]],
    );
}
