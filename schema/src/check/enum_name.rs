//! Enums are types of their own.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Model;
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
        let help = format!(
            "rename one of them, for example to `{}_2`",
            crate::name::field(&values.name)
        );
        diagnostics.push(diagnostic.help(help));
    }
}
