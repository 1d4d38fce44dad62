//! `bindery migrate add` and `check` on the three databases: what is written is run on a server and reverted.

use bindery_schema::dialect::Dialect;

use super::both::Both;
use super::support::{Project, holds};

const FIRST: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, age INTEGER, old VARCHAR(9));\nCREATE INDEX users_age ON users (age);\nCREATE TABLE gone (id BIGINT NOT NULL PRIMARY KEY);\n";
const SECOND: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY,\n  -- @renamed_from name\n  nick VARCHAR(80) NOT NULL, age BIGINT NOT NULL DEFAULT 0, city_id BIGINT, CONSTRAINT users_city FOREIGN KEY (city_id) REFERENCES cities (id), CONSTRAINT users_age_check CHECK (age >= 0));\nCREATE UNIQUE INDEX users_nick ON users (nick, id);\nCREATE TABLE cities (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) DEFAULT 'x');\nCREATE VIEW nicks AS SELECT id, nick FROM users;\n";

/// The migration from nothing, one that renames and drops, their check and their way back.
///
/// Covers MIG-10.
#[test]
fn cli_07_migrations_are_written_from_the_schema() {
    for both in Both::on_all() {
        both.schema(FIRST);
        holds(
            &both.project.run("migrate check").failed(),
            &["B0334", "new table `users`"],
        );
        both.good("migrate add first");
        both.good("migrate check");
        holds(&both.good("migrate add again"), &["nothing to add"]);
        both.good("migrate run");
        assert_eq!(both.catalogue(), both.created());
        let before = both.catalogue();
        both.execute("INSERT INTO users (id, name, age) VALUES (1, 'a', 7), (2, 'b', 8)");

        both.schema(SECOND);
        let shown = both.good("migrate add second --dry-run");
        holds(
            &shown,
            &[
                "RENAME COLUMN",
                "-- the table `gone` goes, with its data",
                "-- DROP TABLE",
            ],
        );
        assert_eq!(both.migrations().len(), 2);
        both.good("migrate add second");
        // A statement that is commented out is still missing.
        let checked = both.project.run("migrate check").failed();
        holds(
            &checked,
            &["the table `gone` goes", "the column `users.old` goes"],
        );
        both.mean_it();
        both.good("migrate check");
        both.good("migrate run");
        assert_eq!(both.catalogue(), both.created());
        let kept = "SELECT count(*) FROM users WHERE nick IN ('a', 'b') AND age IN (7, 8)";
        assert_eq!(both.numbers(kept), [2]);
        let applied = both.project.run("migrate status --format json").json();
        let count = applied[0]["migrations"].as_array().expect("a list").len();
        both.good(&format!(
            "migrate revert --engine default --yes --count {}",
            count - 1
        ));
        assert_eq!(both.catalogue(), before);
        assert_eq!(
            both.numbers("SELECT count(*) FROM users WHERE name IN ('a', 'b')"),
            [2]
        );
        both.good("migrate run");
    }
}

/// A column whose type bindery does not know, in the words of each database.
fn odd(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        // Their elements may be NULL.
        Dialect::Postgres => &[
            "ARRAY[at]",
            "tags || ARRAY[NULL::text]",
            "string_to_array(name, ',', 'x')",
        ],
        Dialect::Sqlite => &["CASE WHEN id > 1 THEN name ELSE id END"],
        Dialect::Mysql => &["b'101'"],
    }
}

/// A view with such a column over a table that changes, and a view of that view: none is dropped without being made again.
#[test]
fn cli_07_views_with_columns_of_unknown_types_are_migrated_as_others() {
    for both in Both::on_all() {
        let own = match both.dialect() {
            Dialect::Postgres => ", tags TEXT[]",
            Dialect::Sqlite | Dialect::Mysql => "",
        };
        let table = |size: u32| {
            format!(
                "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR({size}) NOT NULL, at TIMESTAMP NULL{own});\n"
            )
        };
        for (at, odd) in odd(both.dialect()).iter().enumerate() {
            let plain =
                "CREATE VIEW v AS SELECT id, name FROM t;\nCREATE VIEW w AS SELECT id FROM v;\n";
            both.schema(&format!("{}{plain}", table(40)));
            both.good(&format!("migrate add first{at} --format json"));
            both.good("migrate run");
            let before = both.catalogue();

            let views = format!(
                "CREATE VIEW v AS SELECT id, name, {odd} AS odd FROM t;\nCREATE VIEW w AS SELECT id, odd FROM v;\nCREATE VIEW x AS SELECT {odd} AS odd FROM t;\n"
            );
            both.schema(&format!("{}{views}", table(80)));
            let missing = both.project.run("migrate check").failed();
            holds(&missing, &["view `v`", "view `w`", "view `x`"]);
            let shown = both.good("migrate add second --dry-run");
            let made = shown.matches("CREATE VIEW").count();
            assert!(
                made >= 3 && made >= shown.matches("DROP VIEW").count(),
                "{shown}"
            );
            both.good(&format!("migrate add second{at}"));
            both.good("migrate check");
            holds(&both.good("migrate add again"), &["nothing to add"]);
            both.good("migrate run");
            assert_eq!(both.catalogue(), both.created(), "{odd}");
            both.good("validate");
            both.good("migrate revert --engine default --yes");
            assert_eq!(both.catalogue(), before, "{odd}");
            // Without them the database is not as the schema says.
            let lacking = both.project.run("validate");
            holds(
                &lacking.results,
                &[
                    "missing    x on default",
                    "differs    v on default: ",
                    // PostgreSQL cannot make it over the `v` that is there.
                    "    w on default: query: expected `SELECT id, odd FROM v`",
                ],
            );
            lacking.failed();
            both.good("migrate run");
            both.good("validate");
            for words in ["check", "migrate check", "create", "migrate add more"] {
                let denied = both.project.run(&format!("{words} --deny-warnings"));
                holds(&denied.failed(), &["B0422", "view `v`"]);
            }
            both.schema(&format!(
                "{}{}",
                table(80),
                views.replace("SELECT id, name", "SELECT id, nmae")
            ));
            let refused = both.project.run("migrate add third").failed();
            holds(&refused, &["B0105", "names `nmae`", "write `name`"]);
        }
    }
}

/// A view that bindery does not make stays where the migrations made it, also where a table below it changes.
#[test]
fn cli_07_a_view_that_is_not_made_is_not_dropped() {
    for both in Both::on_all() {
        let table = |size: u32| {
            format!("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR({size}));\n")
        };
        let view = "CREATE VIEW v AS SELECT id, name FROM t;\n";
        both.schema(&format!("{}{view}", table(40)));
        both.good("migrate add first");
        both.schema(&format!("{}-- @unmanaged\n{view}", table(40)));
        both.good("migrate check");
        both.schema(&format!("{}-- @unmanaged\n{view}", table(80)));
        let shown = both.good("migrate add second --dry-run");
        let (drops, creates) = (shown.matches("DROP VIEW"), shown.matches("CREATE VIEW"));
        assert_eq!(drops.count(), creates.count(), "{shown}");
        both.good("migrate add second");
        both.good("migrate run");
        assert_eq!(both.numbers("SELECT count(*) FROM v"), [0]);
    }
}

/// The statements written keep a large table in use.
#[test]
fn cli_07_indexes_of_postgres_are_made_beside_the_work_of_others() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.schema(FIRST);
    both.good("migrate add first");
    both.schema(&format!(
        "{FIRST}CREATE INDEX users_name ON users (name);\n"
    ));
    let shown = both.good("migrate add more --dry-run");
    holds(
        &shown,
        &[
            "-- @no-transaction",
            "CREATE INDEX CONCURRENTLY \"users_name\"",
            "DROP INDEX CONCURRENTLY",
        ],
    );
    both.good("migrate add more");
    both.good("migrate check --deny-warnings");
    both.good("migrate run");
    assert_eq!(both.catalogue(), both.created());
    both.good("migrate revert --engine default --yes");
    both.project.write(
        "migrations/default/99990101000000_by_hand.sql",
        "CREATE INDEX users_old ON users (old);\n",
    );
    both.schema(&format!(
        "{FIRST}CREATE INDEX users_name ON users (name);\nCREATE INDEX users_old ON users (old);\n"
    ));
    let warned = both.project.run("migrate check --deny-warnings").failed();
    holds(&warned, &["B0435", "by_hand.sql:1"]);
    both.project.write(
        "migrations/default/99990101000000_by_hand.sql",
        "-- @allow B0435\n\nCREATE INDEX users_old ON users (old);\n",
    );
    both.good("migrate check --deny-warnings");
}

/// A table of SQLite that is made anew keeps its rows, indexes and triggers, and views of it.
#[test]
fn cli_07_what_sqlite_makes_anew_keeps_its_triggers_and_views() {
    let both = Both::on_sqlite();
    let schema_with = |kind: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a {kind});\nCREATE INDEX t_a ON t (a);\nCREATE TABLE log (n INTEGER);\nCREATE VIEW v AS SELECT id FROM t;\n"
        )
    };
    both.schema(&schema_with("INTEGER"));
    both.good("migrate add first");
    both.good("migrate add trigger --empty");
    let mut files = both.migrations().into_iter();
    let file = files.find(|path| path.to_string_lossy().ends_with("_trigger.sql"));
    let trigger =
        "CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;\n";
    std::fs::write(file.expect("it was written"), trigger).expect("it can be written");
    both.good("migrate run");
    both.execute("INSERT INTO t (a) VALUES (1), (2); DELETE FROM t WHERE a = 2");
    both.schema(&schema_with("BIGINT NOT NULL"));
    both.good("migrate add anew");
    both.good("migrate run");
    both.execute("INSERT INTO t (a) VALUES (3)");
    assert_eq!(both.numbers("SELECT id FROM v ORDER BY id"), [1, 3]);
    assert_eq!(both.numbers("SELECT n FROM log ORDER BY n"), [1, 2, 3]);
    both.good("migrate check");
}

/// A file by hand, for each engine; and the wrong usage.
#[test]
fn cli_07_empty_migrations_and_wrong_names() {
    let project = Project::new(&[
        (
            "bindery.toml",
            "[engines]\ndefault = 'sqlite://a.db'\nb = 'sqlite://b.db'\n",
        ),
        (
            "schema.sql",
            "-- @engines default, b\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n",
        ),
    ]);
    std::fs::create_dir_all(project.path("migrations/b")).expect("a folder");
    let first = "CREATE TABLE t (id INTEGER PRIMARY KEY);\n";
    project.write("migrations/b/0007_first.sql", first);
    holds(
        &project.run("migrate add a/b").failed(),
        &["is no name of a migration"],
    );
    let written = project.run("migrate add fill --empty --engine b").good();
    holds(&written, &["migrations/b/0008_fill.sql on b"]);
    let json = project.run("migrate add first --format json").json();
    assert_eq!(json[0]["engine"], "default");
    assert_eq!(json.as_array().expect("a list").len(), 1);
    project.run("migrate check").good();
    holds(
        &project.run("migrate check --since 0O07").failed(),
        &["there is no migration `0O07`"],
    );
    let json = project.run("migrate check --format json").json();
    assert_eq!(json["engines"][0]["migrations"], 2);
}

/// `[migrations] check`: what builds and `check` then say.
#[test]
fn a_project_may_have_its_migrations_checked_with_its_schema() {
    let project = Project::new(&[
        (
            "bindery.toml",
            "url = \"sqlite://app.db\"\n\n[migrations]\ncheck = \"error\"\n",
        ),
        (
            "schema.sql",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);\n",
        ),
    ]);
    let ended = project.run("check");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    holds(
        &ended.messages,
        &[
            "error[B0334]: migrations of engine `default`: new table `a`",
            "schema.sql:1:1",
        ],
    );
    let ended = project.run("check --format json");
    assert_eq!(ended.json()["diagnostics"][0]["code"], "B0334");
    let ended = project.run("generate --out models --crate models");
    assert_eq!(
        (ended.code, project.path("models").exists()),
        (Some(1), false)
    );
    project.run("migrate add first").good();
    project.run("check").good();
    project.run("generate --out models --crate models").good();
    project.write(
        "bindery.toml",
        "url = \"sqlite://app.db\"\n[migrations]\ncheck = \"warn\"\nengines = [\"default\"]\n",
    );
    project.write("schema.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n");
    let ended = project.run("check");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    holds(&ended.messages, &["warning[B0334]: "]);
    project.write(
        "bindery.toml",
        "url = \"sqlite://app.db\"\n[migrations]\ncheck = \"error\"\nengines = [\"b\"]\n",
    );
    let ended = project.run("check");
    holds(&ended.messages, &["no engine `b`"]);
}
