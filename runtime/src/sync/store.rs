//! The tables of syncs, on the target: how far each is, its runs, and the rows that it could not copy.

use super::capture::ChangePosition;
use super::mark::Mark;
use super::report::{SyncCounts, SyncReject};
use crate::databases::kept::{self, OF_SYNCS};
use crate::driver::Physical;
use crate::driver::own_tables::{self, process_now_ms};
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::value::ParamWriter;

/// Runs that are kept of each sync.
const RUNS_KEPT: i64 = 100;
const LONGEST_TEXT: usize = 1_000;
/// Hexadecimal digits of a key.
pub(super) const LONGEST_KEY: usize = 512;

/// The state of a sync when a run begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SyncState {
    pub(super) run: i64,
    pub(super) mark: Option<Mark>,
    pub(super) seen: Option<i64>,
    pub(super) skew_ms: Option<i64>,
    pub(super) position: Option<ChangePosition>,
}

/// How far a batch brings a sync.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Advance {
    pub(super) mark: Option<Mark>,
    pub(super) seen: Option<i64>,
    pub(super) skew_ms: Option<i64>,
    pub(super) position: Option<ChangePosition>,
}

/// A row that could not be copied.
#[derive(Debug, Clone)]
pub(super) struct RejectedRow {
    pub(super) key_bytes: String,
    pub(super) row_key: String,
    pub(super) reason: String,
    /// Since it was stored last.
    pub(super) attempts: i64,
}

/// The head of a run's row.
pub(super) struct RunHead<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a str,
    pub(super) target: &'a str,
    pub(super) mode: &'static str,
}

/// Makes the tables where there are none, and brings those of earlier versions up to date.
pub(super) fn create(physical: &mut Physical) -> Result<()> {
    kept::ensure_all(physical, OF_SYNCS)
}

fn explained(error: Error) -> Error {
    match error.kind() {
        ErrorKind::SchemaMismatch => {
            Error::new(ErrorKind::Sync(SyncError::OldTables)).with_source(error)
        }
        _ => error,
    }
}

pub(super) fn exist(physical: &mut Physical) -> Result<bool> {
    for table in OF_SYNCS {
        if !physical.table_exists(None, table.name)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Begins a run: gives it its number, and ends those that were killed.
pub(super) fn begin(physical: &mut Physical, head: &RunHead<'_>) -> Result<SyncState> {
    if !exist(physical)? {
        return Err(Error::new(ErrorKind::Sync(SyncError::NoTables)));
    }
    let mut state = match read_state(physical, head.name).map_err(explained)? {
        Some((state, _)) => state,
        None => {
            let sql =
                "INSERT INTO _bindery_sync (run, batch, changed_ms, sync_name) VALUES (0, 0, ?, ?)";
            execute(physical, sql, &mut |params| {
                params.i64(process_now_ms());
                params.text(head.name);
            })?;
            SyncState::default()
        }
    };
    end_killed(physical, head.name)?;
    state.run += 1;
    let sql = "UPDATE _bindery_sync SET run = ?, batch = 0 WHERE sync_name = ?";
    execute(physical, sql, &mut |params| {
        params.i64(state.run);
        params.text(head.name);
    })?;
    insert_run(physical, head, state.run)?;
    let old = "DELETE FROM _bindery_sync_runs WHERE sync_name = ? AND run <= ?";
    execute(physical, old, &mut |params| {
        params.text(head.name);
        params.i64(state.run - RUNS_KEPT);
    })?;
    Ok(state)
}

fn end_killed(physical: &mut Physical, name: &str) -> Result<()> {
    let sql = "UPDATE _bindery_sync_runs SET status = 'failed', ended_ms = ?, error = ? WHERE sync_name = ? AND status = 'running'";
    execute(physical, sql, &mut |params| {
        params.i64(process_now_ms());
        params.text("the run ended before it could say how: its process or the target was gone");
        params.text(name);
    })
    .map(drop)
}

fn insert_run(physical: &mut Physical, head: &RunHead<'_>, run: i64) -> Result<()> {
    let sql = "INSERT INTO _bindery_sync_runs (sync_name, run, source, target, mode, status, started_ms, rows_read, inserted, \
        updated, unchanged, deleted, rejected) VALUES (?, ?, ?, ?, ?, 'running', ?, 0, 0, 0, 0, 0, 0)";
    execute(physical, sql, &mut |params| {
        params.text(head.name);
        params.i64(run);
        params.text(head.source);
        params.text(head.target);
        params.text(head.mode);
        params.i64(process_now_ms());
    })
    .map(drop)
}

/// The state of a sync, and the number of its last batch; `None` where it never ran.
pub(super) fn read_state(physical: &mut Physical, name: &str) -> Result<Option<(SyncState, i64)>> {
    let mut found = None;
    let sql = "SELECT run, batch, mark_kind, mark, seen, skew_ms, position FROM _bindery_sync WHERE sync_name = ?";
    query(physical, sql, &mut |params| params.text(name), &mut |row| {
        let (run, batch): (i64, i64) = (row.next()?, row.next()?);
        let (kind, mark): (Option<String>, Option<i64>) = (row.next()?, row.next()?);
        let mark = kind.zip(mark);
        let state = SyncState {
            run,
            mark: mark.and_then(|(kind, mark)| Mark::of_kind(&kind, mark)),
            seen: row.next()?,
            skew_ms: row.next()?,
            position: row
                .next::<Option<String>>()?
                .and_then(|text| text.parse().ok()),
        };
        found = Some((state, batch));
        Ok(true)
    })?;
    Ok(found)
}

/// Waits until no other session is about to commit a batch: a server may still be at a COMMIT whose connection was lost.
pub(super) fn await_batch(physical: &mut Physical, name: &str) -> Result<()> {
    let sql = "UPDATE _bindery_sync SET batch = batch WHERE sync_name = ?";
    execute(physical, sql, &mut |params| params.text(name)).map(drop)
}

/// Stores how far the run is, in the transaction at hand; an error where another run began meanwhile.
pub(super) fn advance(
    physical: &mut Physical,
    (name, run, batch): (&str, i64, i64),
    advance: &Advance,
) -> Result<()> {
    let mut sql = "UPDATE _bindery_sync SET batch = ?, changed_ms = ?".to_owned();
    if advance.mark.is_some() {
        sql += ", mark_kind = ?, mark = ?, seen = ?, skew_ms = ?";
    }
    let position = advance.position.map(|position| position.to_string());
    if position.is_some() {
        sql += ", position = ?";
    }
    sql += " WHERE sync_name = ? AND run = ?";
    let changed = execute(physical, &sql, &mut |params| {
        params.i64(batch);
        params.i64(process_now_ms());
        if let Some(mark) = advance.mark {
            params.text(mark.kind());
            params.i64(mark.value());
            params.push(&advance.seen);
            params.push(&advance.skew_ms);
        }
        if let Some(position) = &position {
            params.text(position);
        }
        params.text(name);
        params.i64(run);
    })?;
    if changed > 0 {
        return Ok(());
    }
    let sync = name.to_owned();
    Err(Error::new(ErrorKind::Sync(SyncError::TakenOver { sync })))
}

/// Has the next run begin as the first one did.
pub(super) fn forget_position(physical: &mut Physical, (name, run): (&str, i64)) -> Result<()> {
    let sql = "UPDATE _bindery_sync SET position = NULL WHERE sync_name = ? AND run = ?";
    execute(physical, sql, &mut |params| {
        params.text(name);
        params.i64(run);
    })
    .map(drop)
}

/// Stores how a run ended.
pub(super) fn end(
    physical: &mut Physical,
    (name, run): (&str, i64),
    counts: &SyncCounts,
    (watermark, error): (Option<&str>, Option<&str>),
) -> Result<()> {
    let sql = "UPDATE _bindery_sync_runs SET status = ?, ended_ms = ?, rows_read = ?, inserted = ?, updated = ?, unchanged = ?, \
        deleted = ?, rejected = ?, watermark = ?, error = ? WHERE sync_name = ? AND run = ?";
    let status = if error.is_some() { "failed" } else { "done" };
    execute(physical, sql, &mut |params| {
        params.text(status);
        params.i64(process_now_ms());
        for count in counts.all() {
            params.i64(i64::try_from(count).unwrap_or(i64::MAX));
        }
        params.push(&watermark);
        params.push(&error.map(shortened));
        params.text(name);
        params.i64(run);
    })
    .map(drop)
}

/// Stores a row that could not be copied, in the transaction at hand.
pub(super) fn put_reject(physical: &mut Physical, name: &str, row: &RejectedRow) -> Result<()> {
    let sql = "UPDATE _bindery_sync_rejects SET attempts = attempts + ?, reason = ?, last_ms = ? WHERE sync_name = ? AND key_bytes = ?";
    let changed = execute(physical, sql, &mut |params| {
        params.i64(row.attempts);
        params.text(shortened(&row.reason));
        params.i64(process_now_ms());
        params.text(name);
        params.text(&row.key_bytes);
    })?;
    if changed > 0 {
        return Ok(());
    }
    let sql = "INSERT INTO _bindery_sync_rejects (sync_name, key_bytes, row_key, reason, attempts, first_ms, last_ms) \
        VALUES (?, ?, ?, ?, 1, ?, ?)";
    execute(physical, sql, &mut |params| {
        params.text(name);
        params.text(&row.key_bytes);
        params.text(shortened(&row.row_key));
        params.text(shortened(&row.reason));
        params.i64(process_now_ms());
        params.i64(process_now_ms());
    })
    .map(drop)
}

/// The row is copied, or there is none any more.
pub(super) fn drop_reject(physical: &mut Physical, name: &str, key_bytes: &str) -> Result<()> {
    let sql = "DELETE FROM _bindery_sync_rejects WHERE sync_name = ? AND key_bytes = ?";
    execute(physical, sql, &mut |params| {
        params.text(name);
        params.text(key_bytes);
    })
    .map(drop)
}

/// The rejected rows of a sync for people, in the order of their keys' bytes.
pub(super) fn rejects(
    physical: &mut Physical,
    name: &str,
    limit: usize,
) -> Result<Vec<SyncReject>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT row_key, reason FROM _bindery_sync_rejects WHERE sync_name = ? ORDER BY key_bytes LIMIT {limit}"
    );
    query(
        physical,
        &sql,
        &mut |params| params.text(name),
        &mut |row| {
            let (key, reason) = (row.next()?, row.next()?);
            found.push(SyncReject { key, reason });
            Ok(true)
        },
    )?;
    Ok(found)
}

/// The keys of rejected rows after this one, at most this many.
pub(super) fn rejects_after(
    physical: &mut Physical,
    (name, after): (&str, &str),
    limit: usize,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT key_bytes FROM _bindery_sync_rejects WHERE sync_name = ? AND key_bytes > ? ORDER BY key_bytes LIMIT {limit}"
    );
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(name);
        params.text(after);
    };
    query(physical, &sql, write, &mut |row| {
        found.push(row.next()?);
        Ok(true)
    })?;
    Ok(found)
}

fn shortened(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

pub(super) fn execute(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<u64> {
    physical.next_is_own();
    physical.execute(&own_tables::statement(physical.dialect(), sql), write)
}

pub(super) fn query(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
    take: crate::driver::TakeRow<'_>,
) -> Result<()> {
    physical.next_is_own();
    physical.query(&own_tables::statement(physical.dialect(), sql), write, take)
}
