//! The end of the databases while work runs and waits, and processes that fork.

use std::time::{Duration, Instant};

use bindery::error::Applied;
use bindery::{ErrorKind, Sql};

use super::{
    Databases, PATIENCE, TestEngine, WORKERS, begin, block_on, in_every_runtime, on_each_place,
};
use crate::sample::{Everything, NewBlog, Tables};

on_each_place! {
    closing_waits_for_what_runs_and_refuses_what_waits;
    work_that_runs_for_too_long_is_cut_off;
}

fn closing_waits_for_what_runs_and_refuses_what_waits<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    let mut running = db.run(move |db| {
        let mut c = db.connect(engine)?;
        let mut tx = c.begin()?;
        std::thread::sleep(Duration::from_millis(300));
        tx.blogs().insert(NewBlog::new("kept"))?;
        tx.commit()
    });
    begin(&mut running);
    super::until("it has its connection", || {
        db.engine(engine.name()).unwrap().pool.in_use == 1
    });
    let (occupied, go) = super::running::occupy(&db, WORKERS - 1);
    let mut waiting = db.run(|_| Ok(()));
    begin(&mut waiting);
    assert_eq!(db.registry().worker_stats().waiting, 1);
    let mut closing = db.close_within_async(PATIENCE);
    begin(&mut closing);
    let error = block_on(waiting).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Closed);
    drop(go);
    block_on(closing).unwrap();
    block_on(running).unwrap();
    occupied
        .into_iter()
        .for_each(|work| block_on(work).unwrap());
    in_every_runtime(|| {
        let late = db.run(|_| Ok(()));
        async move {
            let error = late.await.unwrap_err();
            assert_eq!(
                (error.kind(), error.applied()),
                (&ErrorKind::Closed, Applied::No)
            );
        }
    });
    super::until("no thread is left", || {
        db.registry().worker_stats().threads == 0
    });
    let again = place.open();
    assert_eq!(again.connect(engine).unwrap().blogs().count().unwrap(), 1);
}

/// Called in a child that was forked: `forks.rs` has the rest. Its parent's threads are not there.
pub(crate) fn is_refused_in_a_forked_child(db: &bindery::Registry) {
    let db = Databases(db.clone());
    let error = block_on(db.run(|_| Ok(()))).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Forked);
}

/// A worker thread has done something before the process is forked.
pub(crate) fn is_used_before_a_fork(db: &bindery::Registry) {
    block_on(Databases(db.clone()).run(|_| Ok(()))).unwrap();
}

fn work_that_runs_for_too_long_is_cut_off<E: Everything>(place: &TestEngine<E>) {
    const LIMIT: Duration = Duration::from_millis(200);
    let (engine, endless) = (place.engine, place.endless());
    let db = place.open_with(|options| options.statement_timeout(None));
    let mut running = db.run(move |db| {
        let mut c = db.connect(engine)?;
        c.transaction(|tx| tx.query_scalar::<i64>(Sql::assembled(endless), ()))
    });
    begin(&mut running);
    super::until("it has its connection", || {
        db.engine(engine.name()).unwrap().pool.in_use == 1
    });
    let started = Instant::now();
    let error = block_on(db.close_within_async(LIMIT)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::StillInUse { connections: 1 });
    assert!(started.elapsed() >= LIMIT);
    let error = block_on(running).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Closed, "{error:?}");
    super::is_released(&db, place);
}
