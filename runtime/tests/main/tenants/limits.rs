//! Limits that callers wait at, and tenants that are closed while a connection is in use.

use std::thread;
use std::time::Duration;

use bindery::ErrorKind;
use bindery::tenants::WhenFull;
use bindery_testkit::Watchdog;

use super::places::{Places, builder};
use super::{PATIENCE, get, insert, on_tenants_of_each_database, prepared, rows};
use crate::sample::{Everything, NewBlog, Tables};

/// A login takes its time on a busy machine.
const SHORT: Duration = Duration::from_secs(2);

on_tenants_of_each_database! {
    reg_03_where_no_more_may_be_open_a_caller_waits 3;
    reg_03_a_transaction_outlives_its_tenant 2;
    reg_02_one_limit_over_all_connections 3;
}

/// Two tenants may be open and both are in use: a caller that requests a third waits for one of them, or gets an error that
/// names the limit.
///
/// Covers REG-03.
fn reg_03_where_no_more_may_be_open_a_caller_waits<E: Everything>(engine: E, places: &Places) {
    let _watchdog = Watchdog::start("reg_03_where_no_more_may_be_open", PATIENCE);
    let two = || builder(engine).max_pools(2).when_full(WhenFull::Wait);
    let tenants = two().acquire_timeout(SHORT).build().unwrap();
    let held = (get(&tenants, places, 0), get(&tenants, places, 1));
    let error = tenants.get("t2", || places.url(2)).unwrap_err();
    let ErrorKind::TenantLimit {
        limit: 2,
        waited_ms,
    } = *error.kind()
    else {
        panic!("{error:?}")
    };
    assert!(waited_ms >= 1_900, "{error}");
    assert!(error.is_retryable());
    assert!(
        error
            .to_string()
            .contains("all 2 tenants that may be open are in use"),
        "{error}"
    );
    drop(held);
    drop(get(&tenants, places, 2));
    assert_eq!(tenants.stats().open, 2);

    let tenants = two().acquire_timeout(PATIENCE).build().unwrap();
    let (first, second) = (get(&tenants, places, 0), get(&tenants, places, 1));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| prepared(&tenants, engine, places, 2).id().to_owned());
        while tenants.stats().waiting == 0 {
            thread::yield_now();
        }
        drop(first);
        assert_eq!(waiting.join().unwrap(), "t2");
    });
    assert_eq!(tenants.stats().open, 2);
    drop(second);
}

/// A connection outlives its tenant's handle, and the tenant is closed for another one: the transaction on it is committed as
/// ever. Requested again meanwhile, the tenant has the same pool.
///
/// Covers REG-03.
fn reg_03_a_transaction_outlives_its_tenant<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).max_pools(1).build().unwrap();
    let mut connection = prepared(&tenants, engine, places, 0)
        .connect(engine)
        .unwrap();
    let mut tx = connection.begin().unwrap();
    tx.blogs()
        .insert(NewBlog::new("of a long transaction"))
        .unwrap();
    drop(get(&tenants, places, 1));
    let stats = tenants.stats();
    assert_eq!((stats.open, stats.closed), (1, 1));
    assert_eq!(tenants.open_tenants()[0].id, "t1");
    let again = get(&tenants, places, 0);
    assert_eq!(again.engine(engine.name()).unwrap().pool.in_use, 1);
    assert_eq!(rows(&again, engine), 0);
    drop(again);
    drop(get(&tenants, places, 1));
    tx.blogs().insert(NewBlog::new("and one more")).unwrap();
    tx.commit().unwrap();
    drop(connection);
    assert_eq!(tenants.open_tenants().len(), 1);
    assert_eq!(rows(&get(&tenants, places, 0), engine), 2);
}

/// Two connections for all tenants: where both are in use, a third tenant waits and gets an error that names the limit; where
/// one is idle it is closed for it.
///
/// Covers REG-02.
fn reg_02_one_limit_over_all_connections<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine)
        .max_connections(2)
        .acquire_timeout(SHORT)
        .build()
        .unwrap();
    for number in 0..places.len() {
        insert(&prepared(&tenants, engine, places, number), engine, "one");
        assert!(tenants.stats().connections <= Some(2));
    }
    assert_eq!(tenants.stats().open, 3);
    let one = get(&tenants, places, 0).connect(engine).unwrap();
    let two = get(&tenants, places, 1).connect(engine).unwrap();
    let third = get(&tenants, places, 2);
    let error = third.connect(engine).map(drop).unwrap_err();
    let ErrorKind::ConnectionLimit {
        limit: 2,
        waited_ms,
        ..
    } = *error.kind()
    else {
        panic!("{error:?}")
    };
    assert!(waited_ms >= 1_900 && error.is_pool_exhausted(), "{error}");
    drop(one);
    assert_eq!(rows(&third, engine), 1);
    assert_eq!(tenants.stats().connections, Some(2));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| rows(&get(&tenants, places, 0), engine));
        drop(two);
        assert_eq!(waiting.join().unwrap(), 1);
    });
}
