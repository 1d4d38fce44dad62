//! Tables of MySQL whose rows are divided in another way. Between the two ways a table is not divided where its keys or columns change,
//! as each of them allows only keys with the columns that divide it.

use super::effects::Sides;
use super::part::DatabasePart;
use crate::diff::change::Change;
use crate::diff::mysql::Partitioning;
use crate::model::TableName;

/// The changes, with a step between where a table that is divided otherwise changes.
pub(super) fn in_two(sides: &Sides<'_>, changes: Vec<Change>) -> Vec<Change> {
    let tables: Vec<Option<DatabasePart>> = changes.iter().map(|one| changed(sides, one)).collect();
    let is_changed = |table: &TableName| tables.contains(&Some(sides.to.table_part(table)));
    let steps = changes.iter().flat_map(|change| match change {
        Change::ChangePartitioning {
            table,
            from: from @ Some(_),
            to: to @ Some(_),
        } if is_changed(table) && added_parts(from, to).is_none() => [(from, &None), (&None, to)]
            .map(|(from, to)| Change::ChangePartitioning {
                table: table.clone(),
                from: from.clone(),
                to: to.clone(),
            })
            .to_vec(),
        change => vec![change.clone()],
    });
    steps.collect()
}

/// The parts that come beside those that are there, as they are written.
pub(in crate::diff) fn added_parts<'t>(
    from: &Option<Partitioning>,
    to: &'t Option<Partitioning>,
) -> Option<Vec<&'t str>> {
    let (from, to) = from.as_ref().zip(to.as_ref())?;
    from.added_parts(to)
}

/// The table of which a column or key changes.
fn changed(sides: &Sides<'_>, change: &Change) -> Option<DatabasePart> {
    match change {
        Change::AddColumn { table, .. }
        | Change::DropColumn { table, .. }
        | Change::ChangeColumn { table, .. }
        | Change::AddKey { table, .. }
        | Change::DropKey { table, .. } => Some(sides.to.table_part(table)),
        _ => None,
    }
}
