//! Each model has an accessor of its own: `db.blogs()`. Engines are methods there too, beside those that are always there.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, Table};
use crate::name::is_reserved_accessor;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<&str, &Table> = BTreeMap::new();
    for table in &model.tables {
        let accessor = table.accessor.as_str();
        reserved(model, table, diagnostics);
        let Some(other) = known.get(accessor) else {
            known.insert(accessor, table);
            continue;
        };
        let message = format!(
            "tables `{}` and `{}` would both be `db.{accessor}()`",
            other.name.name, table.name.name
        );
        let diagnostic = Diagnostic::error("B0111", message)
            .at(table.span, "this one")
            .at(other.span, "and this one");
        diagnostics.push(diagnostic.help(help(table)));
    }
}

fn reserved(model: &Model, table: &Table, diagnostics: &mut Diagnostics) {
    let accessor = table.accessor.as_str();
    let engine = model.engines.iter().find(|engine| engine.name == accessor);
    let message = match engine {
        Some(_) => format!(
            "`db.{accessor}()` is the engine `{accessor}`, so table `{}` cannot have this accessor",
            table.name.name
        ),
        None if is_reserved_accessor(accessor) => format!(
            "`{accessor}()` is a method of bindery, so table `{}` cannot have this accessor",
            table.name.name
        ),
        None => return,
    };
    let diagnostic = Diagnostic::error("B0112", message).at(table.span, "this table");
    let place = engine.and_then(|engine| engine.span);
    let diagnostic = place.into_iter().fold(diagnostic, |diagnostic, span| {
        diagnostic.at(span, "this engine")
    });
    diagnostics.push(diagnostic.help(help(table)));
}

/// With a name of its own a model whose table's name is taken has that name's accessor.
fn help(table: &Table) -> String {
    let model = format!("{}Row", table.model_name);
    let accessor = crate::name::field(&model);
    format!("name the model: `-- @model {model}` above the table makes it `db.{accessor}()`")
}
