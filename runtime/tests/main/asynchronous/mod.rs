//! Calls from asynchronous code, on real databases and in runtimes of several kinds.

mod cancelling;
pub(crate) mod closing;
mod counting;
mod running;
mod sessions;
mod starving;
mod streams;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::Thread;
use std::time::{Duration, Instant};

use bindery::__private::Program;
use bindery::generic::GeneratedDatabases;
use bindery::{Config, EngineOptions, Registry};
use bindery_testkit::FreshDatabase;
use tokio::runtime::{Builder, Runtime};

use crate::sample::{Everything, program};

const PATIENCE: Duration = Duration::from_secs(120);
/// Connections of the engine that is tested; the others have one each, and there are as many workers as both together.
const CONNECTIONS: u32 = 4;
const WORKERS: usize = 4 + 5;

/// The databases as generated code makes them around the engines of the sample.
#[derive(Clone)]
struct Databases(Registry);

impl GeneratedDatabases for Databases {
    type Session = crate::sample::DatabaseSession;

    fn program() -> &'static Program {
        program()
    }

    fn from_registry(registry: Registry) -> Self {
        Self(registry)
    }
}

bindery::__private::registry!(Databases);
bindery::__private::asynchronous!(Databases);

/// An engine and where its database is.
struct TestEngine<E> {
    engine: E,
    options: EngineOptions,
    /// Not on SQLite.
    server: Option<FreshDatabase>,
}

impl<E: Everything> TestEngine<E> {
    fn open(&self) -> Databases {
        self.open_with(|options| options)
    }

    /// With all engines' options changed, and the tables of the one that is tested.
    fn open_with(&self, change: impl Fn(EngineOptions) -> EngineOptions) -> Databases {
        let names = program().engine_names();
        let config = names.fold(Config::new(), |config, name| {
            let (options, connections) = match name {
                name if name == self.engine.name() => (self.options.clone(), CONNECTIONS),
                "x_mysql" => (EngineOptions::url("mysql://x@127.0.0.1:1/x"), 1),
                "y_mariadb" => (EngineOptions::url("mariadb://x@127.0.0.1:1/x"), 1),
                "x_postgres" => (EngineOptions::url("postgres://x@127.0.0.1:1/x"), 1),
                _ => (EngineOptions::url(":memory:"), 1),
            };
            config.engine(name, change(options.max_connections(connections)))
        });
        let db = Databases::open_with(&config).unwrap();
        db.create_missing_on(self.engine).unwrap();
        db
    }

    /// A statement that takes longer than any test.
    fn endless(&self) -> &'static str {
        match self.engine.name() {
            "x_postgres" => "SELECT 1 FROM pg_sleep(1000)",
            "x_mysql" => "SELECT SLEEP(1000)",
            _ => {
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            }
        }
    }

    /// How many endless statements the server is at; none where there is no server.
    fn at_work(&self) -> usize {
        let Some(server) = &self.server else { return 0 };
        let query = match self.engine.name() {
            "x_postgres" => {
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND state = 'active' AND query LIKE '%pg_sleep(1000)' AND pid <> pg_backend_pid()"
            }
            _ => {
                "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND info LIKE '%SLEEP(1000)'"
            }
        };
        server.answer(query).unwrap().trim().parse().unwrap()
    }
}

/// Runs checks on SQLite in a file, PostgreSQL and MySQL or MariaDB, a test for each.
macro_rules! on_each_place {
    ($($check:ident;)*) => {
        mod sqlite {
            $(#[test]
            fn $check() {
                let _watchdog = bindery_testkit::Watchdog::start(stringify!($check), super::PATIENCE);
                let folder = tempfile::tempdir().unwrap();
                super::$check(&super::super::TestEngine {
                    engine: crate::sample::engine::Default,
                    options: bindery::EngineOptions::sqlite(folder.path().join("one.db")),
                    server: None,
                });
            })*
        }

        mod postgres {
            $(#[test]
            fn $check() {
                let _watchdog = bindery_testkit::Watchdog::start(stringify!($check), super::PATIENCE);
                let Some(database) = bindery_testkit::fresh_postgres() else { return };
                super::$check(&super::super::TestEngine {
                    engine: crate::sample::engine::Postgres,
                    options: bindery::EngineOptions::url(database.url()),
                    server: Some(database),
                });
            })*
        }

        mod mysql {
            $(#[test]
            fn $check() {
                let _watchdog = bindery_testkit::Watchdog::start(stringify!($check), super::PATIENCE);
                let Some(database) = bindery_testkit::fresh_mysql() else { return };
                super::$check(&super::super::TestEngine {
                    engine: crate::sample::engine::Mysql,
                    options: bindery::EngineOptions::url(database.url()),
                    server: Some(database),
                });
            })*
        }
    };
}

use on_each_place;

pub(crate) fn several_threads() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().unwrap()
}

fn one_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().build().unwrap()
}

/// Runs the same in a runtime with threads of its own, in one on this thread, and without any.
fn in_every_runtime<F: Future<Output = ()> + Send + 'static>(test: impl Fn() -> F) {
    several_threads().block_on(async { tokio::spawn(test()).await.unwrap() });
    one_thread().block_on(test());
    block_on(test());
}

/// Drives a future without a runtime: the thread sleeps until it is woken.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls a future once.
fn begin<T>(future: &mut (impl Future<Output = T> + Unpin)) {
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::Pin::new(future).poll(&mut context).is_pending());
}

/// Waits until nothing is held any more by work that ended or was abandoned.
fn is_released<E: Everything>(db: &Databases, place: &TestEngine<E>) {
    until("no work is done", || {
        let workers = db.registry().worker_stats();
        (workers.running, workers.blocked, workers.resting) == (0, 0, 0)
    });
    assert_eq!(db.registry().worker_stats().waiting, 0);
    until("no connection is in use", || {
        let pool = db.engine(place.engine.name()).unwrap().pool;
        pool.in_use == 0 && pool.closing == 0 && pool.waiting == 0
    });
    until("the server is at nothing", || place.at_work() == 0);
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
