//! Each model has a Rust name of its own.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, Table};
use crate::name::same_name;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, table) in model.tables.iter().enumerate() {
        let name = table.model_name.as_str();
        let Some(&other) = known.get(name) else {
            known.insert(name.to_owned(), at);
            continue;
        };
        let other = &model.tables[other];
        if is_one_table(model, other, table) {
            continue;
        }
        let message = format!(
            "tables `{}` and `{}` would both be the model `{name}`",
            other.name.name, table.name.name
        );
        let diagnostic = Diagnostic::error("B0110", message).at(table.span, "this one");
        let help = format!("name one of them: `-- @model Other{name}` above it");
        diagnostics.push(diagnostic.at(other.span, "and this one").help(help));
    }
}

/// Two tables of one name on one engine are reported when names are bound: another name in Rust would not help.
fn is_one_table(model: &Model, one: &Table, two: &Table) -> bool {
    one.name.schema == two.name.schema
        && one.engines.iter().any(|id| {
            let dialect = model.engine(*id).dialect;
            two.engines.contains(id) && same_name(&one.name.name, &two.name.name, dialect)
        })
}
