//! Tenants of asynchronous code: a lock that holds for a task, and sessions that live across several awaits.

use std::sync::Arc;

use bindery::tenants::Tenants;
use bindery::{Error, ErrorKind};

use super::places::{Places, builder};
use super::{get, insert, on_tenants_of_each_database, prepared, rows};
use crate::asynchronous::{block_on, several_threads};
use crate::sample::{Databases, Everything, NewBlog, Tables};

on_tenants_of_each_database! {
    reg_05_a_lock_goes_along_with_the_work_of_a_task 2;
    reg_05_a_lock_holds_for_a_task_on_every_thread 2;
    a_tenants_session_lives_across_awaits 2;
}

/// Is the other tenant refused, because this one is locked?
fn is_refused(tenants: &Tenants<Databases>, url: &str) -> bool {
    let requested = tenants.get("t1", || url);
    matches!(
        requested.map_err(|error| error.kind().clone()),
        Err(ErrorKind::TenantLocked { locked, requested }) if (&*locked, &*requested) == ("t0", "t1")
    )
}

/// Covers REG-05: work that is done on worker threads is locked as its caller is.
fn reg_05_a_lock_goes_along_with_the_work_of_a_task<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).build().unwrap();
    let locked = tenants.locked(
        "t0",
        || places.url(0),
        |tenant| {
            let (others, url) = (tenants.clone(), places.url(1));
            let refused = block_on(tenant.run(move |_| Ok(is_refused(&others, &url))))?;
            let (others, url) = (tenants.clone(), places.url(1));
            let in_session = tenant.session_async(move |_| Ok(is_refused(&others, &url)));
            Ok::<_, Error>((refused, block_on(in_session)?))
        },
    );
    assert_eq!(locked.unwrap(), (true, true));
    assert!(!is_refused(&tenants, &places.url(1)), "the lock has ended");
}

/// Covers REG-05: a task moves from thread to thread, and others run on the same threads meanwhile.
fn reg_05_a_lock_holds_for_a_task_on_every_thread<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).build().unwrap();
    let (url, base) = (Arc::<str>::from(places.url(1)), get(&tenants, places, 0));
    let look = |expected: bool| {
        let (tenants, url, base) = (tenants.clone(), Arc::clone(&url), base.clone());
        async move {
            for _ in 0..30 {
                assert_eq!(is_refused(&tenants, &url), expected);
                tokio::task::yield_now().await;
                let (tenants, url) = (tenants.clone(), Arc::clone(&url));
                let there = base.run(move |_| Ok(is_refused(&tenants, &url)));
                assert_eq!(there.await.unwrap(), expected);
            }
        }
    };
    let lock = tenants.lock("t0").unwrap();
    assert_eq!(lock.id(), "t0");
    several_threads().block_on(async {
        let tasks = (0..8).map(|number| {
            let (lock, work) = (lock.clone(), look(number % 2 == 0));
            tokio::spawn(async move {
                match number % 2 {
                    0 => lock.scope(work).await,
                    _ => work.await,
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    lock.sync_scope(|| {
        let error = tenants.lock("t1").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TenantLocked { .. }));
        assert!(tenants.lock("t0").is_ok());
    });
}

/// The first call opens the tenant, which is in use until the session is dropped; what is not committed is rolled back.
fn a_tenants_session_lives_across_awaits<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).max_pools(1).build().unwrap();
    insert(&prepared(&tenants, engine, places, 0), engine, "one");
    assert!(tenants.close_tenant("t0"));
    for (is_committed, expected) in [(false, 1), (true, 3)] {
        let url = places.url(0);
        let mut s = tenants.begin_session_async("t0", move || url.clone());
        assert_eq!(tenants.stats().in_use, 0, "nothing is opened unused");
        for _ in 0..2 {
            let (others, url) = (tenants.clone(), places.url(1));
            let inserted = s.run(move |s| {
                assert!(is_refused(&others, &url));
                let mut blogs = s.connection(engine)?.blogs();
                blogs.insert(NewBlog::new("of a session")).map(drop)
            });
            block_on(inserted).unwrap();
            assert_eq!(tenants.stats().in_use, 1);
            // Another one has the only place that is kept.
            drop(get(&tenants, places, 1));
        }
        match is_committed {
            true => block_on(s.commit()).unwrap(),
            false => block_on(s.rollback()).unwrap(),
        }
        assert_eq!(rows(&get(&tenants, places, 0), engine), expected);
    }
    let unknown = builder(crate::sample::engine::Default).create_files(false);
    let unknown = unknown.build().unwrap();
    let mut s = unknown.begin_session_async("t9", || "sqlite://not_there.db");
    let error = block_on(s.run(|_| Ok(()))).unwrap_err();
    assert!(error.is_unknown_tenant(), "{error:?}");
    assert!(s.is_untouched());
}
