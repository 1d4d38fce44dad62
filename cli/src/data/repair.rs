//! Rows of a copy that are made those of the engine that is right: by their keys, a batch at a time. The copy's rows are locked, and
//! both are read again before one is written, as others may have changed them since they were compared.

use std::cell::RefCell;

use bindery::data::{
    DataKey, DataRow, DataTable, LoadMode, Loading, Snapshot, Written, in_halves, second_half,
};
use bindery::sync::SyncTurn;
use serde::Serialize;

use super::compare::compare_rows;
use super::found::{DifferenceKind, Differing, Held, TableDifferences};
use super::pairs::Pair;
use crate::database::{Chosen, Engines, failure};
use crate::failure::Failure;
use crate::progress::Progress;

/// Rows in one transaction.
pub(super) const BATCH: usize = 1_000;

/// A row that the target does not have just so.
pub(super) struct Wrong<'k> {
    pub(super) key: &'k DataKey,
    pub(super) right: DataRow,
    pub(super) there: Option<&'k DataRow>,
}

/// Rows of one table that were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Repaired {
    pub(crate) inserted: u64,
    pub(crate) updated: u64,
    pub(crate) deleted: u64,
}

impl Repaired {
    pub(crate) fn add(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.deleted += other.deleted;
    }
}

/// A row that the engine refuses.
#[derive(Debug)]
pub(crate) struct RejectedRow {
    pub(crate) key: DataKey,
    /// It is to be deleted.
    pub(super) is_surplus: bool,
    pub(crate) reason: String,
}

/// Both engines of a repair.
pub(crate) struct Repair<'e> {
    pub(crate) engines: &'e Engines,
    pub(crate) from: Chosen,
    pub(crate) to: Chosen,
    pub(crate) progress: Progress<'e>,
    /// Rows that were refused. The others are written all the same.
    pub(crate) rejects: RefCell<Vec<RejectedRow>>,
    /// The run of a sync that it is part of.
    pub(crate) turn: RefCell<Option<SyncTurn<Chosen>>>,
}

impl Repair<'_> {
    /// Deletes the rows that are surplus.
    pub(crate) fn delete(
        &self,
        pair: &Pair<'_>,
        differing: &[Differing],
    ) -> Result<Repaired, Failure> {
        let differing = differing.iter();
        let surplus = differing.filter(|row| row.kind == DifferenceKind::Surplus);
        self.in_batches(pair, surplus.map(|row| row.key.clone()), true)
    }

    /// Writes the rows that are missing or different.
    pub(crate) fn write(
        &self,
        pair: &Pair<'_>,
        differing: &[Differing],
    ) -> Result<Repaired, Failure> {
        let differing = differing.iter();
        let wrong = differing.filter(|row| row.kind != DifferenceKind::Surplus);
        self.in_batches(pair, wrong.map(|row| row.key.clone()), false)
    }

    /// Takes the rows that were refused since the last time.
    pub(crate) fn take_rejected(&self) -> Vec<RejectedRow> {
        self.rejects.take()
    }

    /// Tries rows of one table again that were refused: those that are to be deleted, or the others.
    pub(crate) fn retry(
        &self,
        pair: &Pair<'_>,
        rows: &[RejectedRow],
        deletes: bool,
    ) -> Result<Repaired, Failure> {
        let wanted = rows.iter().filter(|row| row.is_surplus == deletes);
        self.in_batches(pair, wanted.map(|row| row.key.clone()), deletes)
    }

    fn in_batches(
        &self,
        pair: &Pair<'_>,
        keys: impl Iterator<Item = DataKey>,
        deletes: bool,
    ) -> Result<Repaired, Failure> {
        let keys: Vec<DataKey> = keys.collect();
        let (mut repaired, mut done) = (Repaired::default(), 0);
        for batch in keys.chunks(BATCH) {
            self.advance()?;
            repaired.add(self.attempt(pair, batch, deletes)?);
            done += batch.len() as u64;
            let place = ("repairing", pair.name(), bindery::Engine::name(self.to));
            self.progress.tell(place, done, Some(keys.len() as u64));
        }
        Ok(repaired)
    }

    /// Notes in the log of a sync that a batch comes, and ends a run that another one has taken over.
    pub(super) fn advance(&self) -> Result<(), Failure> {
        match self.turn.borrow_mut().as_mut() {
            Some(turn) => turn.advance().map_err(|error| failure(&error)),
            None => Ok(()),
        }
    }

    /// One transaction, or several where rejected rows are left out: an error at its end does not say which row it is about.
    fn attempt(
        &self,
        pair: &Pair<'_>,
        keys: &[DataKey],
        deletes: bool,
    ) -> Result<Repaired, Failure> {
        let mut repaired = Repaired::default();
        in_halves(vec![keys.to_vec()], second_half, |keys| {
            let done = match deletes {
                true => self.delete_batch(pair, keys),
                false => self.write_batch(pair, keys),
            };
            match (done, keys.as_slice()) {
                (Ok(done), _) => repaired.add(done),
                (Err(error), _) if !error.is_about_a_row() => return Err(failure(&error)),
                (Err(error), [key]) => self.reject(key, deletes, error.reason()),
                (Err(_), _) => return Ok(Written::Halves),
            }
            Ok(Written::All)
        })?;
        Ok(repaired)
    }

    /// The rows are locked on the target before the source is read, so what others write to both is not set back.
    fn delete_batch(&self, pair: &Pair<'_>, keys: &[DataKey]) -> bindery::Result<Repaired> {
        let table = &pair.to.data;
        let mut loading = self.begin(table)?;
        loading.find_locked_each(table, keys)?;
        let mut source = Snapshot::begin(&self.engines.registry, self.from)?;
        let right = source.find_each(&pair.from.data, keys)?;
        drop(source);
        let gone = keys.iter().zip(right).filter(|(_, right)| right.is_none());
        let gone: Vec<DataKey> = gone.map(|(key, _)| key.clone()).collect();
        let deleted = loading.delete(table, &gone)?;
        loading.finish(&[table])?;
        Ok(Repaired {
            deleted,
            ..Repaired::default()
        })
    }

    fn write_batch(&self, pair: &Pair<'_>, keys: &[DataKey]) -> bindery::Result<Repaired> {
        let table = &pair.to.data;
        let mut loading = self.begin(table)?;
        let there = loading.find_locked_each(table, keys)?;
        let written = self.wrong(pair, keys, &there)?;
        if written.is_empty() {
            return Ok(Repaired::default());
        }
        let refused = store_rows(&mut loading, table, &written)?;
        loading.finish(&[table])?;
        Ok(self.count(&written, &refused))
    }

    /// The rows of the source that the target does not have just so.
    pub(super) fn wrong<'k>(
        &self,
        pair: &Pair<'_>,
        keys: &'k [DataKey],
        there: &'k [Option<DataRow>],
    ) -> bindery::Result<Vec<Wrong<'k>>> {
        let mut source = Snapshot::begin(&self.engines.registry, self.from)?;
        let mut wrong = Vec::new();
        let right = source.find_each(&pair.from.data, keys)?;
        for ((key, right), there) in keys.iter().zip(right).zip(there) {
            let Some(right) = right else {
                continue;
            };
            let there = there.as_ref();
            if there.is_none_or(|there| !pair.to.data.is_same(&right, there)) {
                wrong.push(Wrong { key, right, there });
            }
        }
        Ok(wrong)
    }

    /// Counts the rows that were stored, and notes those that were not.
    pub(super) fn count(
        &self,
        written: &[Wrong<'_>],
        refused: &[(usize, bindery::Error)],
    ) -> Repaired {
        let updated = written.iter().filter(|row| row.there.is_some()).count() as u64;
        let mut repaired = Repaired {
            inserted: written.len() as u64 - updated,
            updated,
            deleted: 0,
        };
        for (at, error) in refused {
            let row = &written[*at];
            match row.there.is_some() {
                true => repaired.updated -= 1,
                false => repaired.inserted -= 1,
            }
            self.reject(row.key, false, error.reason());
        }
        repaired
    }

    fn reject(&self, key: &DataKey, is_surplus: bool, reason: String) {
        self.rejects.borrow_mut().push(RejectedRow {
            key: key.clone(),
            is_surplus,
            reason,
        });
    }

    /// A snapshot of an engine.
    pub(crate) fn snapshot(&self, engine: Chosen) -> Result<Snapshot, Failure> {
        self.engines.snapshot(engine)
    }

    pub(super) fn begin(&self, table: &DataTable) -> bindery::Result<Loading> {
        Loading::begin(&self.engines.registry, self.to, &[table], LoadMode::Upsert)
    }

    /// Refuses keys that SQLite has in another form than bindery's: their rows would not be found again.
    pub(crate) fn ensure_keys(&self, pair: &Pair<'_>) -> Result<(), Failure> {
        for (engine, table) in [(self.from, &pair.from.data), (self.to, &pair.to.data)] {
            let checked = self.snapshot(engine)?.ensure_own_keys(table);
            checked.map_err(|error| failure(&error))?;
        }
        Ok(())
    }

    /// Compares the table on both engines, each read from a snapshot of its own.
    pub(crate) fn compare(&self, pair: &Pair<'_>, held: Held) -> Result<TableDifferences, Failure> {
        let (mut here, mut there) = (self.snapshot(self.from)?, self.snapshot(self.to)?);
        compare_rows((&mut here, &mut there), pair, held)
    }
}

/// Writes rows over those that are there, and returns those that are refused, by their numbers.
pub(super) fn store_rows(
    loading: &mut Loading,
    table: &DataTable,
    written: &[Wrong<'_>],
) -> bindery::Result<Vec<(usize, bindery::Error)>> {
    let rows: Vec<&DataRow> = written.iter().map(|row| &row.right).collect();
    loading.store(table, &rows)
}

/// The row of this key.
pub(super) fn row(
    snapshot: &mut Snapshot,
    table: &DataTable,
    key: &DataKey,
) -> bindery::Result<Option<DataRow>> {
    let mut rows = snapshot.find(table, table.key(), key)?;
    Ok(rows.pop())
}
