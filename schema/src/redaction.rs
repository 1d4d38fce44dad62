//! `@redact`: how the values of a column are replaced in a redacted dump, also where the annotation stands at the column that it refers to.

use crate::ast::Redaction;
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, Model, Table, TableId};

/// Returns the redaction of a column: its own, else `hash` where a column that it refers to, by a foreign key or a link, is hashed, so that
/// its rows still find each other.
pub fn of_column(model: &Model, table: TableId, column: ColumnId) -> Option<Redaction> {
    if let Some(tag) = model.table(table).column(column).redact {
        return Some(tag.redaction);
    }
    let mut seen = vec![(table, column)];
    let mut open: Vec<_> = references(model.table(table), column).into_vec();
    while let Some(place) = open.pop() {
        if seen.contains(&place) {
            continue;
        }
        seen.push(place);
        let (table, column) = (model.table(place.0), place.1);
        match table.column(column).redact.map(|tag| tag.redaction) {
            Some(Redaction::Hash) => return Some(Redaction::Hash),
            Some(Redaction::Null | Redaction::Fake) => {}
            None => open.extend(references(table, column)),
        }
    }
    None
}

/// The columns that a column refers to, by foreign keys and by its link.
pub(crate) fn references(
    table: &Table,
    column: ColumnId,
) -> impl Iterator<Item = (TableId, ColumnId)> {
    let keys = table.foreign_keys.iter().flat_map(move |key| {
        let pairs = key.columns.iter().zip(&key.referred);
        pairs
            .filter(move |(own, _)| **own == column)
            .map(|(_, referred)| (key.table, *referred))
    });
    let link = table.column(column).link.as_ref();
    keys.chain(link.map(|link| (link.table, link.column)))
}
