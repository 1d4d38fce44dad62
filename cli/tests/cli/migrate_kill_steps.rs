//! Runs that are killed at each statement of a migration, before it reached the server and after.

use std::time::Duration;

use bindery_testkit::{Direction, Fault, FaultProxy, Watchdog};

use super::migrate_kills::{half_done, wait_for_sessions};
use super::migrated::{At, Migrated};
use super::support::wait_until;

const STATEMENTS: u32 = 10;

/// DDL and rows in turn.
fn is_ddl(at: u32) -> bool {
    at.is_multiple_of(2)
}

/// MySQL and MariaDB store rows together with their record.
fn is_alone(migrated: &Migrated, at: u32) -> bool {
    is_ddl(at) || matches!(migrated.at, At::Postgres(_))
}

fn statement(version: u32, at: u32) -> String {
    if is_ddl(at) {
        format!("CREATE TABLE t{version}_{at} (id BIGINT PRIMARY KEY)")
    } else {
        format!("INSERT INTO log VALUES ({})", version * 100 + at)
    }
}

fn is_done(migrated: &Migrated, version: u32, at: u32) -> bool {
    if is_ddl(at) {
        migrated.has_table(&format!("t{version}_{at}"))
    } else {
        let id = version * 100 + at;
        migrated.numbers(&format!("SELECT count(*) FROM log WHERE id = {id}")) == [1]
    }
}

fn url(migrated: &Migrated) -> String {
    match &migrated.at {
        At::Postgres(database) | At::Mysql(database) => database.url(),
        At::File(path) => format!("sqlite://{}", path.display()),
    }
}

fn connect_to(migrated: &Migrated, url: &str) {
    let config = format!("url = \"{url}\"\n");
    migrated.project.write("bindery.toml", config);
}

/// Kills a run at a statement of its migration; `is_sent` says whether that has reached the server by then.
fn kill_at(migrated: &Migrated, (version, at): (u32, u32), is_sent: bool, is_kept: bool) {
    let proxy = FaultProxy::start(&url(migrated)).expect("a free port");
    connect_to(migrated, proxy.url());
    proxy.set(Fault::StallAtPattern {
        direction: Direction::ToServer,
        pattern: statement(version, at).into_bytes(),
        passes: is_sent,
    });
    let mut process = migrated.start("run");
    wait_until(|| proxy.fault() == Fault::Stall);
    if is_sent && is_kept && is_alone(migrated, at) {
        wait_until(|| is_done(migrated, version, at));
    }
    process.kill().expect("it is our child");
    let ended = process.wait().expect("it is our child");
    assert_eq!(ended.code(), None, "it was at work until then");
    // The statement that was held back does not pass any more.
    drop(proxy);
    connect_to(migrated, &url(migrated));
    wait_for_sessions(migrated);
}

/// The next run goes on from nothing where the migration is a transaction, else from the statement. One that may be done or not
/// is named.
fn go_on(migrated: &Migrated, (version, at): (u32, u32), is_sent: bool, is_kept: bool) {
    let found = half_done(migrated);
    if is_kept {
        for earlier in 1..at {
            assert!(is_done(migrated, version, earlier), "{earlier} before {at}");
        }
    }
    if let Some(named) = found {
        assert!(is_kept && is_alone(migrated, at), "{named:?}");
        assert_eq!(named, (version.to_string(), u64::from(at)));
        let done = if is_sent { at } else { at - 1 };
        let words = format!("resolve {version} --statements {done} --engine default");
        migrated.run(&words).good();
    } else {
        // The record that a statement is about to be run may be sent with it.
        assert!(!is_sent || !is_kept || !is_alone(migrated, at));
        let undone = if is_kept { at } else { 1 };
        assert!(!is_done(migrated, version, undone), "{undone} of {at}");
    }
    migrated.run("run").good();
    for at in 1..=STATEMENTS {
        assert!(is_done(migrated, version, at), "statement {at}");
    }
}

fn at_each_statement(migrated: &Migrated, head: &str, is_kept: bool) {
    migrated.write("1_log.sql", "CREATE TABLE log (id BIGINT);\n");
    migrated.run("run").good();
    let mut version = 1;
    for at in 1..=STATEMENTS {
        for is_sent in [false, true] {
            version += 1;
            let statements = (1..=STATEMENTS).map(|at| format!("{};\n", statement(version, at)));
            let sql: String = statements.collect();
            migrated.write(&format!("{version}_many.sql"), &format!("{head}{sql}"));
            kill_at(migrated, (version, at), is_sent, is_kept);
            go_on(migrated, (version, at), is_sent, is_kept);
        }
    }
}

/// Covers MIG-1, CLI-1 on PostgreSQL, MariaDB.
#[test]
fn cli_07_a_run_that_is_killed_at_any_statement_is_gone_on_with() {
    let _watchdog = Watchdog::start(
        "a_run_that_is_killed_at_any_statement",
        Duration::from_secs(300),
    );
    for head in ["", "-- @no-transaction\n"] {
        for migrated in Migrated::on_all() {
            let is_kept = !migrated.undoes_ddl() || !head.is_empty();
            match migrated.at {
                At::File(_) => (),
                At::Mysql(_) if !head.is_empty() => (),
                At::Postgres(_) | At::Mysql(_) => at_each_statement(&migrated, head, is_kept),
            }
        }
    }
}
