//! The worker: threads that run sagas that were stored for them, and go on with those whose process was lost.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::drive::{Driver, Log, Mode, Stop};
use super::{Definition, Saga, store};
use crate::databases::Registry;
use crate::driver::repeat::{Repeating, Stop as Stopping};
use crate::error::Result;

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
    pub fn new(db: &impl AsRef<Registry>) -> Self {
        Self {
            registry: db.as_ref().clone(),
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
        self.round(&Stopping::default())
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(self) -> Result<WorkerThreads> {
        let mut started = WorkerThreads(Repeating::default());
        let worker = Arc::new(self);
        for _ in 0..worker.threads {
            let worker = Arc::clone(&worker);
            let turn = move |stop: &Stopping| worker.turn(stop);
            started.0.start("bindery-saga", Duration::ZERO, turn)?;
        }
        Ok(started)
    }

    /// Runs those that are due; gives the pause after them.
    fn turn(&self, stop: &Stopping) -> Duration {
        match self.round(stop) {
            Ok(0) => self.poll,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, "the log of sagas cannot be read");
                self.poll
            }
        }
    }

    /// Runs those that are due, once each; gives how many.
    fn round(&self, stop: &Stopping) -> Result<usize> {
        let (mut done, mut outcome) = (0, Ok(()));
        for (log, definitions) in &self.sagas {
            match self.round_of(*log, definitions, stop) {
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
        stop: &Stopping,
    ) -> Result<usize> {
        let names: Vec<_> = definitions
            .iter()
            .map(|definition| definition.name)
            .collect();
        let any = Log {
            registry: &self.registry,
            definition: &definitions[0],
            mode: Mode::Worker(stop),
        };
        debug_assert_eq!(any.definition.log, log);
        let due = any.on(|physical| store::due(physical, &names))?;
        let mut done = 0;
        for found in &due {
            let Some(definition) = definitions.iter().find(|one| one.name == found.saga) else {
                continue;
            };
            if stop.is_set() {
                break;
            }
            let log = Log {
                registry: &self.registry,
                definition,
                mode: Mode::Worker(stop),
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
#[derive(Debug)]
pub struct WorkerThreads(Repeating);

impl WorkerThreads {
    /// Stops the threads, and returns when the steps that were at work are over.
    pub fn stop(self) {}
}
