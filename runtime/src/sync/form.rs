//! The forms in which SQLite stores values. It keeps a value as it was written and compares it in that form, so rows come in the order
//! of their values only where all of them have one form: the one that bindery writes. Databases with a type for each column have it.

use super::SyncRow;
use super::mark::Mark;
use super::run::{rows_of, rows_sql};
use crate::copying::shown;
use crate::driver::TableSql;
use crate::driver::stored_form::own_form;
use crate::error::{Error, ErrorKind, Result, SyncError, unquoted};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::query::ColumnPath;
use crate::repository::recorded_key;
use crate::value::recorded::{split, value_kind};
use crate::value::types::ToColumn;
use bindery_core::dialect::ValueKind;

/// A zone moves a time by less than that.
const DAY_MICROS: i64 = 86_400_000_000;

/// The rows that a run reads: those from a value of the watermark's column on, or all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    pub(super) column: ColumnPath,
    pub(super) is_time: bool,
    pub(super) first: Option<Mark>,
}

impl Since {
    fn kind(&self) -> ValueKind {
        match self.is_time {
            true => ValueKind::DateTime,
            false => ValueKind::Integer,
        }
    }

    /// The first value, less what a zone could move a time by.
    fn earliest(&self) -> Option<Mark> {
        self.first.map(|first| match self.is_time {
            true => first.with(first.value().saturating_sub(DAY_MICROS)),
            false => first,
        })
    }

    /// The condition, with a place for the earliest value, on rows that may be among those. Numbers come before all texts, and other
    /// notations of a date before or among them.
    fn condition(&self, sql: &TableSql) -> Option<String> {
        self.first?;
        let column = sql.columns[self.column.index()];
        let later = format!("{column} >= ?");
        Some(match self.is_time {
            true => format!(
                "({later} OR {column} < '0001-' OR {column} <= (SELECT min({column}) FROM {} WHERE {column} >= '0001-'))",
                sql.table
            ),
            false => later,
        })
    }
}

/// Refuses a value of the watermark's column in another form: its place among the others is not that of the time or number that it
/// stands for, so it could be passed over.
pub(super) fn ensure_column<S: SyncRow>(
    source: &mut Connection<S::Engine>,
    since: &Since,
) -> Result<()> {
    ensure::<S>(source, (since.column.index(), since.kind()), Some(since))
}

/// Refuses keys in another form than this row's types have. Pages go on after a key.
pub(super) fn ensure_key<R: SyncRow>(
    connection: &mut Connection<R::Engine>,
    row: &R,
    since: Option<&Since>,
) -> Result<()> {
    let key = recorded_key::<R::Model, R::Engine>(row)?;
    for (&column, value) in rows_sql::<R>()?.key.iter().zip(split(&key)) {
        ensure::<R>(connection, (column, value_kind(value)), since)?;
    }
    Ok(())
}

/// Refuses a page that begins with a row of the page before: the next one would, too, without an end.
pub(super) fn ensure_after<R: SyncRow>(before: &[R], page: &[R]) -> Result<()> {
    let Some(first) = page.first() else {
        return Ok(());
    };
    let key = recorded_key::<R::Model, R::Engine>(first)?;
    for row in before {
        if recorded_key::<R::Model, R::Engine>(row)? == key {
            return Err(out_of_order::<R>(first)?);
        }
    }
    Ok(())
}

/// This row comes where it should not.
#[cold]
pub(super) fn out_of_order<R: SyncRow>(row: &R) -> Result<Error> {
    let key = shown(&recorded_key::<R::Model, R::Engine>(row)?);
    let table = unquoted(rows_sql::<R>()?.table);
    let error = Error::new(ErrorKind::Sync(SyncError::RowOrder { table, key }));
    Ok(error.on_engine(R::Engine::default().name()))
}

fn ensure<R: SyncRow>(
    connection: &mut Connection<R::Engine>,
    (column, kind): (usize, ValueKind),
    since: Option<&Since>,
) -> Result<()> {
    let engine = R::Engine::default();
    let sql = rows_sql::<R>()?;
    let name = sql.columns[column];
    let Some(is_own) = own_form(engine.dialect(), name, kind) else {
        return Ok(());
    };
    let condition = match since.and_then(|since| since.condition(sql)) {
        Some(range) => format!("WHERE {range} AND NOT ({is_own})"),
        None => format!("WHERE NOT ({is_own})"),
    };
    let earliest = since.and_then(Since::earliest);
    let found = rows_of::<R>(connection).first_where(
        &condition,
        earliest.as_ref().map(|mark| mark as &dyn ToColumn),
    )?;
    let Some(row) = found else {
        return Ok(());
    };
    let key = shown(&recorded_key::<R::Model, R::Engine>(&row)?);
    let (table, column) = (unquoted(sql.table), unquoted(name));
    let found = SyncError::StoredForm { table, column, key };
    Err(Error::new(ErrorKind::Sync(found)).on_engine(engine.name()))
}
