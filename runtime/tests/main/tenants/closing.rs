//! Closing all tenants at the end of a program.

use std::thread;
use std::time::{Duration, Instant};

use bindery::ErrorKind;
use bindery::tenants::WhenFull;

use super::places::{Places, builder};
use super::{PATIENCE, get, insert, on_tenants_of_each_database, prepared};
use crate::asynchronous::block_on;
use crate::sample::{Everything, Tables};

on_tenants_of_each_database! {
    reg_03_all_tenants_are_closed_within_a_limit 3;
    reg_03_callers_that_wait_find_that_the_tenants_are_closed 2;
}

/// A connection that comes back in time is waited for, one that does not is cut off; later calls are `Closed`.
///
/// Covers REG-03.
fn reg_03_all_tenants_are_closed_within_a_limit<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).build().unwrap();
    let first = prepared(&tenants, engine, places, 0);
    insert(&first, engine, "one");
    drop(prepared(&tenants, engine, places, 1));
    let held = first.connect(engine).unwrap();
    thread::scope(|scope| {
        let closed = scope.spawn(|| tenants.close_within(PATIENCE));
        while first.connect(engine).is_ok() {
            thread::yield_now();
        }
        drop(held);
        closed.join().unwrap().unwrap();
    });
    let stats = tenants.stats();
    let counted = (stats.open, stats.in_use, stats.closed);
    assert_eq!(counted, (0, 1, 2), "a handle of one is left");
    for number in 0..places.len() {
        let url = || places.url(number);
        let error = tenants.get(format!("t{number}"), url).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Closed, "{error:?}");
    }
    let error = first.connect(engine).map(drop).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Closed);
    drop(first);
    assert_eq!(tenants.stats().in_use, 0);
    assert_eq!(
        tenants
            .each([("t0", places.url(0))])
            .check()
            .failed()
            .count(),
        1
    );

    let tenants = builder(engine).build().unwrap();
    let mut held = prepared(&tenants, engine, places, 0)
        .connect(engine)
        .unwrap();
    let started = Instant::now();
    let limit = Duration::from_millis(100);
    let error = block_on(tenants.close_within_async(limit)).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::StillInUse { .. }),
        "{error:?}"
    );
    assert!(started.elapsed() >= limit && started.elapsed() < PATIENCE);
    assert!(held.blogs().count().is_err(), "it is cut off");
}

/// Covers REG-03.
fn reg_03_callers_that_wait_find_that_the_tenants_are_closed<E: Everything>(
    engine: E,
    places: &Places,
) {
    let tenants = builder(engine).max_pools(1).when_full(WhenFull::Wait);
    let tenants = tenants.acquire_timeout(PATIENCE).build().unwrap();
    let first = get(&tenants, places, 0);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| tenants.get("t1", || places.url(1)).map(drop));
        while tenants.stats().waiting == 0 {
            thread::yield_now();
        }
        tenants.close();
        let error = waiting.join().unwrap().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Closed, "{error:?}");
    });
    drop(first);
}
