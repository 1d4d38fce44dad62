//! Servers that an atomic group cannot use as they are set up: refused by name, before the first statement.

use super::*;
use crate::databases::config::{EngineOptions, Synchronous};

/// The error of a group, whose work must not have run.
fn refused(world: &World, group: usize) -> Error {
    let group = &GROUPS[group];
    let outcome: AtomicOutcome<()> = world.run(group, |_| panic!("{}: the work runs", group.name));
    outcome.stored().unwrap_err()
}

const PG_MARIA: usize = 0;
const MARIA_PG: usize = 1;
const FILE_PG: usize = 4;

fn assert_names(error: &Error, engine: &str, setting: &str) {
    let text = error.to_string();
    assert_eq!(error.engine(), Some(engine), "{text}");
    assert!(text.contains(setting), "{text}");
}

/// Covers 2PC-10 on PostgreSQL, MariaDB.
#[test]
fn atom_05_servers_that_could_lose_a_transaction_are_refused_before_its_work() {
    let _watchdog = Watchdog::start("atomic refusals", PATIENCE);
    let unfit = (
        Server::postgres().setting("max_prepared_transactions", "0"),
        Server::mysql().setting("innodb_flush_log_at_trx_commit", "2"),
    );
    let Some(world) = World::on_servers("refusals", unfit) else {
        return;
    };
    let (prepared, flush) = (
        "max_prepared_transactions = 0",
        "innodb_flush_log_at_trx_commit = 2",
    );
    assert_names(&refused(&world, MARIA_PG), "pg", prepared);
    assert_names(&refused(&world, PG_MARIA), "maria", flush);
    one_that_comes_back_is_checked(&world);
    let sql = "SET GLOBAL innodb_flush_log_at_trx_commit = 1";
    world.on(MARIA, |it| it.batch(sql));
    one_without_the_right_is_refused(&world);
}

/// An engine that cannot be reached when it is checked is checked when it is used.
fn one_that_comes_back_is_checked(world: &World) {
    world.on(MARIA, |it| {
        it.batch("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
    });
    world
        .servers
        .0
        .lock()
        .unwrap()
        .go_down(bindery_testkit::Shutdown::Crash);
    let outcome = world.run(&GROUPS[MARIA_PG], |tx| {
        world
            .servers
            .0
            .lock()
            .unwrap()
            .come_back()
            .expect("it comes back");
        tx.insert(PG, 1)
    });
    assert_names(
        &outcome.stored().unwrap_err(),
        "pg",
        "max_prepared_transactions = 0",
    );
}

/// A home needs the right to make its tables.
fn one_without_the_right_is_refused(world: &World) {
    let database = &world.databases[3];
    database
        .run_script(
            "CREATE ROLE weak LOGIN PASSWORD 'weak'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        )
        .expect("a role");
    let mut urls = world.urls.clone();
    let (scheme, rest) = urls[PG].split_once("://").expect("a URL");
    let (_, server) = rest.split_once('@').expect("with a user");
    urls[PG] = format!("{scheme}://weak:weak@{server}");
    let weak = open(&urls);
    let outcome: AtomicOutcome<()> =
        weak.run_atomic(&GROUPS[PG_MARIA], AtomicOptions::new(), |_: &mut Tx| {
            panic!("the work runs")
        });
    let error = outcome.stored().unwrap_err();
    assert_eq!(error.engine(), Some("pg"), "{error}");
    assert_eq!(error.kind(), &ErrorKind::PermissionDenied, "{error}");
}

/// The settings that the test above leaves as they should be; `fsync` is that of `atomic_at_work`.
///
/// Covers 2PC-10.
#[test]
fn atom_05_settings_that_could_lose_a_decision_are_refused_by_name() {
    let _watchdog = Watchdog::start("atomic settings", PATIENCE);
    let unfit = (
        Server::postgres().setting("synchronous_commit", "off"),
        Server::mysql().replicated(true).setting("sync-binlog", "0"),
    );
    let Some(world) = World::on_servers("settings", unfit) else {
        return;
    };
    assert_names(&refused(&world, MARIA_PG), "maria", "sync_binlog = 0");
    world.on(MARIA, |it| it.batch("SET GLOBAL sync_binlog = 1"));
    let commits = "synchronous_commit = off";
    assert_names(&refused(&world, PG_MARIA), "pg", commits);
    let outcome = world.run(&GROUPS[MARIA_PG], |tx| {
        tx.insert(MARIA, 1)?;
        tx.insert(PG, 1)
    });
    assert!(
        is_committed_everywhere(&outcome),
        "decisions are on MariaDB"
    );
    files_that_could_lose_it_are_refused(&world);
}

/// A file as the home that keeps the decisions.
fn files_that_could_lose_it_are_refused(world: &World) {
    let file = EngineOptions::url(world.urls[FILE].as_str());
    let normal = file.synchronous(Synchronous::Normal);
    let memory = EngineOptions::url("sqlite::memory:");
    for (options, why) in [
        (normal, "`synchronous = \"full\"`"),
        (memory, "a database in memory"),
    ] {
        let servers = PROGRAM.engines.iter().zip(&world.urls).skip(1);
        let config = servers.fold(
            Config::new().engine("file", options),
            |config, (engine, url)| config.engine(engine.name(), url.as_str()),
        );
        let db = Registry::with_config(&PROGRAM, &config).expect("it is configured");
        let outcome: AtomicOutcome<()> =
            db.run_atomic(&GROUPS[FILE_PG], AtomicOptions::new(), |_: &mut Tx| {
                panic!("the work runs")
            });
        assert_names(&outcome.stored().unwrap_err(), "file", why);
    }
}

#[test]
fn decisions_are_kept_for_a_minute_or_longer() {
    let refused = RecoverOptions::new().retention(Duration::from_secs(5));
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("keep them for 60s or longer"), "{text}");
    assert!(
        RecoverOptions::new()
            .retention(Duration::from_secs(60))
            .is_ok()
    );
}
