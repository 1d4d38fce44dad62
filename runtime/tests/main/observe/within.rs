//! Recorders and subscribers that call the pool themselves, while other callers wait for a connection.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use bindery::{EngineOptions, Registry};
use bindery_testkit::Watchdog;
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, NoopRecorder, Recorder, SharedString, Unit,
    with_local_recorder,
};

use crate::alone::is_alone;
use crate::sample::engine::Default;
use crate::sample::{Everything, Tables, on_each_database, with};

const PATIENCE: Duration = Duration::from_secs(120);

on_each_database! { by run_at_url:
    mon_01_a_connection_is_given_back_while_a_recorded_caller_waits;
    mon_01_recorders_and_subscribers_may_call_the_pool;
}

/// Calls the pool of an engine each time that something is recorded.
struct Calling<E> {
    db: Registry,
    engine: E,
    calls: AtomicU64,
    /// Those by the thread that closes what has rested for too long or is too old.
    calls_of_upkeep: AtomicU64,
}

impl<E: Everything> Calling<E> {
    fn new(db: &Registry, engine: E) -> Self {
        Self {
            db: db.clone(),
            engine,
            calls: AtomicU64::new(0),
            calls_of_upkeep: AtomicU64::new(0),
        }
    }

    fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if thread::current().name() == Some("bindery-upkeep") {
            self.calls_of_upkeep.fetch_add(1, Ordering::Relaxed);
        }
        call(&self.db, self.engine);
    }
}

/// Statistics, a checkout, and a query; there may be no connection left for it.
fn call<E: Everything>(db: &Registry, engine: E) {
    assert!(db.engine(engine.name()).unwrap().pool.open <= 2);
    if let Ok(mut connection) = db.connect(engine) {
        connection.blogs().count().unwrap();
    }
}

impl<E: Everything> Recorder for Calling<E> {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.call();
        NoopRecorder.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.call();
        NoopRecorder.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.call();
        NoopRecorder.register_histogram(key, metadata)
    }
}

fn database<E: Everything>(engine: E, url: &str, most: u32, acquire: Duration) -> Registry {
    let options = EngineOptions::url(url).max_connections(most);
    let db = with(engine.name(), options.acquire_timeout(acquire));
    // A login may take longer than a short limit, on a busy machine.
    while let Err(error) = db.create_missing_on(engine) {
        assert!(error.is_unavailable() || error.is_timeout(), "{error:?}");
    }
    db
}

/// Covers MON-01.
fn mon_01_a_connection_is_given_back_while_a_recorded_caller_waits<E: Everything>(
    engine: E,
    url: &str,
) {
    let _watchdog = Watchdog::start("a connection is given back", PATIENCE);
    let db = database(engine, url, 1, PATIENCE);
    let recorder = super::metrics::recorder();
    let both = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                with_local_recorder(&recorder, || {
                    both.wait();
                    for _ in 0..50 {
                        let mut connection = db.connect(engine).unwrap();
                        connection.blogs().count().unwrap();
                    }
                });
            });
        }
    });
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!((pool.in_use, pool.waiting, pool.open), (0, 0, 1));
}

/// Covers MON-01: while they wait, hold and give back connections, open and close them.
fn mon_01_recorders_and_subscribers_may_call_the_pool<E: Everything>(engine: E, url: &str) {
    let _watchdog = Watchdog::start("recorders and subscribers", PATIENCE);
    let db = database(engine, url, 2, Duration::from_millis(100));
    let recorder = Calling::new(&db, engine);
    let heard = Arc::new(AtomicU64::new(0));
    let (own, count) = (db.clone(), Arc::clone(&heard));
    let subscription = db.subscribe(move |_: &bindery::observe::Event<'_>| {
        count.fetch_add(1, Ordering::Relaxed);
        call(&own, engine);
    });
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                with_local_recorder(&recorder, || {
                    for _ in 0..3 {
                        call(&db, engine);
                    }
                });
            });
        }
    });
    assert!(recorder.calls.load(Ordering::Relaxed) > 0 && heard.load(Ordering::Relaxed) > 0);
    with_local_recorder(&recorder, || db.close());
    drop(subscription);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!((pool.in_use, pool.waiting, pool.open), (0, 0, 0));
}

/// Covers MON-01 on SQLite: while connections are closed that have rested for too long, or are too old.
#[test]
fn mon_01_a_recorder_of_the_process_may_call_the_pool() {
    if !is_alone("observe::within::mon_01_a_recorder_of_the_process_may_call_the_pool") {
        return;
    }
    let _watchdog = Watchdog::start("a recorder of the process", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let moment = Duration::from_millis(5);
    let options = EngineOptions::url(format!("sqlite://{}/one.db", folder.path().display()));
    let options = options
        .max_connections(2)
        .acquire_timeout(Duration::from_millis(200));
    let db = with(
        "default",
        options.idle_timeout(moment).max_lifetime(4 * moment),
    );
    db.create_missing_on(Default).unwrap();
    let recorder: &'static _ = Box::leak(Box::new(Calling::new(&db, Default)));
    metrics::set_global_recorder(recorder).unwrap();
    // One caller: with more of them than connections none rests for long enough.
    while recorder.calls_of_upkeep.load(Ordering::Relaxed) <= 20 {
        call(&db, Default);
        thread::sleep(4 * moment);
    }
    assert!(db.engine("default").unwrap().pool.closed > 1);
    db.close();
}
