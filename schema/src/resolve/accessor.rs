//! Accessors of models that were given a name of their own because that of their table is taken.

use std::collections::HashSet;

use crate::draft::DraftTable;
use crate::model::Model;
use crate::name;

/// The accessor is the table's own name. Where that is a method of bindery, an engine or another table's accessor, and the
/// model is named by `@model`, it follows that name instead. What collides all the same is the matter of `check`.
pub(super) fn settle(model: &mut Model, bound: &[&DraftTable]) {
    let engines = model.engines.iter().map(|engine| engine.name.clone());
    let unnamed = model
        .tables
        .iter()
        .zip(bound)
        .filter(|(_, draft)| draft.notes.model.is_none());
    let mut taken: HashSet<String> = engines
        .chain(unnamed.map(|(table, _)| table.accessor.clone()))
        .collect();
    for (table, draft) in model.tables.iter_mut().zip(bound) {
        if draft.notes.model.is_none() {
            continue;
        }
        if taken.contains(&table.accessor) || name::is_reserved_accessor(&table.accessor) {
            table.accessor = name::escape_keyword(&name::accessor(&table.model_name));
        }
        taken.insert(table.accessor.clone());
    }
}
