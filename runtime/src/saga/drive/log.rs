//! The log of a saga, on the engine that keeps it: reading and writing it, for as long as that takes.

use std::thread;
use std::time::{Duration, Instant};

use super::super::Definition;
use super::super::store::{self, Record, Saved};
use crate::databases::Registry;
use crate::driver::Physical;
use crate::driver::repeat::Stop;
use crate::error::{Operation, Result};
use crate::link::Link;
use crate::link::backoff::{Backoff, Pauses};

/// The time that one write or read of the log may take.
pub(super) const LOG_LIMIT: Duration = Duration::from_secs(10);
/// Before the log is tried again.
const AGAIN: Pauses = Pauses::doubling(Duration::from_millis(5), Duration::from_secs(1));

/// The kind of caller that runs a saga.
#[derive(Clone, Copy)]
pub(in crate::saga) enum Mode<'d> {
    /// A caller, who waits for the outcome.
    Caller,
    /// A worker, which has others to run meanwhile, until this is set.
    Worker(&'d Stop),
}

/// The log of a saga, on its engine.
#[derive(Clone, Copy)]
pub(in crate::saga) struct Log<'d> {
    pub(in crate::saga) registry: &'d Registry,
    pub(in crate::saga) definition: &'d Definition,
    pub(in crate::saga) mode: Mode<'d>,
}

impl Log<'_> {
    /// Runs work on the log's engine, which may be done more than once.
    pub(in crate::saga) fn on<T>(
        &self,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        self.on_link(|link| link.protocol(work))
    }

    /// The same in one transaction.
    pub(in crate::saga) fn atomically<T>(
        &self,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        self.on_link(|link| atomically(link, work))
    }

    fn on_link<T>(&self, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        let engine = &self.registry.engines[self.definition.log];
        let outcome = engine.pool.acquire_within(LOG_LIMIT).and_then(|mut link| {
            link.set_bound(Some(Instant::now() + LOG_LIMIT));
            work(&mut link)
        });
        outcome.map_err(|error| error.on_engine(engine.info.name()).during(Operation::Saga))
    }

    pub(super) fn is_stopping(&self) -> bool {
        match self.mode {
            Mode::Caller => false,
            Mode::Worker(stop) => stop.is_set(),
        }
    }

    /// The same until the engine can be reached, within the limit and until a worker stops; what was lost on the way is done
    /// again.
    pub(in crate::saga) fn patiently<T>(
        &self,
        limit: Duration,
        mut work: impl FnMut(&mut Link) -> Result<T>,
    ) -> Result<T> {
        let started = Instant::now();
        let mut tried = Backoff::new(AGAIN);
        loop {
            let outcome = self.on_link(&mut work);
            let Err(error) = outcome else {
                return outcome;
            };
            let passes =
                error.is_retryable() || error.is_outcome_unknown() || error.is_of_reaching();
            let pause = tried.failed();
            if !passes || self.is_stopping() || started.elapsed() + pause > limit {
                return Err(error);
            }
            thread::sleep(pause);
        }
    }

    pub(in crate::saga) fn read(&self, id: &str) -> Result<Option<Saved>> {
        let saga = self.definition.name;
        let read = |link: &mut Link| link.protocol(|physical| store::read_saga(physical, saga, id));
        self.patiently(self.definition.outage, read)
    }

    pub(in crate::saga) fn records(&self, uid: &str) -> Result<Vec<Record>> {
        let read = |link: &mut Link| link.protocol(|physical| store::records(physical, true, uid));
        self.patiently(self.definition.outage, read)
    }
}

pub(super) fn atomically<T>(
    link: &mut Link,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    link.atomically(|link| link.call(Operation::Saga, |link| link.protocol(work)))
}
