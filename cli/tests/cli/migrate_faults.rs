//! Migrations while a disk is full, or a connection is lost at the COMMIT.

use std::process::Command;
use std::time::Duration;

use bindery_testkit::{Direction, Fault, FaultProxy, Server, fresh_mysql, fresh_postgres};

use super::migrate_kills::half_done;
use super::migrated::{At, Migrated};
use super::support::{Project, holds};

const A: &str = "CREATE TABLE a (id BIGINT PRIMARY KEY);\n";

/// Covers MIG-7 on SQLite.
#[test]
fn cli_07_a_full_disk_leaves_the_database_as_it_was() {
    let migrated = Migrated::on_all().remove(0);
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO a SELECT i FROM n;\n";
    migrated.write("1_a.sql", A).write("2_rows.sql", rows);
    let run = format!(
        "trap '' XFSZ; ulimit -f 100; exec '{}' migrate run",
        env!("CARGO_BIN_EXE_bindery")
    );
    let ended = Command::new("sh")
        .args(["-c", &run])
        .current_dir(migrated.project.path(""))
        .output()
        .expect("there is a shell");
    let messages = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{messages}");
    holds(&messages, &["migration 2: statement 1 (line 1) failed"]);
    assert_eq!(migrated.states(), ["applied", "pending"]);
    assert_eq!(migrated.numbers("SELECT count(*) FROM a"), [0]);
    migrated.run("run").good();
    assert_eq!(migrated.numbers("SELECT count(*) FROM a"), [200_000]);
}

/// A migration whose COMMIT is not answered is there once, whatever became of it: the next run reads the record.
///
/// Covers MIG-8 on PostgreSQL, MariaDB.
#[test]
fn cli_07_a_commit_that_is_not_answered_is_found_out_by_the_next_run() {
    let postgres = fresh_postgres().map(At::Postgres);
    for at in [postgres, fresh_mysql().map(At::Mysql)]
        .into_iter()
        .flatten()
    {
        let url = match &at {
            At::Postgres(database) | At::Mysql(database) => database.url(),
            At::File(_) => continue,
        };
        let proxy = FaultProxy::start(&url).expect("a free port");
        let config = format!("url = \"{}\"\n", proxy.url());
        let project = Project::new(&[("bindery.toml", config.as_str())]);
        let migrated = Migrated { project, at };
        migrated.write("1_a.sql", A);
        migrated.run("run").good();
        let (direction, pattern) = (Direction::ToServer, b"COMMIT".to_vec());
        let before = Fault::CutBeforePattern {
            direction,
            pattern: pattern.clone(),
        };
        let after = Fault::CutAfterPattern {
            direction,
            pattern,
            wait: Duration::from_millis(300),
        };
        for (at, fault) in [before, after].into_iter().enumerate() {
            let number = at + 2;
            migrated.write(
                &format!("{number}_rows.sql"),
                &format!("INSERT INTO a VALUES ({number});\n"),
            );
            proxy.set(fault);
            let failed = migrated.run("run").failed();
            holds(&failed, &["engine `default`"]);
            proxy.heal();
            migrated.run("run").good();
            let ids: Vec<i64> = (2..=number as i64).collect();
            assert_eq!(migrated.numbers("SELECT id FROM a ORDER BY id"), ids);
        }
        assert_eq!(migrated.states(), ["applied"; 3]);
    }
}

/// Covers MIG-5.
#[test]
fn cli_07_a_database_that_was_changed_by_hand_is_not_migrated_where_that_is_wanted() {
    for migrated in Migrated::on_all() {
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, x BIGINT);\n",
        );
        migrated.run("run --check-drift").good();
        migrated.write("2_b.sql", "ALTER TABLE a ADD COLUMN y BIGINT;\n");
        // A table that only the database has is another program's.
        migrated.execute(&["CREATE TABLE other (id BIGINT)"]);
        migrated.run("run --check-drift --dry-run").good();
        migrated.execute(&["ALTER TABLE a RENAME COLUMN x TO z"]);
        let refused = migrated.run("run --check-drift").failed();
        holds(
            &refused,
            &[
                "differs    a.x on default",
                "the database of `default` is not what its applied migrations make: 1 difference",
            ],
        );
        assert_eq!(migrated.states(), ["applied", "pending"]);
        migrated.execute(&["ALTER TABLE a RENAME COLUMN z TO x"]);
        migrated.run("run --check-drift").good();
        assert_eq!(migrated.states(), ["applied", "applied"]);
    }
}

/// On a server: a project whose engine is that database.
fn on_server(at: At) -> Option<Migrated> {
    let (At::Postgres(database) | At::Mysql(database)) = &at else {
        return None;
    };
    let config = format!("url = \"{}\"\n", database.url());
    let project = Project::new(&[("bindery.toml", config.as_str())]);
    Some(Migrated { project, at })
}

/// A session of migrations has settings of its own, whatever those of the database or the server are.
///
/// Covers MIG-12 on PostgreSQL, MariaDB.
#[test]
fn cli_07_migrations_have_settings_of_their_own() {
    let rows = "CREATE TABLE a (id BIGINT PRIMARY KEY, x VARCHAR(3));\nINSERT INTO a VALUES (1, 'a\\b');\n";
    if let Some(migrated) = fresh_postgres().map(At::Postgres).and_then(on_server) {
        migrated.execute(&["DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database());
            EXECUTE format('ALTER DATABASE %I SET DateStyle = %L', current_database(), 'SQL, DMY');
        END $$"]);
        migrated.write("1_a.sql", rows);
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT length(x)::bigint FROM a"), [3]);
    }
    let lax = Server::mysql().setting("sql_mode", "ANSI_QUOTES");
    let Some(server) = lax.start_or_skip() else {
        return;
    };
    let database = server.fresh_database().expect("a database");
    let migrated = on_server(At::Mysql(database)).expect("a server");
    migrated.write("1_a.sql", "CREATE TABLE a (x VARCHAR(3) DEFAULT \"b\");\n");
    migrated.run("run").good();
    migrated.write("2_b.sql", "INSERT INTO a VALUES ('longer');\n");
    // Without a strict mode the server would cut the text.
    holds(
        &migrated.run("run").failed(),
        &["migration 2: statement 1 (line 1) failed"],
    );
    assert_eq!(migrated.numbers("SELECT count(*) FROM a"), [0]);
}

/// Covers MIG-11 on PostgreSQL, MariaDB.
#[test]
fn cli_07_a_large_table_that_is_written_anew_is_named_with_its_rows() {
    let servers = [
        fresh_postgres().map(At::Postgres),
        fresh_mysql().map(At::Mysql),
    ];
    for migrated in servers.into_iter().flatten().filter_map(on_server) {
        let (rows, retyped) = match &migrated.at {
            At::Postgres(_) => (
                [
                    "INSERT INTO a SELECT i, i FROM generate_series(1, 150000) i",
                    "ANALYZE a",
                ],
                "ALTER TABLE a ALTER COLUMN x TYPE bigint;\n",
            ),
            At::File(_) | At::Mysql(_) => (
                [
                    "INSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 387) \
                     SELECT m.i * 387 + n.i, 1 FROM n, n m",
                    "ANALYZE TABLE a",
                ],
                "ALTER TABLE a MODIFY x BIGINT;\n",
            ),
        };
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT PRIMARY KEY, x INTEGER);\n",
        );
        migrated.run("run").good();
        migrated.write("2_b.sql", retyped);
        let small = migrated.run("run --dry-run");
        assert_eq!(small.messages, "", "{small:#?}");
        migrated.execute(&rows);
        for words in ["run --dry-run", "run"] {
            let told = migrated.run(words);
            holds(
                &told.messages,
                &[
                    "warning: migration 2 on `default`, line 1: ",
                    "every row of `a`",
                    "`a` has about 1",
                    "`bindery explain B0434`",
                ],
            );
            told.good();
        }
        assert_eq!(migrated.run("run").messages, "");
    }
}

/// Covers MIG-9.
#[test]
fn cli_07_a_migration_for_a_newer_server_is_refused_before_the_first_statement() {
    for migrated in Migrated::on_all() {
        let (here, newer) = match &migrated.at {
            At::File(_) => ("SQLite 3.8", "SQLite 99.1"),
            At::Postgres(_) => ("PostgreSQL 12", "PostgreSQL 99"),
            At::Mysql(_) => (
                "MySQL 8.0\n-- @requires MariaDB 10.3",
                "MariaDB 99\n-- @requires MySQL 99",
            ),
        };
        migrated.write("1_a.sql", &format!("-- @requires {here}\n{A}"));
        migrated.write("2_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
        migrated.write(
            "3_c.sql",
            &format!("-- @requires {newer}\nCREATE TABLE c (id BIGINT PRIMARY KEY);\n"),
        );
        for words in ["run", "run --dry-run"] {
            let refused = migrated.run(words).failed();
            holds(&refused, &["migration 3 needs ", " 99", "nothing was run"]);
        }
        assert_eq!(migrated.states(), ["pending"; 3]);
        migrated.write("3_c.sql", "-- @requires Oracle 23\nSELECT 1;\n");
        let wrong = migrated.run("run").failed();
        holds(&wrong, &["error[B0336]", "a server is one of"]);
        migrated.write("3_c.sql", "CREATE TABLE c (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        assert_eq!(migrated.states(), ["applied"; 3]);
    }
}

/// A statement that stands in no transaction and is not answered may be applied: that is what the run reports, with the way to find out.
///
/// Covers MIG-1, CLI-1 on PostgreSQL, MariaDB.
#[test]
fn cli_07_a_statement_that_is_not_answered_may_be_applied() {
    let postgres =
        fresh_postgres().map(|database| ("-- @no-transaction\n", "\0", At::Postgres(database)));
    let mysql = fresh_mysql().map(|database| ("", "", At::Mysql(database)));
    for (head, end, at) in [postgres, mysql].into_iter().flatten() {
        let Some(migrated) = on_server(at) else {
            continue;
        };
        let (At::Postgres(database) | At::Mysql(database)) = &migrated.at else {
            continue;
        };
        let direct = format!("url = \"{}\"\n", database.url());
        let sql = format!("{head}{A}CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
        migrated.write("1_a.sql", &sql);
        let proxy = FaultProxy::start(&database.url()).expect("a free port");
        let config = format!("url = \"{}\"\n", proxy.url());
        migrated.project.write("bindery.toml", &config);
        proxy.set(Fault::CutAfterPattern {
            direction: Direction::ToServer,
            pattern: format!("CREATE TABLE b (id BIGINT PRIMARY KEY){end}").into_bytes(),
            wait: Duration::from_millis(300),
        });
        let outcome = migrated.run("run --format json");
        assert_eq!(outcome.json()[0]["reason"], "outcome_unknown");
        let failed = outcome.failed();
        holds(
            &failed,
            &[
                "migration 1: statement 2 (line ",
                "was sent and not answered, so it may be applied or not; the statement before it is kept",
                "`bindery migrate status --engine default` lists the migration as half done",
                "`bindery migrate resolve 1 --engine default --statements 2` where it was done, `--statements 1` where it was not",
            ],
        );
        assert!(
            !failed.contains("nothing of the migration is kept"),
            "{failed}"
        );
        drop(proxy);
        migrated.project.write("bindery.toml", &direct);
        assert_eq!(half_done(&migrated), Some(("1".to_owned(), 2)));
        assert!(migrated.has_table("b"));
        migrated
            .run("resolve 1 --engine default --statements 2")
            .good();
        assert_eq!(migrated.states(), ["applied"]);
    }
}
