//! One engine that is slow, or does not answer, keeps no work of the others waiting.

use bindery::asynchronous::{AsyncSession, Run};
use bindery::{Hosts, StaticEngine};
use bindery_testkit::{Fault, FaultProxy};

use super::{
    CONNECTIONS, Databases, PATIENCE, TestEngine, WORKERS, begin, block_on, is_released,
    on_each_place, several_threads, until,
};
use crate::sample::engine::B;
use crate::sample::{Everything, NewBlog, Tables, model};

on_each_place! {
    err_03_callers_of_a_busy_engine_keep_none_of_another_waiting;
    err_03_an_engine_that_is_silent_keeps_no_other_waiting;
    work_within_an_open_session_has_a_worker;
    more_sessions_than_may_be_open_have_work_beside_them;
}

/// Open databases whose other engine can be used.
fn open<E: Everything>(place: &TestEngine<E>) -> Databases {
    let db = place.open_with(|options| {
        let options = options
            .acquire_timeout(PATIENCE)
            .statement_timeout(PATIENCE);
        options.busy_timeout(PATIENCE)
    });
    db.create_missing_on(B).unwrap();
    db
}

fn count<E: StaticEngine + Hosts<model::Blog>>(db: &Databases, engine: E) -> Run<u64> {
    db.run(move |db| db.connect(engine)?.blogs().count())
}

/// More pieces of work than there are workers, begun.
fn many<E: Everything>(db: &Databases, engine: E) -> Vec<Run<u64>> {
    let all = (0..3 * WORKERS).map(|_| {
        let mut work = count(db, engine);
        begin(&mut work);
        work
    });
    all.collect()
}

/// A call and a session of the other engine.
fn other_engine_works(db: &Databases) {
    assert_eq!(block_on(count(db, B)).unwrap(), 0);
    let counted = db.session_async(|s| s.connection(B)?.blogs().count());
    assert_eq!(block_on(counted).unwrap(), 0);
    let mut s = db.begin_session_async();
    let counted = s.run(|s| s.connection(B)?.blogs().count());
    assert_eq!(block_on(counted).unwrap(), 0);
    block_on(s.commit()).unwrap();
}

/// Covers ERR-03.
fn err_03_callers_of_a_busy_engine_keep_none_of_another_waiting<E: Everything>(
    place: &TestEngine<E>,
) {
    let engine = place.engine;
    let db = open(place);
    let held: Vec<_> = (0..CONNECTIONS)
        .map(|_| db.connect(engine).unwrap())
        .collect();
    let waiting = many(&db, engine);
    let sessions = (0..WORKERS + 1).map(|_| {
        let mut work = db.session_async(move |s| s.connection(engine)?.blogs().count());
        begin(&mut work);
        work
    });
    let sessions: Vec<_> = sessions.collect();
    let across = (0..WORKERS + 1).map(|_| db.begin_session_async());
    let mut across: Vec<AsyncSession<Databases>> = across.collect();
    let across = across.iter_mut().map(|s| {
        let mut call = Box::pin(s.run(move |s| s.connection(engine)?.blogs().count()));
        begin(&mut call);
        call
    });
    let across: Vec<_> = across.collect();
    until("all wait for a connection", || {
        db.registry().worker_stats().blocked == 5 * WORKERS + 2
    });
    other_engine_works(&db);
    drop(across);
    drop(held);
    for work in waiting.into_iter().chain(sessions) {
        assert_eq!(block_on(work).unwrap(), 0);
    }
    is_released(&db, place);
}

/// Covers ERR-03 on PostgreSQL and MySQL.
fn err_03_an_engine_that_is_silent_keeps_no_other_waiting<E: Everything>(place: &TestEngine<E>) {
    let (engine, Some(server)) = (place.engine, &place.server) else {
        return;
    };
    let proxy = FaultProxy::start(&server.url()).unwrap();
    let behind = TestEngine {
        engine,
        options: bindery::EngineOptions::url(proxy.url()),
        server: None,
    };
    let db = open(&behind);
    assert_eq!(block_on(count(&db, engine)).unwrap(), 0);
    proxy.set(Fault::Stall);
    let waiting = many(&db, engine);
    other_engine_works(&db);
    proxy.heal();
    for work in waiting {
        assert_eq!(block_on(work).unwrap(), 0);
    }
    is_released(&db, &behind);
}

/// As many sessions as workers, each of which waits for other work.
fn work_within_an_open_session_has_a_worker<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = open(place);
    let sessions = (0..WORKERS).map(|at| {
        let mut s = db.begin_session_async();
        // On SQLite one writes at a time.
        let uses = at == 0;
        let first = s.run(move |s| match uses {
            true => s.connection(engine)?.blogs().count(),
            false => Ok(0),
        });
        assert_eq!(block_on(first).unwrap(), 0);
        s
    });
    let sessions: Vec<_> = sessions.collect();
    assert_eq!(db.registry().worker_stats().resting, WORKERS);
    assert_eq!(block_on(count(&db, engine)).unwrap(), 0);
    for mut s in sessions {
        let other = db.run(|db| db.connect(B)?.blogs().count());
        assert_eq!(block_on(other).unwrap(), 0);
        assert_eq!(block_on(s.run(move |_| Ok(1))).unwrap(), 1);
        block_on(s.commit()).unwrap();
    }
    is_released(&db, place);
}

/// Each task awaits other work between two calls of its session; its turn, its connection and its worker come.
fn more_sessions_than_may_be_open_have_work_beside_them<E: Everything>(place: &TestEngine<E>) {
    const TASKS: usize = 64;
    const ROUNDS: usize = 4;

    async fn in_turn<E: Everything>(db: Databases, engine: E) -> bindery::Result<()> {
        for _ in 0..ROUNDS {
            let mut s = db.begin_session_async();
            let new = NewBlog::new("of a session");
            s.run(move |s| s.connection(engine)?.blogs().insert(new).map(drop))
                .await?;
            db.run(|db| db.connect(B)?.blogs().count()).await?;
            s.run(move |s| s.connection(engine)?.blogs().count())
                .await?;
            s.commit().await?;
        }
        Ok(())
    }

    let engine = place.engine;
    let db = open(place);
    several_threads().block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(in_turn(db.clone(), engine)))
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    is_released(&db, place);
    assert_eq!(db.registry().worker_stats().timeouts, 0);
    let stored = block_on(count(&db, engine)).unwrap();
    assert_eq!(stored, (TASKS * ROUNDS) as u64);
}
