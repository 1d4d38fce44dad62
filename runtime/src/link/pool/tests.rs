//! The pool with SQLite connections that are opened by hand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bindery_testkit::Watchdog;

use super::*;
use crate::driver::sqlite::{SqliteConnection, SqliteOptions};
use crate::link::Link;

pub(super) const LIMITS: PoolLimits = PoolLimits {
    max_connections: 2,
    min_connections: 0,
    acquire_timeout: Duration::from_millis(50),
    idle_timeout: Duration::MAX,
    max_lifetime: Duration::MAX,
    test_after_idle: Duration::MAX,
    max_transaction_age: None,
    outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
    keep: true,
    one_writer: false,
};

/// A pool and how many connections it has opened.
pub(super) fn pool(limits: PoolLimits) -> (Arc<Pool>, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let open = move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        memory()
    };
    (Pool::new("b", limits, Box::new(open)), opened)
}

fn memory() -> Result<Physical> {
    let options = SqliteOptions {
        path: ":memory:",
        busy_timeout: Duration::ZERO,
        statement_timeout: None,
        synchronous: bindery_core::config::Synchronous::default(),
        read_only: false,
        creates: true,
    };
    SqliteConnection::open(&options, Duration::ZERO).map(Physical::from)
}

pub(super) fn counts(pool: &Pool) -> [usize; 3] {
    let stats = pool.stats();
    [stats.idle, stats.in_use, stats.open]
}

fn kind_of(outcome: Result<Link>) -> ErrorKind {
    let error = outcome.map(drop).expect_err("the pool gave a connection");
    assert_eq!(error.engine(), Some("b"));
    error.kind().clone()
}

#[test]
fn connections_are_kept_and_counted() {
    let (pool, opened) = pool(LIMITS);
    assert_eq!(counts(&pool), [0, 0, 0]);
    let first = pool.acquire().unwrap();
    let second = pool.acquire().unwrap();
    assert_eq!(counts(&pool), [0, 2, 2]);
    drop(first);
    assert_eq!(counts(&pool), [1, 1, 2]);
    drop(pool.acquire().unwrap());
    drop(second);
    assert_eq!(counts(&pool), [2, 0, 2]);
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn a_nested_acquire_of_the_only_connection_ends_after_the_timeout() {
    let (pool, _) = pool(PoolLimits {
        max_connections: 1,
        ..LIMITS
    });
    let held = pool.acquire().unwrap();
    let started = Instant::now();
    let ErrorKind::PoolExhausted {
        size,
        waited_ms,
        oldest_checkout_ms,
        ..
    } = kind_of(pool.acquire())
    else {
        panic!("another kind of error");
    };
    assert_eq!(size, 1);
    assert!(oldest_checkout_ms >= Some(50), "{oldest_checkout_ms:?}");
    assert!(waited_ms >= 50 && started.elapsed() < Duration::from_secs(60));
    drop(held);
    assert!(pool.acquire().is_ok());
}

#[test]
fn short_connections_are_closed_after_use() {
    let (pool, opened) = pool(PoolLimits {
        keep: false,
        ..LIMITS
    });
    drop(pool.acquire().unwrap());
    assert_eq!(counts(&pool), [0, 0, 0]);
    drop(pool.acquire().unwrap());
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn overdue_connections_are_replaced() {
    let _watchdog = Watchdog::start("overdue_connections_are_replaced", Duration::from_secs(60));
    let zero = Duration::ZERO;
    for limits in [
        PoolLimits {
            max_lifetime: zero,
            ..LIMITS
        },
        PoolLimits {
            idle_timeout: zero,
            ..LIMITS
        },
        PoolLimits {
            idle_timeout: zero,
            min_connections: 1,
            ..LIMITS
        },
    ] {
        let (pool, opened) = pool(limits);
        drop(pool.acquire().unwrap());
        let keeps = limits.min_connections;
        while counts(&pool) != [keeps, 0, keeps] {
            thread::yield_now();
        }
        drop(pool.acquire().unwrap());
        assert_eq!(opened.load(Ordering::Relaxed), 2, "{limits:?}");
    }
}

/// Covers POOL-6 on SQLite.
#[test]
fn a_connection_in_a_transaction_never_comes_back() {
    let (pool, opened) = pool(LIMITS);
    let mut link = pool.acquire().unwrap();
    link.begin().unwrap();
    drop(link);
    assert_eq!(counts(&pool), [0, 0, 0]);
    // Begun without the link's knowledge.
    let mut link = pool.acquire().unwrap();
    link.ready().unwrap().batch("BEGIN").unwrap();
    drop(link);
    assert_eq!(counts(&pool), [0, 0, 0]);
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn a_failing_or_panicking_opener_gives_its_place_back() {
    let calls = AtomicUsize::new(0);
    let open = move |_| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Err(Error::new(ErrorKind::Unavailable)),
        1 => panic!("the driver's own bug"),
        _ => memory(),
    };
    let limits = PoolLimits {
        max_connections: 1,
        ..LIMITS
    };
    let pool = Pool::new("b", limits, Box::new(open));
    assert_eq!(kind_of(pool.acquire()), ErrorKind::Unavailable);
    let other = Arc::clone(&pool);
    thread::spawn(move || other.acquire().map(drop))
        .join()
        .unwrap_err();
    assert_eq!(counts(&pool), [0, 0, 0]);
    assert!(pool.acquire().is_ok());
}

#[test]
fn a_closed_pool_opens_nothing() {
    let (pool, opened) = pool(LIMITS);
    let held = pool.acquire().unwrap();
    drop(pool.acquire().unwrap());
    pool.close();
    assert_eq!(counts(&pool), [0, 1, 1]);
    pool.close();
    assert_eq!(kind_of(pool.acquire()), ErrorKind::Closed);
    drop(held);
    assert_eq!(counts(&pool), [0, 0, 0]);
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn eight_threads_share_two_connections() {
    let (pool, opened) = pool(PoolLimits {
        acquire_timeout: Duration::from_secs(60),
        ..LIMITS
    });
    let in_use = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..500 {
                    let mut link = pool.acquire().unwrap();
                    assert!(in_use.fetch_add(1, Ordering::SeqCst) < 2);
                    if round % 100 == 0 {
                        // Left open, so the connection is replaced.
                        link.begin().unwrap();
                    }
                    in_use.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    let PoolStats { in_use, open, .. } = pool.stats();
    assert_eq!(in_use, 0);
    assert!(open <= 2);
    assert!((40..=42).contains(&opened.load(Ordering::Relaxed)));
}

#[test]
fn waiting_threads_learn_of_closing() {
    let (pool, _) = pool(PoolLimits {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(60),
        ..LIMITS
    });
    let held = pool.acquire().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| kind_of(pool.acquire()));
        while pool.lock().waiting.is_empty() {
            thread::yield_now();
        }
        pool.close();
        assert_eq!(waiting.join().unwrap(), ErrorKind::Closed);
    });
    drop(held);
}

/// The caller that waits longest is served first.
///
/// Covers POOL-5 on SQLite.
#[test]
fn connections_go_to_who_came_first() {
    let (pool, _) = pool(PoolLimits {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(60),
        ..LIMITS
    });
    let held = pool.acquire().unwrap();
    let served = std::sync::Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..8 {
            let (pool, served) = (&pool, &served);
            scope.spawn(move || {
                let link = pool.acquire().unwrap();
                served.lock().unwrap().push(number);
                drop(link);
            });
            while pool.stats().waiting <= number {
                thread::yield_now();
            }
        }
        drop(held);
    });
    assert_eq!(served.into_inner().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
}

/// A connection that never comes back shows in the statistics of its pool, by its age.
///
/// Covers POOL-5 on SQLite.
#[test]
fn pool_5_the_age_of_the_oldest_checkout_is_known() {
    // The pool's clock is as old as the system's last tick.
    const TICK: Duration = Duration::from_millis(10);
    let (pool, _) = pool(LIMITS);
    let oldest = || pool.stats().oldest_checkout;
    assert_eq!(oldest(), None);
    let first = pool.acquire().unwrap();
    let before = Instant::now();
    while before.elapsed() < 2 * TICK {
        thread::yield_now();
    }
    let meanwhile = Instant::now();
    let second = pool.acquire().unwrap();
    assert!(oldest() >= Some(TICK), "{:?}", oldest());
    drop(first);
    let age = oldest().expect("one is in use");
    assert!(age <= meanwhile.elapsed() + TICK, "{age:?}");
    drop(second);
    assert_eq!(oldest(), None);
    let again = pool.acquire().unwrap();
    assert!(oldest().is_some());
    again.discard();
    assert_eq!(oldest(), None);
}

/// The statistics add up, whatever happened.
///
/// Covers POOL-04 on SQLite.
#[test]
fn pool_04_statistics_add_up() {
    let (pool, opened) = pool(LIMITS);
    let (first, second) = (pool.acquire().unwrap(), pool.acquire().unwrap());
    assert!(matches!(
        kind_of(pool.acquire()),
        ErrorKind::PoolExhausted { waiting: 0, .. }
    ));
    drop(first);
    second.discard();
    let stats = pool.stats();
    assert_eq!((stats.created, stats.closed, stats.timeouts), (2, 1, 1));
    assert_eq!(stats.created - stats.closed, stats.open as u64);
    assert_eq!(opened.load(Ordering::Relaxed), 2);
    pool.close();
    assert_eq!(pool.stats().closed, 2);
}

/// Closing waits for what is in use, and says what did not come back.
///
/// Covers CON-10 on SQLite.
#[test]
fn con_10_closing_waits_for_connections_in_use() {
    let (pool, _) = pool(LIMITS);
    let held = pool.acquire().unwrap();
    pool.close();
    let error = pool
        .wait_until_empty(Duration::from_millis(20))
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::StillInUse { connections: 1 });
    thread::scope(|scope| {
        scope.spawn(|| drop(held));
        pool.wait_until_empty(Duration::from_secs(60)).unwrap();
    });
    assert_eq!(counts(&pool), [0, 0, 0]);
}

/// A panic in the opener while a caller waits passes the place on.
#[test]
fn a_place_that_comes_free_goes_to_who_waits() {
    let (pool, opened) = pool(PoolLimits {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(60),
        ..LIMITS
    });
    let held = pool.acquire().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| pool.acquire().map(drop));
        while pool.stats().waiting == 0 {
            thread::yield_now();
        }
        held.discard();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(opened.load(Ordering::Relaxed), 2);
    assert_eq!(counts(&pool), [1, 0, 1]);
}

/// A forked child gets nothing, and what it inherited stays open for its parent.
///
/// Covers POOL-8 on SQLite.
#[test]
fn pool_8_a_forked_child_gets_no_connection() {
    let (pool, opened) = pool(LIMITS);
    drop(pool.acquire().unwrap());
    // As the child sees it: the pool was made by another process.
    pool.change_process();
    assert_eq!(kind_of(pool.acquire()), ErrorKind::Forked);
    assert_eq!(counts(&pool), [1, 0, 1]);
    assert_eq!(opened.load(Ordering::Relaxed), 1);
}

/// The thread that held the lock when its process forked does not exist in the child, so it is not waited for there.
///
/// Covers POOL-8 on SQLite.
#[test]
fn pool_8_a_forked_child_waits_for_no_thread_of_its_parent() {
    let _watchdog = Watchdog::start("pool_8_a_forked_child_waits", Duration::from_secs(60));
    let (pool, _) = pool(LIMITS);
    drop(pool.acquire().unwrap());
    std::mem::forget(pool.lock());
    pool.change_process();
    assert_eq!(kind_of(pool.acquire()), ErrorKind::Forked);
    pool.close();
    pool.empty_within(Duration::MAX).unwrap();
    drop(pool);
}
