//! States that a person looks at: what `resolve` refuses, what a dry run lists, what another tool's history says.

use super::migrated::Migrated;
use super::support::{Project, holds};

const A: &str = "CREATE TABLE a (id BIGINT PRIMARY KEY);\n";
const B: &str = "CREATE TABLE b (id BIGINT PRIMARY KEY);\nINSERT INTO b VALUES (1);\n";

/// Only a run that was interrupted leaves something to resolve: of all else it is known how far it is.
#[test]
fn cli_07_nothing_is_resolved_that_was_not_interrupted() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", A).write("2_b.sql", B);
        migrated.execute(&["CREATE TABLE other (id BIGINT)"]);
        migrated.run("baseline 1").good();
        let applied = migrated.run("resolve 1 --statements 0 --engine default");
        holds(
            &applied.failed(),
            &[
                "migration 1 was not interrupted: it is applied",
                "bindery migrate revert --engine default",
            ],
        );
        let pending = migrated.run("resolve 2 --done --engine default").failed();
        holds(
            &pending,
            &[
                "migration 2 was not interrupted: it is not applied",
                "bindery migrate run --engine default",
            ],
        );
        assert_eq!(migrated.states(), ["applied", "pending"]);
        migrated
            .execute(&["UPDATE _bindery_migrations SET stage = 'applying', at_work = 0, done = 0"]);
        let more = migrated.run("resolve 1 --statements 9 --engine default");
        holds(
            &more.failed(),
            &["migration 1 has 1 statement", "--statements 1"],
        );
        assert_eq!(migrated.states(), ["interrupted", "pending"]);
        migrated.run("resolve 1 --done --engine default").good();
        assert_eq!(migrated.states(), ["applied", "pending"]);
    }
}

#[test]
fn cli_07_a_dry_run_lists_and_changes_nothing() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", A).write("2_b.sql", B);
        migrated.write("2_b.down.sql", "DROP TABLE b;\n");
        let planned = "to apply     1_a on default (1 statement)\nto apply     2_b on default (2 statements)\n";
        assert_eq!(migrated.run("run --dry-run").good(), planned);
        assert!(!migrated.has_table("a"));
        migrated.run("run").good();
        assert_eq!(
            migrated.run("run --dry-run").good(),
            "nothing is pending on default\n"
        );
        assert_eq!(
            migrated.run("revert --dry-run").good(),
            "to revert    2_b on default (1 statement)\n"
        );
        let json = migrated.run("revert --dry-run --format json").json();
        assert_eq!(json[0]["migrations"][0]["state"], "to revert");
        // A revert that would be refused is refused.
        let refused = migrated.run("revert --count 2 --dry-run").failed();
        holds(&refused, &["nothing says how to revert 1"]);
        assert_eq!(migrated.states(), ["applied", "applied"]);
        let answered = migrated.project.run_answering("migrate revert", "no");
        holds(
            &answered.failed(),
            &["Revert `2_b` on `default`, with what their tables and columns hold?"],
        );
        assert!(migrated.has_table("b"));
    }
}

/// A baseline and a resolution are shown before they are recorded.
#[test]
fn cli_07_a_dry_run_of_baseline_and_resolve_records_nothing() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", A).write("2_b.sql", B);
        let listed = migrated.run("baseline 2 --dry-run").good();
        let planned = "to record    1_a on default (1 statement)\nto record    2_b on default (2 statements)\n";
        assert_eq!(listed, planned);
        assert_eq!(migrated.states(), ["pending", "pending"]);
        assert!(!migrated.has_table("_bindery_migrations"));
        migrated.run("baseline 1").good();
        let none = migrated.run("baseline 1 --dry-run").good();
        assert_eq!(none, "nothing is to be recorded on default\n");
        let refused = migrated.run("resolve 1 --done --dry-run --engine default");
        holds(&refused.failed(), &["migration 1 was not interrupted"]);
        migrated.run("baseline 2").good();
        migrated.execute(&[
            "UPDATE _bindery_migrations SET stage = 'applying', at_work = 1, done = 0 WHERE version = '2'",
        ]);
        for (words, state) in [
            ("--done", "applied"),
            ("--statements 1", "interrupted, statement 1"),
            ("--statements 0", "pending"),
        ] {
            let words = format!("resolve 2 {words} --dry-run --engine default");
            let shown = migrated.run(&words).good();
            assert_eq!(shown, format!("to resolve   2_b on default: {state}\n"));
        }
        let json = migrated
            .run("resolve 2 --done --dry-run --engine default --format json")
            .json();
        assert_eq!(json[0]["migrations"][0]["state"], "to resolve");
        assert_eq!(migrated.states(), ["applied", "half done"]);
    }
}

#[test]
fn a_dry_run_of_create_lists_the_missing_tables() {
    for migrated in Migrated::on_all() {
        let schema = "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\n";
        migrated.project.write("schema.sql", schema);
        migrated.execute(&["CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"]);
        let listed = migrated.project.run("create --dry-run").good();
        assert_eq!(listed, "exists     a on default\nplanned    b on default\n");
        assert!(!migrated.has_table("b"));
        migrated.project.run("create").good();
        assert!(migrated.has_table("b"));
    }
}

/// Flyway's table has rows of other kinds than migrations that succeeded.
#[test]
fn cli_07_rows_of_flyway_are_taken_for_what_they_are() {
    let table = "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), type VARCHAR(20) NOT NULL, script VARCHAR(90) NOT NULL, success BOOLEAN NOT NULL)";
    // The rows, and the states of 1, 2 and 10, or what is said.
    type Case<'t> = (&'t str, Result<[&'t str; 3], &'t str>);
    let cases: [Case<'_>; 8] = [
        // A baseline need not be one of the migrations.
        (
            "(1, '3', 'BASELINE', '<< Flyway Baseline >>', TRUE)",
            Ok(["applied", "applied", "pending"]),
        ),
        (
            "(1, '2', 'SQL_BASELINE', 'B2__b.sql', TRUE), (2, '10', 'SQL', 'V10__c.sql', TRUE)",
            Ok(["applied"; 3]),
        ),
        (
            "(1, NULL, 'SCHEMA', '\"s\"', TRUE), (2, '1', 'SQL', 'V1__a.sql', TRUE), (3, '2', 'SQL', 'V2__b.sql', TRUE), (4, '2', 'UNDO_SQL', 'U2__b.sql', TRUE)",
            Ok(["applied", "pending", "pending"]),
        ),
        (
            "(1, '1', 'SQL', 'V1__a.sql', TRUE), (2, '7', 'SQL', 'V7__gone.sql', TRUE)",
            Err("Flyway has applied 7 on `default`, and there is no such migration"),
        ),
        (
            "(1, '1', 'SQL', 'V1__a.sql', TRUE), (2, '2', 'SQL', 'V2__b.sql', TRUE), (3, '2', 'DELETE', 'V2__b.sql', TRUE)",
            Ok(["applied", "pending", "pending"]),
        ),
        (
            "(1, '1', 'SQL', 'V1__a.sql', TRUE), (2, NULL, 'SQL', 'R__views.sql', FALSE)",
            Err("Flyway has left migration R__views.sql half done on `default`"),
        ),
        (
            "(1, '1', 'SQL', 'V1__a.sql', TRUE), (2, NULL, 'SQL', 'R__views.sql', FALSE), (3, NULL, 'SQL', 'R__views.sql', TRUE)",
            Ok(["applied", "pending", "pending"]),
        ),
        (
            "(1, '1', 'SQL', 'V1__a.sql', TRUE), (2, '1.5', 'JDBC', 'db.V1_5__x', TRUE)",
            Err("what is not SQL there, as Java or Go"),
        ),
    ];
    for (rows, expected) in cases {
        for migrated in Migrated::on_all() {
            for (version, name) in [("1", "a"), ("2", "b"), ("10", "c")] {
                let sql = format!("CREATE TABLE {name} (id BIGINT PRIMARY KEY);\n");
                migrated.write(&format!("{version}_{name}.sql"), &sql);
            }
            let insert = format!("INSERT INTO flyway_schema_history VALUES {rows}");
            migrated.execute(&[table, &insert]);
            let outcome = migrated.run("import --history");
            match expected {
                Ok(states) => {
                    outcome.good();
                    assert_eq!(migrated.states(), states, "{rows}");
                }
                Err(told) => {
                    holds(&outcome.failed(), &[told]);
                    assert_eq!(migrated.states(), ["pending"; 3], "{rows}");
                }
            }
        }
    }
}

#[test]
fn cli_07_engines_are_named_in_the_question_of_revert() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let project = Project::new(&[("bindery.toml", config)]);
    for engine in ["default", "b"] {
        let folder = project.path(&format!("migrations/{engine}"));
        std::fs::create_dir_all(folder).expect("a folder");
        project.write(&format!("migrations/{engine}/1_{engine}.sql"), A);
        project.write(
            &format!("migrations/{engine}/1_{engine}.down.sql"),
            "DROP TABLE a;\n",
        );
    }
    project.run("migrate run --all").good();
    let asked = project.run_answering("migrate revert --engine b", "yes");
    holds(&asked.messages, &["Revert `1_b` on `b`, with"]);
    holds(&asked.good(), &["reverted     1_b on b"]);
    assert_eq!(project.sqlite_tables("b.db"), ["_bindery_migrations"]);
}
