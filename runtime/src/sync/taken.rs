//! Unique values that go from one row to another. The target may still have the value at the former row, as
//! that row's change comes in a later batch, so the row that takes it over waits for the end of the run.

use super::SyncRow;
use super::apply::Mapped;
use super::compare::key_of_new;
use super::key_text::shown;
use super::run::{Run, rows_of, rows_sql};
use super::store::{LONGEST_KEY, RejectedRow};
use super::wanted::Wanted;
use crate::driver::UniqueSql;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::ColumnSource;
use crate::repository::{Repository, recorded_key, values_of_new};
use crate::value::recorded::{replay, split, value_kind};
use crate::value::{ColumnSet, hexadecimal};

const WAITS: &str = "another row of the target still has a unique value of it";

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Puts off a row that a unique key of the target refuses, where the row that has its value is about to lose it; `false` where it
    /// has it in the source, too, or this is the last attempt.
    pub(super) fn put_off(
        &mut self,
        row: &Mapped<Wanted<T>>,
        source: &mut Connection<S::Engine>,
    ) -> Result<bool> {
        let key_bytes = hexadecimal::write(&row.key);
        let is_full = self.rejected.len() >= self.job.most_rejects || key_bytes.len() > LONGEST_KEY;
        if self.is_last_attempt || is_full || !self.is_given_up(row, source)? {
            return Ok(false);
        }
        self.pending.push(RejectedRow {
            key_bytes,
            row_key: shown(&row.key),
            reason: WAITS.to_owned(),
        });
        self.rejected.insert(row.key.clone());
        self.put_off.push(row.key.clone());
        Ok(true)
    }

    /// Tries the rows that were put off, as long as that helps one of them.
    pub(super) fn retry_put_off(&mut self, source: &mut Connection<S::Engine>) -> Result<()> {
        while !self.put_off.is_empty() {
            let keys = std::mem::take(&mut self.put_off);
            for key in &keys {
                self.rejected.remove(key);
            }
            for keys in keys.chunks(self.job.batch_size) {
                self.retry(source, keys.to_vec())?;
            }
            self.is_last_attempt = self.put_off.len() == keys.len();
        }
        Ok(())
    }

    /// Does every row of the target that has a unique value of this one lose it?
    fn is_given_up(
        &mut self,
        row: &Mapped<Wanted<T>>,
        source: &mut Connection<S::Engine>,
    ) -> Result<bool> {
        let sql = rows_sql::<T>()?;
        let dialect = T::Engine::default().dialect();
        let own = key_of_new(sql, &row.new, dialect)?.concat();
        let mut owners = 0;
        for (at, unique) in sql.uniques.iter().enumerate() {
            let Some(value) = unique_value::<T>(unique, &row.new)? else {
                continue;
            };
            let mut target = Repository::<T::Model, T::Engine>::new(self.target.own_target());
            let owner = target.find_by(at, &mut |params| replay(&value, params))?;
            let owner = owner.as_ref().map(recorded_key::<T::Model, T::Engine>);
            let Some(owner) = owner.transpose()?.filter(|owner| *owner != own) else {
                continue;
            };
            owners += 1;
            if self.keeps(source, &owner, unique, (&row.key, &value))? {
                return Ok(false);
            }
        }
        Ok(owners > 0)
    }

    /// Does the source say that the target's row of this key has the value? Its own row is found by the same key, if by any.
    fn keeps(
        &self,
        source: &mut Connection<S::Engine>,
        owner: &[u8],
        unique: &UniqueSql,
        (like, value): (&[u8], &[u8]),
    ) -> Result<bool> {
        let kinds = |key| split(key).into_iter().map(value_kind).collect::<Vec<_>>();
        if kinds(owner) != kinds(like) {
            return Ok(false);
        }
        let rows = rows_of::<S>(source).of_recorded_keys(&[owner.to_vec()])?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        // The target keeps what it has of a row that is rejected.
        let Ok(new) = (self.job.mapping)(row) else {
            return Ok(true);
        };
        let key = key_of_new(rows_sql::<T>()?, &new, T::Engine::default().dialect())?;
        Ok(key.concat() == owner && unique_value::<T>(unique, &new)?.as_deref() == Some(value))
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
