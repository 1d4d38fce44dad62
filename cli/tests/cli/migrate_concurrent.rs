//! `CREATE INDEX CONCURRENTLY` and `DROP INDEX CONCURRENTLY` that fail or are killed: PostgreSQL keeps an index that is not valid.

use std::time::Duration;

use bindery_testkit::Watchdog;

use super::migrated::{At, Migrated};
use super::support::{holds, wait_until};

const TABLE: &str =
    "CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT);\nINSERT INTO a VALUES (1, 1), (2, 1);\n";
const PLAIN: &str = "-- @no-transaction\n\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n";
const PATIENCE: Duration = Duration::from_secs(120);

/// A table with two rows of one value.
fn migrated() -> Option<Migrated> {
    let migrated = Migrated::on_postgres()?;
    migrated.write("1_a.sql", TABLE);
    migrated.run("run").good();
    Some(migrated)
}

fn client(migrated: &Migrated) -> postgres::Client {
    let At::Postgres(database) = &migrated.at else {
        unreachable!("it is on PostgreSQL");
    };
    postgres::Client::connect(&database.url(), postgres::NoTls).expect("the test server")
}

/// The indexes of the name, valid or not.
fn indexes(migrated: &Migrated, is_valid: bool) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname LIKE 'a_x%' AND i.indisvalid = {is_valid}"
    );
    migrated.numbers(&sql)[0]
}

/// Sessions of the command in which a statement of this kind is at work.
fn at_work(migrated: &Migrated) -> Vec<i64> {
    let sql = "SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%INDEX CONCURRENTLY%' AND pid <> pg_backend_pid()";
    migrated.numbers(sql)
}

/// Kills a run whose statement waits for another transaction, its index not valid yet.
fn kill_in_the_middle(migrated: &Migrated, words: &str) {
    let mut process = migrated.start(words);
    wait_until(|| indexes(migrated, false) == 1 && !at_work(migrated).is_empty());
    process.kill().expect("it runs");
    process.wait().expect("it ends");
}

/// Ends the server's side of a run that was killed, which would go on by itself.
fn end_sessions(migrated: &Migrated) {
    for pid in at_work(migrated) {
        migrated.execute(&[&format!("SELECT pg_terminate_backend({pid})")]);
    }
    wait_until(|| at_work(migrated).is_empty());
}

/// A unique index over rows that are not unique: the index goes again, and the next run makes it.
///
/// Covers MIG-1 on PostgreSQL.
#[test]
fn cli_07_an_index_that_fails_leaves_nothing() {
    let Some(migrated) = migrated() else { return };
    let unique = PLAIN.replace("INDEX", "UNIQUE INDEX");
    migrated.write("2_b.sql", &unique);
    for _ in 0..2 {
        let failed = migrated.run("run").failed();
        holds(&failed, &["migration 2: statement 1 (line 3) failed"]);
        assert_eq!(
            [indexes(&migrated, false), indexes(&migrated, true)],
            [0, 0]
        );
        assert_eq!(migrated.states(), ["applied", "interrupted"]);
    }
    migrated.execute(&["UPDATE a SET x = id"]);
    migrated.run("run").good();
    assert_eq!(
        [indexes(&migrated, false), indexes(&migrated, true)],
        [0, 1]
    );
    assert_eq!(migrated.states(), ["applied", "applied"]);
}

/// A lock that does not come leaves an index: it is named, and each later try makes way for itself.
#[test]
fn cli_07_an_index_that_stays_is_named() {
    let _watchdog = Watchdog::start("cli_07_an_index_that_stays_is_named", PATIENCE);
    let Some(migrated) = migrated() else { return };
    migrated.write("2_b.sql", PLAIN);
    let mut other = client(&migrated);
    let mut writes = other.transaction().expect("a transaction");
    writes
        .execute("UPDATE a SET x = 2 WHERE id = 2", &[])
        .expect("a row");
    let failed = migrated.run("run --lock-timeout 1").failed();
    holds(
        &failed,
        &[
            "migration 2: statement 1 (line 3) failed and left the index \"public\".\"a_x\", which is not valid",
            "the next `bindery migrate run --engine default` drops it",
            "`DROP INDEX CONCURRENTLY \"public\".\"a_x\"`, then `bindery migrate resolve 2 --engine default --statements 0`",
        ],
    );
    assert_eq!(indexes(&migrated, false), 1);
    writes.commit().expect("its end");
    migrated.run("run").good();
    assert_eq!(
        [indexes(&migrated, false), indexes(&migrated, true)],
        [0, 1]
    );
}

/// Covers MIG-1 on PostgreSQL.
#[test]
fn cli_07_an_index_whose_run_was_killed_is_made_anew() {
    let _watchdog = Watchdog::start("cli_07_an_index_whose_run_was_killed", PATIENCE);
    let Some(migrated) = migrated() else { return };
    migrated.write("2_b.sql", PLAIN);
    let mut other = client(&migrated);
    let mut writes = other.transaction().expect("a transaction");
    writes
        .execute("UPDATE a SET x = 2 WHERE id = 2", &[])
        .expect("a row");
    kill_in_the_middle(&migrated, "run --lock-timeout 100");
    let locked = migrated.run("run --wait 1").failed();
    holds(&locked, &["another process migrates the database"]);
    end_sessions(&migrated);
    writes.commit().expect("its end");
    assert_eq!(migrated.states(), ["applied", "interrupted"]);
    migrated.run("run").good();
    assert_eq!(
        [indexes(&migrated, false), indexes(&migrated, true)],
        [0, 1]
    );
    assert_eq!(migrated.states(), ["applied", "applied"]);
}

/// The server ends a statement whose client is gone: then it is done, and the next run sees that.
///
/// Covers MIG-1 on PostgreSQL.
#[test]
fn cli_07_an_index_that_the_server_ended_by_itself_is_not_made_again() {
    let _watchdog = Watchdog::start("cli_07_an_index_that_the_server_ended", PATIENCE);
    let Some(migrated) = migrated() else { return };
    migrated.write("2_b.sql", &format!("{PLAIN}INSERT INTO a VALUES (3, 3);\n"));
    let mut other = client(&migrated);
    let mut writes = other.transaction().expect("a transaction");
    writes
        .execute("UPDATE a SET x = 2 WHERE id = 2", &[])
        .expect("a row");
    kill_in_the_middle(&migrated, "run --lock-timeout 100");
    writes.commit().expect("its end");
    wait_until(|| indexes(&migrated, true) == 1 && at_work(&migrated).is_empty());
    let made = migrated.numbers("SELECT 'a_x'::regclass::oid::bigint");
    migrated.run("run").good();
    assert_eq!(
        migrated.numbers("SELECT 'a_x'::regclass::oid::bigint"),
        made
    );
    assert_eq!(migrated.numbers("SELECT count(*) FROM a"), [3]);
}

/// Covers MIG-1 on PostgreSQL.
#[test]
fn cli_07_a_drop_of_an_index_whose_run_was_killed_is_gone_on_with() {
    let _watchdog = Watchdog::start("cli_07_a_drop_of_an_index", PATIENCE);
    let Some(migrated) = migrated() else { return };
    migrated.write("2_b.sql", PLAIN);
    let back = "-- @no-transaction\n\nDROP INDEX CONCURRENTLY a_x;\n";
    migrated.write("2_b.down.sql", back);
    migrated.run("run").good();
    let mut other = client(&migrated);
    let mut reads = other.transaction().expect("a transaction");
    reads.query("SELECT x FROM a", &[]).expect("rows");
    kill_in_the_middle(&migrated, "revert --yes");
    end_sessions(&migrated);
    reads.commit().expect("its end");
    migrated.run("revert --yes").good();
    assert_eq!(
        [indexes(&migrated, false), indexes(&migrated, true)],
        [0, 0]
    );
    assert_eq!(migrated.states(), ["applied", "pending"]);
}

/// An index that is not valid and not this run's is never dropped, and never taken for the one that a migration makes.
#[test]
fn cli_07_an_index_of_another_that_is_not_valid_is_refused() {
    let Some(migrated) = migrated() else { return };
    let made = client(&migrated).batch_execute("CREATE UNIQUE INDEX CONCURRENTLY a_x ON a (x)");
    assert!(made.is_err(), "its rows are not unique");
    for sql in [
        PLAIN,
        "-- @no-transaction\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_x ON a (x);\n",
    ] {
        migrated.write("2_b.sql", sql);
        for _ in 0..2 {
            holds(
                &migrated.run("run").failed(),
                &[
                    "migration 2: statement 1 (line 3) makes the index \"public\".\"a_x\", which is there and not valid",
                    "`DROP INDEX CONCURRENTLY \"public\".\"a_x\"`",
                ],
            );
            assert_eq!(migrated.states(), ["applied", "pending"]);
            assert_eq!(indexes(&migrated, false), 1);
        }
    }
    migrated.execute(&["DROP INDEX CONCURRENTLY a_x"]);
    migrated.run("run").good();
    assert_eq!(
        [indexes(&migrated, false), indexes(&migrated, true)],
        [0, 1]
    );
}
