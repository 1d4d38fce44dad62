//! Work that is run to its end: its outcome, its panics, its turn.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use bindery::ErrorKind;
use bindery::asynchronous::Run;
use bindery::error::Operation;
use tracing_subscriber::layer::{self, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::{
    Databases, PATIENCE, TestEngine, WORKERS, begin, block_on, in_every_runtime, is_released,
    on_each_place, several_threads, until,
};
use crate::sample::{Everything, NewBlog, Tables};

on_each_place! {
    the_outcome_is_returned_in_every_runtime;
    a_panic_goes_on_in_the_caller;
    a_thousand_pieces_of_work_over_a_pool_of_4;
}

fn insert<E: Everything>(db: &Databases, engine: E) -> Run<String> {
    db.run(move |db| {
        let mut c = db.connect(engine)?;
        let blog = c.blogs().insert(NewBlog::new("of a worker"))?;
        Ok(c.blogs().get(blog.id)?.title)
    })
}

fn the_outcome_is_returned_in_every_runtime<E: Everything>(place: &TestEngine<E>) {
    /// An error type of the program's own.
    #[derive(Debug)]
    enum Failure {
        Database(bindery::Error),
        Refused(usize),
    }
    impl From<bindery::Error> for Failure {
        fn from(error: bindery::Error) -> Self {
            Self::Database(error)
        }
    }
    let engine = place.engine;
    let db = place.open();
    in_every_runtime(|| {
        let db = db.clone();
        async move {
            assert_eq!(insert(&db, engine).await.unwrap(), "of a worker");
            let missing = db.run(move |db| {
                let mut c = db.connect(engine)?;
                let blog = c.blogs().insert(NewBlog::new("gone"))?;
                c.blogs().delete(blog.id)?;
                c.blogs().get(blog.id).map(drop)
            });
            assert_eq!(missing.await.unwrap_err().kind(), &ErrorKind::NotFound);
            let refused = db.try_run(move |db| {
                let count = db.connect(engine)?.blogs().count()?;
                Err::<(), _>(Failure::Refused(usize::try_from(count).unwrap()))
            });
            match refused.await {
                Err(Failure::Refused(count)) => assert!(count > 0),
                Err(Failure::Database(error)) => panic!("{error:?}"),
                Ok(()) => unreachable!(),
            }
        }
    });
    is_released(&db, place);
    assert!(db.registry().worker_stats().threads <= WORKERS);
}

fn a_panic_goes_on_in_the_caller<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    for _ in 0..WORKERS {
        let panicking = db.run(move |db| -> bindery::Result<()> {
            let mut c = db.connect(engine)?;
            let mut tx = c.begin()?;
            tx.blogs().insert(NewBlog::new("never kept"))?;
            std::panic::panic_any("in the work")
        });
        let panic = catch_unwind(AssertUnwindSafe(|| block_on(panicking))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"in the work"));
    }
    is_released(&db, place);
    let count = db.run(move |db| db.connect(engine)?.blogs().count());
    assert_eq!(block_on(count).unwrap(), 0);
}

fn a_thousand_pieces_of_work_over_a_pool_of_4<E: Everything>(place: &TestEngine<E>) {
    const WORK: usize = 1_000;
    let engine = place.engine;
    let db = place.open_with(|options| options.acquire_timeout(PATIENCE));
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    several_threads().block_on(async {
        let tasks = (0..WORK).map(|number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            let work = db.run(move |db| {
                let mut c = db.connect(engine)?;
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let kept = c.transaction(|tx| tx.blogs().insert(NewBlog::new(number.to_string())));
                running.fetch_sub(1, Ordering::SeqCst);
                kept.map(|blog| blog.title)
            });
            tokio::spawn(work)
        });
        let tasks: Vec<_> = tasks.collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().unwrap(), number.to_string());
        }
    });
    is_released(&db, place);
    let stats = db.registry().worker_stats();
    assert_eq!((stats.size, stats.timeouts), (WORKERS, 0));
    assert!(most.load(Ordering::SeqCst) <= 4);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert!(pool.open <= 4, "{pool:?}");
    assert_eq!(
        db.connect(engine).unwrap().blogs().count().unwrap(),
        WORK as u64
    );
}

/// Has every worker wait until the sender is dropped.
pub(super) fn occupy(db: &Databases, workers: usize) -> (Vec<Run<()>>, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let occupied = (0..workers).map(|_| {
        let wait = Arc::clone(&wait);
        let mut work = db.run(move |_| {
            let _ = wait.lock().unwrap().recv();
            Ok(())
        });
        begin(&mut work);
        work
    });
    (occupied.collect(), go)
}

/// One worker is free for them, so they are done in their order.
#[test]
fn who_came_first_is_served_first() {
    let (place, _folder) = in_a_file();
    let db = place.open();
    let (others, go_on) = occupy(&db, WORKERS - 1);
    let (first, go) = occupy(&db, 1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let waiting = (0..100).map(|number| {
        let order = Arc::clone(&order);
        let mut work = db.run(move |_| {
            order.lock().unwrap().push(number);
            Ok(())
        });
        begin(&mut work);
        work
    });
    let mut waiting: Vec<_> = waiting.collect();
    assert_eq!(db.registry().worker_stats().waiting, 100);
    // Leaving the queue changes nothing for the others.
    drop(waiting.remove(50));
    drop(go);
    for work in first.into_iter().chain(waiting) {
        block_on(work).unwrap();
    }
    let expected = (0..100).filter(|&number| number != 50);
    assert!(order.lock().unwrap().iter().copied().eq(expected));
    drop(go_on);
    others.into_iter().for_each(|work| block_on(work).unwrap());
}

#[test]
fn a_turn_that_does_not_come_in_time_is_an_error_with_what_is_known() {
    const LIMIT: Duration = Duration::from_millis(200);
    let (place, _folder) = in_a_file();
    let db = place.open_with(|options| options.acquire_timeout(LIMIT));
    let (occupied, go) = occupy(&db, WORKERS);
    let waits = [(); 3].map(|()| db.run(|_| Ok(())));
    in_every_runtime(|| {
        let late = db.run(|_| Ok(()));
        async move {
            let started = Instant::now();
            let error = late.await.unwrap_err();
            assert!(started.elapsed() >= LIMIT);
            assert_eq!(error.operation(), Some(Operation::Acquire));
            let ErrorKind::WorkersBusy {
                workers,
                waiting,
                waited_ms,
                longest_ms,
            } = *error.kind()
            else {
                panic!("{error:?}")
            };
            assert_eq!((workers, waiting), (WORKERS, 0));
            assert!(waited_ms >= 200 && longest_ms.unwrap() >= waited_ms);
        }
    });
    assert_eq!(db.registry().worker_stats().timeouts, 3);
    drop(go);
    occupied
        .into_iter()
        .for_each(|work| block_on(work).unwrap());
    waits.into_iter().for_each(|work| block_on(work).unwrap());
}

/// As many sessions are open as may be: another has no turn, and none of them is at work.
#[test]
fn sessions_at_rest_are_not_said_to_be_at_work() {
    let (place, _folder) = in_a_file();
    let db = place.open_with(|options| options.acquire_timeout(Duration::from_millis(200)));
    let sessions = (0..WORKERS).map(|_| {
        let mut s = db.begin_session_async();
        block_on(s.run(|_| Ok(()))).unwrap();
        s
    });
    let sessions: Vec<_> = sessions.collect();
    let mut late = db.begin_session_async();
    let error = block_on(late.run(|_| Ok(()))).unwrap_err();
    let ErrorKind::WorkersBusy {
        workers,
        longest_ms,
        ..
    } = *error.kind()
    else {
        panic!("{error:?}")
    };
    assert_eq!((workers, longest_ms), (WORKERS, None));
    for s in sessions {
        block_on(s.rollback()).unwrap();
    }
    block_on(late.run(|_| Ok(()))).unwrap();
    block_on(late.rollback()).unwrap();
}

/// Threads are there only while there is work for them, and the databases end them.
#[test]
fn the_threads_end_with_the_databases() {
    let (place, _folder) = in_a_file();
    let db = place.open();
    assert_eq!(db.registry().worker_stats().threads, 0);
    let name = block_on(db.run(|_| Ok(std::thread::current().name().map(str::to_owned))));
    assert_eq!(name.unwrap().as_deref(), Some("bindery-worker"));
    assert_eq!(db.registry().worker_stats().threads, 1);
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let never = db.run(move |_| {
        drop(held);
        Ok(())
    });
    drop(never);
    until(
        "what was given to work that is not begun is dropped",
        || Arc::strong_count(&alive) == 1,
    );
    let other = db.clone();
    drop(db);
    assert_eq!(other.registry().worker_stats().threads, 1);
}

/// SQLite in a file, where what is tested has nothing to do with the database.
pub(super) fn in_a_file() -> (
    TestEngine<crate::sample::engine::Default>,
    tempfile::TempDir,
) {
    let folder = tempfile::tempdir().unwrap();
    let place = TestEngine {
        engine: crate::sample::engine::Default,
        options: bindery::EngineOptions::sqlite(folder.path().join("one.db")),
        server: None,
    };
    (place, folder)
}

/// The span of the task, and its subscriber, where it has one of its own.
#[test]
fn the_span_of_the_task_is_entered_on_the_thread() {
    let (place, _folder) = in_a_file();
    let db = place.open();
    let note = |db: &Databases| {
        db.run(|_| {
            tracing::info!("in the work");
            Ok(())
        })
    };
    let seen = Spans::default();
    let subscriber = tracing_subscriber::registry().with(seen.clone());
    tracing::subscriber::with_default(subscriber, || {
        let work = note(&db);
        tracing::info_span!("request").in_scope(|| block_on(work).unwrap());
        block_on(note(&db)).unwrap();
    });
    block_on(note(&db)).unwrap();
    assert_eq!(*seen.0.lock().unwrap(), [Some("request"), None]);
}

/// The spans in which events of this file were.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Option<&'static str>>>>);

impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Spans {
    fn on_event(&self, event: &tracing::Event<'_>, context: layer::Context<'_, S>) {
        if event.metadata().target() == module_path!() {
            let span = context.event_span(event).map(|span| span.name());
            self.0.lock().unwrap().push(span);
        }
    }
}
