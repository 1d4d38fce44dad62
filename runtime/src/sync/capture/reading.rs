//! A batch of changes with the rows as they are now.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::position::ChangePosition;
use super::store::{self, Recorded};
use super::{CaptureSql, Captured, KeyForm, KeyOf, key, order};
use crate::error::{Error, ErrorKind, Result};
use crate::link::connection::Connection;
use crate::model::row_of::RowOf;
use crate::repository::recorded_key;
use crate::sync::SyncRow;
use crate::sync::run::{on_physical, rows_of};
use crate::value::RowReader;
use crate::value::recorded::is_of_kinds;

/// Changes of one table, in order.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChangeBatch<S: SyncRow> {
    /// Each changed row once, in the order of the last change that it has in this batch.
    pub changes: Vec<Change<S>>,
    /// All rows were deleted at once among these changes: `TRUNCATE` of PostgreSQL. Rows that are not among the changes are gone, too.
    pub is_truncated: bool,
    /// The place after the last of them, from which the next batch goes on.
    pub position: ChangePosition,
    /// There may be more changes.
    pub has_more: bool,
}

/// A row that was changed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<S: SyncRow> {
    /// The key of the row that was changed.
    pub key: KeyOf<S>,
    /// The last change. A row that was changed again since is as `row` says.
    pub kind: ChangeKind,
    /// The row as it is now; `None` where it is not there.
    pub row: Option<S>,
    /// The time of the statement that changed it, by the database's clock.
    pub made_at: SystemTime,
}

/// The way in which a row was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It was inserted.
    Inserted,
    /// It was updated.
    Updated,
    /// It was deleted, or has another key.
    Deleted,
}

/// The keys of changed rows, each once.
pub(super) struct Touched {
    /// In the order of their last change: the key as it was written down, what it was, and when.
    pub(super) keys: Vec<(String, ChangeKind, i64)>,
    pub(super) is_truncated: bool,
    pub(super) position: ChangePosition,
    pub(super) has_more: bool,
}

/// Reads the changes after a position.
pub(super) fn touched<E: crate::link::engine::Engine>(
    source: &mut Connection<E>,
    capture: &CaptureSql<'_>,
    position: &ChangePosition,
    limit: usize,
) -> Result<Touched> {
    order::bring(source)?;
    let found = on_physical(source, |physical| {
        store::after(physical, capture.table, position, limit)
    })?;
    Ok(Touched::of(&found, position, found.len() == limit))
}

impl Touched {
    /// Of the changes after a position.
    pub(super) fn of(found: &[Recorded], position: &ChangePosition, has_more: bool) -> Self {
        Self {
            keys: each_once(found),
            is_truncated: found.iter().any(|one| one.operation == "T"),
            position: found.last().map_or(*position, |last| last.position),
            has_more,
        }
    }
}

fn each_once(found: &[Recorded]) -> Vec<(String, ChangeKind, i64)> {
    let mut last: HashMap<&str, (usize, ChangeKind, i64)> = HashMap::new();
    for (at, one) in found.iter().enumerate() {
        let kind = match one.operation.as_str() {
            "T" => continue,
            "I" => ChangeKind::Inserted,
            "D" => ChangeKind::Deleted,
            _ => ChangeKind::Updated,
        };
        if let Some(old) = &one.old_key {
            last.insert(old, (2 * at, ChangeKind::Deleted, one.made_ms));
        }
        last.insert(&one.key, (2 * at + 1, kind, one.made_ms));
    }
    let mut keys: Vec<_> = last.into_iter().collect();
    keys.sort_unstable_by_key(|(_, (at, ..))| *at);
    let owned = |(text, (_, kind, made_ms)): (&str, _)| (text.to_owned(), kind, made_ms);
    keys.into_iter().map(owned).collect()
}

/// The keys as they are bound to statements.
pub(super) fn recorded(touched: &Touched, forms: &[KeyForm]) -> Result<Vec<Vec<u8>>> {
    let keys = touched.keys.iter();
    keys.map(|(text, ..)| key::recorded(text, forms)).collect()
}

/// The rows with these keys that there are, by their keys.
pub(super) fn rows<S: SyncRow>(
    source: &mut Connection<S::Engine>,
    keys: &[Vec<u8>],
) -> Result<HashMap<Vec<u8>, S>> {
    let mut found = HashMap::new();
    for row in rows_of::<S>(source).of_recorded_keys(keys)? {
        let key = recorded_key::<S::Model, S::Engine>(&row)?;
        if let Some(first) = keys.first() {
            ensure_form(&key, first)?;
        }
        found.insert(key, row);
    }
    Ok(found)
}

/// A key of a type of the program's own that is written in another form would not be found again, and its row taken for gone.
fn ensure_form(key: &[u8], recorded: &[u8]) -> Result<()> {
    if is_of_kinds(key, recorded) {
        return Ok(());
    }
    let why = "recorded changes of a table whose key has a type of the program's own with values of another kind than the column's";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

/// Reads a batch.
pub(super) fn batch<S: SyncRow + RowOf<Model: Captured>>(
    source: &mut Connection<S::Engine>,
    capture: &CaptureSql<'_>,
    position: &ChangePosition,
    limit: usize,
) -> Result<ChangeBatch<S>> {
    let touched = touched(source, capture, position, limit)?;
    let keys = recorded(&touched, S::Model::KEY)?;
    let mut rows = rows::<S>(source, &keys)?;
    let changes = keys
        .iter()
        .zip(&touched.keys)
        .map(|(key, (_, kind, made_ms))| {
            let mut reader = RowReader::of_recorded(key);
            let row = rows.remove(key);
            Ok(Change {
                key: S::Model::read_key(&mut reader, S::Engine::default())?,
                kind: if row.is_some() {
                    *kind
                } else {
                    ChangeKind::Deleted
                },
                row,
                made_at: moment(*made_ms),
            })
        });
    Ok(ChangeBatch {
        changes: changes.collect::<Result<_>>()?,
        is_truncated: touched.is_truncated,
        position: touched.position,
        has_more: touched.has_more,
    })
}

fn moment(made_ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(made_ms).unwrap_or_default())
}
