//! Claiming tasks: those whose time has come are made ready, the first of those that wait are found and marked as the worker's.

use std::time::Duration;

use super::ready::{self, Among, KEYS_AT_ONCE, Reach, WINDOW};
use super::sql::SUSPECT;
use super::store::{ClaimedTask, begin, millis, task_table};
use crate::driver::Physical;
use crate::driver::own_tables::statements::call::write_list;
use crate::driver::own_tables::statements::{claims as statements, tasks};
use crate::error::Result;
use crate::value::ParamWriter;

/// How many tasks whose time has come are looked at together.
const DUE_AT_ONCE: i64 = 500;

/// The limits of a claim.
pub(super) struct Wanted<'w> {
    /// None for all types.
    pub(super) types: &'w [String],
    pub(super) limit: usize,
    pub(super) lease: Duration,
    pub(super) claim: &'w str,
    /// The table of the tasks.
    pub(super) table: &'static str,
    pub(super) reach: Reach,
    /// Tasks whose time has come are made ready first; else only where too few are ready.
    pub(super) advances: bool,
    /// No suspect is claimed: the worker has one, or may have.
    pub(super) has_suspect: bool,
    /// The claimer of the tasks is at work on all of them from then on, and does not say when it begins one.
    pub(super) begins: bool,
}

impl Wanted<'_> {
    /// Whether a task is claimed with no other: it may end its worker, and all that this one is at work on.
    fn is_alone(&self, task: &ClaimedTask) -> bool {
        task.lapses >= if self.begins { 1 } else { SUSPECT }
    }
}

/// Holds how far a worker has walked through the keys, for tasks that the first of those that wait hold back: behind a head that is delayed or was
/// lost, and so is due later than they are.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyWalk {
    /// The last key that was looked at, where others follow.
    after: Option<String>,
    /// All keys are looked at together: the tasks behind their heads need not be read.
    is_narrow: bool,
}

impl KeyWalk {
    /// Whether there are keys that were not looked at since the first of them.
    pub(super) fn is_midway(&self) -> bool {
        self.after.is_some()
    }

    /// The heads of the next keys.
    fn heads(&mut self, physical: &mut Physical, table: &'static str) -> Result<Vec<i64>> {
        let begins = self.after.is_none();
        let after = self.after.take().unwrap_or_default();
        let heads = match begins {
            true => &statements::HEADS_FROM,
            false => &statements::HEADS_AFTER,
        };
        let text = heads.over(physical, table);
        let (mut ids, mut keys, mut last) = (Vec::new(), 0, None);
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(&after);
            params.i64(KEYS_AT_ONCE as i64);
        };
        physical.query(&text, write, &mut |row| {
            last = Some(row.next()?);
            ids.extend(row.next::<Option<i64>>()?);
            keys += 1;
            Ok(true)
        })?;
        self.after = last.filter(|_| keys == KEYS_AT_ONCE);
        self.is_narrow = begins && self.after.is_none() && !ids.is_empty();
        Ok(ids)
    }
}

/// A task that can be claimed, with its place among the others: priority, time, number.
struct Candidate {
    place: (i64, i64, i64),
    task: ClaimedTask,
}

/// Claims tasks, within a transaction. The oldest first; a suspect is claimed alone, and a worker that has one claims no second.
pub(super) fn claim(
    physical: &mut Physical,
    wanted: &Wanted<'_>,
    walk: &mut KeyWalk,
) -> Result<Vec<ClaimedTask>> {
    let begun = walk.clone();
    let mut found = match wanted.advances {
        true => Vec::new(),
        false => candidates(physical, wanted, walk)?,
    };
    if found.len() < wanted.limit {
        advance(physical, wanted.table)?;
        // It looks at the same keys: what the first look found is among them.
        *walk = begun;
        found = candidates(physical, wanted, walk)?;
    }
    let count = match found.first().is_some_and(|first| wanted.is_alone(first)) {
        true => 1,
        false => found
            .iter()
            .take_while(|task| !wanted.is_alone(task))
            .count(),
    };
    found.truncate(count);
    let ids: Vec<i64> = found.iter().map(|task| task.id).collect();
    let lease = millis(wanted.lease);
    tasks::claim(physical, wanted.table, Some(wanted.claim), lease, &ids)?;
    if wanted.begins && found.iter().any(ClaimedTask::was_lost) {
        begin(physical, wanted.table, wanted.claim, &ids)?;
    }
    Ok(found)
}

/// The first of those that can be claimed.
fn candidates(
    physical: &mut Physical,
    wanted: &Wanted<'_>,
    walk: &mut KeyWalk,
) -> Result<Vec<ClaimedTask>> {
    let mut found = ready(physical, wanted, Among::Unkeyed(wanted.reach), &[])?;
    found.append(&mut with_keys(physical, wanted, walk)?);
    found.sort_by_key(|one| one.place);
    found.dedup_by_key(|one| one.task.id);
    found.truncate(wanted.limit);
    Ok(found.into_iter().map(|one| one.task).collect())
}

/// Those with keys. Where too few of the first that wait can be claimed, the heads of the others are not among these, and are looked up by their keys.
fn with_keys(
    physical: &mut Physical,
    wanted: &Wanted<'_>,
    walk: &mut KeyWalk,
) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    if wanted.reach == Reach::All || !walk.is_narrow {
        found = ready(physical, wanted, Among::Keyed(wanted.reach), &[])?;
        let is_all = wanted.reach == Reach::All || found.len() >= wanted.limit;
        if is_all || !is_beyond_window(physical, wanted.table)? {
            return Ok(found);
        }
    }
    let heads = walk.heads(physical, wanted.table)?;
    if !heads.is_empty() {
        found.append(&mut ready(
            physical,
            wanted,
            Among::Ids(KEYS_AT_ONCE),
            &heads,
        )?);
    }
    Ok(found)
}

fn is_beyond_window(physical: &mut Physical, table: &'static str) -> Result<bool> {
    let mut is_there = false;
    let text = statements::BEYOND_WINDOW.over(physical, table);
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(WINDOW as i64);
    physical.query(&text, write, &mut |_| {
        is_there = true;
        Ok(true)
    })?;
    Ok(is_there)
}

fn ready(
    physical: &mut Physical,
    wanted: &Wanted<'_>,
    among: Among,
    ids: &[i64],
) -> Result<Vec<Candidate>> {
    let table = task_table(physical, wanted.table);
    let text = ready::ready(table, among, wanted.types.len(), wanted.has_suspect);
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| {
        if !ids.is_empty() {
            write_list(params, table.dialect, ids, KEYS_AT_ONCE);
        }
        wanted.types.iter().for_each(|task| params.text(task));
        params.i64(i64::try_from(wanted.limit).unwrap_or(i64::MAX));
    };
    physical.returning(&text, write, &mut |row| {
        let (priority, due_at, id) = (row.next()?, row.next()?, row.next()?);
        found.push(Candidate {
            place: (priority, due_at, id),
            task: ClaimedTask {
                id,
                uid: row.next()?,
                task: row.next()?,
                payload: row.next()?,
                retry_count: number(row.next()?),
                max_attempts: number(row.next()?),
                lapses: row.next()?,
                #[cfg(feature = "messages")]
                created_at: row.next()?,
            },
        });
        Ok(true)
    })?;
    Ok(found)
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// Makes tasks ready whose time has come, and those whose worker is lost.
fn advance(physical: &mut Physical, table: &'static str) -> Result<()> {
    let (mut scheduled, mut lost, mut suspect, mut failed) = (vec![], vec![], vec![], vec![]);
    let text = statements::DUE.over(physical, table);
    physical.returning(&text, &mut |params| params.i64(DUE_AT_ONCE), &mut |row| {
        let id: i64 = row.next()?;
        let (is_claimed, lapses): (i64, i64) = (row.next()?, row.next()?);
        let (attempts, limit): (i64, i64) = (row.next()?, row.next()?);
        let is_suspect_at_work = lapses <= -SUSPECT;
        let ids = match (is_claimed, is_suspect_at_work) {
            (0, _) => &mut scheduled,
            (_, false) => &mut lost,
            (_, true) if attempts + 1 < limit => &mut suspect,
            (_, true) => &mut failed,
        };
        ids.push(id);
        Ok(true)
    })?;
    let reason = "its worker was lost several times while it had the task";
    tasks::make_ready(physical, table, &scheduled)?;
    tasks::make_ready_again(physical, table, &lost)?;
    tasks::count_lapse(physical, table, "pending", Some(reason), &suspect)?;
    tasks::count_lapse(physical, table, "failed", Some(reason), &failed)
}
