//! Futures that are dropped: while their work waits for its turn, for a connection or for a lock, and while it runs.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bindery::asynchronous::Run;
use bindery::{Error, ErrorKind, Sql};
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};

use super::{
    CONNECTIONS, PATIENCE, TestEngine, WORKERS, begin, block_on, is_released, on_each_place,
    several_threads, until,
};
use crate::sample::{Everything, NewBlog, Tables};

on_each_place! {
    a_statement_that_runs_is_cancelled;
    between_statements_the_connection_is_kept;
    a_connection_belongs_to_the_work_that_uses_it;
    work_that_waits_for_a_connection_ends;
    work_that_waits_for_another_writer_ends;
    futures_dropped_at_any_moment_leave_nothing;
}

type Seen = Arc<Mutex<Option<ErrorKind>>>;

/// Notes the kind of an error that only the work sees.
fn noted<T>(seen: &Seen, outcome: bindery::Result<T>) -> bindery::Result<T> {
    outcome.inspect_err(|error: &Error| *seen.lock().unwrap() = Some(error.kind().clone()))
}

fn a_statement_that_runs_is_cancelled<E: Everything>(place: &TestEngine<E>) {
    let (engine, endless) = (place.engine, place.endless());
    let no_limit = |options: bindery::EngineOptions| options.statement_timeout(None);
    let db = place.open_with(no_limit);
    let seen = Seen::default();
    let begun = Arc::new(AtomicUsize::new(0));
    let work = |db: &super::Databases| {
        let (seen, begun) = (Arc::clone(&seen), Arc::clone(&begun));
        let mut work = db.run(move |db| {
            let mut c = db.connect(engine)?;
            let outcome = c.transaction(|tx| {
                tx.blogs().insert(NewBlog::new("never kept"))?;
                begun.fetch_add(1, Ordering::SeqCst);
                tx.query_scalar::<i64>(Sql::assembled(endless), ())
            });
            noted(&seen, outcome)
        });
        begin(&mut work);
        work
    };
    // On SQLite one writes at a time.
    let number = if place.server.is_some() { 3 } else { 1 };
    let running: Vec<Run<i64>> = (0..number).map(|_| work(&db)).collect();
    until("all have begun", || begun.load(Ordering::SeqCst) == number);
    if place.server.is_some() {
        until("the server is at it", || place.at_work() == number);
    }
    let started = Instant::now();
    drop(running);
    assert!(
        started.elapsed() < PATIENCE / 4,
        "dropping waits for nothing"
    );
    is_released(&db, place);
    assert_eq!(*seen.lock().unwrap(), Some(ErrorKind::Cancelled));
    let count = db.run(move |db| db.connect(engine)?.blogs().count());
    assert_eq!(block_on(count).unwrap(), 0);
}

/// The next call is refused, the transaction is rolled back, and the connection is good for another use.
fn between_statements_the_connection_is_kept<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    let created = || db.engine(engine.name()).unwrap().pool.created;
    let before = created();
    let seen = Seen::default();
    let noting = Arc::clone(&seen);
    let (begun, is_begun) = mpsc::channel();
    let (go, may_go) = mpsc::channel::<()>();
    let mut work = db.run(move |db| {
        let outcome = db.connect(engine)?.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("never kept"))?;
            begun.send(()).unwrap();
            let _ = may_go.recv();
            tx.blogs().count()
        });
        noted(&noting, outcome)
    });
    begin(&mut work);
    is_begun.recv().unwrap();
    drop(work);
    drop(go);
    is_released(&db, place);
    assert_eq!(*seen.lock().unwrap(), Some(ErrorKind::Cancelled));
    let count = db.run(move |db| db.connect(engine)?.blogs().count());
    assert_eq!((block_on(count).unwrap(), created()), (0, before));
}

/// Taken outside, used by one piece of work, handed back, and moved into another that is dropped.
fn a_connection_belongs_to_the_work_that_uses_it<E: Everything>(place: &TestEngine<E>) {
    let (engine, endless) = (place.engine, place.endless());
    let db = place.open_with(|options| options.statement_timeout(None));
    let mut c = db.connect(engine).unwrap();
    c.blogs().insert(NewBlog::new("kept")).unwrap();
    let used = db.run(move |_| {
        assert_eq!(c.blogs().count()?, 1);
        Ok(c)
    });
    let mut c = block_on(used).unwrap();
    let (begun, is_begun) = mpsc::channel();
    let mut work = db.run(move |_| {
        c.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("never kept"))?;
            begun.send(()).unwrap();
            tx.query_scalar::<i64>(Sql::assembled(endless), ())
        })
    });
    begin(&mut work);
    is_begun.recv().unwrap();
    drop(work);
    is_released(&db, place);
    let count = db.run(move |db| db.connect(engine)?.blogs().count());
    assert_eq!(block_on(count).unwrap(), 1);
}

/// A request to cancel that comes before the server has begun with the statement is ignored by it: another follows.
#[cfg(unix)]
#[test]
fn a_server_that_reads_its_statement_late_is_asked_again() {
    let _watchdog = bindery_testkit::Watchdog::start("a_server_that_reads_late", PATIENCE);
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let place = TestEngine {
        engine: crate::sample::engine::Postgres,
        options: bindery::EngineOptions::url(database.url()),
        server: Some(database),
    };
    let endless = place.endless();
    let db = place.open_with(|options| options.statement_timeout(None));
    let (begun, is_begun) = mpsc::channel();
    let mut work = db.run(move |db| {
        let mut c = db.connect(crate::sample::engine::Postgres)?;
        let session = c.query_scalar::<i32>(Sql::assembled("SELECT pg_backend_pid()"), ())?;
        let session = Pid::from_raw(session).unwrap();
        kill_process(session, Signal::STOP).unwrap();
        begun.send(session).unwrap();
        c.query_scalar::<i64>(Sql::assembled(endless), ())
    });
    begin(&mut work);
    let session = is_begun.recv().unwrap();
    // Time for the statement to be sent, and for the first request to arrive.
    std::thread::sleep(Duration::from_millis(50));
    drop(work);
    std::thread::sleep(Duration::from_millis(50));
    kill_process(session, Signal::CONT).unwrap();
    is_released(&db, &place);
}

/// All connections are held by code that is not asynchronous.
fn work_that_waits_for_a_connection_ends<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open_with(|options| options.acquire_timeout(PATIENCE));
    let held: Vec<_> = (0..CONNECTIONS)
        .map(|_| db.connect(engine).unwrap())
        .collect();
    let seen = Seen::default();
    let noting = Arc::clone(&seen);
    let mut work = db.run(move |db| noted(&noting, db.connect(engine).map(drop)));
    begin(&mut work);
    let pool = || db.engine(engine.name()).unwrap().pool;
    until("it waits for a connection", || pool().waiting == 1);
    drop(work);
    until("its worker is free", || {
        let workers = db.registry().worker_stats();
        (workers.running, workers.blocked) == (0, 0)
    });
    assert_eq!((pool().waiting, pool().timeouts), (0, 0));
    assert_eq!(*seen.lock().unwrap(), Some(ErrorKind::Cancelled));
    drop(held);
    is_released(&db, place);
}

fn work_that_waits_for_another_writer_ends<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let patient = |options: bindery::EngineOptions| {
        let options = options.busy_timeout(PATIENCE).lock_timeout(PATIENCE);
        options.statement_timeout(None).acquire_timeout(PATIENCE)
    };
    let db = place.open_with(patient);
    let mut holder = db.connect(engine).unwrap();
    let post = holder.blogs().insert(NewBlog::new("old")).unwrap();
    let mut tx = holder.begin().unwrap();
    tx.blogs().delete(post.id).unwrap();
    let seen = Seen::default();
    let begun = Arc::new(AtomicUsize::new(0));
    // On a connection of its own, and as a call that takes one for itself.
    let works = [false, true].map(|is_short| {
        let (seen, begun) = (Arc::clone(&seen), Arc::clone(&begun));
        let mut work = db.run(move |db| {
            begun.fetch_add(1, Ordering::SeqCst);
            let deleted = if is_short {
                db.registry()
                    .repository::<crate::sample::model::Blog, _>(engine)
                    .delete(post.id)
            } else {
                db.connect(engine)?.blogs().delete(post.id)
            };
            noted(&seen, deleted)
        });
        begin(&mut work);
        work
    });
    until("both have begun", || begun.load(Ordering::SeqCst) == 2);
    std::thread::sleep(Duration::from_millis(50));
    drop(works);
    until("their workers are free", || {
        let workers = db.registry().worker_stats();
        (workers.running, workers.blocked) == (0, 0)
    });
    let kind = seen.lock().unwrap().take();
    // A write of its own that was sent may have arrived.
    assert!(
        matches!(kind, Some(ErrorKind::Cancelled | ErrorKind::OutcomeUnknown)),
        "{kind:?}"
    );
    tx.rollback().unwrap();
    drop(holder);
    is_released(&db, place);
}

#[test]
fn work_that_waits_for_its_turn_is_given_up_at_once() {
    let (place, _folder) = super::running::in_a_file();
    let db = place.open();
    let (occupied, go) = super::running::occupy(&db, WORKERS);
    let held = Arc::new(());
    let waiting = [(); 100].map(|()| {
        let held = Arc::clone(&held);
        let mut work = db.run(move |_| -> bindery::Result<()> {
            drop(held);
            panic!("it is never begun")
        });
        begin(&mut work);
        work
    });
    assert_eq!(db.registry().worker_stats().waiting, 100);
    drop(waiting);
    assert_eq!(
        (
            db.registry().worker_stats().waiting,
            Arc::strong_count(&held)
        ),
        (0, 1)
    );
    drop(go);
    occupied
        .into_iter()
        .for_each(|work| block_on(work).unwrap());
    is_released(&db, &place);
}

/// Some seconds of calls whose futures are dropped after a random number of microseconds, among others that are not.
fn futures_dropped_at_any_moment_leave_nothing<E: Everything>(place: &TestEngine<E>) {
    const TIME: Duration = Duration::from_secs(3);
    const TASKS: u64 = 24;
    let engine = place.engine;
    let db = place.open_with(|options| options.acquire_timeout(PATIENCE));
    let (done, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    several_threads().block_on(async {
        let until = Instant::now() + TIME;
        let tasks = (0..TASKS).map(|seed| {
            let (db, done, dropped) = (db.clone(), Arc::clone(&done), Arc::clone(&dropped));
            tokio::spawn(async move {
                let mut random = seed * 7_919 + 1;
                while Instant::now() < until {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    // Up to a millisecond, or up to 64 of them; one in eight is waited for.
                    let patience = match random >> 61 {
                        7 => PATIENCE,
                        shift => Duration::from_micros((random >> 33) % (1_000 << shift)),
                    };
                    let work = db.run(move |db| {
                        let mut c = db.connect(engine)?;
                        c.transaction(|tx| {
                            let first = tx.blogs().insert(NewBlog::new("first"))?;
                            let second = tx.blogs().insert(NewBlog::new("second"))?;
                            Ok((first.id, second.id))
                        })
                    });
                    match tokio::time::timeout(patience, work).await {
                        Ok(outcome) => {
                            outcome.unwrap();
                            done.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(_) => {
                            dropped.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    is_released(&db, place);
    let (done, dropped) = (done.load(Ordering::SeqCst), dropped.load(Ordering::SeqCst));
    assert!(done > 10 && dropped > 10, "{done} done, {dropped} dropped");
    // Both rows or none; an outcome that was not waited for may be either.
    let mut c = db.connect(engine).unwrap();
    let titles = c.blogs().all().unwrap();
    let of = |title: &str| titles.iter().filter(|blog| blog.title == title).count();
    assert_eq!(of("first"), of("second"));
    assert!((done..=done + dropped).contains(&of("first")));
    let pool = db.engine(engine.name()).unwrap().pool;
    assert!(pool.open <= CONNECTIONS as usize, "{pool:?}");
}

/// A future that was finished is polled no more.
#[test]
#[should_panic = "a future was polled after it was ready"]
fn a_future_that_is_finished_is_not_polled_again() {
    let (place, _folder) = super::running::in_a_file();
    let db = place.open();
    let mut work = db.run(|_| Ok(()));
    block_on(&mut work).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let _ = Pin::new(&mut work).poll(&mut context);
}
