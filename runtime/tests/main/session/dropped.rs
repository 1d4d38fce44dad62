//! Sessions that have written and are dropped.

use super::*;
use crate::sample::Logged;

/// The lines of the log about sessions that were dropped.
fn told(work: impl FnOnce()) -> Vec<String> {
    let log = Logged::of(work);
    let about = log.into_iter();
    about.filter(|line| line.contains("was dropped")).collect()
}

fn begin(db: &Db) -> Work {
    db.begin_session_with(SessionOptions::new()).unwrap()
}

/// Covers TX-04.
#[test]
fn tx_04_a_session_that_has_written_and_is_dropped_is_reported_with_its_place() {
    let Some(bench) = Bench::all() else {
        return;
    };
    reported(&bench.db, Default, "default");
    reported(&bench.db, Mysql, "x_mysql");
    reported(&bench.db, Postgres, "x_postgres");
}

fn reported<E: StaticEngine + Hosts<model::Blog>>(db: &Db, engine: E, name: &str) {
    let log = told(|| {
        let mut s = begin(db);
        add(&mut s, engine, "lost").unwrap();
        count(&mut s, B).unwrap();
    });
    assert_eq!(log.len(), 1, "{log:#?}");
    assert!(log[0].starts_with("WARN "), "{log:#?}");
    let place = " begun_at=runtime/tests/main/session/dropped.rs:";
    assert!(
        log[0].contains(&format!("engines=[{name:?}]{place}")),
        "{log:#?}"
    );
    assert_eq!(db.titles(engine), [""; 0]);
    assert_eq!(told(|| quietly(db, engine)), [""; 0]);
    assert_eq!(db.titles(engine), ["kept"]);
}

/// None of these loses work without a word.
fn quietly<E: StaticEngine + Hosts<model::Blog>>(db: &Db, engine: E) {
    drop(begin(db));
    let mut s = begin(db);
    count(&mut s, engine).unwrap();
    drop(s);
    let mut s = begin(db);
    add(&mut s, engine, "undone").unwrap();
    s.rollback().unwrap();
    let mut s = begin(db);
    add(&mut s, engine, "kept").unwrap();
    s.commit().unwrap();
    let mut s = begin(db);
    add(&mut s, engine, "failed").unwrap();
    s.sql_on(engine).execute("no statement", ()).unwrap_err();
    drop(s);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let mut s = begin(db);
        add(&mut s, engine, "in a panic").unwrap();
        std::panic::panic_any("in the work");
    }));
    panicked.unwrap_err();
    let failed = db.session(|s| {
        add(s, engine, "an error of the program's")?;
        Err::<(), _>(s.sql_on(engine).execute("no statement", ()).unwrap_err())
    });
    failed.unwrap_err();
}

/// The caller has the error of an engine that it could not use.
#[test]
fn a_session_that_could_not_use_an_engine_is_not_reported() {
    let bench = Bench::with(|options| {
        let options = options.max_connections(1);
        options.acquire_timeout(std::time::Duration::from_millis(50))
    });
    let db = &bench.db;
    let held = db.connect(B).unwrap();
    let wants_both = |goes_on: bool| {
        told(|| {
            let mut s = begin(db);
            add(&mut s, Default, "lost").unwrap();
            let error = count(&mut s, B).unwrap_err();
            let is_exhausted = matches!(error.kind(), ErrorKind::PoolExhausted { .. });
            assert!(is_exhausted, "{error:?}");
            if goes_on {
                add(&mut s, Default, "lost as well").unwrap();
            }
        })
    };
    assert_eq!(wants_both(false), [""; 0]);
    assert_eq!(wants_both(true).len(), 1);
    drop(held);
}

/// Covers TX-04.
#[test]
fn tx_04_a_test_may_have_it_panic() {
    let bench = Bench::embedded();
    let options = SessionOptions::new().panics_if_dropped();
    let dropped = catch_unwind(AssertUnwindSafe(|| {
        let mut s = bench.db.begin_session_with(options).unwrap();
        add(&mut s, Default, "lost").unwrap();
    }));
    assert_eq!(dropped.is_err(), cfg!(debug_assertions));
    assert_eq!(bench.db.in_use(), 0);
    assert_eq!(bench.db.titles(Default), [""; 0]);
}

/// Covers TX-04.
#[cfg(feature = "tokio")]
#[test]
fn tx_04_a_session_across_awaits_is_reported_where_it_is_dropped() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let written = || {
        let mut s = db.begin_session_async();
        let call = s.run(|s| add(s, Default, "lost").map(drop));
        runtime.block_on(call).unwrap();
        s
    };
    assert_eq!(told(|| drop(written())).len(), 1);
    assert_eq!(told(|| written().roll_back_soon()), [""; 0]);
    db.close_within(std::time::Duration::from_secs(60)).unwrap();
}
