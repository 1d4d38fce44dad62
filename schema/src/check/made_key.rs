//! A key that the database makes by a default comes back by `INSERT … RETURNING`, which not every engine has.

use crate::diagnostic::{Diagnostic, Diagnostics};
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

/// A constant is known without being told; a new row is asked for it all the same.
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

/// Where no engine tells it, every new row has to be given its key, and that is all; a computed one cannot be given.
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
            let message = format!(
                "the key `{key}` of `{name}` is made by the database, and {on} does not tell which: MySQL has no RETURNING"
            );
            let span = column
                .default
                .as_ref()
                .map_or(column.span, |default| default.span);
            let mut found = Diagnostic::error("B0221", message).at(span, "made here");
            if let Some(tag) = table.engines_span {
                found = found.at(tag, format!("`{name}` lives there"));
            }
            let mariadb = silent.first().map(|id| &model.engine(*id).name);
            Some(found.help(format!(
                "leave `DEFAULT` out and give new rows their key; or, where {on} is MariaDB, say so: `flavour = \"mariadb\"` at \
                 `[engines.{}]`",
                mariadb.map_or("", String::as_str)
            )))
        }
    }
}
