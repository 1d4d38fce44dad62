//! Batches on the target: rows, deletes, rejected rows and how far the sync is, in one transaction.

use std::time::Duration;

use super::report::{SyncCounts, SyncProgress};
use super::run::{Run, on_physical};
use super::store::{self, Advance};
use super::taken::Owner;
use super::wanted::Wanted;
use super::{OnReject, SyncRow};
use crate::copying::{Written, in_halves, second_half};
use crate::error::{Applied, Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::retry::RetryPolicy;
use crate::model::Model;
use crate::repository::Repository;
use crate::value::hexadecimal;
use bindery_core::dialect::Dialect;

/// A row as the target is to have it.
pub(crate) struct Mapped<N> {
    /// The recorded key of the source's row.
    pub(crate) key: Vec<u8>,
    /// The row of the target that the mapping made.
    pub(crate) new: N,
    /// The target may have it just so.
    pub(crate) is_compared: bool,
    /// An earlier run rejected it.
    pub(crate) was_rejected: bool,
}

/// The key of the target.
pub(crate) type KeyOf<T> = <<T as crate::model::row_of::RowOf>::Model as Model>::Key<
    <T as crate::model::row_of::RowOf>::Engine,
>;

/// A unique value that a row of the target loses to another row of its batch.
pub(crate) struct GivenUp {
    pub(super) owner: Owner,
    /// The place of the row in the batch that takes it over.
    pub(super) row: usize,
}

/// Rows, deletes and progress that are stored together.
pub(crate) struct Batch<T: SyncRow> {
    /// Rows that are inserted, or updated where the target has them otherwise.
    pub(crate) rows: Vec<Mapped<Wanted<T>>>,
    /// Keys of the target.
    pub(crate) deletes: Vec<KeyOf<T>>,
    /// Unique values that rows of the batch have on the target, and that other rows of it take over.
    pub(super) given_up: Vec<GivenUp>,
    /// Rejected rows that the source does not have any more.
    pub(super) resolved: Vec<String>,
    pub(super) advance: Advance,
}

impl<T: SyncRow> Default for Batch<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            deletes: Vec::new(),
            given_up: Vec::new(),
            resolved: Vec::new(),
            advance: Advance::default(),
        }
    }
}

impl<T: SyncRow> Batch<T> {
    /// The second half of the rows, and everything but rows and deletes, which come first.
    fn second_half(&mut self) -> Self {
        Self {
            rows: second_half(&mut self.rows),
            deletes: Vec::new(),
            given_up: Vec::new(),
            resolved: std::mem::take(&mut self.resolved),
            advance: std::mem::take(&mut self.advance),
        }
    }
}

/// The consequence of an error of a batch.
pub(super) enum Next {
    /// This row is rejected, the others are tried again.
    Without(usize),
    /// It is tried again in halves.
    Halves,
    /// It was stored all the same.
    Stored,
    Fails,
}

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Stores a batch; rows that the target refuses are rejected as the policy says.
    pub(super) fn apply(
        &mut self,
        batch: Batch<T>,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        in_halves(vec![batch], Batch::second_half, |batch| {
            let mut counts = SyncCounts::default();
            let Err(error) = self.store(batch, &mut counts) else {
                return self.stored(batch, counts, source).map(|()| Written::All);
            };
            match self.next(&error, batch)? {
                Next::Without(at) => {
                    if error.is_unique_violation() && self.put_off(batch, at, source)? {
                        return Ok(Written::Others);
                    }
                    let row = batch.rows.remove(at);
                    let reason = error.reason();
                    let engine = error.engine();
                    let rejected = self.reject(row.key, &reason, Some(error));
                    rejected.map_err(|failed| match engine {
                        Some(engine) => failed.on_engine(engine),
                        None => failed,
                    })?;
                    Ok(Written::Others)
                }
                Next::Halves => Ok(Written::Halves),
                Next::Stored => self.stored(batch, counts, source).map(|()| Written::All),
                Next::Fails => Err(error),
            }
        })
    }

    /// Counts a batch that is stored, and brings what was changed in its rows since.
    pub(super) fn stored(
        &mut self,
        batch: &Batch<T>,
        counts: SyncCounts,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        self.batch += 1;
        self.counts += counts;
        self.pending.clear();
        if let Some(seen) = batch.advance.seen {
            self.state.seen = Some(seen);
        }
        self.counts.rejected = self.rejected.len() as u64;
        (self.job.progress)(SyncProgress {
            batches: self.batch.unsigned_abs(),
            rows: self.counts,
        });
        self.pace();
        self.write_again(batch, source)
    }

    /// Waits until no more rows were read than may be by now.
    pub(super) fn pace(&self) {
        let Some(rate) = self.job.rows_per_second else {
            return;
        };
        let due = Duration::from_secs_f64(self.counts.read as f64 / f64::from(rate));
        std::thread::sleep(due.saturating_sub(self.started.elapsed()));
    }

    pub(super) fn store(&mut self, batch: &Batch<T>, counts: &mut SyncCounts) -> Result<()> {
        let place = (self.job.name.as_str(), self.state.run, self.batch + 1);
        let pending = &self.pending;
        self.target.transaction_retry(RetryPolicy::default(), |tx| {
            *counts = write::<T>(tx, batch)?;
            on_physical(tx, |physical| {
                for row in pending {
                    store::put_reject(physical, place.0, row)?;
                }
                for row in batch.rows.iter().filter(|row| row.was_rejected) {
                    store::drop_reject(physical, place.0, &hexadecimal::write(&row.key))?;
                }
                for key in &batch.resolved {
                    store::drop_reject(physical, place.0, key)?;
                }
                store::advance(physical, place, &batch.advance)
            })
        })
    }

    pub(super) fn next(&mut self, error: &Error, batch: &Batch<T>) -> Result<Next> {
        if error.applied() == Applied::Unknown {
            return self.is_stored().map(|stored| match stored {
                true => Next::Stored,
                false => Next::Fails,
            });
        }
        let rows = batch.rows.len();
        Ok(match error.row().filter(|&row| row < rows) {
            _ if is_too_slow(error.kind(), T::Engine::default().dialect()) && rows > 1 => {
                Next::Halves
            }
            _ if !error.is_about_a_row() || rows == 0 => Next::Fails,
            _ if error.operation() != Some(Operation::UpsertMany) => Next::Fails,
            Some(at) => Next::Without(at),
            None if rows == 1 => Next::Without(0),
            None if self.job.on_reject == OnReject::Skip => Next::Halves,
            None => Next::Fails,
        })
    }

    /// Whether the batch was committed whose answer was lost.
    fn is_stored(&mut self) -> Result<bool> {
        self.target = self.job.registry.connect(T::Engine::default())?;
        let name = self.job.name.as_str();
        let found = on_physical(&mut self.target, |physical| {
            store::await_batch(physical, name)?;
            store::read_state(physical, name)
        })?;
        let wanted = (self.state.run, self.batch + 1);
        Ok(found.is_some_and(|(state, batch)| (state.run, batch) == wanted))
    }
}

/// Deletes, as new rows may have the unique values of deleted ones, and writes the rows that the target does not have just so. In the
/// transaction at hand, for one row or many; how far a sync is, and rejects, are the caller's matter.
///
/// # Errors
/// The target refuses a row, whose place is [`Error::row`]; it cannot be reached.
pub(crate) fn write<T: SyncRow>(
    target: &mut Connection<T::Engine>,
    batch: &Batch<T>,
) -> Result<SyncCounts> {
    let mut counts = SyncCounts::default();
    if !batch.deletes.is_empty() {
        counts.deleted = table::<T>(target).delete_many(batch.deletes.iter().cloned())?;
    }
    for GivenUp { owner, row } in &batch.given_up {
        let value = (owner.unique, owner.value.as_slice());
        let given_up = table::<T>(target).give_up_unique(&owner.key, value);
        given_up.map_err(|error| error.at_row(*row))?;
    }
    let compared = batch.rows.iter().filter(|row| row.is_compared);
    let compared: Vec<&Wanted<T>> = compared.map(|row| &row.new).collect();
    let mut are_stored = are_stored::<T>(target, &compared)?.into_iter();
    let (mut places, mut writes) = (Vec::new(), Vec::new());
    for (at, row) in batch.rows.iter().enumerate() {
        if row.is_compared && are_stored.next() == Some(true) {
            counts.unchanged += 1;
        } else {
            places.push(at);
            writes.push(&row.new);
        }
    }
    let upserted = table::<T>(target)
        .upsert_by_key(&writes, Wanted::mapped)
        .map_err(|error| error.among_rows(&places))?;
    (counts.inserted, counts.updated) = (upserted.inserted, upserted.updated);
    Ok(counts)
}

/// The rows that the target has just so. A key that it cannot hold has no row there: whoever writes it finds which row that is.
fn are_stored<T: SyncRow>(
    target: &mut Connection<T::Engine>,
    rows: &[&Wanted<T>],
) -> Result<Vec<bool>> {
    match table::<T>(target).are_stored(rows) {
        Err(error) if matches!(error.kind(), ErrorKind::UnsupportedValue(_)) => {
            Ok(vec![false; rows.len()])
        }
        found => found,
    }
}

/// Whether fewer rows may be written where these could not. Others lock single rows on a server, and the whole file of SQLite.
fn is_too_slow(kind: &ErrorKind, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => matches!(kind, ErrorKind::Timeout { .. }),
        Dialect::Postgres | Dialect::Mysql => {
            matches!(kind, ErrorKind::Timeout { .. } | ErrorKind::Busy)
        }
    }
}

fn table<T: SyncRow>(target: &mut Connection<T::Engine>) -> Repository<'_, T::Model, T::Engine> {
    Repository::new(target.own_target())
}
