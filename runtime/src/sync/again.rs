//! Rows that are read again once their batch is stored. A consumer of events writes the same rows, and may have written a newer state of
//! one of them than the batch had read before: whoever writes an older state last reads the source once more.

use std::collections::HashMap;

use super::SyncRow;
use super::apply::{Batch, Mapped};
use super::compare::key_of_new;
use super::run::{Run, on_physical, rows_of, rows_sql};
use super::wanted::Wanted;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::{ColumnSource, HasKey};
use crate::query::Page;
use crate::repository::{recorded_key, recorded_of_key, values_of_new};
use crate::value::recorded::is_of_kinds;

/// The table in which consumers keep the versions of rows: without it none writes to the engine.
const VERSIONS: &str = "_bindery_versions";

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Looks once whether consumers of events write to the target: it has their table of versions then.
    pub(super) fn ensure_events_known(&mut self) -> Result<bool> {
        if let Some(is_so) = self.has_events {
            return Ok(is_so);
        }
        let exists = on_physical(&mut self.target, |physical| {
            physical.table_exists(None, VERSIONS)
        })?;
        self.has_events = Some(exists);
        Ok(exists)
    }

    /// Writes the rows of a stored batch once more that the source has otherwise by now.
    pub(super) fn write_again(
        &mut self,
        stored: &Batch<T>,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        let is_empty = stored.rows.is_empty() && stored.deletes.is_empty();
        if is_empty || !self.ensure_events_known()? {
            return Ok(());
        }
        let mut batch = self.changed_since(stored, source)?;
        self.come_back(&mut batch, stored, source)?;
        match batch.rows.is_empty() && batch.deletes.is_empty() {
            true => Ok(()),
            false => self.apply(batch, source),
        }
    }

    /// Rows of the batch that were changed or deleted since it was read.
    fn changed_since(
        &mut self,
        stored: &Batch<T>,
        source: &mut Connection<S::Engine>,
    ) -> Result<Batch<T>> {
        let keys: Vec<Vec<u8>> = stored.rows.iter().map(|row| row.key.clone()).collect();
        let mut now = HashMap::new();
        for row in rows_of::<S>(source).of_recorded_keys(&keys)? {
            now.insert(recorded_key::<S::Model, S::Engine>(&row)?, row);
        }
        let (mut batch, mut gone) = (Batch::default(), Vec::new());
        for written in &stored.rows {
            let Some(row) = now.get(&written.key) else {
                gone.push(target_key::<T>(&written.new)?);
                continue;
            };
            // One that cannot be mapped any more is rejected by the next run.
            let Ok(new) = (self.job.mapping)(row) else {
                continue;
            };
            if !are_same::<T>(&written.new, &new)? {
                batch.rows.push(mapped(written.key.clone(), new));
            }
        }
        for row in rows_of::<T>(&mut self.target).of_recorded_keys(&gone)? {
            batch.deletes.push(T::Model::key(&row));
        }
        Ok(batch)
    }

    /// Adds the rows that the batch deleted and the source has again, by the same key.
    fn come_back(
        &mut self,
        batch: &mut Batch<T>,
        stored: &Batch<T>,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        let deleted = stored.deletes.iter();
        let deleted: Result<Vec<_>> = deleted
            .map(recorded_of_key::<T::Model, T::Engine>)
            .collect();
        let deleted = deleted?;
        let first = Page {
            after: None,
            limit: 1,
        };
        let (Some(one), Some(any)) = (deleted.first(), rows_of::<S>(source).page(&first)?.pop())
        else {
            return Ok(());
        };
        if !is_of_kinds(one, &recorded_key::<S::Model, S::Engine>(&any)?) {
            return Ok(());
        }
        for row in rows_of::<S>(source).of_recorded_keys(&deleted)? {
            let key = recorded_key::<S::Model, S::Engine>(&row)?;
            let is_written = stored.rows.iter().any(|written| written.key == key);
            if let Ok(new) = (self.job.mapping)(&row)
                && !is_written
            {
                batch.rows.push(mapped(key, new));
            }
        }
        Ok(())
    }
}

fn mapped<T: SyncRow>(key: Vec<u8>, new: Wanted<T>) -> Mapped<Wanted<T>> {
    Mapped {
        key,
        new,
        is_compared: true,
        was_rejected: false,
    }
}

fn target_key<T: SyncRow>(new: &Wanted<T>) -> Result<Vec<u8>> {
    let dialect = T::Engine::default().dialect();
    key_of_new(rows_sql::<T>()?, new, dialect)
}

fn are_same<T: SyncRow>(one: &Wanted<T>, other: &Wanted<T>) -> Result<bool> {
    let (sql, dialect) = (rows_sql::<T>()?, T::Engine::default().dialect());
    let (given, also) = (one.given(), other.given());
    let values = |new: &Wanted<T>, given| values_of_new(sql, new, given, dialect);
    Ok(given == also && values(one, &given)? == values(other, &also)?)
}
