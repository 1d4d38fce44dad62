//! A foreign key refers to a key: the primary one or a unique one of the referred table.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, ForeignKey, Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for child in &model.tables {
        let demands = |engine: &crate::model::EngineId| {
            model.engine(*engine).capabilities().refers_to_keys_only
        };
        if !child.engines.iter().any(demands) {
            continue;
        }
        for key in &child.foreign_keys {
            let parent = model.table(key.table);
            if !is_key(parent, &key.referred) {
                diagnostics.push(no_key(parent, key));
            }
        }
    }
}

/// Whether the columns, in any order, make up a key of the table.
pub(super) fn is_key(table: &Table, columns: &[ColumnId]) -> bool {
    let same = |key: &[ColumnId]| {
        key.len() == columns.len() && columns.iter().all(|column| key.contains(column))
    };
    table
        .primary_key
        .as_ref()
        .is_some_and(|key| same(&key.columns))
        || table.uniques.iter().any(|unique| same(&unique.columns))
}

fn no_key(parent: &Table, key: &ForeignKey) -> Diagnostic {
    let columns: Vec<&str> = key
        .referred
        .iter()
        .map(|column| parent.column(*column).name.as_str())
        .into_vec();
    let (columns, name) = (columns.join(", "), &parent.name.name);
    let message = format!("a foreign key refers to `{name}` ({columns}), which is not unique");
    let diagnostic = Diagnostic::error("B0124", message)
        .at(key.span, "this foreign key")
        .at(parent.span, "the referred table");
    diagnostic.help(format!(
        "refer to the primary key, or add `UNIQUE ({columns})` to `{name}`"
    ))
}
