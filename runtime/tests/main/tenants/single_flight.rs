//! One caller opens a tenant, and the others wait for it.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bindery::ErrorKind;
use bindery_testkit::Watchdog;

use super::places::{Places, builder};
use super::{PATIENCE, get, insert, on_tenants_of_each_database, prepared, rows};
use crate::sample::Everything;
use crate::sample::engine::Default;

on_tenants_of_each_database! {
    reg_01_sixty_four_threads_open_one_pool 1;
}

/// Sixty-four threads request a new tenant at the same time: one of them connects, and all have its pool.
///
/// Covers REG-01.
fn reg_01_sixty_four_threads_open_one_pool<E: Everything>(engine: E, places: &Places) {
    let _watchdog = Watchdog::start("reg_01_sixty_four_threads_open_one_pool", PATIENCE);
    let tenants = builder(engine).build().unwrap();
    let all = Barrier::new(64);
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                all.wait();
                let tenant = prepared(&tenants, engine, places, 0);
                insert(&tenant, engine, "one of many");
            });
        }
    });
    assert_eq!(tenants.stats().opened, 1);
    let (first, second) = (get(&tenants, places, 0), get(&tenants, places, 0));
    assert_eq!(rows(&first, engine), 64);
    let held = second.connect(engine).unwrap();
    for tenant in [&first, &second] {
        assert_eq!(tenant.engine(engine.name()).unwrap().pool.in_use, 1);
    }
    drop(held);
    assert_eq!(tenants.stats().opened, 1);
}

/// A tenant that cannot be opened is an error of all that wait for it, and the next caller tries again.
///
/// Covers REG-04 on SQLite.
#[test]
fn reg_04_a_failed_open_is_reported_to_all_and_not_kept() {
    let places = Places::files(1);
    let tenants = builder(Default).create_files(false).build().unwrap();
    let failed = AtomicUsize::new(0);
    let all = Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                all.wait();
                let error = tenants.get("t0", || places.url(0)).unwrap_err();
                assert_eq!(*error.kind(), ErrorKind::UnknownDatabase, "{error}");
                failed.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(failed.into_inner(), 16);
    assert!(tenants.open_tenants().is_empty());
    std::fs::write(places.url(0).strip_prefix("sqlite://").unwrap(), "").unwrap();
    insert(
        &prepared(&tenants, Default, &places, 0),
        Default,
        "now it is there",
    );
}
