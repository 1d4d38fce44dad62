//! The rows of `_bindery_outbox`: the tasks of a claim, and recording how they ended. A claim is a name that no other claim has; only
//! who has it can end its tasks, so that a worker that stood still for longer than its lease changes nothing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) use super::sql::CommitMode;
use super::sql::{self, SUSPECT, TaskTable};
use crate::driver::Physical;
use crate::driver::own_tables::statements::tasks;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ParamWriter;

pub(super) const TABLE: &str = "_bindery_outbox";
#[cfg(feature = "cron")]
pub(super) const SCHEDULES: &str = "_bindery_schedules";

/// A task as claimed.
#[derive(Debug, Clone)]
pub(super) struct ClaimedTask {
    pub(super) id: i64,
    pub(super) uid: String,
    pub(super) task: String,
    pub(super) payload: String,
    pub(super) retry_count: u32,
    pub(super) max_attempts: u32,
    /// The losses of its workers that count.
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
pub(super) fn has_due(physical: &mut Physical, table: &str) -> Result<bool> {
    Ok(tasks::has_due(physical, table)? != 0)
}

/// Notes that tasks of a claim that were lost before are at work from now on; `false` where they are another's.
pub(super) fn begin(
    physical: &mut Physical,
    table: &str,
    claim: &str,
    ids: &[i64],
) -> Result<bool> {
    Ok(tasks::begin(physical, table, claim, ids)? > 0)
}

/// Records how tasks of a claim ended, within a transaction; gives how many of them were another's by then.
pub(super) fn finish(
    physical: &mut Physical,
    table: &str,
    claim: &str,
    ended: &Ended,
) -> Result<usize> {
    let mut changed = tasks::complete(physical, table, claim, &ended.completed)?;
    changed += tasks::release(physical, table, claim, &ended.released)?;
    for (id, reason, pause) in &ended.failed {
        let (status, pause) = match pause {
            Some(pause) => ("scheduled", millis(*pause)),
            None => ("failed", 0),
        };
        changed += tasks::fail(physical, table, status, Some(reason), pause, claim, *id)?;
    }
    Ok(ended
        .len()
        .saturating_sub(usize::try_from(changed).unwrap_or(usize::MAX)))
}

/// Has a claim go on for the length of a lease; `false` where it is lost. Its rows are found without a lock, and changed by their ids: MySQL and
/// MariaDB would lock those of other claims beside them on the way.
pub(super) fn renew(
    physical: &mut Physical,
    table: &str,
    claim: &str,
    lease: Duration,
) -> Result<bool> {
    let ids = tasks::claimed(physical, table, claim)?;
    let renewed = tasks::renew(physical, table, millis(lease), claim, &ids)?;
    Ok(renewed > 0)
}

/// Whether a row was written by an insert that is left out where its unique value is there.
pub(super) fn is_new(inserted: Result<u64>) -> Result<bool> {
    match inserted {
        Ok(rows) => Ok(rows > 0),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a task, unless one with its unique key is there; `false` where it was.
pub(super) fn insert(
    physical: &mut Physical,
    text: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<bool> {
    physical.next_is_own();
    is_new(physical.execute(text, write))
}

/// How many tasks are read together for those that are to be deleted.
const PRUNED_AT_ONCE: i64 = 1000;

/// The outcome of a look at some tasks for those to delete.
pub(super) struct Pruned {
    pub(super) deleted: u64,
    /// The last task that was looked at, where those after it may be old.
    pub(super) last: Option<i64>,
}

/// Deletes completed tasks of this age among some of those after a number.
pub(super) fn prune(
    physical: &mut Physical,
    table: &str,
    age: Duration,
    after: i64,
) -> Result<Pruned> {
    let age = millis(age);
    let looked_at = tasks::old(physical, table, age, age, after, PRUNED_AT_ONCE)?;
    let over = looked_at.iter().filter(|task| task.is_over != 0);
    let ids: Vec<i64> = over.map(|task| task.id).collect();
    let deleted = tasks::prune(physical, table, &ids)?;
    let any_old = looked_at.iter().any(|task| task.is_old != 0);
    let goes_on = any_old && looked_at.len() as i64 == PRUNED_AT_ONCE;
    let last = looked_at.last().filter(|_| goes_on);
    Ok(Pruned {
        deleted,
        last: last.map(|task| task.id),
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
