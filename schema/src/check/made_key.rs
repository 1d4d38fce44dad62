//! A key that the database makes by a default comes back by `INSERT … RETURNING`, which not every engine has.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{Column, ColumnId, DefaultValue, EngineId, Generated, Model, Table};
use crate::plan::statements::silent_engines;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in model.tables.iter().filter(|table| table.view.is_none()) {
        for id in table.primary_key.iter().flat_map(|key| &key.columns) {
            let silent = silent_engines(model, table, *id);
            if silent.is_empty() {
                continue;
            }
            if let Some(found) = finding(model, table, *id, &silent) {
                diagnostics.push(found);
            }
        }
    }
}

/// A constant is known without a reply of the server; a new row still needs it.
fn is_constant(column: &Column) -> bool {
    let default = column.default.as_ref().map(|default| &default.value);
    default.is_none_or(|value| match value {
        DefaultValue::Null
        | DefaultValue::Bool(_)
        | DefaultValue::Number(_)
        | DefaultValue::Text(_)
        | DefaultValue::Bytes(_) => true,
        DefaultValue::Now
        | DefaultValue::CurrentDate
        | DefaultValue::CurrentTime
        | DefaultValue::RandomUuid
        | DefaultValue::Expression(_) => false,
    })
}

/// Reports a key that some engine does not return. Where no engine returns it, every new row has to be given its key,
/// and that is all; a computed one cannot be given.
fn finding(model: &Model, table: &Table, id: ColumnId, silent: &[EngineId]) -> Option<Diagnostic> {
    let column = table.column(id);
    let (name, key) = (&table.name.name, &column.name);
    let on = super::engine_list(model, silent);
    match &column.generated {
        Generated::Computed { .. } => {
            let message = format!(
                "`insert` cannot give back rows of `{name}` on {on}: `{key}` is computed there"
            );
            let help =
                format!("leave `{key}` out of the key, which then is of columns that are given");
            Some(
                Diagnostic::warning("B0406", message)
                    .at(column.span, "part of the key")
                    .help(help),
            )
        }
        Generated::Key { .. } => None,
        Generated::No if silent.len() == table.engines.len() || is_constant(column) => None,
        Generated::No => {
            let do_not = if silent.len() == 1 { "does" } else { "do" };
            let message = format!(
                "the key `{key}` of `{name}` is made by the database, and {on} {do_not} not return it: MySQL has no RETURNING"
            );
            let span = column
                .default
                .as_ref()
                .map_or(column.span, |default| default.span);
            let mut found = Diagnostic::error("B0221", message).at(span, "made here");
            if let Some(tag) = table.engines_span {
                found = found.at(tag, format!("`{name}` lives there"));
            }
            Some(found.help(told_help(model, silent)))
        }
    }
}

/// Returns the help for a key that no engine returns. An engine that is declared as MySQL cannot be MariaDB.
fn told_help(model: &Model, silent: &[EngineId]) -> String {
    let given = "leave `DEFAULT` out and give new rows their key";
    let unsaid = silent.iter().copied();
    let unsaid: Vec<EngineId> = unsaid
        .filter(|id| model.engine(*id).flavour.is_none())
        .into_vec();
    if unsaid.is_empty() {
        return given.to_owned();
    }
    let are = if unsaid.len() == 1 { "is" } else { "are" };
    let places: Vec<String> = unsaid
        .iter()
        .map(|id| format!("`[engines.{}]`", model.engine(*id).name))
        .into_vec();
    let (on, places) = (super::engine_list(model, &unsaid), places.join(" and "));
    format!("{given}; or, where {on} {are} MariaDB, say so: `flavour = \"mariadb\"` at {places}")
}
