//! Sessions of asynchronous code: as a whole, and across several awaits.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Mutex, mpsc};

use bindery::asynchronous::AsyncSession;
use bindery::generic::GeneratedDatabases as _;
use bindery::observe::{Event, EventKind};
use bindery::{ErrorKind, Hosts, SessionOptions, Sql, StaticEngine};

use super::{
    Databases, PATIENCE, TestEngine, block_on, in_every_runtime, is_released, on_each_place,
    several_threads,
};
use crate::sample::engine::{Any, B};
use crate::sample::{DatabaseSession, Everything, NewBlog, Tables, model};

on_each_place! {
    a_session_lives_across_awaits;
    a_session_that_is_dropped_or_panics_is_rolled_back;
    a_call_that_is_dropped_ends_its_session;
    more_sessions_than_connections_take_their_turns;
    task_locals_go_along_with_every_call_of_a_session;
    a_commit_that_has_begun_is_finished;
}

async fn insert<E: Everything>(s: &mut AsyncSession<Databases>, engine: E) -> bindery::Result<()> {
    s.run(move |s| {
        let mut blogs = s.connection(engine)?.blogs();
        blogs.insert(NewBlog::new("of a session")).map(drop)
    })
    .await
}

fn count<E: StaticEngine + Hosts<model::Blog>>(db: &Databases, engine: E) -> u64 {
    let count = db.session_async(move |s| s.connection(engine)?.blogs().count());
    block_on(count).unwrap()
}

fn a_session_lives_across_awaits<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    in_every_runtime(|| {
        let db = db.clone();
        async move {
            let counted = db.session_async(move |s| s.connection(engine)?.blogs().count());
            let before = counted.await.unwrap();
            let mut s = db.begin_session_async();
            assert!(s.is_untouched());
            for number in 1..=3 {
                insert(&mut s, engine).await.unwrap();
                let inside = s.run(move |s| s.connection(engine)?.blogs().count());
                assert_eq!(inside.await.unwrap(), before + number);
                assert_eq!(db.engine(engine.name()).unwrap().pool.in_use, 1);
            }
            s.commit().await.unwrap();
            let counted = db.session_async(move |s| s.connection(engine)?.blogs().count());
            assert_eq!(counted.await.unwrap(), before + 3);
            db.begin_session_async().commit().await.unwrap();
        }
    });
    is_released(&db, place);
}

fn a_session_that_is_dropped_or_panics_is_rolled_back<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    let mut dropped = db.begin_session_async();
    block_on(insert(&mut dropped, engine)).unwrap();
    drop(dropped);
    is_released(&db, place);
    let mut panics = db.begin_session_async();
    block_on(insert(&mut panics, engine)).unwrap();
    let panicking = panics.run(|_| -> bindery::Result<()> { std::panic::panic_any("in the work") });
    catch_unwind(AssertUnwindSafe(|| block_on(panicking))).unwrap_err();
    is_released(&db, place);
    let error = block_on(insert(&mut panics, engine)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled);
    let mut undone = db.begin_session_async();
    block_on(insert(&mut undone, engine)).unwrap();
    block_on(undone.rollback()).unwrap();
    assert_eq!(count(&db, engine), 0);
    is_released(&db, place);
}

fn a_call_that_is_dropped_ends_its_session<E: Everything>(place: &TestEngine<E>) {
    let (engine, endless) = (place.engine, place.endless());
    let db = place.open_with(|options| options.statement_timeout(None));
    let mut s = db.begin_session_async();
    block_on(insert(&mut s, engine)).unwrap();
    let (begun, is_begun) = mpsc::channel();
    {
        let mut call = Box::pin(s.run(move |s| {
            begun.send(()).unwrap();
            s.connection(engine)?
                .query_scalar::<i64>(Sql::assembled(endless), ())
        }));
        super::begin(&mut call);
        is_begun.recv().unwrap();
    }
    is_released(&db, place);
    let error = block_on(insert(&mut s, engine)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled);
    assert_eq!(count(&db, engine), 0);
}

/// The future is dropped between the COMMIT of the first engine and that of the second.
fn a_commit_that_has_begun_is_finished<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    db.create_missing_on(B).unwrap();
    for is_of_one_call in [true, false] {
        let (begun, is_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let may_go = Mutex::new(may_go);
        let subscription = db.registry().subscribe(move |event: &Event<'_>| {
            if event.kind == EventKind::Commit && event.engine == "b" {
                begun.send(()).unwrap();
                let _ = may_go.lock().unwrap().recv();
            }
        });
        let write = move |s: &mut DatabaseSession| {
            s.connection(B)?
                .blogs()
                .insert(NewBlog::new("of a session"))?;
            let mut blogs = s.connection(engine)?.blogs();
            blogs.insert(NewBlog::new("of a session")).map(drop)
        };
        let options = SessionOptions::new().order([Any::B, engine.name().parse().unwrap()]);
        let mut commit: Pin<Box<dyn Future<Output = _>>> = if is_of_one_call {
            Box::pin(db.run(move |db| db.try_session_with(options, write)))
        } else {
            let mut s = db.begin_session_async_with(options);
            block_on(s.run(write)).unwrap();
            Box::pin(s.commit())
        };
        super::begin(&mut commit);
        is_begun.recv().unwrap();
        drop(commit);
        drop(go);
        is_released(&db, place);
        drop(subscription);
    }
    assert_eq!((count(&db, B), count(&db, engine)), (2, 2));
}

fn task_locals_go_along_with_every_call_of_a_session<E: Everything>(place: &TestEngine<E>) {
    tokio::task_local! {
        static REQUEST: u64;
    }
    let db = place.open();
    db.registry().carry_task_locals(|| {
        let request = REQUEST.try_with(|request| *request).ok();
        Box::new(move |work| match request {
            Some(request) => REQUEST.sync_scope(request, work),
            None => work(),
        })
    });
    let requests = async {
        let whole = db.session_async(|_| bindery::Result::Ok(REQUEST.get()));
        let mut s = db.begin_session_async();
        let first = s.run(|_| Ok(REQUEST.get())).await.unwrap();
        let second = s.run(|s| {
            s.before_commit(|_| {
                assert_eq!(REQUEST.get(), 7);
                Ok(())
            });
            Ok(REQUEST.get())
        });
        let second = second.await.unwrap();
        s.commit().await.unwrap();
        (whole.await.unwrap(), first, second)
    };
    assert_eq!(block_on(REQUEST.scope(7, requests)), (7, 7, 7));
    is_released(&db, place);
}

fn more_sessions_than_connections_take_their_turns<E: Everything>(place: &TestEngine<E>) {
    const SESSIONS: usize = 60;
    let engine = place.engine;
    let db = place.open_with(|options| options.acquire_timeout(PATIENCE).busy_timeout(PATIENCE));
    several_threads().block_on(async {
        let tasks = (0..SESSIONS).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut s = db.begin_session_async();
                for _ in 0..3 {
                    insert(&mut s, engine).await.unwrap();
                    tokio::task::yield_now().await;
                }
                s.commit().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    assert_eq!(count(&db, engine), 3 * SESSIONS as u64);
    is_released(&db, place);
}
