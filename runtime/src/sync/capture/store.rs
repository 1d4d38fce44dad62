//! Statements of the tables that recorded changes are in. Triggers make their rows; the tables are made with the triggers.

use super::position::ChangePosition;
use crate::driver::{Physical, own_tables};
use crate::error::Result;
use crate::sync::store::{execute, query};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

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
    let sql = format!(
        "SELECT round, id, mark, operation, row_key, old_key, made_ms FROM _bindery_changes \
         WHERE table_name = ? AND round >= ? AND (round > ? OR id > ?) ORDER BY round, id LIMIT {limit}"
    );
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(table);
        params.i64(position.round);
        params.i64(position.round);
        params.i64(position.id);
    };
    query(physical, &sql, write, &mut |row| {
        let (round, id, mark) = (row.next()?, row.next()?, row.next()?);
        found.push(Recorded {
            position: ChangePosition { round, id, mark },
            operation: row.next()?,
            key: row.next()?,
            old_key: row.next()?,
            made_ms: row.next()?,
        });
        Ok(true)
    })?;
    Ok(found)
}

/// The last change of a table that is in order.
pub(super) fn last(physical: &mut Physical, table: &str) -> Result<Option<ChangePosition>> {
    let sql = "SELECT round, id, mark FROM _bindery_changes WHERE table_name = ? AND round IS NOT NULL \
        ORDER BY round DESC, id DESC LIMIT 1";
    position(physical, sql, &mut |params| params.text(table))
}

/// Whether there is this change. One that is not in order yet is another: its number was given again after a backup was restored.
pub(super) fn is_there(
    physical: &mut Physical,
    table: &str,
    wanted: &ChangePosition,
) -> Result<bool> {
    let sql = "SELECT round, id, mark FROM _bindery_changes WHERE id = ? AND table_name = ? AND round IS NOT NULL";
    let found = position(physical, sql, &mut |params| {
        params.i64(wanted.id);
        params.text(table);
    })?;
    Ok(found == Some(*wanted))
}

/// The position that a reader saved.
pub(super) fn saved(
    physical: &mut Physical,
    (reader, table): (&str, &str),
) -> Result<Option<ChangePosition>> {
    let sql =
        "SELECT round, id, mark FROM _bindery_change_readers WHERE reader = ? AND table_name = ?";
    position(physical, sql, &mut |params| {
        params.text(reader);
        params.text(table);
    })
}

fn position(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<Option<ChangePosition>> {
    let mut found = None;
    query(physical, sql, write, &mut |row| {
        let (round, id, mark) = (row.next()?, row.next()?, row.next()?);
        found = Some(ChangePosition { round, id, mark });
        Ok(true)
    })?;
    Ok(found)
}

/// Saves the position of a reader, in the transaction at hand.
pub(super) fn save(
    physical: &mut Physical,
    (reader, table): (&str, &str),
    position: &ChangePosition,
) -> Result<()> {
    let now = own_tables::now_ms(physical.dialect());
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.i64(position.round);
        params.i64(position.id);
        params.i64(position.mark);
        params.text(reader);
        params.text(table);
    };
    let sql = format!(
        "UPDATE _bindery_change_readers SET round = ?, id = ?, mark = ?, saved_ms = {now} WHERE reader = ? AND table_name = ?"
    );
    if execute(physical, &sql, write)? > 0 {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO _bindery_change_readers (round, id, mark, reader, table_name, saved_ms) VALUES (?, ?, ?, ?, ?, {now})"
    );
    execute(physical, &sql, write).map(drop)
}

/// Forgets a reader of every table.
pub(super) fn remove(physical: &mut Physical, reader: &str) -> Result<bool> {
    if !physical.table_exists(None, "_bindery_change_readers")? {
        return Ok(false);
    }
    let sql = "DELETE FROM _bindery_change_readers WHERE reader = ?";
    Ok(execute(physical, sql, &mut |params| params.text(reader))? > 0)
}

/// Removes the changes of a table that every reader has passed. The one that a reader stands at stays: by it the reader knows
/// the database again.
pub(super) fn trim(physical: &mut Physical, table: &str) -> Result<()> {
    let least = "SELECT round, id, mark FROM _bindery_change_readers WHERE table_name = ? ORDER BY round, id LIMIT 1";
    let Some(least) = position(physical, least, &mut |params| params.text(table))? else {
        return Ok(());
    };
    // By another index InnoDB would also lock, and so wait for, changes that are not committed. The name is that of the index's first column.
    let from = match physical.dialect() {
        Dialect::Mysql => "_bindery_changes USING _bindery_changes FORCE INDEX (table_name)",
        Dialect::Sqlite | Dialect::Postgres => "_bindery_changes",
    };
    let sql =
        format!("DELETE FROM {from} WHERE table_name = ? AND round <= ? AND (round < ? OR id < ?)");
    execute(physical, &sql, &mut |params| {
        params.text(table);
        params.i64(least.round);
        params.i64(least.round);
        params.i64(least.id);
    })
    .map(drop)
}

/// Whether changes of any table are recorded.
pub(crate) fn records_changes(physical: &mut Physical) -> Result<bool> {
    physical.table_exists(None, "_bindery_changes")
}

/// Removes the changes of a table that has no reader, where any are recorded.
pub(super) fn prune_unread(physical: &mut Physical, table: &str) -> Result<()> {
    match records_changes(physical)? {
        true => forget_unread(physical, table),
        false => Ok(()),
    }
}

/// Removes the changes of a table that has no reader: those that a copy makes to a table that is captured itself.
fn forget_unread(physical: &mut Physical, table: &str) -> Result<()> {
    let sql = "DELETE FROM _bindery_changes WHERE table_name = ? AND NOT EXISTS \
        (SELECT 1 FROM _bindery_change_readers WHERE table_name = ?)";
    execute(physical, sql, &mut |params| {
        params.text(table);
        params.text(table);
    })
    .map(drop)
}

/// The changes that are committed and not in order yet, those that were written first. PostgreSQL reads them in the order of their index
/// only where that is named whole: ordered by their numbers alone, each round would read or sort all changes that there are.
pub(super) fn unordered(physical: &mut Physical, limit: usize) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT id FROM _bindery_changes WHERE round IS NULL ORDER BY round, id LIMIT {limit}"
    );
    let mut found = Vec::new();
    query(physical, &sql, &mut |_| (), &mut |row| {
        found.push(row.next()?);
        Ok(true)
    })?;
    Ok(found)
}

/// Puts these changes into a round, and waits for no transaction that has written others.
pub(super) fn order(
    physical: &mut Physical,
    ids: &[i64],
    (round, mark): (i64, i64),
    at_a_time: usize,
) -> Result<()> {
    let places = vec!["?"; at_a_time].join(", ");
    // By another index InnoDB would also lock, and so wait for, changes that are not committed.
    let by_key = match physical.dialect() {
        Dialect::Mysql => " FORCE INDEX (PRIMARY)",
        Dialect::Sqlite | Dialect::Postgres => "",
    };
    let sql = format!(
        "UPDATE _bindery_changes{by_key} SET round = ?, mark = ? WHERE round IS NULL AND id IN ({places})"
    );
    for ids in ids.chunks(at_a_time) {
        execute(physical, &sql, &mut |params| {
            params.i64(round);
            params.i64(mark);
            let last = ids.last().into_iter().cycle();
            ids.iter()
                .chain(last)
                .take(at_a_time)
                .for_each(|id| params.i64(*id));
        })?;
    }
    Ok(())
}

/// The row by which a database is known, and the one of the last round, which is locked until the transaction ends.
const IDENTITY: i64 = 0;
const LAST: i64 = 1;

/// Makes both rows where they are not there.
pub(super) fn begin_rounds(physical: &mut Physical, mark: i64) -> Result<()> {
    let sql = match physical.dialect() {
        Dialect::Sqlite | Dialect::Postgres => {
            "INSERT INTO _bindery_change_rounds (id, round, mark) VALUES (?, 0, ?) ON CONFLICT DO NOTHING"
        }
        Dialect::Mysql => {
            "INSERT IGNORE INTO _bindery_change_rounds (id, round, mark) VALUES (?, 0, ?)"
        }
    };
    for id in [IDENTITY, LAST] {
        execute(physical, sql, &mut |params| {
            params.i64(id);
            params.i64(mark);
        })?;
    }
    Ok(())
}

/// The mark of the database; `None` before the first round.
pub(super) fn identity(physical: &mut Physical) -> Result<Option<i64>> {
    let sql = "SELECT mark FROM _bindery_change_rounds WHERE id = ?";
    number(physical, sql, IDENTITY)
}

/// The number of the last round. Who orders changes at the same time waits here until this transaction ends.
pub(super) fn lock_round(physical: &mut Physical) -> Result<i64> {
    let sql = match physical.dialect() {
        Dialect::Sqlite => "SELECT round FROM _bindery_change_rounds WHERE id = ?",
        Dialect::Postgres | Dialect::Mysql => {
            "SELECT round FROM _bindery_change_rounds WHERE id = ? FOR UPDATE"
        }
    };
    let found = number(physical, sql, LAST)?;
    found.ok_or_else(|| physical.without_row())
}

/// Stores the number of a round.
pub(super) fn end_round(physical: &mut Physical, round: i64) -> Result<()> {
    let sql = "UPDATE _bindery_change_rounds SET round = ? WHERE id = ?";
    execute(physical, sql, &mut |params| {
        params.i64(round);
        params.i64(LAST);
    })
    .map(drop)
}

fn number(physical: &mut Physical, sql: &str, id: i64) -> Result<Option<i64>> {
    let mut found = None;
    query(physical, sql, &mut |params| params.i64(id), &mut |row| {
        found = Some(row.next()?);
        Ok(true)
    })?;
    Ok(found)
}
