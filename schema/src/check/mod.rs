//! The rules a model must keep. One file each, one function each; all of them run, and their findings are collected.
//!
//! What is wrong with a single statement or annotation was said while it was read; here is what shows in the whole.

mod dialect;

use crate::diagnostic::Diagnostics;
use crate::model::{CheckedModel, Model};

/// A rule looks at the whole model and says what breaks it.
type Rule = fn(&Model, &mut Diagnostics);

const RULES: &[Rule] = &[dialect::check];

/// Asks all rules. `None` when there is an error among the findings, older ones included: then nothing may be generated.
pub fn check(model: Model, diagnostics: &mut Diagnostics) -> Option<CheckedModel> {
    for rule in RULES {
        rule(&model, diagnostics);
    }
    diagnostics.sort();
    if diagnostics.has_errors() {
        None
    } else {
        Some(CheckedModel(model))
    }
}
