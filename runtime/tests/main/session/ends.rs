//! COMMITs of several engines, one of which fails: what the report says is what the tables have.

use std::sync::{Arc, Mutex};

use super::*;
use crate::sample::Logged;
use bindery::Engine as _;
use bindery::error::{Applied, EngineReport, SessionEnd, SessionReport};
use bindery::observe::EventKind;
use bindery_testkit::{Direction, Fault, FaultProxy};

/// A table whose foreign key is checked by the COMMIT.
const DEFERRED: &str = "CREATE TABLE checked (id INTEGER PRIMARY KEY, \
    other INTEGER REFERENCES checked (id) DEFERRABLE INITIALLY DEFERRED)";
const VIOLATION: &str = "INSERT INTO checked (id, other) VALUES (1, 2)";
pub(super) const ALL: [Any; 3] = [Any::Default, Any::XMysql, Any::XPostgres];

pub(super) fn write_all(s: &mut Session, title: &str) -> bindery::Result<()> {
    add(s, Default, title)?;
    add(s, Mysql, title)?;
    add(s, Postgres, title)
}

fn is_stored(db: &Db, engine: &str, title: &str) -> bool {
    let titles = match engine {
        "default" => db.titles(Default),
        "x_mysql" => db.titles(Mysql),
        _ => db.titles(Postgres),
    };
    titles.iter().any(|stored| stored == title)
}

/// Every engine is in the report, and as it says.
pub(super) fn report_is_true(db: &Db, report: &SessionReport, title: &str) {
    assert_eq!(report.engines().len(), 3, "{report}");
    for one in report.engines() {
        let stored = is_stored(db, one.engine(), title);
        match one.end() {
            SessionEnd::Committed => assert!(stored, "{report}"),
            SessionEnd::RolledBack | SessionEnd::NotTried => assert!(!stored, "{report}"),
            SessionEnd::Unknown => {
                let token = one.commit_token().expect("it can be found out");
                let resolved = db
                    .registry()
                    .resolve(token, std::time::Duration::from_secs(30))
                    .unwrap();
                assert_eq!(
                    resolved == bindery::error::Resolution::Committed,
                    stored,
                    "{report}"
                );
            }
            end => panic!("{end}: each was written"),
        }
    }
}

pub(super) fn ends(report: &SessionReport) -> Vec<SessionEnd> {
    report.engines().iter().map(EngineReport::end).collect()
}

/// Covers TX-15, TX-06.
#[test]
fn tx_15_the_commit_of_each_engine_in_turn_fails_at_each_place() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.sql_on(Postgres).execute_batch(DEFERRED).unwrap();
    db.sql_on(Default).execute_batch(DEFERRED).unwrap();
    for failing in ALL {
        for place in 0..3 {
            one_fails(db, failing, place);
        }
    }
    assert_eq!(db.in_use(), 0);
}

/// Has the COMMIT of an engine fail: MySQL and MariaDB check nothing in it, so the connection has to be gone.
fn prevent_commit(db: &Db, s: &mut Work, failing: Any) -> bindery::Result<()> {
    match failing {
        Any::XMysql => {
            let own: u64 = s.sql_on(Mysql).query_scalar("SELECT connection_id()", ())?;
            db.outside_transaction(|| {
                let mut other = db.connect(Mysql)?;
                other.execute_batch(kill(own))?;
                let there = "SELECT count(*) FROM information_schema.processlist WHERE id = ?";
                while other.query_scalar::<i64>(there, (own,))? > 0 {
                    std::thread::yield_now();
                }
                Ok(())
            })
        }
        Any::XPostgres => s.sql_on(Postgres).execute(VIOLATION, ()).map(drop),
        _ => s.sql_on(Default).execute(VIOLATION, ()).map(drop),
    }
}

fn is_prevented(failing: Any, error: &bindery::Error) -> bool {
    match failing {
        Any::XMysql => error.is_connection_lost(),
        _ => error.is_foreign_key_violation(),
    }
}

fn one_fails(db: &Db, failing: Any, place: usize) {
    use SessionEnd::{Committed, RolledBack};
    let title = format!("{failing:?} at {place}");
    let mut order = ALL.to_vec();
    order.retain(|engine| *engine != failing);
    order.insert(place, failing);
    let options = SessionOptions::new().order(order);
    let work = |s: &mut Work| {
        write_all(s, &title)?;
        prevent_commit(db, s, failing)
    };
    let mut outcome = Ok(());
    let log = Logged::of(|| outcome = db.try_session_with(options, work));
    let error = outcome.unwrap_err();
    let report = error.session_report().expect("three engines were written");
    report_is_true(db, report, &title);
    let level = if place == 0 { "WARN" } else { "ERROR" };
    let is_logged = |line: &String| line.starts_with(level) && line.contains(&report.to_string());
    assert!(log.iter().any(is_logged), "the log has the same: {log:#?}");
    let mut expected = vec![Committed; place];
    expected.resize(3, RolledBack);
    assert_eq!(ends(report), expected);
    if place == 0 {
        assert!(is_prevented(failing, &error), "all ended alike: {error:?}");
        assert_eq!(error.applied(), Applied::No);
    } else {
        assert_eq!(error.kind(), &ErrorKind::SessionSplit);
        assert_eq!(error.applied(), Applied::Unknown);
        assert!(!error.is_retryable());
        let cause = report.engines()[place].error().expect("why");
        assert!(is_prevented(failing, cause), "{error:?}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

/// Covers TX-15, TX-06 on PostgreSQL, MariaDB.
#[test]
fn tx_15_an_answer_to_a_commit_that_is_lost_is_unknown_in_the_report() {
    for lost in [Any::XMysql, Any::XPostgres] {
        let Some(mysql) = bindery_testkit::fresh_mysql() else {
            return;
        };
        let Some(postgres) = bindery_testkit::fresh_postgres() else {
            return;
        };
        let url = match lost {
            Any::XMysql => mysql.url(),
            _ => postgres.url(),
        };
        let proxy = FaultProxy::start(&url).expect("a port is free");
        let ways = [(lost.name(), proxy.url())];
        let bench = Bench::at(vec![mysql, postgres], &ways, |options| {
            options.resolve_commits(true)
        });
        for place in 0..3 {
            for arrives in [false, true] {
                one_is_lost(&bench.db, &proxy, (lost, place), arrives);
            }
        }
    }
}

fn one_is_lost(db: &Db, proxy: &FaultProxy, (lost, place): (Any, usize), arrives: bool) {
    let title = format!("lost at {place}, {arrives}");
    let mut order = ALL.to_vec();
    order.retain(|engine| *engine != lost);
    order.insert(place, lost);
    let outcome: bindery::Result<()> =
        db.try_session_with(SessionOptions::new().order(order), |s| {
            write_all(s, &title)?;
            let (direction, pattern) = (Direction::ToServer, b"COMMIT".to_vec());
            proxy.set(if arrives {
                let wait = std::time::Duration::from_millis(20);
                Fault::CutAfterPattern {
                    direction,
                    pattern,
                    wait,
                }
            } else {
                Fault::CutBeforePattern { direction, pattern }
            });
            Ok(())
        });
    proxy.heal();
    let Err(error) = outcome else {
        // The server was asked, and has it.
        assert!(arrives, "a COMMIT that never arrived is none");
        for engine in ALL {
            assert!(
                is_stored(db, engine.name(), &title),
                "{title} on {engine:?}"
            );
        }
        return;
    };
    let report = error.session_report().expect("three engines were written");
    report_is_true(db, report, &title);
    assert_eq!(report.engines()[place].engine(), lost.name());
    assert_eq!(ends(report)[place], SessionEnd::Unknown, "{error:?}");
    assert!(error.commit_token().is_some(), "{error:?}");
    assert!(!error.is_retryable());
}

/// Covers TX-06 on PostgreSQL, MariaDB.
#[test]
fn tx_06_a_rollback_that_fails_hides_no_error() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.sql_on(Default).execute_batch(DEFERRED).unwrap();
    let outcome = db.session(|s| {
        write_all(s, "lost")?;
        s.sql_on(Default).execute(VIOLATION, ())?;
        let own: i32 = s
            .sql_on(Postgres)
            .query_scalar("SELECT pg_backend_pid()", ())?;
        db.outside_transaction(|| {
            db.sql_on(Postgres)
                .query_scalar::<bool>("SELECT pg_terminate_backend($1)", (own,))
        })?;
        let own: u64 = s.sql_on(Mysql).query_scalar("SELECT connection_id()", ())?;
        db.outside_transaction(|| db.sql_on(Mysql).execute_batch(kill(own)))?;
        std::thread::sleep(std::time::Duration::from_millis(200));
        Ok(())
    });
    let error = outcome.unwrap_err();
    assert!(error.is_foreign_key_violation(), "{error:?}");
    let report = error.session_report().unwrap();
    report_is_true(db, report, "lost");
    assert_eq!(
        ends(report),
        [
            SessionEnd::RolledBack,
            SessionEnd::NotTried,
            SessionEnd::NotTried
        ],
        "{report:?}"
    );
    assert_eq!(db.in_use(), 0);
    db.session(|s| write_all(s, "kept")).unwrap();
}

fn kill(connection: u64) -> bindery::raw::Assembled {
    bindery::Sql::assembled(format!("KILL {connection}"))
}

/// An engine that was only read takes no part: neither a lost connection nor its place in the order matters.
#[test]
fn tx_06_an_engine_that_was_only_read_fails_no_commit() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.session(|s| {
        count(s, Mysql)?;
        add(s, Default, "kept")?;
        let killed: Vec<i32> = {
            count(s, Postgres)?;
            let all = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid()";
            db.outside_transaction(|| db.sql_on(Postgres).query_as(all, ()))?
        };
        db.outside_transaction(|| {
            killed.into_iter().try_for_each(|pid| {
                let terminate = "SELECT pg_terminate_backend($1)";
                let mut raw = db.sql_on(Postgres);
                raw.query_scalar::<bool>(terminate, (pid,)).map(drop)
            })
        })
    })
    .unwrap();
    assert_eq!(db.titles(Default), ["kept"]);
}

/// A statement that failed on one engine keeps all from being committed, also when the program ignored it.
#[test]
fn tx_03_an_ignored_failure_of_one_engine_commits_none() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let outcome = db.session(|s| {
        write_all(s, "lost")?;
        let failed = s.sql_on(Postgres).execute_batch("SELECT nothing_there");
        assert!(failed.is_err());
        Ok(())
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TransactionAborted);
    assert_eq!(error.engine(), Some("x_postgres"));
    for engine in ["default", "x_mysql", "x_postgres"] {
        assert!(!is_stored(db, engine, "lost"), "{engine}");
    }
}

/// Hooks run when all engines are committed; one that fails is reported, and keeps no other from running.
#[test]
fn tx_09_hooks_of_a_session_run_after_all_commits() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let (told, heard) = std::sync::mpsc::channel();
    let outcome = db.session(|s| {
        write_all(s, "kept")?;
        let seen = db.clone();
        s.after_commit(Default, move |_| {
            assert_eq!(seen.titles(Postgres), ["kept"], "committed already");
            Err(refused())
        })?;
        let first = told.clone();
        s.after_commit(Postgres, move |c| {
            first.send(titles(c)).unwrap();
            Ok(())
        })?;
        s.connection(Mysql)?.transaction(|tx| {
            tx.after_commit(move |c| {
                told.send(titles(c)).unwrap();
                Ok(())
            });
            Ok(())
        })
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AfterCommit);
    assert_eq!(error.engine(), Some("default"));
    assert_eq!(heard.into_iter().collect::<Vec<_>>(), [["kept"], ["kept"]]);
}

/// A serialization failure on one engine has the work on all engines done again, in a fresh session.
#[test]
fn tx_10_a_session_is_tried_again_as_a_whole() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.session(|s| add(s, Postgres, "0")).unwrap();
    let serializable = SessionOptions::new().isolation(Isolation::Serializable);
    let mut tried = 0;
    let work = |s: &mut Work| {
        tried += 1;
        add(s, Default, &format!("attempt {tried}"))?;
        let n = count(s, Postgres)?;
        if tried == 1 {
            // Another transaction that is serialized neither before nor after this one.
            let other = TransactionOptions::new().isolation(Isolation::Serializable);
            db.outside_transaction(|| {
                db.connect(Postgres)?.transaction_with(other, |tx| {
                    let n = tx.blogs().count()?;
                    tx.blogs()
                        .insert(NewBlog::new(format!("other {n}")))
                        .map(drop)
                })
            })?;
        }
        add(s, Postgres, &format!("own {n}"))
    };
    db.session_retry_with(RetryPolicy::default(), serializable, work)
        .unwrap();
    assert_eq!(tried, 2);
    assert_eq!(db.titles(Default), ["attempt 2"]);
    assert_eq!(db.titles(Postgres), ["0", "other 1", "own 2"]);

    let mut tried = 0;
    let never = |s: &mut Work| {
        tried += 1;
        add(s, Default, "lost")?;
        Err::<(), _>(refused())
    };
    db.session_retry_with(RetryPolicy::default(), SessionOptions::new(), never)
        .unwrap_err();
    assert_eq!(tried, 1, "that would fail again");
}

/// The engines whose transactions were committed, one after the other.
fn committed(db: &Db, options: SessionOptions, engines: &[Any]) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let commits = Arc::clone(&seen);
    let _subscription = db.registry().subscribe(move |event| {
        if event.kind == EventKind::Commit {
            commits.lock().unwrap().push(event.engine.to_owned());
        }
    });
    let work = |s: &mut Work| {
        engines
            .iter()
            .try_for_each(|&engine| add(s, engine, "kept"))
    };
    db.try_session_with(options, work).unwrap();
    let seen = seen.lock().unwrap();
    seen.clone()
}

/// Covers TX-15.
#[test]
fn tx_15_engines_are_committed_in_the_order_of_the_configuration() {
    let Some(bench) = Bench::all() else { return };
    let used = [Any::Default, Any::B, Any::XMysql, Any::XPostgres];
    let unsaid = SessionOptions::new();
    let by_name = ["b", "default", "x_mysql", "x_postgres"];
    assert_eq!(
        committed(&bench.db, unsaid.clone(), &used),
        by_name,
        "as configured"
    );

    let url = |engine: &str| bench.urls[engine].clone();
    let reversed = ["y_mariadb", "x_postgres", "default", "x_mysql", "test", "b"];
    let in_code = reversed.iter().fold(Config::new(), |config, &engine| {
        config.engine(engine, url(engine))
    });
    let db = Db::open_with(&in_code).unwrap();
    assert_eq!(
        committed(&db, unsaid.clone(), &used),
        ["x_postgres", "default", "x_mysql", "b"]
    );
    let said = SessionOptions::new().order([Any::B]);
    assert_eq!(
        committed(&db, said, &used),
        ["b", "x_postgres", "default", "x_mysql"]
    );

    let sections =
        reversed.map(|engine| format!("[engines.{engine}]\nurl = \"{}\"\n", url(engine)));
    let file = bench.folder.path().join("bindery.toml");
    std::fs::write(&file, sections.concat()).unwrap();
    let file = Config::from_file(file)
        .unwrap()
        .engine("default", url("default"));
    let db = Db::open_with(&file).unwrap();
    assert_eq!(
        committed(&db, unsaid, &used),
        ["x_postgres", "default", "x_mysql", "b"]
    );
}
