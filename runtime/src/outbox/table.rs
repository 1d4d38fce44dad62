//! Tables of tasks for the layer above, whose messages are worked off as tasks are.

use std::time::Duration;

use super::claims::{KeyWalk, Wanted};
use super::ready::Reach;
use super::store::{End, Ended};
use super::{claims, inbox, sql, store};
use crate::driver::own_tables::statements::new_tasks;
use crate::driver::{Physical, random};
use crate::error::Result;
use crate::value::ParamWriter;

pub(crate) use super::store::explained;
pub(crate) use inbox::note;

/// A row that is to be worked off.
pub(crate) struct NewRow<'r> {
    pub(crate) task: &'r str,
    pub(crate) payload: &'r str,
    pub(crate) key: Option<String>,
    pub(crate) unique_key: Option<String>,
    pub(crate) attempts: u32,
}

/// Writes a row, unless one with its unique key is there.
pub(crate) fn insert(physical: &mut Physical, table: &'static str, row: &NewRow<'_>) -> Result<()> {
    let notifies = physical.can_notify();
    let text = sql::insert(
        store::task_table(physical, table),
        &new_tasks::ADD,
        notifies,
    );
    let uid = random::uid();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(&uid);
        params.text(row.task);
        params.text(row.payload);
        params.push(&row.key);
        params.push(&row.unique_key);
        params.i64(0);
        params.i64(0);
        params.i64(row.attempts.into());
    };
    store::insert(physical, &text, write).map(drop)
}

/// Claims rows of these types, in the transaction at hand: the name of the claim, and of each row its number and payload.
pub(crate) fn claim(
    physical: &mut Physical,
    table: &'static str,
    types: &[String],
    (limit, lease): (usize, Duration),
) -> Result<(String, Vec<(i64, String)>)> {
    let name = random::uid();
    let wanted = Wanted {
        types,
        limit,
        lease,
        claim: &name,
        table,
        reach: Reach::All,
        advances: true,
        has_suspect: false,
        begins: true,
    };
    let claimed = claims::claim(physical, &wanted, &mut KeyWalk::default())?.into_iter();
    let claimed = claimed.map(|task| (task.id, task.payload)).collect();
    Ok((name, claimed))
}

/// Records that a row of a claim is done with.
pub(crate) fn complete(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    id: i64,
) -> Result<()> {
    finish(physical, table, claim, (id, End::Completed))
}

/// Gives back a row of a claim, which is left to others.
pub(crate) fn release(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    id: i64,
) -> Result<()> {
    finish(physical, table, claim, (id, End::Released))
}

fn finish(
    physical: &mut Physical,
    table: &'static str,
    claim: &str,
    (id, end): (i64, End),
) -> Result<()> {
    let mut ended = Ended::default();
    ended.add(id, end);
    store::finish(physical, table, claim, &ended).map(drop)
}
