//! Enums are types of their own, and their values variants of their own.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{EnumType, EnumValue, Model};
use crate::source::Span;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let tables = model.tables.iter().map(|table| {
        (
            table.model_name.as_str(),
            (table.name.name.as_str(), table.span),
        )
    });
    let mut known: BTreeMap<&str, (&str, Span)> = tables.collect();
    for values in &model.enums {
        variants(values, diagnostics);
        let Some((other, span)) = known.insert(&values.type_name, (&values.name, values.span))
        else {
            continue;
        };
        let message = format!(
            "enum `{}` and `{other}` would both be the type `{}`",
            values.name, values.type_name
        );
        let diagnostic = Diagnostic::error("B0113", message)
            .at(values.span, "this one")
            .at(span, "and this one");
        diagnostics.push(diagnostic.help("rename the enum; or, where the other is a table, write `-- @model OtherName` above that"));
    }
}

fn variants(values: &EnumType, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<&str, &EnumValue> = BTreeMap::new();
    for value in &values.values {
        let Some(other) = known.insert(&value.variant, value) else {
            continue;
        };
        let message = format!(
            "values `{}` and `{}` of enum `{}` would both be the variant `{}`",
            other.value, value.value, values.name, value.variant
        );
        let help = "change one of the values, or give the column a type of your own: `-- @type path::To<T>`";
        diagnostics.push(
            Diagnostic::error("B0115", message)
                .at(values.span, "")
                .help(help),
        );
    }
}
