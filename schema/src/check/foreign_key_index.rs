//! Deleting a referred row looks for the rows that refer to it: without an index, through the whole table.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, ForeignKey, IndexKey, Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let needs = |engine: &crate::model::EngineId| {
            !model.engine(*engine).capabilities().indexes_foreign_keys
        };
        if !table.engines.iter().any(needs) {
            continue;
        }
        for key in table
            .foreign_keys
            .iter()
            .filter(|key| !has_index(table, key))
        {
            diagnostics.push(missing(table, key));
        }
    }
}

/// The first columns of an index or key, in any order, are those of the foreign key.
fn has_index(table: &Table, key: &ForeignKey) -> bool {
    let leads = |columns: &[ColumnId]| {
        columns.len() >= key.columns.len()
            && columns[..key.columns.len()]
                .iter()
                .all(|column| key.columns.contains(column))
    };
    let indexed = table
        .indexes
        .iter()
        .filter(|index| index.predicate.is_none())
        .map(|index| {
            let columns = index.parts.iter().map_while(|part| match part.key {
                IndexKey::Column(column) => Some(column),
                IndexKey::Expression(_) => None,
            });
            columns.into_vec()
        });
    table
        .primary_key
        .as_ref()
        .is_some_and(|primary| leads(&primary.columns))
        || table.uniques.iter().any(|unique| leads(&unique.columns))
        || indexed.into_iter().any(|columns| leads(&columns))
}

fn missing(table: &Table, key: &ForeignKey) -> Diagnostic {
    let columns: Vec<&str> = key
        .columns
        .iter()
        .map(|column| table.column(*column).name.as_str())
        .into_vec();
    let (name, list) = (&table.name.name, columns.join(", "));
    let message = format!("no index of `{name}` begins with the columns of this foreign key");
    let diagnostic = Diagnostic::warning("B0401", message)
        .at(key.span, "deleting a referred row reads the whole table");
    diagnostic.help(format!(
        "add `CREATE INDEX {name}_{} ON {name} ({list})`",
        columns.join("_")
    ))
}
