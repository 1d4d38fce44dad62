//! Statements of the tables that recorded changes are in. Triggers make their rows; the tables are made with the triggers.

use super::position::ChangePosition;
use crate::driver::Physical;
use crate::driver::own_tables::statements::changes;
use crate::error::Result;

/// A change as a trigger wrote it down.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) position: ChangePosition,
    /// `I`, `U`, `D`, or `T` for all rows.
    pub(super) operation: String,
    pub(super) key: String,
    /// The key before, where an update changed it.
    pub(super) old_key: Option<String>,
    pub(super) made_ms: i64,
}

/// The changes of a table after a position, in order.
pub(super) fn after(
    physical: &mut Physical,
    table: &str,
    position: &ChangePosition,
    limit: usize,
) -> Result<Vec<Recorded>> {
    let (round, most) = (position.round, number_of(limit));
    let found = changes::after(physical, table, round, round, position.id, most)?.into_iter();
    let found = found.map(|row| Recorded {
        position: ChangePosition {
            round: row.round,
            id: row.id,
            mark: row.mark,
        },
        operation: row.operation,
        key: row.row_key,
        old_key: row.old_key,
        made_ms: row.made_ms,
    });
    Ok(found.collect())
}

fn number_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn position(row: changes::LastRow) -> ChangePosition {
    ChangePosition {
        round: row.round,
        id: row.id,
        mark: row.mark,
    }
}

/// The last change of a table that is in order.
pub(super) fn last(physical: &mut Physical, table: &str) -> Result<Option<ChangePosition>> {
    Ok(changes::last(physical, table)?.map(position))
}

/// Whether there is this change. One that is not in order yet is another: its number was given again after a backup was restored.
pub(super) fn is_there(
    physical: &mut Physical,
    table: &str,
    wanted: &ChangePosition,
) -> Result<bool> {
    let found = changes::of_number(physical, wanted.id, table)?;
    Ok(found.map(position) == Some(*wanted))
}

/// The position that a reader saved.
pub(super) fn saved(
    physical: &mut Physical,
    (reader, table): (&str, &str),
) -> Result<Option<ChangePosition>> {
    Ok(changes::saved(physical, reader, table)?.map(position))
}

/// Saves the position of a reader, in the transaction at hand.
pub(super) fn save(
    physical: &mut Physical,
    (reader, table): (&str, &str),
    position: &ChangePosition,
) -> Result<()> {
    let ChangePosition { round, id, mark } = *position;
    if changes::save(physical, round, id, mark, reader, table)? > 0 {
        return Ok(());
    }
    changes::add_reader(physical, round, id, mark, reader, table)
}

/// Forgets a reader of every table.
pub(super) fn remove(physical: &mut Physical, reader: &str) -> Result<bool> {
    if !physical.table_exists(None, "_bindery_change_readers")? {
        return Ok(false);
    }
    Ok(changes::forget_reader(physical, reader)? > 0)
}

/// Removes the changes of a table that every reader has passed. The one that a reader stands at stays: by it the reader knows
/// the database again.
pub(super) fn trim(physical: &mut Physical, table: &str) -> Result<()> {
    let Some(least) = changes::least(physical, table)? else {
        return Ok(());
    };
    changes::trim(physical, table, least.round, least.round, least.id)
}

/// Whether changes of any table are recorded.
pub(crate) fn records_changes(physical: &mut Physical) -> Result<bool> {
    physical.table_exists(None, "_bindery_changes")
}

/// Removes the changes of a table that has no reader, where any are recorded: those that a copy makes to a table that is captured itself.
pub(super) fn prune_unread(physical: &mut Physical, table: &str) -> Result<()> {
    match records_changes(physical)? {
        true => changes::forget_unread(physical, table, table),
        false => Ok(()),
    }
}

/// The changes that are committed and not in order yet, those that were written first.
pub(super) fn unordered(physical: &mut Physical, limit: usize) -> Result<Vec<i64>> {
    changes::unordered(physical, number_of(limit))
}

/// Puts these changes into a round, and waits for no transaction that has written others.
pub(super) fn order(physical: &mut Physical, ids: &[i64], (round, mark): (i64, i64)) -> Result<()> {
    changes::put_in_order(physical, Some(round), Some(mark), ids)
}

/// The row by which a database is known, and the one of the last round, which is locked until the transaction ends.
const IDENTITY: i64 = 0;
const LAST: i64 = 1;

/// Makes both rows where they are not there.
pub(super) fn begin_rounds(physical: &mut Physical, mark: i64) -> Result<()> {
    [IDENTITY, LAST]
        .into_iter()
        .try_for_each(|id| changes::begin_rounds(physical, id, mark))
}

/// The mark of the database; `None` before the first round.
pub(super) fn identity(physical: &mut Physical) -> Result<Option<i64>> {
    changes::identity(physical, IDENTITY)
}

/// The number of the last round. Who orders changes at the same time waits here until this transaction ends.
pub(super) fn lock_round(physical: &mut Physical) -> Result<i64> {
    let found = changes::lock_round(physical, LAST)?;
    found.ok_or_else(|| physical.without_row())
}

/// Stores the number of a round.
pub(super) fn end_round(physical: &mut Physical, round: i64) -> Result<()> {
    changes::end_round(physical, round, LAST)
}
