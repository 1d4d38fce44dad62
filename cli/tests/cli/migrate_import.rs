//! `bindery migrate import`: the migrations of other tools, with the history of those that are applied.

use super::migrated::Migrated;
use super::support::holds;

/// The folder and the history of each tool: what it has applied is applied, and the next run goes on after it.
#[test]
fn migrations_of_other_tools_are_adopted_with_their_history() {
    let sqlx = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description VARCHAR(90) NOT NULL, success BOOLEAN NOT NULL)";
    let flyway = "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), type VARCHAR(20) NOT NULL, script VARCHAR(90) NOT NULL, success BOOLEAN NOT NULL)";
    let goose = "CREATE TABLE goose_db_version (id INT PRIMARY KEY, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL)";
    // The files, the tool's table, its rows, and how many of the three are applied.
    type Tool<'t> = (&'t str, [&'t str; 3], &'t [&'t str], usize);
    let tools: [Tool<'_>; 7] = [
        (
            "sqlx",
            ["1_a.up.sql", "2_b.up.sql", "3_c.up.sql"],
            &[
                sqlx,
                "INSERT INTO _sqlx_migrations VALUES (1, 'a', TRUE), (2, 'b', TRUE)",
            ],
            2,
        ),
        (
            "diesel",
            [
                "2024-01-01-000000_a/up.sql",
                "2024-01-02-000000_b/up.sql",
                "2024-01-03-000000_c/up.sql",
            ],
            &[
                "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY)",
                "INSERT INTO __diesel_schema_migrations VALUES ('20240101000000')",
            ],
            1,
        ),
        (
            "refinery",
            ["V1__a.sql", "V2__b.sql", "V3__c.sql"],
            &[
                "CREATE TABLE refinery_schema_history (version INT PRIMARY KEY)",
                "INSERT INTO refinery_schema_history VALUES (1)",
            ],
            1,
        ),
        (
            "dbmate",
            [
                "20240101000000_a.sql",
                "20240102000000_b.sql",
                "20240103000000_c.sql",
            ],
            &[
                "CREATE TABLE schema_migrations (version VARCHAR(90) PRIMARY KEY)",
                "INSERT INTO schema_migrations VALUES ('20240101000000'), ('20240102000000')",
            ],
            2,
        ),
        (
            "golang-migrate",
            ["000001_a.up.sql", "000002_b.up.sql", "000003_c.up.sql"],
            &[
                "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN NOT NULL)",
                "INSERT INTO schema_migrations VALUES (2, FALSE)",
            ],
            2,
        ),
        (
            "goose",
            ["00001_a.sql", "00002_b.sql", "00003_c.sql"],
            &[
                goose,
                "INSERT INTO goose_db_version VALUES (1, 0, TRUE), (2, 1, TRUE), (3, 2, TRUE), (4, 2, FALSE)",
            ],
            1,
        ),
        (
            "Flyway",
            ["V1_1__a.sql", "V1_2__b.sql", "V1_10__c.sql"],
            &[
                flyway,
                "INSERT INTO flyway_schema_history VALUES (1, '1.1', 'SQL', 'V1_1__a.sql', TRUE), (2, '1.2', 'SQL', 'V1_2__b.sql', TRUE)",
            ],
            2,
        ),
    ];
    for (tool, files, rows, applied) in tools {
        for migrated in Migrated::on_all() {
            for (at, file) in files.iter().enumerate() {
                let path = migrated.project.path("old").join(file);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
                let sql = format!("BEGIN;\nCREATE TABLE t{at} (id BIGINT PRIMARY KEY);\nCOMMIT;\n");
                std::fs::write(path, sql).expect("it can be written to");
            }
            migrated.execute(rows);
            for at in 0..applied {
                migrated.execute(&[&format!("CREATE TABLE t{at} (id BIGINT PRIMARY KEY)")]);
            }
            let shown = migrated.run("import old --dry-run").good();
            assert_eq!(shown.matches("to write ").count(), 3, "{tool}: {shown}");
            assert!(!migrated.project.path("migrations").exists());
            migrated.run("import old").good();
            let again = migrated.run("import old").failed();
            holds(&again, &["has migrations already", "--history"]);
            let shown = migrated.run("import --history --dry-run").good();
            assert_eq!(
                shown.matches("to record ").count(),
                applied,
                "{tool}: {shown}"
            );
            let recorded = migrated.run("import --history").good();
            assert_eq!(
                recorded.matches("recorded ").count(),
                applied,
                "{tool}: {recorded}"
            );
            let mut expected = vec!["applied"; applied];
            expected.resize(3, "pending");
            assert_eq!(migrated.states(), expected, "{tool}");
            migrated.run("run").good();
            assert!(migrated.has_table("t2"), "{tool}");
            let nothing = migrated.run("import --history").good();
            holds(
                &nothing,
                &[&format!("{tool} has applied nothing more on default")],
            );
        }
    }
}

#[test]
fn a_history_that_is_not_whole_is_not_adopted() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        let none = migrated.run("import --history").failed();
        holds(
            &none,
            &[
                "the database of `default` has no history of another tool",
                "`_sqlx_migrations`",
            ],
        );
        migrated.execute(&[
            "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN NOT NULL)",
            "INSERT INTO schema_migrations VALUES (1, TRUE)",
        ]);
        let dirty = migrated.run("import --history").failed();
        holds(
            &dirty,
            &["golang-migrate has left migration 1 half done on `default`"],
        );
        migrated.execute(&["UPDATE schema_migrations SET version = 7, dirty = FALSE"]);
        let unknown = migrated.run("import --history").failed();
        holds(
            &unknown,
            &["golang-migrate has applied 7 on `default`, and there is no such migration"],
        );
        assert_eq!(migrated.states(), ["pending"]);
    }
}
