//! Each engine is a type of its own.

use std::collections::BTreeMap;

use crate::config::findings::same_type_name;
use crate::diagnostic::Diagnostics;
use crate::model::{Engine, Model};

/// A configuration file was checked when it was read; engines may also come from elsewhere.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<&str, &Engine> = BTreeMap::new();
    for engine in &model.engines {
        let Some(other) = known.insert(&engine.type_name, engine) else {
            continue;
        };
        diagnostics.push(same_type_name(
            (&engine.name, engine.span),
            (&other.name, other.span),
        ));
    }
}
