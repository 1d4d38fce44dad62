//! Enums are types of their own.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{EnumType, Model};
use crate::source::Span;

/// The owner of a name that is taken.
struct TakenName<'m> {
    name: &'m str,
    span: Span,
    /// The enum is in no row, and so has no type in Rust.
    is_unused: bool,
}

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut taken: Vec<TakenName<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for table in &model.tables {
        let (name, span, is_unused) = (table.name.name.as_str(), table.span, false);
        let found = TakenName {
            name,
            span,
            is_unused,
        };
        known.insert(table.model_name.clone(), taken.len());
        taken.push(found);
    }
    let engines = model.engines_of_enums();
    let own = model.enums.iter().zip(&engines);
    for (one, engines) in own.filter(|(one, _)| one.shares.is_none()) {
        let found = TakenName {
            name: &one.name,
            span: one.span,
            is_unused: engines.is_empty(),
        };
        match known.get(&one.type_name).map(|at| &taken[*at]) {
            // Twice in one file is a mistake, whether it is used or not.
            Some(other) if other.is_unused && !is_again(one, other) => {}
            Some(other) if found.is_unused && !is_again(one, other) => continue,
            Some(other) => diagnostics.push(finding(one, other)),
            None => {}
        }
        known.insert(one.type_name.clone(), taken.len());
        taken.push(found);
    }
}

fn is_again(one: &EnumType, other: &TakenName<'_>) -> bool {
    one.name == other.name && one.span.file == other.span.file
}

fn finding(one: &EnumType, other: &TakenName<'_>) -> Diagnostic {
    let message = format!(
        "enum `{}` and `{}` would both be the type `{}`",
        one.name, other.name, one.type_name
    );
    let help = format!(
        "rename one of them, for example to `{}_2`",
        crate::name::field(&one.name)
    );
    Diagnostic::error("B0113", message)
        .at(one.span, "this one")
        .at(other.span, "and this one")
        .help(help)
}
