//! Workers: how one is set up. `run` claims tasks and records their ends, `threads` runs the handlers, `context` is what these see,
//! `listener` waits for notifications, and `periodic` writes the tasks that come again and again.

mod claimer;
mod context;
mod engine;
mod handler;
mod lane;
mod listener;
mod pace;
#[cfg(feature = "cron")]
mod periodic;
#[cfg(not(feature = "cron"))]
#[path = "no_periodic.rs"]
mod periodic;
mod recorder;
mod report;
mod rest;
mod run;
mod threads;

use std::collections::BTreeMap;
use std::sync::Arc;
#[cfg(feature = "messages")]
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{HasOutbox, Task, store};
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Result};
use crate::link::retry::RetryPolicy;

use self::handler::Handler;
use self::periodic::Timetable;
use self::run::Dispatcher;
use self::threads::Shared;

pub use self::context::TaskContext;
pub use self::handler::TaskResult;
#[cfg(feature = "messages")]
pub(crate) use self::handler::{Failed, chain};
pub use self::report::WorkerReport;

/// Runs the tasks of one engine: `db.worker()` of generated code.
///
/// A worker has threads of its own, and one connection beside those of the pool, so that it neither waits for them nor takes one; while it has
/// much to do, one for the ends of tasks and, with several threads, a second one for claims. In an SQLite database it takes its turn in the pool, as one writes there at a time. Its handlers use the databases as any other
/// code. Any number of workers, in any number of processes, may run for one engine.
#[must_use = "a worker does nothing until it runs"]
pub struct Worker<D: GeneratedDatabases> {
    db: D,
    engine: usize,
    table: &'static str,
    handlers: BTreeMap<String, Handler<D>>,
    /// For types without a handler of their own.
    fallback: Option<Handler<D>>,
    /// Only tasks of these; none for all.
    types: Vec<String>,
    options: Options,
    shared: Arc<Shared>,
    timetable: Timetable,
}

/// The event at which a worker ends by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Until {
    /// It is stopped.
    #[default]
    Stopped,
    /// Nothing is due.
    Idle,
    /// The tasks of one claim are done.
    OneBatch,
}

/// The longest time that can be set: clocks end.
const LONGEST: Duration = Duration::from_hours(24 * 365);

#[derive(Debug, Clone)]
struct Options {
    threads: usize,
    /// At first, and at most.
    batch: (usize, usize),
    lease: Duration,
    retry: RetryPolicy,
    longest_poll: Duration,
    grace: Duration,
    keep_completed: Duration,
    only_registered: bool,
    only_polls: bool,
}

impl<D: GeneratedDatabases> Worker<D> {
    /// A worker for the tasks of an engine, without handlers.
    pub fn new<E: HasOutbox>(db: &D, engine: E) -> Self {
        Self::of_table(db, engine.index(), store::TABLE)
    }

    /// The same for another table of tasks.
    pub(crate) fn of_table(db: &D, engine: usize, table: &'static str) -> Self {
        Self {
            db: db.clone(),
            engine,
            table,
            handlers: BTreeMap::new(),
            fallback: None,
            types: Vec::new(),
            options: Options {
                threads: 4,
                batch: (100, 500),
                lease: Duration::from_mins(1),
                retry: RetryPolicy::new(),
                longest_poll: Duration::from_secs(1),
                grace: Duration::from_secs(30),
                keep_completed: Duration::from_hours(24),
                only_registered: false,
                only_polls: false,
            },
            shared: Arc::default(),
            timetable: Timetable::default(),
        }
    }

    /// Runs tasks of this type by a handler; a second one for the type takes the place of the first. Where it returns an error
    /// or panics, the task is tried again later, up to the number of its attempts.
    pub fn on<T: Task + 'static>(
        mut self,
        handler: impl Fn(T, &TaskContext<D>) -> TaskResult + Send + Sync + 'static,
    ) -> Self {
        self.handlers
            .insert(T::NAME.to_owned(), handler::typed(handler));
        self
    }

    /// How many handlers run at a time: 4 otherwise, at least 1.
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.threads = threads.max(1);
        self
    }

    /// How many tasks are claimed at a time, at most: from 1 to 500. Otherwise up to 100, and while all of these are begun within a tenth of a
    /// second, more and more up to 500.
    pub fn batch(mut self, tasks: usize) -> Self {
        let tasks = tasks.clamp(1, 500);
        self.options.batch = (tasks, tasks);
        self
    }

    /// For how long claimed tasks are left to this worker: a minute otherwise, at least 100 ms. It is renewed while the worker
    /// is there; after its end another one takes them over.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.options.lease = lease.clamp(Duration::from_millis(100), LONGEST);
        self
    }

    /// Sets how often tasks are tried, in place of what they say themselves, and with which pauses: from a second up to an hour unless set.
    /// Each pause is four times as long as the one before; all are longer or shorter by up to a quarter, by chance.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.options.retry = retry;
        self
    }

    /// The longest time between two looks for tasks while there are none: a second otherwise. It begins with 20 ms and doubles.
    pub fn longest_poll(mut self, pause: Duration) -> Self {
        self.options.longest_poll = pause.clamp(Duration::from_millis(1), LONGEST);
        self
    }

    /// How long a worker that is stopped waits for handlers at work: 30 seconds otherwise.
    pub fn grace(mut self, time: Duration) -> Self {
        self.options.grace = time.min(LONGEST);
        self
    }

    /// How long completed tasks are kept: a day otherwise.
    pub fn keep_completed(mut self, time: Duration) -> Self {
        self.options.keep_completed = time;
        self
    }

    /// Takes only tasks that it has a handler for, as others are for other workers. Without this, an attempt at a task of an
    /// unknown type counts as failed; the first pause after it is at least a minute.
    pub fn only_registered(mut self) -> Self {
        self.options.only_registered = true;
        self
    }

    /// Looks for new tasks by polling alone. Without this, a worker on PostgreSQL has one more connection, on which the database
    /// notifies it (`LISTEN`): a pooler between them that hands out sessions for each transaction needs this.
    pub fn only_polls(mut self) -> Self {
        self.options.only_polls = true;
        self
    }

    /// Writes a task at each tick of a schedule; `task` makes it of the time of the tick. All workers of the engine that have a
    /// periodic task of this name, in whatever processes, write one task for each tick. Its ticks begin when a worker first has
    /// it. The name has up to 191 characters; a second schedule of a name takes the place of the first.
    #[cfg(feature = "cron")]
    pub fn every<T: Task + 'static>(
        mut self,
        name: impl Into<String>,
        schedule: super::Schedule,
        task: impl Fn(std::time::SystemTime) -> T + Send + 'static,
    ) -> Self {
        self.timetable.add(name.into(), schedule, task);
        self
    }

    /// Has periodic tasks go by this clock in place of that of the database: for tests.
    #[cfg(feature = "cron")]
    pub fn clock(
        mut self,
        clock: impl Fn() -> std::time::SystemTime + Send + Sync + 'static,
    ) -> Self {
        self.timetable.set_clock(clock);
        self
    }

    /// Stops the worker from elsewhere, such as a handler of signals.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Runs tasks until it is stopped. While the database cannot be reached it waits and tries again.
    ///
    /// # Errors
    /// The engine has no table of tasks, or a thread cannot be started.
    pub fn run(self) -> Result<WorkerReport> {
        self.run_until(Until::Stopped)
    }

    /// Runs tasks until none is due: for programs that are started again and again, and for tests. Those that are to be tried again
    /// later, and those whose time has not come, stay.
    ///
    /// # Errors
    /// As [`run`](Self::run); and the database cannot be reached.
    pub fn run_until_idle(self) -> Result<WorkerReport> {
        self.run_until(Until::Idle)
    }

    /// Claims tasks once, runs them, and returns when they have ended: for programs that a timer starts. The others wait for the
    /// next run.
    ///
    /// ```
    /// # use bindery_cases::welcome::*;
    /// # use bindery::outbox::Task;
    /// # #[derive(serde::Serialize, serde::Deserialize, Task)]
    /// # struct SendWelcome { user: i64 }
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// for user in 1..=3 {
    ///     db.default()?.tasks().push(SendWelcome { user })?;
    /// }
    /// let worker = || db.worker().batch(2).on::<SendWelcome>(|_, _| Ok(()));
    /// assert_eq!(worker().run_once()?.completed, 2);
    /// assert_eq!(worker().run_once()?.completed, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`run_until_idle`](Self::run_until_idle).
    pub fn run_once(self) -> Result<WorkerReport> {
        self.run_until(Until::OneBatch)
    }

    pub(super) fn run_until(self, until: Until) -> Result<WorkerReport> {
        Dispatcher::new(self)?.run(until)
    }

    /// The same as [`run`](Self::run) on a thread of its own, until what this returns is stopped or dropped.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn start(self) -> Result<RunningWorker> {
        let stop = self.stop_handle();
        let dispatcher = Dispatcher::new(self)?;
        let thread = std::thread::Builder::new().name("bindery-worker".to_owned());
        let thread = thread
            .spawn(move || dispatcher.run(Until::Stopped))
            .map_err(no_thread)?;
        Ok(RunningWorker {
            stop,
            thread: Some(thread),
            #[cfg(feature = "messages")]
            beside: None,
        })
    }
}

/// For events and messages.
#[cfg(feature = "messages")]
impl<D: GeneratedDatabases> Worker<D> {
    /// Runs tasks of every type by this handler.
    pub(crate) fn handled_by(
        mut self,
        handler: impl Fn(&str, &TaskContext<'_, D>) -> std::result::Result<(), Failed>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.fallback = Some(Arc::new(handler));
        self
    }

    /// Takes only tasks of these types.
    pub(crate) fn only(mut self, types: Vec<String>) -> Self {
        self.types = types;
        self
    }
}

#[cfg(feature = "signals")]
impl<D: GeneratedDatabases> Worker<D> {
    /// The name of its engine.
    pub(super) fn engine_name(&self) -> &'static str {
        self.db.registry().engines[self.engine].info.name()
    }

    /// The names of the types that it has handlers for.
    pub(super) fn task_types(&self) -> impl Iterator<Item = &str> {
        self.handlers.keys().map(String::as_str)
    }

    /// Keeps the handlers of some types, and takes only tasks of these.
    pub(super) fn only_types(mut self, types: &[String]) -> Self {
        self.handlers
            .retain(|name, _| types.iter().any(|one| one == name));
        self.only_registered()
    }
}

pub(super) fn no_thread(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io).with_source(error)
}

/// Stops a worker.
#[derive(Clone)]
pub struct StopHandle {
    shared: Arc<Shared>,
}

impl StopHandle {
    /// The worker claims nothing more, gives back what it has not begun, waits for its handlers, and returns.
    pub fn stop(&self) {
        self.shared.stop();
    }
}

impl std::fmt::Debug for StopHandle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("StopHandle").finish_non_exhaustive()
    }
}

/// A worker on a thread of its own. It is stopped when this is dropped.
#[must_use = "the worker is stopped when this is dropped"]
#[derive(Debug)]
pub struct RunningWorker {
    stop: StopHandle,
    thread: Option<JoinHandle<Result<WorkerReport>>>,
    /// Ends with it.
    #[cfg(feature = "messages")]
    beside: Option<Beside>,
}

/// The work beside a worker that ends when this is dropped.
#[cfg(feature = "messages")]
struct Beside {
    _held: Box<dyn Send>,
    failures: Arc<AtomicU64>,
}

#[cfg(feature = "messages")]
impl std::fmt::Debug for Beside {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Beside").finish_non_exhaustive()
    }
}

impl RunningWorker {
    /// The same with what ends together with it, and counts its failures.
    #[cfg(feature = "messages")]
    pub(crate) fn with(mut self, beside: Box<dyn Send>, failures: Arc<AtomicU64>) -> Self {
        self.beside = Some(Beside {
            _held: beside,
            failures,
        });
        self
    }

    /// Stops it and waits for its end.
    ///
    /// # Errors
    /// Those of [`Worker::run`].
    ///
    /// # Panics
    /// Where its thread did.
    pub fn stop(mut self) -> Result<WorkerReport> {
        #[cfg(feature = "messages")]
        let beside = self.beside.take().map(|beside| beside.failures);
        self.stop.stop();
        let thread = self
            .thread
            .take()
            .expect("it is taken by `stop` alone, which takes the worker");
        let report = match thread.join() {
            Ok(report) => report,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        #[cfg(feature = "messages")]
        let report = report.map(|report| WorkerReport {
            not_taken: beside.map_or(0, |failures| failures.load(Ordering::Relaxed)),
            ..report
        });
        report
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.stop.stop();
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}
