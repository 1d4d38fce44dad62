//! Runs over all tenants.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use bindery::error::{Applied, TimeoutPhase};
use bindery::{Error, ErrorKind};
use bindery_testkit::Watchdog;

use super::places::{Places, builder};
use super::{PATIENCE, get, insert, on_tenants_of_each_database, rows};
use crate::sample::Everything;
use crate::sample::engine::Default;

on_tenants_of_each_database! {
    reg_02_a_run_over_all_tenants_keeps_their_order 6;
}

fn all(places: &Places) -> Vec<(String, String)> {
    (0..places.len())
        .map(|at| (format!("t{at}"), places.url(at)))
        .collect()
}

/// Tables are made, checked and counted for all tenants, some at a time, and the report is in their order.
fn reg_02_a_run_over_all_tenants_keeps_their_order<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).max_pools(2).build().unwrap();
    let made = tenants.each(all(places)).parallel(3).create_missing();
    assert!(made.is_ok(), "{made}");
    assert!(
        made.outcomes
            .iter()
            .all(|one| one.result.as_ref().unwrap().created.len() == 4)
    );
    for number in [1, 4] {
        insert(&get(&tenants, places, number), engine, "one");
    }
    let before: Vec<String> = tenants
        .open_tenants()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert!(tenants.each(all(places)).check().is_ok());

    let (at_work, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let (seen, three) = (Arc::clone(&most), Barrier::new(3));
    let mut progress = Vec::new();
    let report = tenants
        .each(all(places))
        .parallel(3)
        .on_progress(|one| progress.push((one.done, one.total, one.is_ok)))
        .run(move |tenant| {
            seen.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            three.wait();
            let count = rows(tenant, engine);
            at_work.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Error>(count)
        });
    let counts: Vec<(&str, u64)> = report
        .outcomes
        .iter()
        .map(|one| (one.id.as_str(), *one.result.as_ref().unwrap()))
        .collect();
    assert_eq!(
        counts,
        [
            ("t0", 0),
            ("t1", 1),
            ("t2", 0),
            ("t3", 0),
            ("t4", 1),
            ("t5", 0)
        ]
    );
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(
        progress,
        (1..=6).map(|done| (done, 6, true)).collect::<Vec<_>>()
    );
    // The two that were requested by themselves are still open.
    let after: Vec<String> = tenants
        .open_tenants()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(after, before);
}

/// A tenant that hangs and one that is not there are reported, and the others are done meanwhile.
#[test]
fn a_tenant_that_hangs_stops_no_other() {
    let _watchdog = Watchdog::start("a_tenant_that_hangs_stops_no_other", PATIENCE);
    let places = Places::files(6);
    let tenants = builder(Default).build().unwrap();
    let mut given = all(&places);
    given[4].1 = "sqlite:///no/such/folder.db".to_owned();
    let (release, hangs) = channel::<()>();
    let hangs = Mutex::new(hangs);
    let report = tenants
        .each(given)
        .parallel(1)
        .deadline(Duration::from_millis(200))
        .run(move |tenant| {
            if tenant.id() == "t2" {
                hangs.lock().unwrap().recv().ok();
            }
            tenant.create_missing().map(drop)
        });
    let failed: Vec<(&str, &Error)> = report.failed().collect();
    let [("t2", slow), ("t4", unreachable)] = failed[..] else {
        panic!("{failed:?}")
    };
    let phase = TimeoutPhase::Tenant;
    assert_eq!(*slow.kind(), ErrorKind::Timeout { phase });
    assert_eq!(slow.applied(), Applied::Unknown);
    assert!(
        matches!(unreachable.kind(), ErrorKind::Config(_)),
        "{unreachable:?}"
    );
    let text = report.to_string();
    assert!(text.starts_with("2 of 6 tenants failed\n`t2`: "), "{text}");
    assert!(report.outcomes[2].elapsed >= Duration::from_millis(200));
    drop(release);
}

/// A panic in the work is the caller's.
#[test]
#[should_panic(expected = "a mistake of the program")]
fn a_panic_in_the_work_is_passed_on() {
    let places = Places::files(3);
    let tenants = builder(Default).build().unwrap();
    let report = tenants.each(all(&places)).run(|tenant| {
        assert!(tenant.id() != "t1", "a mistake of the program");
        Ok::<_, Error>(())
    });
    drop(report);
}
