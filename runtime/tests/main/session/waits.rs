//! Sessions that wait for each other's connections: no wait is for ever.

use std::io::Write as _;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use bindery::Engine;
use bindery_testkit::{Watchdog, is_full_run};

const DEADLINE: Duration = Duration::from_millis(30);

fn rounds() -> u32 {
    let full = is_full_run();
    if full { 10_000 } else { 150 }
}

fn pools_of_one() -> Bench {
    Bench::with(|options| options.max_connections(1))
}

/// Two threads that take the same two engines the other way round, in rounds; in the first each waits until the other has its first engine,
/// unless they take both at once. Counts those that failed.
fn meet(db: &Db, options: &SessionOptions, is_eager: bool) -> (u32, u32) {
    let (failed, kept) = (AtomicU32::new(0), AtomicU32::new(0));
    let barrier = Barrier::new(2);
    let (failed, kept, barrier) = (&failed, &kept, &barrier);
    thread::scope(|scope| {
        for (first, second) in [(Any::Default, Any::B), (Any::B, Any::Default)] {
            scope.spawn(move || {
                for round in 0..rounds() {
                    barrier.wait();
                    let outcome = db.try_session_with(options.clone(), |s| {
                        let taken = s.connection(first).and_then(|first| first.check());
                        if round == 0 && !is_eager {
                            barrier.wait();
                        }
                        taken?;
                        s.connection(second)?.check()
                    });
                    let count = match outcome {
                        Ok(()) => kept,
                        Err(error) if is_of_waiting(&error, first, second) => failed,
                        // A thread that panicked would leave the other one at the barrier.
                        Err(error) => std::process::exit(unexpected(&error)),
                    };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(db.in_use(), 0);
    (failed.load(Ordering::Relaxed), kept.load(Ordering::Relaxed))
}

/// It says which engine was waited for, and which the session had meanwhile.
fn is_of_waiting(error: &bindery::Error, first: Any, second: Any) -> bool {
    let held: Vec<_> = match error.engine() {
        Some(name) if name == second.name() => vec![first.name()],
        _ => Vec::new(),
    };
    let is_of_waiting = error.is_pool_exhausted() && error.held_engines() == held;
    // On a busy machine the deadline passes within a statement too, or while a connection is opened.
    is_of_waiting || error.is_timeout()
}

fn unexpected(error: &bindery::Error) -> i32 {
    // Shown whatever the harness keeps of the output.
    let _ = writeln!(std::io::stderr(), "{error:?}");
    1
}

/// Covers TX-20.
/// In full: 10,000 rounds of two threads.
#[test]
fn tx_20_two_threads_on_pools_of_one_never_wait_for_ever() {
    let _watchdog = Watchdog::start("tx_20_two_threads_on_pools_of_one", WATCH);
    let bench = pools_of_one();
    let options = SessionOptions::new().deadline(DEADLINE);
    let (failed, kept) = meet(&bench.db, &options, false);
    assert_eq!(failed + kept, 2 * rounds());
    assert!(failed > 0, "they met");
}

/// Covers TX-20.
/// In full: 10,000 rounds of two threads.
#[test]
fn tx_20_eager_engines_are_taken_in_one_order_so_that_none_fails() {
    let _watchdog = Watchdog::start("tx_20_eager_engines", WATCH);
    let bench = pools_of_one();
    let eager = SessionOptions::new().eager(Default).eager(B);
    let (failed, kept) = meet(&bench.db, &eager.deadline(Duration::from_secs(60)), true);
    assert_eq!((failed, kept), (0, 2 * rounds()));
}

/// Covers TX-20.
/// In full: 10,000 rounds.
#[test]
fn tx_20_a_nested_session_joins_the_engines_that_are_held() {
    let _watchdog = Watchdog::start("tx_20_a_nested_session_joins", WATCH);
    let bench = pools_of_one();
    let db = &bench.db;
    for round in 0..rounds() {
        db.session(|s| {
            add(s, Default, "outer")?;
            s.nested(|s| add(s, Default, "inner"))?;
            s.connection(Default)?
                .transaction(|tx| tx.blogs().insert(NewBlog::new("deeper")).map(drop))?;
            let undone: bindery::Result<()> = s.nested(|s| {
                add(s, Default, "lost")?;
                add(s, B, "lost")?;
                Err(refused())
            });
            assert!(undone.is_err());
            add(s, B, "kept")
        })
        .unwrap();
        assert_eq!(db.titles(B).len() as u32, round + 1);
    }
    let mut titles = db.titles(Default);
    titles.dedup();
    assert_eq!(titles, ["deeper", "inner", "outer"]);
}

/// A session of its own within another one cannot have the engine that the outer one holds; it ends at its deadline.
#[test]
fn tx_20_another_session_within_one_ends_at_its_deadline() {
    let bench = pools_of_one();
    let db = &bench.db;
    let started = Instant::now();
    db.session(|s| {
        add(s, Default, "kept")?;
        let inner = SessionOptions::new().deadline(DEADLINE);
        let refused: bindery::Result<u64> =
            db.outside_transaction(|| db.try_session_with(inner, |other| count(other, Default)));
        assert!(refused.unwrap_err().is_pool_exhausted());
        Ok(())
    })
    .unwrap();
    assert!(started.elapsed() < Duration::from_secs(15));
    assert_eq!(db.titles(Default), ["kept"]);
}

/// One time for everything: a statement that takes too long is cut off, and later ones are refused.
#[test]
fn a_deadline_ends_statements_and_what_comes_after() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let limit = Duration::from_millis(300);
    let sleeps: [fn(&mut Session) -> bindery::Result<()>; 3] = [
        |s| s.sql_on(Postgres).execute_batch("SELECT pg_sleep(20)"),
        |s| s.sql_on(Mysql).execute_batch("SELECT sleep(20)"),
        |s| s.sql_on(Default).execute_batch(COUNTS_FOR_LONG),
    ];
    for sleep in sleeps {
        let started = Instant::now();
        let options = SessionOptions::new().deadline(limit);
        let outcome: bindery::Result<()> = db.try_session_with(options, |s| {
            add(s, B, "lost")?;
            let late = sleep(s).unwrap_err();
            assert!(late.is_timeout(), "{late:?}");
            let after = count(s, B).unwrap_err();
            assert!(after.is_timeout(), "{after:?}");
            Ok(())
        });
        assert!(outcome.unwrap_err().is_timeout());
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "{:?}",
            started.elapsed()
        );
    }
    assert_eq!(db.titles(B), [""; 0]);
    let kept = SessionOptions::new().deadline(Duration::from_secs(60));
    db.try_session_with(kept, |s| add(s, Postgres, "kept"))
        .unwrap();
    // The connection has no deadline any more.
    thread::sleep(limit);
    assert_eq!(db.titles(Postgres), ["kept"]);
}

const COUNTS_FOR_LONG: &str = "WITH RECURSIVE c(n) AS \
    (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000000000) SELECT count(*) FROM c";
const WATCH: Duration = Duration::from_secs(1_800);
