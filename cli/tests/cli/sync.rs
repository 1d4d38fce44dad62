//! `bindery sync` over the three databases.

use std::time::Duration;

use bindery_testkit::{FreshDatabase, Watchdog, fresh_mysql, fresh_postgres};

use super::support::{Project, holds, wait_until};

const CONFIG: &str = r#"url = "sqlite://default.db"

[engines]
b = "${B_URL}"
c = "${C_URL}"
"#;

const SCHEMA: &str = "\
-- @engines default, b, c
-- @sync from default to b by changed_at
-- @sync from b to c
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(200) NOT NULL,
  points INTEGER NOT NULL,
  changed_at TIMESTAMP NOT NULL
);
CREATE INDEX users_changed_at ON users (changed_at);
-- @engines default, c
-- @sync from c to default as Contact
CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  secret TEXT
);
CREATE TABLE contacts (
  name TEXT NOT NULL,
  id BIGINT PRIMARY KEY,
  note TEXT NOT NULL DEFAULT 'none'
);
-- @engines default, b
-- @sync from b to default as PageCopy
CREATE TABLE pages (
  id INTEGER PRIMARY KEY
);
CREATE TABLE page_copies (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL
);
";

const ROWS: &str = "\
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO users SELECT i, i || '@example.org', i, '2026-01-01 12:00:00' FROM n;";

fn project() -> Option<(Project, FreshDatabase, FreshDatabase)> {
    let (b, c) = (fresh_postgres()?, fresh_mysql()?);
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    project.run("create --all").good();
    project.sqlite("default.db", ROWS);
    Some((project, b, c))
}

/// The results of a run that is not complete.
fn incomplete(project: &Project, words: &str) -> String {
    let outcome = project.run(words);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    outcome.results
}

/// From SQLite to PostgreSQL, on to MariaDB, and back to another table of SQLite.
#[test]
fn sync_01_the_command_brings_copies_up() {
    let Some((project, b, c)) = project() else {
        return;
    };
    let dry = project.run("sync users_to_b --dry-run").good();
    holds(
        &dry,
        &[
            "would",
            "users_to_b, default to b: 3000 inserted, 0 updated, 0 deleted",
        ],
    );
    let count = "SELECT count(*) FROM users";
    assert_eq!(b.answer(count).expect("an answer").trim(), "0");

    c.run_script("INSERT INTO people VALUES (1, 'ann', 'x'), (2, 'bob', 'y')")
        .expect("rows");
    let all = project.run("sync --quiet");
    assert_eq!(all.code, Some(0), "{all:#?}");
    holds(
        &all.results,
        &[
            "users_to_b, default to b: 3000 inserted, 0 updated, 0 deleted; 0 unchanged",
            "users_to_c, b to c: 3000 inserted",
            "people_to_default, c to default: 2 inserted",
        ],
    );
    holds(
        &all.messages,
        &["left out   pages_to_default to default: the program maps its rows"],
    );
    let again = project.run("sync --quiet --format json").good();
    let again: serde_json::Value = serde_json::from_str(&again).expect("JSON");
    for one in again.as_array().expect("a list") {
        let written = (&one["inserted"], &one["updated"], &one["deleted"]);
        assert_eq!(written, (&0.into(), &0.into(), &0.into()), "{again}");
    }

    project.sqlite(
        "default.db",
        "UPDATE users SET points = -1 WHERE id IN (3, 1500, 3000); DELETE FROM users WHERE id = 7;",
    );
    let told = project.run("sync users_to_b").good();
    holds(&told, &["0 inserted, 3 updated, 0 deleted; 2996 unchanged"]);
    let told = project.run("sync users_to_b --full").good();
    holds(&told, &["0 inserted, 0 updated, 1 deleted"]);
    let told = project.run("sync --engine c").good();
    holds(
        &told,
        &["users_to_c, b to c: 0 inserted, 3 updated, 1 deleted"],
    );
    let log = b.answer("SELECT count(*) FROM _bindery_sync_runs WHERE status = 'done'");
    assert_eq!(log.expect("an answer").trim(), "4");
}

/// Covers SYNC-7 on PostgreSQL.
#[test]
fn sync_04_the_command_lists_rows_that_are_refused() {
    let Some((project, b, _c)) = project() else {
        return;
    };
    b.run_script("ALTER TABLE users ADD CONSTRAINT few CHECK (points <= 2998)")
        .expect("a constraint");
    let told = incomplete(&project, "sync users_to_b");
    holds(
        &told,
        &[
            "rejected   users_to_b, default to b: 2998 inserted",
            "b: key 2999 is rejected: ",
            "b: key 3000 is rejected: ",
        ],
    );
    // They are kept on the target until a run copies them, and each run counts as an attempt.
    holds(
        &project.run("sync users_to_b --rejects").good(),
        &[
            "b: users_to_b, key 2999: a check is not met",
            "b: users_to_b, key 3000: a check is not met",
        ],
    );
    let status = project.run("status --engine b");
    assert_eq!(status.code, Some(1), "{status:#?}");
    holds(
        &status.results,
        &["2 rows rejected", "`bindery sync --rejects`"],
    );
    incomplete(&project, "sync users_to_b --quiet");
    let tried = b.answer("SELECT string_agg(row_key || ' ' || attempts, ',' ORDER BY row_key) FROM _bindery_sync_rejects");
    assert_eq!(tried.expect("an answer").trim(), "2999 2,3000 2");
    b.run_script("ALTER TABLE users DROP CONSTRAINT few")
        .expect("it is gone");
    let told = project.run("sync users_to_b").good();
    holds(&told, &["2 inserted, 0 updated, 0 deleted; 2998 unchanged"]);
    assert_eq!(project.run("sync users_to_b --rejects").good(), "");
    assert_eq!(project.run("status --engine b").code, Some(0));
}

/// It goes on until it is stopped, also after a run that rejected rows.
#[test]
fn sync_01_the_command_watches() {
    let _watchdog = Watchdog::start("sync --watch", Duration::from_secs(300));
    let Some((project, b, _c)) = project() else {
        return;
    };
    let mut watching = project.start("sync users_to_b --watch 1 --quiet");
    let rows = |number: &str| {
        let count = b.answer("SELECT count(*) FROM users");
        count.expect("an answer").trim() == number
    };
    wait_until(|| rows("3000"));
    b.run_script("ALTER TABLE users ADD CONSTRAINT few CHECK (points <> 3001)")
        .expect("a constraint");
    let more = "INSERT INTO users VALUES (3001, 'x', 3001, '2026-01-01 12:00:00'), (3002, 'y', 1, '2026-01-01 12:00:00')";
    project.sqlite("default.db", more);
    wait_until(|| rows("3001"));
    b.run_script("ALTER TABLE users DROP CONSTRAINT few")
        .expect("it is gone");
    wait_until(|| rows("3002"));
    assert!(watching.is_running(), "{}", watching.messages());
}

#[test]
fn the_command_sync_names_what_it_lacks() {
    let Some((project, b, _c)) = project() else {
        return;
    };
    holds(
        &project.run("sync users_to_bb").failed(),
        &[
            "there is no sync `users_to_bb`",
            "did you mean `users_to_b`?",
        ],
    );
    holds(
        &project.run("sync pages_to_default").failed(),
        &[
            "mapped by the program",
            "db.syncs().pages_to_default(mapping)",
        ],
    );
    assert_eq!(project.run("sync users_to_b --rejects").good(), "");
    b.run_script("DROP TABLE _bindery_sync_rejects")
        .expect("it is gone");
    holds(
        &project.run("sync users_to_b").failed(),
        &["`bindery create --engine b`"],
    );
}

/// More rows that only the target has than a comparison holds do not keep others from being copied.
#[test]
fn sync_01_rows_after_very_many_surplus_ones_are_copied() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\n-- @sync from default to b by version\n\
         CREATE TABLE items (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);\n\
         CREATE INDEX items_version ON items (version);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.sqlite(
        "b.db",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50010) INSERT INTO items SELECT i, 1 FROM n;",
    );
    project.sqlite(
        "default.db",
        "INSERT INTO items VALUES (60000, 1), (60001, 1)",
    );
    holds(
        &project.run("sync --quiet").good(),
        &["2 inserted, 0 updated, 0 deleted"],
    );
    holds(
        &project.run("sync --engine nope").failed(),
        &["there is no engine `nope`", "the engines are b, default"],
    );
}

/// A row that nothing on the target lets be stored does not keep others from being copied.
#[test]
fn sync_04_a_row_whose_reference_is_missing_is_rejected_alone() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n\
         -- @engines default, b\n-- @sync from default to b\n\
         CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));\n\
         CREATE INDEX posts_user_id ON posts (user_id);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.sqlite(
        "default.db",
        "INSERT INTO users VALUES (1), (2); INSERT INTO posts VALUES (1, 1), (2, 2), (3, 1);",
    );
    project.sqlite("b.db", "INSERT INTO users VALUES (1)");
    holds(
        &incomplete(&project, "sync --quiet"),
        &["2 inserted, 0 updated, 0 deleted", "b: key 2 is rejected: "],
    );
}

/// A unique value that a row of a later batch still has: the row that takes it over is tried again in the end.
#[test]
fn sync_04_a_unique_value_that_moves_over_batches_arrives() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\n-- @sync from default to b\n\
         CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.sqlite(
        "default.db",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
         INSERT INTO users SELECT i, i || '@example.org' FROM n;",
    );
    project.run("sync --quiet").good();
    // Every row gets another address, the first that of the last.
    project.sqlite(
        "default.db",
        "UPDATE users SET email = 'new ' || email WHERE id > 1; UPDATE users SET email = '2500@example.org' WHERE id = 1;",
    );
    let told = project.run("sync --quiet").good();
    holds(&told, &["0 inserted, 2500 updated, 0 deleted"]);
    let told = project.run("sync --quiet").good();
    holds(&told, &["0 updated, 0 deleted; 2500 unchanged"]);
}
