//! Whole transactions that are tried again.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use bindery::{
    Connection, Error, ErrorKind, Isolation, Registry, RetryPolicy, Transaction, TransactionOptions,
};
use bindery_testkit::{Fault, FaultProxy, Watchdog};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::engine::Postgres;
use crate::sample::{BlogId, BlogPatch, Everything, NewBlog, Tables, on_each_database, with};

const PATIENCE: Duration = Duration::from_secs(120);

fn quick(attempts: u32) -> RetryPolicy {
    let millisecond = Duration::from_millis(1);
    RetryPolicy::default()
        .attempts(attempts)
        .backoff(millisecond, 20 * millisecond)
}

fn conflict() -> Error {
    Error::new(ErrorKind::Conflict)
}

on_each_database! {
    only_what_may_succeed_is_tried_again;
    an_open_transaction_is_not_tried_again;
}

/// Covers TX-8.
fn only_what_may_succeed_is_tried_again<E: Everything>(c: &mut Connection<E>) {
    let mut tried = 0;
    c.transaction_retry(quick(5), |tx| {
        tried += 1;
        assert_eq!(tx.blogs().count()?, 0);
        add(tx, "row")?;
        if tried < 3 { Err(conflict()) } else { Ok(()) }
    })
    .unwrap();
    assert_eq!((tried, titles(c).len()), (3, 1));

    let mut tried = 0;
    let outcome: bindery::Result<()> = c.transaction_retry(quick(4), |tx| {
        tried += 1;
        add(tx, "lost")?;
        Err(conflict())
    });
    assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!((tried, titles(c).len()), (4, 1));

    let mut tried = 0;
    let outcome: bindery::Result<()> = c.transaction_retry(quick(4), |_| {
        tried += 1;
        Err(super::refused())
    });
    assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(tried, 1);

    // A hook of an attempt that failed is gone; one that fails after the commit repeats nothing.
    let runs = std::sync::Arc::new(AtomicU32::new(0));
    let mut tried = 0;
    let outcome = c.transaction_retry(quick(4), |tx| {
        tried += 1;
        let runs = runs.clone();
        tx.after_commit(move |_| {
            runs.fetch_add(1, Ordering::Relaxed);
            Err(conflict())
        });
        if tried < 2 { Err(conflict()) } else { Ok(()) }
    });
    assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::AfterCommit);
    assert_eq!((tried, runs.load(Ordering::Relaxed)), (2, 1));
}

fn an_open_transaction_is_not_tried_again<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        add(tx, "outer")?;
        let error = tx.transaction_retry(quick(2), |_| Ok(())).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported(_)),
            "{error:?}"
        );
        add(tx, "still")
    })
    .unwrap();
    assert_eq!(titles(c), ["outer", "still"]);
}

at_each_place! {
    transfers_in_opposite_directions_lose_nothing;
    two_that_would_both_go_do_not;
    a_lost_connection_is_replaced;
}

fn stars<E: Everything>(c: &mut Connection<E>, id: BlogId<E>) -> bindery::Result<i64> {
    c.blogs().get(id).map(|blog| blog.stars)
}

fn set_stars<E: Everything>(
    c: &mut Connection<E>,
    id: BlogId<E>,
    stars: i64,
) -> bindery::Result<()> {
    let changes = BlogPatch {
        stars: Some(stars),
        ..BlogPatch::default()
    };
    c.blogs().update(id, changes).map(drop)
}

/// Two rows with this number of stars each.
fn two_rows<E: Everything>(db: &Registry, engine: E, stars: i64) -> [BlogId<E>; 2] {
    let mut c = db.connect(engine).unwrap();
    ["one", "two"].map(|title| {
        let new = NewBlog {
            stars: Some(stars),
            ..NewBlog::new(title)
        };
        c.blogs().insert(new).unwrap().id
    })
}

const ROUNDS: u32 = 100;

/// Two threads lock the same two rows in opposite order, round after round.
///
/// Covers TX-8.
fn transfers_in_opposite_directions_lose_nothing<E: Everything>(engine: E, place: &TestDatabase) {
    let _watchdog = Watchdog::start("transfers_in_opposite_directions", PATIENCE);
    let db = place.open(engine);
    let [one, two] = two_rows(&db, engine, 0);
    let barrier = Barrier::new(2);
    let attempts = AtomicU32::new(0);
    thread::scope(|scope| {
        for [from, to] in [[one, two], [two, one]] {
            let (db, barrier, attempts) = (&db, &barrier, &attempts);
            scope.spawn(move || {
                let mut c = db.connect(engine).unwrap();
                for _ in 0..ROUNDS {
                    barrier.wait();
                    c.transaction_retry(quick(50), |tx| {
                        let attempt = attempts.fetch_add(1, Ordering::Relaxed);
                        // The first statement locks, and changes the row, so that the second reads what is there now.
                        for (id, more) in [(from, -1), (to, 2)] {
                            let title = Some(attempt.to_string());
                            let touch = BlogPatch {
                                title,
                                ..BlogPatch::default()
                            };
                            tx.blogs().update(id, touch)?;
                            let now = stars(tx, id)?;
                            set_stars(tx, id, now + more)?;
                        }
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    let mut c = db.connect(engine).unwrap();
    let sums = [stars(&mut c, one).unwrap(), stars(&mut c, two).unwrap()];
    assert_eq!(sums, [i64::from(ROUNDS); 2]);
    assert!(attempts.load(Ordering::Relaxed) >= 2 * ROUNDS);
    assert_eq!(db.engine(engine.name()).unwrap().pool.open, 2);
}

/// Each of two reads both rows and drops its own if the other is there: with both at the same time, both would go.
///
/// Covers TX-9.
fn two_that_would_both_go_do_not<E: Everything>(engine: E, place: &TestDatabase) {
    let _watchdog = Watchdog::start("two_that_would_both_go_do_not", PATIENCE);
    let db = place.open(engine);
    let serializable = TransactionOptions::new().isolation(Isolation::Serializable);
    let [one, two] = two_rows(&db, engine, 1);
    for _ in 0..20 {
        for id in [one, two] {
            set_stars(&mut db.connect(engine).unwrap(), id, 1).unwrap();
        }
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            for own in [one, two] {
                let (db, barrier) = (&db, &barrier);
                scope.spawn(move || {
                    let mut c = db.connect(engine).unwrap();
                    barrier.wait();
                    c.transaction_retry_with(quick(50), serializable, |tx| {
                        if stars(tx, one)? + stars(tx, two)? == 2 {
                            set_stars(tx, own, 0)?;
                        }
                        Ok(())
                    })
                    .unwrap();
                });
            }
        });
        let mut c = db.connect(engine).unwrap();
        let left = stars(&mut c, one).unwrap() + stars(&mut c, two).unwrap();
        assert_eq!(left, 1);
    }
}

/// Covers TX-2 on PostgreSQL, MariaDB.
fn a_lost_connection_is_replaced<E: Everything>(engine: E, place: &TestDatabase) {
    let TestDatabase::Server(database) = place else {
        return;
    };
    place.open(engine);
    let proxy = FaultProxy::start(&database.url()).unwrap();
    let options = bindery::EngineOptions::url(proxy.url()).max_connections(1);
    let db = with(engine.name(), options);
    let mut c = db.connect(engine).unwrap();
    let mut tried = 0;
    c.transaction_retry(quick(3), |tx| {
        tried += 1;
        add(tx, "row")?;
        if tried == 1 {
            proxy.set(Fault::Cut);
            let error = add(tx, "lost").unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::ConnectionLost);
            proxy.heal();
            return Err(error);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!((tried, titles(&mut c).len()), (2, 1));
    drop(c);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!((pool.open, pool.created, pool.closed), (1, 2, 1));
}

/// One step of a session: read both, drop its own if the other is there, commit.
fn step<E: Everything>(
    tx: &mut Option<Transaction<'_, E>>,
    both: [BlogId<E>; 2],
    own: usize,
    number: usize,
) -> bindery::Result<()> {
    let Some(open) = tx else {
        return Ok(());
    };
    match number {
        0 => {
            let sum = stars(open, both[0])? + stars(open, both[1])?;
            assert!(sum == 1 || sum == 2, "{sum}");
            Ok(())
        }
        1 if stars(open, both[1 - own])? == 1 => set_stars(open, both[own], 0),
        1 => Ok(()),
        _ => tx.take().expect("it is open").commit(),
    }
}

/// Two sessions of three steps each, in every order of the steps. Only PostgreSQL makes none wait here.
///
/// Covers TX-9 on PostgreSQL.
#[test]
fn in_no_order_of_steps_do_both_go() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let place = TestDatabase::Server(database);
    let db = place.open(Postgres);
    let both = two_rows(&db, Postgres, 1);
    let serializable = TransactionOptions::new().isolation(Isolation::Serializable);
    let [mut one, mut two, mut c] = [(); 3].map(|()| db.connect(Postgres).unwrap());
    let orders = (0..64u32).filter(|order| order.count_ones() == 3);
    let mut refused = 0;
    for order in orders {
        for id in both {
            set_stars(&mut c, id, 1).unwrap();
        }
        let mut sessions = [
            Some(one.begin_with(serializable).unwrap()),
            Some(two.begin_with(serializable).unwrap()),
        ];
        let (mut steps, mut committed) = ([0; 2], 0);
        for bit in 0..6 {
            let own = (order >> bit & 1) as usize;
            let number = steps[own];
            steps[own] += 1;
            let was_open = sessions[own].is_some();
            match step(&mut sessions[own], both, own, number) {
                Ok(()) => committed += u32::from(was_open && number == 2),
                Err(error) => {
                    assert_eq!(*error.kind(), ErrorKind::Conflict, "{order:06b}: {error:?}");
                    assert!(error.is_retryable(), "{error:?}");
                    sessions[own] = None;
                    refused += 1;
                }
            }
        }
        drop(sessions);
        let left = stars(&mut c, both[0]).unwrap() + stars(&mut c, both[1]).unwrap();
        assert_eq!((left, committed >= 1), (1, true), "{order:06b}");
    }
    assert!(refused > 0, "some orders cannot be");
}
