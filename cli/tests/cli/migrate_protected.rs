//! `bindery migrate` on an engine that is `protected`.

use super::migrated::Migrated;
use super::support::holds;

const A: &str = "CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT);\n";

/// Each database, with the engine protected.
fn protected() -> Vec<Migrated> {
    let all = Migrated::on_all();
    for migrated in &all {
        let path = migrated.project.path("bindery.toml");
        let config = std::fs::read_to_string(path).expect("the configuration");
        let engine = format!("[engines.default]\n{config}protected = true\n");
        migrated.project.write("bindery.toml", engine);
    }
    all
}

/// A migration that only adds is applied; one that loses data is refused before the first statement, unless it is said to be meant.
///
/// Covers MIG-10.
#[test]
fn cli_03_a_protected_engine_takes_migrations_that_only_add() {
    for migrated in protected() {
        migrated.write("1_a.sql", A);
        migrated.write(
            "2_b.sql",
            "CREATE TABLE b (id BIGINT PRIMARY KEY);\nDROP TABLE b;\n",
        );
        migrated.run("run").good();
        migrated.execute(&["INSERT INTO a VALUES (1, 2)"]);
        migrated.write("3_c.sql", "CREATE TABLE c (id BIGINT PRIMARY KEY);\n");
        migrated.write(
            "4_less.sql",
            "-- Expanded before.\nALTER TABLE a DROP COLUMN x;\nDELETE FROM a;\n",
        );
        for words in ["run", "run --dry-run"] {
            let refused = migrated.run(words).failed();
            holds(
                &refused,
                &[
                    "engine `default` is protected, and pending migrations lose data; nothing was applied:",
                    "4, line 2: the column `a.x` goes, with its values",
                    "4, line 3: rows of `a` are deleted",
                    "bindery migrate run --engine default --allow-destructive",
                ],
            );
        }
        assert_eq!(
            migrated.states(),
            ["applied", "applied", "pending", "pending"]
        );
        assert!(!migrated.has_table("c"));
        assert_eq!(migrated.numbers("SELECT x FROM a"), [2]);
        let planned = migrated.run("run --dry-run --allow-destructive").good();
        holds(&planned, &["to apply     4_less on default (2 statements)"]);
        migrated.run("run --allow-destructive").good();
        assert_eq!(migrated.states(), ["applied"; 4]);
        assert_eq!(migrated.numbers("SELECT count(*) FROM a"), [0]);
    }
}

/// The way back is refused; what only records, or changes files, is not.
#[test]
fn cli_03_a_protected_engine_is_not_reverted_and_its_records_are_written() {
    for migrated in protected() {
        migrated.write("1_a.sql", A);
        migrated.write("1_a.down.sql", "DROP TABLE a;\n");
        migrated.execute(&[A]);
        migrated.run("baseline 1").good();
        for words in ["revert --yes", "revert --dry-run", "revert --yes --all"] {
            let refused = migrated.run(words).failed();
            holds(
                &refused,
                &["engine `default` is protected", "nothing was changed"],
            );
        }
        migrated
            .execute(&["UPDATE _bindery_migrations SET stage = 'applying', at_work = 1, done = 0"]);
        migrated.run("resolve 1 --done --engine default").good();
        assert_eq!(migrated.states(), ["applied"]);
        migrated.write("2_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        migrated.run("squash").good();
        let states = migrated.states();
        assert!(states.iter().all(|state| state == "applied"), "{states:?}");
        migrated.run("run").good();
        assert!(migrated.has_table("a") && migrated.has_table("b"));
    }
}

/// Of several engines none is migrated where one refuses.
#[test]
fn cli_03_a_refusal_of_one_engine_keeps_the_others_as_they_are() {
    let config =
        "url = 'sqlite://default.db'\n[engines.b]\nurl = 'sqlite://b.db'\nprotected = true\n";
    let project = super::support::Project::new(&[("bindery.toml", config)]);
    for engine in ["default", "b"] {
        std::fs::create_dir_all(project.path(&format!("migrations/{engine}"))).expect("a folder");
        project.write(&format!("migrations/{engine}/1_a.sql"), A);
    }
    project.run("migrate run --all").good();
    project.write("migrations/b/2_gone.sql", "DROP TABLE a;\n");
    project.write(
        "migrations/default/2_c.sql",
        "CREATE TABLE c (id BIGINT PRIMARY KEY);\n",
    );
    let refused = project.run("migrate run --all").failed();
    holds(
        &refused,
        &[
            "engine `b` is protected",
            "2, line 1: the table `a` goes, with its rows",
        ],
    );
    assert!(
        !project
            .sqlite_tables("default.db")
            .contains(&"c".to_owned())
    );
    assert!(project.sqlite_tables("b.db").contains(&"a".to_owned()));
}
