//! The tables of syncs, on the target: how far each is, its runs, and the rows that it could not copy.

use super::capture::ChangePosition;
use super::mark::Mark;
use super::report::{SyncCounts, SyncReject};
use crate::databases::kept::{self, OF_SYNCS};
use crate::driver::Physical;
use crate::driver::own_tables::{process_now_ms, statements::sync as statements};
use crate::error::{Error, ErrorKind, Result, SyncError};

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
            statements::add(physical, process_now_ms(), head.name)?;
            SyncState::default()
        }
    };
    end_killed(physical, head.name)?;
    state.run += 1;
    statements::begin_run(physical, state.run, head.name)?;
    insert_run(physical, head, state.run)?;
    statements::forget_runs(physical, head.name, state.run - RUNS_KEPT)?;
    Ok(state)
}

fn end_killed(physical: &mut Physical, name: &str) -> Result<()> {
    let why = "the run ended before it could say how: its process or the target was gone";
    statements::end_killed(physical, Some(process_now_ms()), Some(why), name)
}

fn insert_run(physical: &mut Physical, head: &RunHead<'_>, run: i64) -> Result<()> {
    let (name, now) = (head.name, process_now_ms());
    statements::add_run(
        physical,
        name,
        run,
        head.source,
        head.target,
        head.mode,
        now,
    )
}

/// The state of a sync, and the number of its last batch; `None` where it never ran.
pub(super) fn read_state(physical: &mut Physical, name: &str) -> Result<Option<(SyncState, i64)>> {
    let found = statements::state(physical, name)?;
    Ok(found.map(|row| {
        let mark = row.mark_kind.zip(row.mark);
        let position = row.position.and_then(|text| text.parse().ok());
        let state = SyncState {
            run: row.run,
            mark: mark.and_then(|(kind, mark)| Mark::of_kind(&kind, mark)),
            seen: row.seen,
            skew_ms: row.skew_ms,
            position,
        };
        (state, row.batch)
    }))
}

/// Waits until no other session is about to commit a batch: a server may still be at a COMMIT whose connection was lost.
pub(super) fn await_batch(physical: &mut Physical, name: &str) -> Result<()> {
    statements::await_batch(physical, name)
}

/// Stores how far the run is, in the transaction at hand; an error where another run began meanwhile.
pub(super) fn advance(
    physical: &mut Physical,
    (name, run, batch): (&str, i64, i64),
    advance: &Advance,
) -> Result<()> {
    let changed_ms = process_now_ms();
    let position = advance.position.map(|position| position.to_string());
    let position = position.as_deref();
    let changed = match advance.mark {
        None => statements::advance(physical, batch, changed_ms, position, name, run),
        Some(mark) => statements::advance_mark(
            physical,
            statements::AdvanceMarkValues {
                batch,
                changed_ms,
                position,
                mark_kind: Some(mark.kind()),
                mark: Some(mark.value()),
                seen: advance.seen,
                skew_ms: advance.skew_ms,
                sync_name: name,
                run,
            },
        ),
    }?;
    if changed > 0 {
        return Ok(());
    }
    let sync = name.to_owned();
    Err(Error::new(ErrorKind::Sync(SyncError::TakenOver { sync })))
}

/// Has the next run begin as the first one did.
pub(super) fn forget_position(physical: &mut Physical, (name, run): (&str, i64)) -> Result<()> {
    statements::forget_position(physical, name, run)
}

/// Stores how a run ended.
pub(super) fn end(
    physical: &mut Physical,
    (name, run): (&str, i64),
    counts: &SyncCounts,
    (watermark, error): (Option<&str>, Option<&str>),
) -> Result<()> {
    let [rows_read, inserted, updated, unchanged, deleted, rejected] = counts
        .all()
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let values = statements::EndRunValues {
        status: if error.is_some() { "failed" } else { "done" },
        ended_ms: Some(process_now_ms()),
        rows_read,
        inserted,
        updated,
        unchanged,
        deleted,
        rejected,
        watermark,
        error: error.map(shortened),
        sync_name: name,
        run,
    };
    statements::end_run(physical, values)
}

/// Stores a row that could not be copied, in the transaction at hand.
pub(super) fn put_reject(physical: &mut Physical, name: &str, row: &RejectedRow) -> Result<()> {
    let (key, reason, now) = (&row.key_bytes, shortened(&row.reason), process_now_ms());
    if statements::retry_reject(physical, row.attempts, reason, now, name, key)? > 0 {
        return Ok(());
    }
    statements::add_reject(
        physical,
        name,
        key,
        shortened(&row.row_key),
        reason,
        now,
        now,
    )
}

/// The row is copied, or there is none any more.
pub(super) fn drop_reject(physical: &mut Physical, name: &str, key_bytes: &str) -> Result<()> {
    statements::drop_reject(physical, name, key_bytes)
}

/// The rejected rows of a sync for people, in the order of their keys' bytes.
pub(super) fn rejects(
    physical: &mut Physical,
    name: &str,
    limit: usize,
) -> Result<Vec<SyncReject>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statements::rejects(physical, name, most)?.into_iter();
    let found = found.map(|row| SyncReject {
        key: row.row_key,
        reason: row.reason,
    });
    Ok(found.collect())
}

/// The keys of rejected rows after this one, at most this many.
pub(super) fn rejects_after(
    physical: &mut Physical,
    (name, after): (&str, &str),
    limit: usize,
) -> Result<Vec<String>> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    statements::rejects_after(physical, name, after, most)
}

fn shortened(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
