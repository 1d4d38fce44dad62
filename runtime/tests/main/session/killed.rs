//! A server that is killed while a session commits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ends::{ALL, ends, report_is_true, write_all};
use super::*;
use bindery::Engine as _;
use bindery::error::SessionEnd;
use bindery::observe::EventKind;
use bindery_testkit::{Server, ServerOptions, Shutdown, Watchdog};

/// Covers TX-06 on PostgreSQL, MariaDB: the first engine has committed when the server of the second is killed, before its COMMIT
/// has an answer.
#[test]
fn tx_06_a_server_is_killed_between_two_commits() {
    let _watchdog = Watchdog::start("tx_06_a_server_is_killed", Duration::from_secs(180));
    is_killed(Any::XPostgres, Server::postgres());
    is_killed(Any::XMysql, Server::mysql());
}

fn is_killed(killed: Any, options: ServerOptions) {
    let servers = (
        bindery_testkit::fresh_mysql(),
        bindery_testkit::fresh_postgres(),
    );
    let (Some(mysql), Some(postgres)) = servers else {
        return;
    };
    let Some(server) = options.durable(true).start_or_skip() else {
        return;
    };
    let url = server.database("shop").expect("the server is empty");
    let ways = [(killed.name(), url.as_str())];
    let bench = Bench::at(vec![mysql, postgres], &ways, |options| {
        options.resolve_commits(true)
    });
    let db = &bench.db;
    let server = Arc::new(Mutex::new(server));
    let mut order = ALL.to_vec();
    order.retain(|engine| *engine != killed && *engine != Any::Default);
    let order = [Any::Default, killed].into_iter().chain(order);
    let dies = Arc::clone(&server);
    let first_commit = db.registry().subscribe(move |event| {
        if event.kind == EventKind::Commit && event.engine == "default" {
            let mut server = dies.lock().unwrap_or_else(PoisonError::into_inner);
            server.go_down(Shutdown::Crash);
        }
    });
    let options = SessionOptions::new().order(order);
    let outcome = db.try_session_with(options, |s| write_all(s, "in part"));
    drop(first_commit);
    let split = outcome.unwrap_err();
    assert_eq!(split.kind(), &ErrorKind::SessionSplit, "{split:?}");
    server.lock().unwrap().come_back().expect("it starts again");
    let report = split.session_report().expect("three engines were written");
    report_is_true(db, report, "in part");
    let ends = ends(report);
    assert_eq!(
        (ends[0], ends[2]),
        (SessionEnd::Committed, SessionEnd::RolledBack),
        "{split:?}"
    );
    assert!(
        matches!(ends[1], SessionEnd::Unknown | SessionEnd::RolledBack),
        "{split:?}"
    );
    assert_eq!(db.in_use(), 0);
}
