//! A run of a sync whose rows are copied by its caller: the lock, the number and the row in the log are those of any run.

use super::lock::{self, Lock};
use super::report::{SyncCounts, SyncReject};
use super::run::on_physical;
use super::store::{self, Advance, RunHead};
use crate::databases::Registry;
use crate::driver::Physical;
use crate::error::{Error, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;

/// The name of a sync, and what it copies.
#[derive(Debug, Clone, Copy)]
pub struct SyncHead<'a> {
    /// The name under which the target keeps its runs.
    pub name: &'a str,
    /// Engine and model that are read: `default.User`.
    pub source: &'a str,
    /// Engine and model that are written.
    pub target: &'a str,
}

/// A run that is at work. No other one of its sync begins before it is dropped.
pub struct SyncTurn<E: Engine> {
    target: Connection<E>,
    name: String,
    run: i64,
    batches: i64,
    _lock: Lock,
}

impl<E: Engine> std::fmt::Debug for SyncTurn<E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SyncTurn")
            .field("name", &self.name)
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

impl Registry {
    /// Begins a run of a full compare on the target, for the command that has no types of the program.
    ///
    /// # Errors
    /// Another run of the sync is at work; the tables of syncs are missing; the engine cannot be reached.
    #[doc(hidden)]
    pub fn begin_sync<E: Engine>(&self, target: E, head: SyncHead<'_>) -> Result<SyncTurn<E>> {
        let located = |error: Error| error.during(Operation::Sync).on_engine(target.name());
        let lock = lock::take(self, target.index(), head.name).map_err(located)?;
        let mut connection = self.connect(target)?;
        let run = RunHead {
            name: head.name,
            source: head.source,
            target: head.target,
            mode: "full",
        };
        let state = connection
            .transaction(|tx| on_physical(tx, |physical| store::begin(physical, &run)))
            .map_err(located)?;
        Ok(SyncTurn {
            target: connection,
            name: head.name.to_owned(),
            run: state.run,
            batches: 0,
            _lock: lock,
        })
    }

    /// The rows that a sync to this engine could not copy when it last tried them, at most this many, with the reasons. None where the
    /// engine has no tables of syncs.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn sync_rejects<E: Engine>(
        &self,
        target: E,
        name: &str,
        limit: usize,
    ) -> Result<Vec<SyncReject>> {
        let mut connection = self.connect(target)?;
        let read = |physical: &mut Physical| match store::exist(physical)? {
            true => store::rejects(physical, name, limit),
            false => Ok(Vec::new()),
        };
        on_physical(&mut connection, read).map_err(|error| error.during(Operation::Sync))
    }
}

impl<E: Engine> SyncTurn<E> {
    /// Notes that a batch comes, which shows that the run is at work.
    ///
    /// # Errors
    /// [`SyncError::TakenOver`](crate::SyncError::TakenOver): the lock was lost, and another run began. The target cannot be reached.
    pub fn advance(&mut self) -> Result<()> {
        self.batches += 1;
        let place = (self.name.as_str(), self.run, self.batches);
        on_physical(&mut self.target, |physical| {
            store::advance(physical, place, &Advance::default())
        })
        .map_err(|error| error.during(Operation::Sync))
    }

    /// Stores how the run ended: its rows, and the error where it failed.
    ///
    /// # Errors
    /// The target cannot be reached. The next run says then that this one did not end.
    pub fn end(mut self, rows: &SyncCounts, error: Option<&str>) -> Result<()> {
        let place = (self.name.as_str(), self.run);
        on_physical(&mut self.target, |physical| {
            store::end(physical, place, rows, (None, error))
        })
        .map_err(|error| error.during(Operation::Sync))
    }
}
