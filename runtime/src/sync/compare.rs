//! A full compare: the rows of both tables in the order of their keys, side by side, a page of each in memory.

use std::cmp::Ordering;

use super::apply::{Batch, KeyOf, Mapped};
use super::form;
use super::run::{Run, rows_of, rows_sql};
use super::wanted::Wanted;
use super::{Mapping, SyncRow};
use crate::copying::{SideBySide, Unordered};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::{ColumnSource, HasKey};
use crate::query::Page;
use crate::repository::{is_equal, values_of_new, values_of_row};
use crate::value::ColumnSet;
use bindery_core::dialect::Dialect;

/// A table in the order of its key.
struct Side<R: SyncRow> {
    page: Vec<R>,
    at: usize,
    is_last: bool,
}

/// A row of the source as the target is to have it.
struct Row<N> {
    /// Of the source.
    source_key: Vec<u8>,
    /// Of the target.
    key: Vec<u8>,
    new: N,
}

impl<R: SyncRow> Side<R> {
    fn new() -> Self {
        Self {
            page: Vec::new(),
            at: 0,
            is_last: false,
        }
    }

    /// The row that comes next, which stays the next one.
    fn peek(&mut self, connection: &mut Connection<R::Engine>, limit: usize) -> Result<Option<&R>> {
        if self.at == self.page.len() && !self.is_last {
            let page = Page {
                after: self.page.last(),
                limit,
            };
            let next = rows_of::<R>(connection).page(&page)?;
            match (self.page.is_empty(), next.first()) {
                (true, Some(first)) => form::ensure_key(connection, first, None)?,
                _ => form::ensure_after(&self.page, &next)?,
            }
            self.page = next;
            self.is_last = self.page.len() < limit;
            self.at = 0;
        }
        Ok(self.page.get(self.at))
    }
}

/// The next row of the source.
struct Next<N> {
    wanted: Option<Row<N>>,
    /// Rows before it are rejected, so their keys on the target are not known: what the target has there stays.
    keeps: bool,
}

/// The comparison of both tables at one key.
pub(super) enum Step<T: SyncRow> {
    /// The target does not have the row.
    Missing(Mapped<Wanted<T>>),
    /// The target has it otherwise.
    Different(Mapped<Wanted<T>>),
    Same,
    /// The source does not have the target's row of this key, which is recorded, too.
    Surplus(KeyOf<T>, Vec<u8>),
    /// The target's row may be that of a rejected one.
    Kept,
}

/// A row with its recorded key, as the target is to have it; `None` where it is rejected.
type Map<'m, S, T> = &'m mut dyn FnMut(&S) -> Result<Option<(Vec<u8>, Wanted<T>)>>;

/// Both tables, side by side.
pub(super) struct Merge<'c, S: SyncRow, T: SyncRow> {
    source: &'c mut Connection<S::Engine>,
    target: &'c mut Connection<T::Engine>,
    here: Side<S>,
    there: Side<T>,
    keys: SideBySide,
    next: Option<Next<Wanted<T>>>,
    limit: usize,
    sql: &'static TableSql,
    dialect: Dialect,
}

impl<'c, S: SyncRow, T: SyncRow> Merge<'c, S, T> {
    /// The beginning of both; a page has this number of rows.
    pub(super) fn new(
        source: &'c mut Connection<S::Engine>,
        target: &'c mut Connection<T::Engine>,
        limit: usize,
    ) -> Result<Self> {
        Ok(Self {
            source,
            target,
            here: Side::new(),
            there: Side::new(),
            keys: SideBySide::default(),
            next: None,
            limit,
            sql: rows_sql::<T>()?,
            dialect: T::Engine::default().dialect(),
        })
    }

    /// The next one; `None` at the end of both.
    pub(super) fn step(&mut self, map: Map<'_, S, T>) -> Result<Option<Step<T>>> {
        let mut next = match self.next.take() {
            Some(next) => next,
            None => self.next_wanted(map)?,
        };
        let (sql, dialect) = (self.sql, self.dialect);
        let found = self.there.peek(self.target, self.limit)?;
        let key = found
            .map(|row| key_of_row::<T>(sql, row, dialect))
            .transpose()?;
        let wanted = next.wanted.as_ref().map(|row| row.key.as_slice());
        let order = self.keys.next(wanted, key.as_deref());
        let order = order.map_err(unordered::<S, T>)?;
        let step = match (order, next.wanted.take(), found) {
            (Some(Ordering::Less), Some(wanted), _) => Step::Missing(wanted.mapped()),
            (Some(Ordering::Equal), Some(wanted), Some(row)) => {
                match is_equal::<T::Model, T::Engine>(sql, &wanted.new, row, dialect)? {
                    true => Step::Same,
                    false => Step::Different(wanted.mapped()),
                }
            }
            (Some(_), wanted, Some(row)) => {
                let step = match next.keeps {
                    true => Step::Kept,
                    false => Step::Surplus(T::Model::key(row), key.unwrap_or_default()),
                };
                next.wanted = wanted;
                self.next = Some(next);
                step
            }
            _ => return Ok(None),
        };
        self.there.at += usize::from(order != Some(Ordering::Less));
        Ok(Some(step))
    }

    /// Reads the source once more, from its beginning: a row of the target is surplus only where the source's keys ascend to
    /// their end.
    fn ensure_source_order(&mut self, mapping: &Mapping<'_, S, T>) -> Result<()> {
        let (mut all, mut keys) = (Side::<S>::new(), SideBySide::default());
        while let Some(row) = all.peek(self.source, self.limit)? {
            if let Ok(new) = mapping(row) {
                let key = key_of_new(self.sql, &new, self.dialect)?;
                keys.next(Some(&key), None).map_err(unordered::<S, T>)?;
            }
            all.at += 1;
        }
        Ok(())
    }

    /// Maps the next row of the source that can be.
    fn next_wanted(&mut self, map: Map<'_, S, T>) -> Result<Next<Wanted<T>>> {
        let mut keeps = false;
        while let Some(row) = self.here.peek(self.source, self.limit)? {
            let mapped = map(row)?;
            self.here.at += 1;
            let Some((source_key, new)) = mapped else {
                keeps = true;
                continue;
            };
            let key = key_of_new(self.sql, &new, self.dialect)?;
            let wanted = Some(Row {
                source_key,
                key,
                new,
            });
            return Ok(Next { wanted, keeps });
        }
        let wanted = None;
        Ok(Next { wanted, keeps })
    }
}

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Makes the target's rows those of the source.
    pub(super) fn compare_all(&mut self, source: &mut Connection<S::Engine>) -> Result<()> {
        let mut target = self.job.registry.connect(T::Engine::default())?;
        let limit = self.job.batch_size;
        let mut both = Merge::<S, T>::new(source, &mut target, limit)?;
        let mut batch = Batch::<T>::default();
        let mut is_ordered = false;
        while let Some(step) = both.step(&mut |row| self.map(row))? {
            match step {
                Step::Missing(row) | Step::Different(row) => batch.rows.push(row),
                Step::Same => self.counts.unchanged += 1,
                Step::Surplus(key, _) => {
                    if !std::mem::replace(&mut is_ordered, true) {
                        both.ensure_source_order(&self.job.mapping)?;
                    }
                    batch.deletes.push(key);
                }
                Step::Kept => {}
            }
            if batch.rows.len() + batch.deletes.len() >= limit {
                self.apply(std::mem::take(&mut batch), both.source)?;
            } else if self.counts.read.is_multiple_of(limit as u64) {
                self.pace();
            }
        }
        self.apply(batch, both.source)
    }
}

impl<N> Row<N> {
    fn mapped(self) -> Mapped<N> {
        Mapped {
            key: self.source_key,
            new: self.new,
            is_compared: false,
            was_rejected: false,
        }
    }
}

/// The error of keys in another order than that of their values.
#[cold]
fn unordered<S: SyncRow, T: SyncRow>(found: Unordered) -> Error {
    let engine = match found {
        Unordered::Source => S::Engine::default().name(),
        Unordered::Target => T::Engine::default().name(),
        Unordered::Kinds => {
            return Error::new(ErrorKind::Unsupported(
                "a full compare by keys of a type that is not an integer, a boolean, a text, bytes, a UUID or a time",
            ));
        }
    };
    Error::new(ErrorKind::Sync(SyncError::KeyOrder { engine }))
}

/// The recorded values of a new row's key, in its order.
pub(crate) fn key_of_new<N: ColumnSource>(
    sql: &'static TableSql,
    new: &N,
    dialect: Dialect,
) -> Result<Vec<u8>> {
    let of = |&column: &usize| values_of_new(sql, new, &ColumnSet::new().with(column), dialect);
    let values: Result<Vec<_>> = sql.key.iter().map(of).collect();
    values.map(|values| values.concat())
}

fn key_of_row<R: SyncRow>(sql: &'static TableSql, row: &R, dialect: Dialect) -> Result<Vec<u8>> {
    let of = |&column: &usize| {
        let column = ColumnSet::new().with(column);
        values_of_row::<R::Model, R::Engine>(sql, row, &column, dialect)
    };
    let values: Result<Vec<_>> = sql.key.iter().map(of).collect();
    values.map(|values| values.concat())
}
