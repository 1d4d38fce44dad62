//! Each engine is a type of its own.

use std::collections::HashMap;

use crate::config::findings::same_type_name;
use crate::diagnostic::Diagnostics;
use crate::model::Model;

/// A configuration file was checked when it was read; engines may also come from elsewhere.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, engine) in model.engines.iter().enumerate() {
        let Some(other) = known.insert(engine.type_name.clone(), at) else {
            continue;
        };
        let other = &model.engines[other];
        diagnostics.push(same_type_name(
            (&engine.name, engine.span),
            (&other.name, other.span),
        ));
    }
}
