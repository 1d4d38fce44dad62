//! Each engine is a type of its own.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Engine, Model};

/// A configuration file was checked when it was read; engines may also come from elsewhere.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<&str, &Engine> = BTreeMap::new();
    for engine in &model.engines {
        let Some(other) = known.insert(&engine.type_name, engine) else {
            continue;
        };
        let message = format!(
            "engines `{}` and `{}` would both be `engine::{}`",
            other.name, engine.name, engine.type_name
        );
        let mut diagnostic =
            Diagnostic::error("B0307", message).help(super::rename_help(&engine.name));
        for span in [engine.span, other.span].into_iter().flatten() {
            diagnostic = diagnostic.at(span, "");
        }
        diagnostics.push(diagnostic);
    }
}
