//! Migrations while a disk is full, or a connection is lost at the COMMIT.

use std::process::Command;
use std::time::Duration;

use bindery_testkit::{Direction, Fault, FaultProxy, fresh_mysql, fresh_postgres};

use super::migrate::{At, Migrated};
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
