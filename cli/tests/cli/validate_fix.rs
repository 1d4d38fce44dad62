//! `bindery validate --fix` on the three databases: what it writes is executed, and the database is as the schema says.

use super::both::Both;
use super::support::{Project, holds, names_in};

const SCHEMA: &str = "CREATE TABLE cities (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'x');\n\
    CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, age BIGINT NOT NULL DEFAULT 0, city_id BIGINT, \
    CONSTRAINT users_city FOREIGN KEY (city_id) REFERENCES cities (id));\n\
    CREATE INDEX users_name ON users (name);\n";

/// It lacks a table, columns, a key and an index, takes NULL, and has more of its own.
const DRIFTED: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40), extra VARCHAR(9));\n\
    CREATE INDEX users_extra ON users (extra);\n\
    CREATE TABLE only_here (id BIGINT NOT NULL PRIMARY KEY);\n\
    INSERT INTO users VALUES (1, 'ann', 'kept');\n";

/// Executes a file as a person does in a shell: statement by statement where it is no transaction.
pub(super) fn execute_by_hand(both: &Both, path: &std::path::Path) {
    let text = std::fs::read_to_string(path).expect("it was written");
    if text.contains("BEGIN;\n") {
        // A line for the program `sqlite3` only.
        let bails = text.strip_prefix(".bail on\n");
        assert_eq!(bails.is_some(), text.contains("PRAGMA foreign_keys"));
        return both.execute(bails.unwrap_or(&text));
    }
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    for statement in text.split(";\n").filter(|one| !one.trim().is_empty()) {
        both.execute(statement);
    }
}

#[test]
fn cli_05_a_drifted_database_is_mended_by_what_fix_writes() {
    for both in Both::on_all() {
        both.schema(SCHEMA);
        both.execute(DRIFTED);
        let shown = both.project.run("validate --fix --dry-run");
        assert_eq!(shown.code, Some(1), "{shown:?}");
        holds(
            &shown.results,
            &[
                "-- mends/default/",
                "_mend.sql on default\n",
                "CREATE TABLE",
            ],
        );
        assert!(!both.project.path("mends").exists(), "nothing is written");
        let document = both
            .project
            .run("validate --fix --dry-run --format json")
            .json();
        assert_eq!(document[0]["fix"]["migrations"], false);
        assert_eq!(document[0]["fix"]["commented"], true);

        let written = both.project.run("validate --fix");
        assert_eq!(
            written.code,
            Some(1),
            "the database is as it was: {written:?}"
        );
        holds(
            &written.messages,
            &[
                "note: default: what only the database has, and what loses data, is written as a comment\n",
                "note: default: this is no migration, ",
            ],
        );
        let folder = both.project.path("mends/default");
        let names = names_in(&folder);
        for name in &names {
            execute_by_hand(&both, &folder.join(name));
        }
        let end = both.project.run("validate --format json").json();
        assert_eq!(end[0]["differences"], serde_json::json!([]), "{names:?}");
        let extra = end[0]["extra"].as_array().expect("a list");
        let extra: Vec<_> = extra
            .iter()
            .map(|one| (one["table"].as_str(), one["what"].as_str()))
            .collect();
        for (table, what) in [
            ("users", "column"),
            ("users", "index"),
            ("only_here", "table"),
        ] {
            assert!(
                extra.contains(&(Some(table), Some(what))),
                "{table} {what}: {extra:?}"
            );
        }
        let kept = "SELECT count(*) FROM users WHERE extra = 'kept' AND age = 0";
        assert_eq!(both.numbers(kept), [1]);
        both.good("validate");
    }
}

/// A database that is as its migrations make it is mended by one more of them.
#[test]
fn a_mend_is_a_migration_where_the_migrations_end_at_the_schema_with_it() {
    for both in Both::on_all() {
        both.schema("CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY);\n");
        both.good("migrate add first");
        both.good("migrate run");
        both.good("validate");
        both.schema(SCHEMA);
        let written = both.project.run("validate --fix");
        assert_eq!(written.code, Some(1), "{written:?}");
        holds(
            &written.results,
            &["written    migrations/default/", "_mend"],
        );
        both.good("migrate check");
        both.good("migrate run");
        both.good("validate --fix");
        let again = names_in(&both.project.path("migrations/default"));
        assert!(again.len() <= 4, "nothing is left to be mended: {again:?}");
    }
}

/// A database that lacks what its migrations make is mended by hand: a migration would make it twice on a new database.
#[test]
fn a_mend_of_a_database_that_drifted_is_no_migration() {
    for both in Both::on_all() {
        both.schema("CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, a BIGINT);\nCREATE INDEX users_by_a ON users (a);\n");
        both.good("migrate add first");
        both.good("migrate run");
        let before = names_in(&both.project.path("migrations/default"));
        // MySQL has the table's name after it.
        if both.try_execute("DROP INDEX users_by_a").is_err() {
            both.execute("DROP INDEX users_by_a ON users");
        }
        let written = both.project.run("validate --fix");
        holds(&written.results, &["written    mends/default/"]);
        let after = names_in(&both.project.path("migrations/default"));
        assert_eq!(after, before);
    }
}

#[test]
fn dry_run_alone_says_nothing() {
    let both = Both::on_sqlite();
    let ended = both.project.run("validate --dry-run");
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

/// A migration that cannot be written for one engine takes nothing from what is known of the others.
#[test]
fn an_engine_that_fails_leaves_the_documents_of_the_others() {
    let project = Project::blogs();
    project.run("create --all").good();
    project.sqlite("b.db", "DROP TABLE posts");
    project.sqlite("default.db", "DROP TABLE users");
    std::fs::create_dir(project.path("mends")).expect("a folder");
    project.write("mends/b", "not a folder");
    let outcome = project.run("validate --fix --all --format json");
    let document = outcome.json();
    assert_eq!(document[0]["engine"], "b", "{document}");
    assert_eq!(document[0]["ok"], false);
    let error = document[0]["error"].as_str().expect("a text");
    holds(error, &["mends/b"]);
    assert_eq!(document[1]["engine"], "default");
    assert_eq!(document[1]["error"], serde_json::Value::Null);
    assert_eq!(
        document[1]["fix"]["files"].as_array().map(Vec::len),
        Some(1)
    );
    holds(&outcome.failed(), &["engine `b`", "mends/b"]);
    assert_eq!(names_in(&project.path("mends/default")).len(), 1);
}
