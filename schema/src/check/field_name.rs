//! The columns of a table are fields of their own, and so are its methods for unique keys.

use crate::lists::IntoVec as _;
use std::collections::HashMap;

use super::all_differ;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        fields(table, diagnostics);
        methods(table, diagnostics);
    }
}

fn fields(table: &Table, diagnostics: &mut Diagnostics) {
    let columns = table.columns.iter().filter(|column| !column.skip);
    if all_differ(columns.map(|column| column.field.as_str()).into_vec()) {
        return;
    }
    let mut known: HashMap<String, usize> = HashMap::new();
    let columns = table.columns.iter().enumerate();
    for (at, column) in columns.filter(|(_, column)| !column.skip) {
        let Some(&other) = known.get(&column.field) else {
            known.insert(column.field.clone(), at);
            continue;
        };
        let other = &table.columns[other];
        let (one, two, table) = (&other.name, &column.name, &table.name.name);
        let message = format!(
            "columns `{one}` and `{two}` of `{table}` would both be the field `{}`",
            column.field
        );
        let help = format!(
            "name one of them: `-- @name other_{}` above it",
            crate::name::field(&column.name)
        );
        let diagnostic = Diagnostic::error("B0114", message)
            .at(column.span, "this one")
            .at(other.span, "and this one");
        diagnostics.push(diagnostic.help(help));
    }
}

/// `UNIQUE (a, b)` and `UNIQUE (a_and_b)` would both be `find_by_a_and_b`.
fn methods(table: &Table, diagnostics: &mut Diagnostics) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, unique) in table.uniques.iter().enumerate() {
        let Some(&other) = known.get(&unique.method_suffix) else {
            known.insert(unique.method_suffix.clone(), at);
            continue;
        };
        let other = &table.uniques[other];
        let message = format!(
            "two unique keys of `{}` would both be `find_by_{}`",
            table.name.name, unique.method_suffix
        );
        let diagnostic = Diagnostic::error("B0126", message)
            .at(unique.span, "this one")
            .at(other.span, "and this one");
        let single = [unique, other]
            .into_iter()
            .find(|key| key.columns.len() == 1);
        let named = single.unwrap_or(unique).columns.first();
        let column = named.map_or("", |id| table.column(*id).name.as_str());
        let help = format!(
            "remove one of them, or name a column: `-- @name other_{}` above `{column}`",
            crate::name::field(column)
        );
        diagnostics.push(diagnostic.help(help));
    }
}
