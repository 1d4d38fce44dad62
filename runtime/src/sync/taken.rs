//! Unique values that go from one row to another. The target may still have the value at the former row, as
//! that row's change comes in a later batch, so the row that takes it over waits for the end of the run.

use std::collections::HashSet;

use super::SyncRow;
use super::apply::{Batch, Mapped};
use super::compare::key_of_new;
use super::run::{Run, rows_of, rows_sql};
use super::store::{LONGEST_KEY, RejectedRow};
use super::wanted::Wanted;
use crate::copying::{WAITS, shown};
use crate::driver::UniqueSql;
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::ColumnSource;
use crate::repository::{Repository, recorded_key, values_of_new};
use crate::value::recorded::{is_of_kinds, replay};
use crate::value::{ColumnSet, hexadecimal};

/// A row of the target that has a unique value which another row is to have.
#[derive(Clone)]
pub(crate) struct Owner {
    /// The number of the unique key.
    pub(super) unique: usize,
    /// Its recorded values.
    pub(super) value: Vec<u8>,
    /// The recorded key of the row that has it.
    pub(super) key: Vec<u8>,
}

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Puts off the row at this place of a batch, which a unique key of the target refuses, and those after it that would be refused so;
    /// `false` where this one does not become possible by what is written later.
    pub(super) fn put_off(
        &mut self,
        batch: &mut Batch<T>,
        at: usize,
        source: &mut Connection<S::Engine>,
    ) -> Result<bool> {
        let (sql, dialect) = (rows_sql::<T>()?, T::Engine::default().dialect());
        let key_of = |new: &Wanted<T>| key_of_new(sql, new, dialect);
        let before = batch.rows[..at].iter();
        let before: Result<_> = before.map(|row| key_of(&row.new)).collect();
        let mut written: HashSet<Vec<u8>> = before?;
        if !self.waits(&batch.rows[at], &written, source)? {
            return Ok(false);
        }
        let rest = batch.rows.split_off(at);
        for (place, row) in rest.into_iter().enumerate() {
            if place == 0 || self.waits(&row, &written, source)? {
                self.await_end(row.key)?;
            } else {
                written.insert(key_of(&row.new)?);
                batch.rows.push(row);
            }
        }
        Ok(true)
    }

    /// Keeps the key of a row until the end of the run, and for the next run where this one is killed.
    fn await_end(&mut self, key: Vec<u8>) -> Result<()> {
        if self.rejected.len() >= self.job.most_rejects {
            let (sync, limit) = (self.job.name.clone(), self.job.most_rejects);
            let error = SyncError::TooManyRejects { sync, limit };
            return Err(Error::new(ErrorKind::Sync(error)));
        }
        self.pending.push(RejectedRow {
            key_bytes: hexadecimal::write(&key),
            row_key: shown(&key),
            reason: WAITS.to_owned(),
            attempts: 1,
        });
        self.rejected.insert(key.clone());
        self.put_off.push(key);
        Ok(())
    }

    /// Whether rows of the target have unique values of this one, and each of them loses its. Those that are `written` before this one
    /// are not counted.
    fn waits(
        &mut self,
        row: &Mapped<Wanted<T>>,
        written: &HashSet<Vec<u8>>,
        source: &mut Connection<S::Engine>,
    ) -> Result<bool> {
        if hexadecimal::write(&row.key).len() > LONGEST_KEY {
            return Ok(false);
        }
        let mut owners = self.owners(&row.new)?;
        owners.retain(|owner| !written.contains(&owner.key));
        for owner in &owners {
            if self.keeps(source, owner, &row.key)? {
                return Ok(false);
            }
        }
        Ok(!owners.is_empty())
    }

    /// The other rows of the target that have unique values which this row is to have.
    pub(super) fn owners(&mut self, new: &Wanted<T>) -> Result<Vec<Owner>> {
        let sql = rows_sql::<T>()?;
        let own = key_of_new(sql, new, T::Engine::default().dialect())?;
        let mut owners = Vec::new();
        for (unique, columns) in sql.uniques.iter().enumerate() {
            let Some(value) = unique_value::<T>(columns, new)? else {
                continue;
            };
            let mut target = Repository::<T::Model, T::Engine>::new(self.target.own_target());
            let owner = target.find_by(unique, &mut |params| replay(&value, params))?;
            let key = owner.as_ref().map(recorded_key::<T::Model, T::Engine>);
            if let Some(key) = key.transpose()?.filter(|key| *key != own) {
                owners.push(Owner { unique, value, key });
            }
        }
        Ok(owners)
    }

    /// Whether the source says that the target's row has the value. Its own row is found by the same key, if by any.
    fn keeps(
        &self,
        source: &mut Connection<S::Engine>,
        owner: &Owner,
        like: &[u8],
    ) -> Result<bool> {
        if !is_of_kinds(&owner.key, like) {
            return Ok(false);
        }
        let rows = rows_of::<S>(source).of_recorded_keys(std::slice::from_ref(&owner.key))?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        // The target keeps what it has of a row that is rejected.
        let Ok(new) = (self.job.mapping)(row) else {
            return Ok(true);
        };
        let sql = rows_sql::<T>()?;
        let key = key_of_new(sql, &new, T::Engine::default().dialect())?;
        let value = unique_value::<T>(&sql.uniques[owner.unique], &new)?;
        Ok(key == owner.key && value.as_ref() == Some(&owner.value))
    }
}

/// The recorded values of a unique key; `None` where the row does not give all of them.
fn unique_value<T: SyncRow>(unique: &UniqueSql, new: &Wanted<T>) -> Result<Option<Vec<u8>>> {
    let (sql, given) = (rows_sql::<T>()?, new.given());
    if !unique.columns.iter().all(|&column| given.contains(column)) {
        return Ok(None);
    }
    let of = |&column: &usize| {
        let column = ColumnSet::new().with(column);
        values_of_new(sql, new, &column, T::Engine::default().dialect())
    };
    let values: Result<Vec<_>> = unique.columns.iter().map(of).collect();
    values.map(|values| Some(values.concat()))
}
