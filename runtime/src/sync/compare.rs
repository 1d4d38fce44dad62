//! A full compare: the rows of both tables in the order of their keys, side by side, a page of each in memory.

use std::cmp::Ordering;

use super::apply::{Batch, KeyOf, Mapped};
use super::form;
use super::run::{Run, rows_of, rows_sql};
use super::wanted::Wanted;
use super::{Mapping, SyncRow};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::{ColumnSource, HasKey};
use crate::query::Page;
use crate::repository::{is_equal, values_of_new, values_of_row};
use crate::value::recorded::value_kind;
use crate::value::{ColumnSet, RowReader};
use bindery_core::dialect::{Dialect, ValueKind};

/// The recorded values of a key, in its order.
pub(crate) type Key = Vec<Vec<u8>>;

/// A table in the order of its key.
struct Side<R: SyncRow> {
    page: Vec<R>,
    at: usize,
    is_last: bool,
    /// The key of the row before.
    before: Option<Key>,
}

/// A row of the source as the target is to have it.
struct Row<N> {
    /// Of the source.
    source_key: Vec<u8>,
    key: Key,
    new: N,
}

impl<R: SyncRow> Side<R> {
    fn new() -> Self {
        Self {
            page: Vec::new(),
            at: 0,
            is_last: false,
            before: None,
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

    /// Goes on to the row after the one with this key on the target. Keys have to ascend, or rows would be taken for missing.
    fn pass(&mut self, key: Key) -> Result<()> {
        self.at += 1;
        let before = self.before.as_ref();
        if before.is_none_or(|before| compare(before, &key) == Some(Ordering::Less)) {
            self.before = Some(key);
            return Ok(());
        }
        let engine = R::Engine::default().name();
        Err(Error::new(ErrorKind::Sync(SyncError::KeyOrder { engine })))
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
        let order = order(next.wanted.as_ref(), key.as_ref())?;
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
                    false => {
                        let recorded = key.as_ref().map(|key| key.concat());
                        Step::Surplus(T::Model::key(row), recorded.unwrap_or_default())
                    }
                };
                next.wanted = wanted;
                self.next = Some(next);
                step
            }
            _ => return Ok(None),
        };
        if let Some(key) = key.filter(|_| order != Some(Ordering::Less)) {
            self.there.pass(key)?;
        }
        Ok(Some(step))
    }

    /// Reads the source once more, from its beginning: a row of the target is surplus only where the source's keys ascend to
    /// their end.
    fn ensure_source_order(&mut self, mapping: &Mapping<'_, S, T>) -> Result<()> {
        let mut all = Side::<S>::new();
        while let Some(row) = all.peek(self.source, self.limit)? {
            match mapping(row) {
                Ok(new) => all.pass(key_of_new(self.sql, &new, self.dialect)?)?,
                Err(_) => all.at += 1,
            }
        }
        Ok(())
    }

    /// Maps the next row of the source that can be.
    fn next_wanted(&mut self, map: Map<'_, S, T>) -> Result<Next<Wanted<T>>> {
        let mut keeps = false;
        while let Some(row) = self.here.peek(self.source, self.limit)? {
            let Some((source_key, new)) = map(row)? else {
                keeps = true;
                self.here.at += 1;
                continue;
            };
            let key = key_of_new(self.sql, &new, self.dialect)?;
            self.here.pass(key.clone())?;
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

/// Which of the two comes first; `None` where both are at their end.
fn order<N>(wanted: Option<&Row<N>>, found: Option<&Key>) -> Result<Option<Ordering>> {
    match (wanted, found) {
        (None, None) => Ok(None),
        (Some(_), None) => Ok(Some(Ordering::Less)),
        (None, Some(_)) => Ok(Some(Ordering::Greater)),
        (Some(wanted), Some(key)) => match compare(&wanted.key, key) {
            Some(order) => Ok(Some(order)),
            None => Err(Error::new(ErrorKind::Unsupported(
                "a full compare by keys of a type that is not an integer, a text, bytes, a UUID or a time",
            ))),
        },
    }
}

/// The recorded values of a new row's key.
pub(crate) fn key_of_new<N: ColumnSource>(
    sql: &'static TableSql,
    new: &N,
    dialect: Dialect,
) -> Result<Key> {
    let of = |&column: &usize| values_of_new(sql, new, &ColumnSet::new().with(column), dialect);
    sql.key.iter().map(of).collect()
}

fn key_of_row<R: SyncRow>(sql: &'static TableSql, row: &R, dialect: Dialect) -> Result<Key> {
    let of = |&column: &usize| {
        let column = ColumnSet::new().with(column);
        values_of_row::<R::Model, R::Engine>(sql, row, &column, dialect)
    };
    sql.key.iter().map(of).collect()
}

/// The order of two keys by their values; `None` for values without one that every database has.
fn compare(one: &Key, other: &Key) -> Option<Ordering> {
    for (one, other) in one.iter().zip(other) {
        match compare_values(one, other)? {
            Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(Ordering::Equal)
}

fn compare_values(one: &[u8], other: &[u8]) -> Option<Ordering> {
    let kind = value_kind(one);
    if kind != value_kind(other) {
        return None;
    }
    let (mut one, mut other) = (RowReader::of_recorded(one), RowReader::of_recorded(other));
    match kind {
        ValueKind::Integer => Some(one.i64().ok()?.cmp(&other.i64().ok()?)),
        ValueKind::Unsigned => Some(one.u64().ok()?.cmp(&other.u64().ok()?)),
        ValueKind::Text => Some(one.text().ok()?.cmp(other.text().ok()?)),
        ValueKind::Bytes => Some(one.bytes().ok()?.cmp(other.bytes().ok()?)),
        ValueKind::Uuid => Some(one.uuid().ok()?.cmp(&other.uuid().ok()?)),
        ValueKind::Date => Some(one.date().ok()?.cmp(&other.date().ok()?)),
        ValueKind::DateTime => Some(one.datetime().ok()?.cmp(&other.datetime().ok()?)),
        ValueKind::Timestamp => Some(one.timestamp().ok()?.cmp(&other.timestamp().ok()?)),
        ValueKind::Boolean
        | ValueKind::Float
        | ValueKind::Time
        | ValueKind::Json
        | ValueKind::Decimal
        | ValueKind::Other => None,
    }
}
