//! A run of a sync whose rows are copied by its caller: the lock, the number and the row in the log are those of any run.

use std::collections::HashSet;

use super::MOST_REJECTS;
use super::lock::{self, Lock};
use super::report::{SyncCounts, SyncReject};
use super::run::on_physical;
use super::store::{self, Advance, LONGEST_KEY, RejectedRow, RunHead};
use crate::copying::shown;
use crate::databases::Registry;
use crate::driver::Physical;
use crate::error::{Error, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::value::hexadecimal;

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

/// Rejected rows that are taken from the table at a time.
const KEYS_AT_A_TIME: usize = 1_000;

/// A row that a run rejected.
#[derive(Debug)]
pub struct TurnReject {
    /// The recorded values of its key: [`DataKey::recorded`](crate::data::DataKey::recorded).
    pub key: Vec<u8>,
    /// Why the row is rejected, in a sentence.
    pub reason: String,
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
    /// [`SyncError::TakenOver`](crate::error::SyncError::TakenOver): the lock was lost, and another run began. The target cannot be reached.
    pub fn advance(&mut self) -> Result<()> {
        self.batches += 1;
        let place = (self.name.as_str(), self.run, self.batches);
        on_physical(&mut self.target, |physical| {
            store::advance(physical, place, &Advance::default())
        })
        .map_err(|error| error.during(Operation::Sync))
    }

    /// Stores how the run ended: its rows, those that it rejected, and the error where it failed. After a run that came to its end no other
    /// rejected rows are kept, as it compared all rows.
    ///
    /// # Errors
    /// The target cannot be reached. The next run says then that this one did not end.
    pub fn end(
        mut self,
        rows: &SyncCounts,
        rejects: &[TurnReject],
        error: Option<&str>,
    ) -> Result<()> {
        let place = (self.name.as_str(), self.run);
        let rejects: Vec<RejectedRow> = rejects.iter().map(rejected).collect();
        let fits = |row: &&RejectedRow| row.key_bytes.len() <= LONGEST_KEY;
        let unkept = rejects.iter().find(|row| !fits(row)).map(|row| {
            let RejectedRow {
                row_key, reason, ..
            } = row;
            format!("the row with key {row_key} is rejected, and its key is too long to be kept: {reason}")
        });
        let error = error.or(unkept.as_deref());
        let work = |physical: &mut Physical| {
            if error.is_none() {
                drop_others(physical, place.0, &rejects)?;
            }
            for row in rejects.iter().filter(fits).take(MOST_REJECTS) {
                store::put_reject(physical, place.0, row)?;
            }
            store::end(physical, place, rows, (None, error))
        };
        self.target
            .transaction(|tx| on_physical(tx, work))
            .map_err(|error| error.during(Operation::Sync))
    }
}

fn rejected(row: &TurnReject) -> RejectedRow {
    RejectedRow {
        key_bytes: hexadecimal::write(&row.key),
        row_key: shown(&row.key),
        reason: row.reason.clone(),
        attempts: 1,
    }
}

/// Takes all rows out of the rejects of a sync but these.
fn drop_others(physical: &mut Physical, name: &str, rejects: &[RejectedRow]) -> Result<()> {
    let kept: HashSet<&str> = rejects.iter().map(|row| row.key_bytes.as_str()).collect();
    let mut after = String::new();
    loop {
        let keys = store::rejects_after(physical, (name, &after), KEYS_AT_A_TIME)?;
        let Some(last) = keys.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for key in keys.iter().filter(|key| !kept.contains(key.as_str())) {
            store::drop_reject(physical, name, key)?;
        }
    }
}
