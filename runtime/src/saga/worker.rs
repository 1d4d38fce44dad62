//! The worker: threads that run sagas that were stored for them, and go on with those whose process was lost.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::drive::{Driver, Log, Mode, Stop};
use super::{Definition, Saga, store};
use crate::databases::Registry;
use crate::error::{Error, ErrorKind, Result};

/// How many sagas are looked up at a time.
const BATCH: usize = 16;

/// Runs sagas that no process runs: those that were [stored](Saga::enqueue) for it, those that wait to be tried again, and those whose
/// process was lost. Several may run at once, in as many processes as there are: each saga is run by one of them at a time.
///
/// ```
/// # use bindery_cases::examples::*;
/// # use bindery::saga::Saga;
/// use bindery::saga::Worker;
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let greet = Saga::<String>::builder("greet", engine::Default)
/// #     .step("user", engine::Default, |_, _| Ok(()))
/// #     .build()?;
/// # greet.create_tables(&db)?;
/// let worker = Worker::new(&db).saga(&greet).threads(2).start()?;
/// // … until the program ends:
/// worker.stop();
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until it is started"]
pub struct Worker {
    registry: Registry,
    sagas: BTreeMap<usize, Vec<Arc<Definition>>>,
    threads: usize,
    poll: Duration,
}

impl fmt::Debug for Worker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Worker")
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker over these databases, which knows no saga yet.
    pub fn new(db: &Registry) -> Self {
        Self {
            registry: db.clone(),
            sagas: BTreeMap::new(),
            threads: 1,
            poll: Duration::from_secs(1),
        }
    }

    /// Has it run this saga. Sagas that it does not know are left to others.
    pub fn saga<In, Out>(mut self, saga: &Saga<In, Out>) -> Self {
        let definition = Arc::clone(&saga.definition);
        self.sagas
            .entry(definition.log)
            .or_default()
            .push(definition);
        self
    }

    /// Sets how many sagas are run at a time; one unless set. Each needs a connection while a step is at work, and none in between.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets how long it waits before it looks again, where it has found nothing to do; a second unless set.
    pub fn poll(mut self, pause: Duration) -> Self {
        self.poll = pause;
        self
    }

    /// Runs what can be run now, on this thread, and returns how many sagas that were: for tests, and for programs that are
    /// started by a timer.
    ///
    /// # Errors
    /// A log cannot be reached or read.
    pub fn run_pending(&self) -> Result<usize> {
        self.round(&AtomicBool::new(false))
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(self) -> Result<WorkerThreads> {
        let count = self.threads;
        let (worker, stops) = (Arc::new(self), Arc::new(Stops::default()));
        let mut started = WorkerThreads {
            stops: Arc::clone(&stops),
            threads: Vec::new(),
        };
        for _ in 0..count {
            let (worker, stops) = (Arc::clone(&worker), Arc::clone(&stops));
            let thread = std::thread::Builder::new().name("bindery-saga".to_owned());
            let thread = thread.spawn(move || worker.run(&stops));
            let thread = thread.map_err(|error| Error::new(ErrorKind::Io).with_source(error))?;
            started.threads.push(thread);
        }
        Ok(started)
    }

    fn run(&self, stops: &Stops) {
        while !stops.is_set.load(Ordering::Acquire) {
            match self.round(&stops.is_set) {
                Ok(0) => stops.wait(self.poll),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the log of sagas cannot be read");
                    stops.wait(self.poll);
                }
            }
        }
    }

    /// Runs those that are due, once each; gives how many.
    fn round(&self, stops: &AtomicBool) -> Result<usize> {
        let (mut done, mut outcome) = (0, Ok(()));
        for (log, definitions) in &self.sagas {
            match self.round_of(*log, definitions, stops) {
                Ok(count) => done += count,
                // Other logs may be on engines that can be reached.
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        if done > 0 {
            Ok(done)
        } else {
            outcome.map(|()| 0)
        }
    }

    fn round_of(
        &self,
        log: usize,
        definitions: &[Arc<Definition>],
        stops: &AtomicBool,
    ) -> Result<usize> {
        let names: Vec<_> = definitions
            .iter()
            .map(|definition| definition.name)
            .collect();
        let any = Log {
            registry: &self.registry,
            definition: &definitions[0],
            mode: Mode::Worker(stops),
        };
        debug_assert_eq!(any.definition.log, log);
        let due = any.on(|physical| store::due(physical, &names, BATCH))?;
        let mut done = 0;
        for found in &due {
            let Some(definition) = definitions.iter().find(|one| one.name == found.saga) else {
                continue;
            };
            if stops.load(Ordering::Acquire) {
                break;
            }
            let log = Log {
                registry: &self.registry,
                definition,
                mode: Mode::Worker(stops),
            };
            let ran = Driver::claim(log, found)
                .and_then(|driver| driver.map(|mut driver| driver.run()).transpose());
            match ran {
                Ok(Some(Stop::Over | Stop::Waits)) => done += 1,
                Ok(Some(Stop::Lost) | None) => {}
                Err(error) => {
                    tracing::warn!(saga = found.saga, id = found.id, %error, "a saga could not go on")
                }
            }
        }
        Ok(done)
    }
}

/// The threads of a [`Worker`]. They stop when this is dropped: steps that are at work are ended first, and what is left of their sagas
/// is free for others.
#[must_use = "the worker stops when this is dropped"]
pub struct WorkerThreads {
    stops: Arc<Stops>,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for WorkerThreads {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WorkerThreads")
            .field("threads", &self.threads.len())
            .finish()
    }
}

impl WorkerThreads {
    /// Stops the threads, and returns when the steps that were at work are over.
    pub fn stop(self) {}
}

impl Drop for WorkerThreads {
    fn drop(&mut self) {
        self.stops.set();
        for thread in self.threads.drain(..) {
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}

#[derive(Default)]
struct Stops {
    is_set: AtomicBool,
    sleeping: Mutex<()>,
    woken: Condvar,
}

impl Stops {
    fn set(&self) {
        let _sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_set.store(true, Ordering::Release);
        self.woken.notify_all();
    }

    fn wait(&self, limit: Duration) {
        let sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        let is_set = |_: &mut ()| !self.is_set.load(Ordering::Acquire);
        drop(self.woken.wait_timeout_while(sleeping, limit, is_set));
    }
}
