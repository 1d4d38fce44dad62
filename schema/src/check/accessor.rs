//! Each model has an accessor of its own: `db.blogs()`.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (table, group) in model.tables.iter().filter_map(|table| {
        let mut groups = model.groups.iter();
        let same = groups.find(|group| group.name == table.accessor)?;
        Some((table, same))
    }) {
        let message = format!(
            "table `{}` and the atomic group `{}` would both be `db.{}()`",
            table.name.name, group.name, group.name
        );
        let diagnostic = Diagnostic::error("B0111", message)
            .at(table.span, "this one")
            .at(group.span, "and this one");
        diagnostics.push(diagnostic.help(help(table)));
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, table) in model.tables.iter().enumerate() {
        let accessor = table.accessor.as_str();
        let Some(&other) = known.get(accessor) else {
            known.insert(accessor.to_owned(), at);
            continue;
        };
        let other = &model.tables[other];
        // Tables that would be one model are reported elsewhere: a name for one of them settles this, too.
        if other.model_name == table.model_name {
            continue;
        }
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

/// With a name of its own a model whose table's name is taken has that name's accessor.
fn help(table: &Table) -> String {
    let model = format!("{}Row", table.model_name);
    let accessor = crate::name::field(&model);
    format!("name the model: `-- @model {model}` above the table makes it `db.{accessor}()`")
}
