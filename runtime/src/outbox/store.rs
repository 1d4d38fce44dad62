//! The rows of `_bindery_outbox`: the tasks of a claim, and recording how they ended. A claim is a name that no other claim has; only
//! who has it can end its tasks, so that a worker that stood still for longer than its lease changes nothing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bindery_core::dialect::Dialect;

pub(super) use super::sql::CommitMode;
use super::sql::{self, SUSPECT, TaskTable};
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ParamWriter;

pub(super) const TABLE: &str = "_bindery_outbox";
#[cfg(feature = "cron")]
pub(super) const SCHEDULES: &str = "_bindery_schedules";

/// How many ids are in one statement: few sizes, so that few statements are prepared.
const SIZES: [usize; 4] = [1, 10, 100, 500];

/// A task as claimed.
#[derive(Debug, Clone)]
pub(super) struct ClaimedTask {
    pub(super) id: i64,
    pub(super) uid: String,
    pub(super) task: String,
    pub(super) payload: String,
    pub(super) retry_count: u32,
    pub(super) max_attempts: u32,
    /// The losses of its workers that count, as [`sql::LAPSED`] says.
    pub(super) lapses: i64,
    /// Milliseconds since 1970.
    #[cfg(feature = "messages")]
    pub(super) created_at: i64,
}

impl ClaimedTask {
    /// A worker was lost that had it, so that the next one notes when it begins.
    pub(super) fn was_lost(&self) -> bool {
        self.lapses > 0
    }

    /// Two workers were lost that had it: one that had claimed it with others, and one in which it ran beside others. With no
    /// other suspect beside it, the next loss is its own.
    pub(super) fn is_suspect(&self) -> bool {
        self.lapses >= SUSPECT
    }
}

/// How a task that was claimed ended.
#[derive(Debug, Clone)]
pub(super) enum End {
    Completed,
    /// It is tried again after the pause, or counts as failed where there is none.
    Failed {
        reason: String,
        pause: Option<Duration>,
    },
    /// It was not begun.
    Released,
}

/// The tasks of one claim that ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    pub(super) completed: Vec<i64>,
    pub(super) released: Vec<i64>,
    pub(super) failed: Vec<(i64, String, Option<Duration>)>,
}

impl Ended {
    pub(super) fn add(&mut self, id: i64, end: End) {
        match end {
            End::Completed => self.completed.push(id),
            End::Failed { reason, pause } => self.failed.push((id, reason, pause)),
            End::Released => self.released.push(id),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.completed.len() + self.released.len() + self.failed.len()
    }
}

pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis())
        .unwrap_or(i64::MAX / 4)
        .min(i64::MAX / 4)
}

pub(super) fn since_epoch(moment: SystemTime) -> i64 {
    moment.duration_since(UNIX_EPOCH).map_or(0, millis)
}

/// Says what to do where there is no table of tasks, or one of an earlier version.
pub(crate) fn explained(error: Error, table: &str, engine: &str) -> Error {
    match error.kind() {
        ErrorKind::SchemaMismatch => missing(table, engine).with_source(error),
        _ => error,
    }
}

/// The error of a table that is not there.
pub(super) fn missing(table: &str, engine: &str) -> Error {
    Error::new(ErrorKind::Config(format!(
        "engine `{engine}` has no table `{table}`, or one of an earlier version: run `bindery create --engine {engine}` or `bindery migrate run --engine {engine}`, or call `create_missing`"
    )))
}

/// A table of tasks in the words of a connection.
pub(super) fn task_table(physical: &Physical, name: &'static str) -> TaskTable {
    TaskTable {
        dialect: physical.dialect(),
        name,
    }
}

/// Whether anything is to be done. It only reads.
pub(super) fn has_due(physical: &mut Physical, table: &'static str) -> Result<bool> {
    let mut found = 0_i64;
    let text = sql::has_due(task_table(physical, table));
    physical.query(&text, &mut |_| (), &mut |row| {
        found = row.next()?;
        Ok(true)
    })?;
    Ok(found != 0)
}

/// Notes that tasks of a claim that were lost before are at work from now on; `false` where they are another's.
pub(super) fn begin(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    ids: &[i64],
) -> Result<bool> {
    let by_claim = &mut |params: &mut ParamWriter<'_>| params.text(claim);
    let table = task_table(physical, table);
    Ok(change(physical, table, ids, sql::begin, by_claim)? > 0)
}

/// Records how tasks of a claim ended, within a transaction; gives how many of them were another's by then.
pub(super) fn finish(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    ended: &Ended,
) -> Result<usize> {
    let table = task_table(physical, table);
    let by_claim = &mut |params: &mut ParamWriter<'_>| params.text(claim);
    let mut changed = change(physical, table, &ended.completed, sql::complete, by_claim)?;
    changed += change(physical, table, &ended.released, sql::release, by_claim)?;
    for (id, reason, pause) in &ended.failed {
        let text = sql::fail(table, pause.is_none());
        changed += physical.execute(&text, &mut |params| {
            params.text(reason);
            params.i64(millis(pause.unwrap_or_default()));
            params.text(claim);
            params.i64(*id);
        })?;
    }
    Ok(ended
        .len()
        .saturating_sub(usize::try_from(changed).unwrap_or(usize::MAX)))
}

/// Has a claim go on for the length of a lease; `false` where it is lost. Its rows are found without a lock, and changed by their ids: MySQL and
/// MariaDB would lock those of other claims beside them on the way.
pub(super) fn renew(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    lease: Duration,
) -> Result<bool> {
    let table = task_table(physical, table);
    let mut ids = Vec::new();
    let by_claim = &mut |params: &mut ParamWriter<'_>| params.text(claim);
    physical.query(&sql::claimed(table), by_claim, &mut |row| {
        ids.push(row.next()?);
        Ok(true)
    })?;
    let before = &mut |params: &mut ParamWriter<'_>| {
        params.i64(millis(lease));
        params.text(claim);
    };
    let renewed = change(physical, table, &ids, sql::renew, before)?;
    Ok(renewed > 0)
}

/// Runs an insert that is left out where its unique value is there; `false` where it was.
pub(super) fn insert_new(
    physical: &mut Physical,
    text: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<bool> {
    physical.next_is_own();
    match physical.execute(text, write) {
        Ok(rows) => Ok(rows > 0),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The time of the database, and the last tick of a periodic task.
#[cfg(feature = "cron")]
pub(super) fn last_tick(physical: &mut Physical, name: &str) -> Result<(i64, Option<i64>)> {
    let mut found = None;
    let text = sql::last_tick(physical.dialect());
    physical.query(&text, &mut |params| params.text(name), &mut |row| {
        found = Some((row.next()?, row.next()?));
        Ok(true)
    })?;
    found.ok_or_else(|| physical.without_row())
}

/// Writes a periodic task down whose ticks are those after a time.
#[cfg(feature = "cron")]
pub(super) fn add_schedule(physical: &mut Physical, name: &str, now_ms: i64) -> Result<()> {
    let text = sql::add_schedule(physical.dialect());
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(name);
        params.i64(now_ms);
    };
    insert_new(physical, &text, write).map(drop)
}

/// Moves a periodic task on from one tick to another; `false` where another worker has.
#[cfg(feature = "cron")]
pub(super) fn move_schedule(
    physical: &mut Physical,
    name: &str,
    from: i64,
    to: i64,
) -> Result<bool> {
    let text = sql::move_schedule(physical.dialect());
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.i64(to);
        params.text(name);
        params.i64(from);
    };
    physical.execute(&text, write).map(|rows| rows > 0)
}

/// The outcome of a look at some tasks for those to delete.
pub(super) struct Pruned {
    pub(super) deleted: u64,
    /// The last task that was looked at, where those after it may be old.
    pub(super) last: Option<i64>,
}

/// Deletes completed tasks of this age among some of those after a number.
pub(super) fn prune(
    physical: &mut Physical,
    table: &'static str,
    age: Duration,
    after: i64,
) -> Result<Pruned> {
    let table = task_table(physical, table);
    let (mut ids, mut looked_at, mut any_old, mut last) = (Vec::new(), 0, false, after);
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.i64(millis(age));
        params.i64(millis(age));
        params.i64(after);
    };
    physical.query(&sql::old(table), write, &mut |row| {
        last = row.next()?;
        let (is_over, is_old): (i64, i64) = (row.next()?, row.next()?);
        if is_over != 0 {
            ids.push(last);
        }
        any_old |= is_old != 0;
        looked_at += 1;
        Ok(true)
    })?;
    let deleted = change(physical, table, &ids, sql::prune, &mut |_| ())?;
    let goes_on = any_old && looked_at == sql::PRUNED_AT_ONCE;
    Ok(Pruned {
        deleted,
        last: goes_on.then_some(last),
    })
}

/// Has statements of the transaction at hand find tasks by the indexes of their table, and says how it is committed.
pub(super) fn configure(physical: &mut Physical, mode: CommitMode) -> Result<()> {
    match sql::settings(physical.dialect(), mode) {
        Some(text) => physical
            .query(&text, &mut |_| (), &mut |_| Ok(true))
            .map(drop),
        None => Ok(()),
    }
}

/// Runs a statement for ids, in parts; gives how many rows it changed.
pub(super) fn change(
    physical: &mut Physical,
    table: TaskTable,
    ids: &[i64],
    text: impl Fn(TaskTable, usize) -> String,
    before: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<u64> {
    let mut changed = 0;
    for ids in ids.chunks(SIZES[SIZES.len() - 1]) {
        let size = SIZES.into_iter().find(|size| *size >= ids.len());
        let size = size.unwrap_or(ids.len());
        changed += physical.execute(&text(table, size), &mut |params| {
            before(params);
            write_ids(params, table.dialect, ids, size);
        })?;
    }
    Ok(changed)
}

/// On PostgreSQL an array; elsewhere as many as the statement has places for, the last of them again and again.
pub(super) fn write_ids(params: &mut ParamWriter<'_>, dialect: Dialect, ids: &[i64], size: usize) {
    match dialect {
        Dialect::Postgres => params.array(ids.len(), &mut |elements| {
            ids.iter().for_each(|id| elements.i64(*id));
        }),
        Dialect::Sqlite | Dialect::Mysql => {
            let filled = ids.iter().chain(std::iter::repeat(&ids[ids.len() - 1]));
            filled.take(size).for_each(|id| params.i64(*id));
        }
    }
}
