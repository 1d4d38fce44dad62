//! Sessions that begin with their engines, and sessions whose work is done again.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::*;
use crate::sample::{BlogId, BlogPatch};
use bindery::error::{EngineReport, SessionEnd};
use bindery_testkit::Watchdog;

const WATCH: Duration = Duration::from_secs(120);

/// An engine that cannot be reached is noticed before the work begins.
#[test]
fn an_eager_engine_that_is_away_keeps_the_work_from_beginning() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let before = (db.used("b"), db.used("default"), db.used("test"));
    let begun = |options: SessionOptions| -> bindery::Error {
        let never = |_: &mut Work| -> bindery::Result<()> { panic!("the work has begun") };
        db.try_session_with(options, never).unwrap_err()
    };
    let away = begun(SessionOptions::new().eager(Postgres));
    assert_eq!(
        (away.kind(), away.engine()),
        (&ErrorKind::Unavailable, Some("x_postgres"))
    );
    let after = (db.used("b"), db.used("default"), db.used("test"));
    assert_eq!(before, after, "no other engine was opened");
    let away = begun(SessionOptions::new().eager_all());
    assert_eq!(
        (away.kind(), away.engine()),
        (&ErrorKind::Unavailable, Some("x_mysql"))
    );
    assert_eq!(
        db.in_use(),
        0,
        "an engine that was begun before it is given back"
    );
    add_and_count(db);
}

fn add_and_count(db: &Db) {
    let counted = db.session(|s| add(s, Default, "kept").and_then(|()| count(s, Default)));
    assert_eq!(counted.unwrap(), 1);
}

/// Covers TX-10 on PostgreSQL, MariaDB: of two sessions that wait for each other's rows one is the database's victim, and is done again until both are stored once.
#[test]
fn tx_10_a_deadlock_has_the_whole_session_tried_again() {
    let _watchdog = Watchdog::start("tx_10_a_deadlock", WATCH);
    let Some(bench) = Bench::all() else { return };
    two_meet(&bench.db, Postgres);
    two_meet(&bench.db, Mysql);
}

/// One takes the rows in their order and the other the other way round; each writes on an engine of its own, too.
fn two_meet<E: StaticEngine + Hosts<model::Blog>>(db: &Db, engine: E) {
    let new = |title: &str| {
        let blog = db.connect(engine)?.blogs().insert(NewBlog::new(title))?;
        Ok::<_, bindery::Error>(blog.id)
    };
    let (one, two) = (new("one").unwrap(), new("two").unwrap());
    let (attempts, both) = (&AtomicU32::new(0), &Barrier::new(2));
    thread::scope(|scope| {
        for (own, rows) in [(Any::Default, [one, two]), (Any::B, [two, one])] {
            scope.spawn(move || {
                let tried = updates(db, (own, engine), rows, both);
                attempts.fetch_add(tried, Ordering::Relaxed);
            });
        }
    });
    // On a busy machine the second attempt can take its row before the other session has been woken: they meet once more.
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts >= 3, "one was the victim: {attempts}");
    for kept in [db.titles(Default), db.titles(B)] {
        let of_this: Vec<_> = kept
            .iter()
            .filter(|title| title.contains(engine.name()))
            .collect();
        assert_eq!(of_this.len(), 1, "nothing of the first attempt: {kept:?}");
    }
}

/// Updates both rows. Returns how often that was tried.
fn updates<E: StaticEngine + Hosts<model::Blog>>(
    db: &Db,
    (own, engine): (Any, E),
    rows: [BlogId<E>; 2],
    both: &Barrier,
) -> u32 {
    let mut tried = 0;
    let work = |s: &mut Work| {
        tried += 1;
        take(s, engine, rows[0])?;
        add(s, own, &format!("{}, attempt {tried}", engine.name()))?;
        if tried == 1 {
            both.wait();
        }
        take(s, engine, rows[1])
    };
    db.session_retry_with(RetryPolicy::default(), SessionOptions::new(), work)
        .unwrap();
    tried
}

fn take<E: Hosts<model::Blog>>(s: &mut Session, engine: E, row: BlogId<E>) -> bindery::Result<()> {
    let patch = BlogPatch {
        content: Some(Some("taken".to_owned())),
        ..std::default::Default::default()
    };
    let is_there = s.repository::<model::Blog, E>(engine).update(row, patch)?;
    assert!(is_there);
    Ok(())
}

/// Covers TX-10.
#[test]
fn tx_10_the_attempts_of_a_session_are_bounded() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let mut tried = 0;
    let policy = RetryPolicy::default().attempts(4);
    let conflict = db.session_retry_with(policy, SessionOptions::new(), |s| {
        tried += 1;
        add(s, Default, "lost")?;
        Err::<(), _>(bindery::Error::new(ErrorKind::Conflict))
    });
    assert_eq!(conflict.unwrap_err().kind(), &ErrorKind::Conflict);
    assert_eq!((tried, db.titles(Default).len()), (4, 0));
}

/// One deadline holds for all attempts together.
#[test]
fn a_deadline_ends_the_attempts_of_a_session() {
    let _watchdog = Watchdog::start("a_deadline_ends_the_attempts", WATCH);
    let bench = Bench::embedded();
    let db = &bench.db;
    let moment = Duration::from_millis(1);
    let policy = RetryPolicy::default()
        .attempts(u32::MAX)
        .backoff(moment, moment);
    let options = SessionOptions::new().deadline(Duration::from_millis(300));
    let mut tried = 0;
    let late = db.session_retry_with(policy, options, |s| {
        tried += 1;
        add(s, Default, "lost")?;
        Err::<(), _>(bindery::Error::new(ErrorKind::Conflict))
    });
    assert!(late.unwrap_err().is_timeout());
    assert!(tried > 1, "it was tried again until then");
    assert_eq!((db.titles(Default).len(), db.in_use()), (0, 0));
}

/// A COMMIT that PostgreSQL refuses as another transaction was in the way: alone, or first, it has everything done again; after another
/// engine's COMMIT never.
///
/// Covers TX-10, TX-15 on PostgreSQL.
#[test]
fn tx_15_a_session_that_has_committed_in_part_is_never_tried_again() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let tried = refused_at_its_commit(db, "first", [Any::XPostgres, Any::Default]);
    assert_eq!(tried.unwrap(), 2);
    assert_eq!(db.titles(Default), ["first, attempt 2"]);
    let split = refused_at_its_commit(db, "second", [Any::Default, Any::XPostgres]).unwrap_err();
    assert_eq!(split.kind(), &ErrorKind::SessionSplit);
    assert!(!split.is_retryable());
    let report = split.session_report().unwrap();
    let ends: Vec<_> = report.engines().iter().map(EngineReport::end).collect();
    assert_eq!(ends, [SessionEnd::Committed, SessionEnd::RolledBack]);
    assert_eq!(
        db.titles(Default),
        ["first, attempt 2", "second, attempt 1"]
    );
}

/// Returns how often it was tried.
fn refused_at_its_commit(db: &Db, title: &str, order: [Any; 2]) -> bindery::Result<u32> {
    let serializable = || TransactionOptions::new().isolation(Isolation::Serializable);
    let options = SessionOptions::new()
        .engine(Postgres, serializable())
        .order(order);
    let mut tried = 0;
    db.session_retry_with(RetryPolicy::default(), options, |s| {
        tried += 1;
        add(s, Default, &format!("{title}, attempt {tried}"))?;
        count(s, Postgres)?;
        add(s, Postgres, title)?;
        if tried > 1 {
            return Ok(());
        }
        // Each has read what the other one writes: the one that commits last is refused.
        db.outside_transaction(|| {
            db.connect(Postgres)?
                .transaction_with(serializable(), |tx| {
                    tx.blogs().count()?;
                    tx.blogs().insert(NewBlog::new("other")).map(drop)
                })
        })
    })?;
    Ok(tried)
}
