//! Functions that get another body, and domains that get other checks.

use crate::diff::change::Change;
use crate::diff::postgres::altered_domain;
use crate::diff::render::{Step, by_hand};
use crate::diff::structure::ObjectShape;
use crate::syntax::head_of_function;

/// A function with the same arguments and result takes the place of the one that is there (`CREATE OR REPLACE`), and a domain over the
/// same type is altered; other changes of objects are written by a person.
pub(super) fn replaced(change: &Change, from: &ObjectShape, to: &ObjectShape) -> Step {
    if let Some(statements) = altered_domain(from, to) {
        return Step::of(statements);
    }
    let is_replaced = from.kind == "FUNCTION" && heads(from) == heads(to);
    if !is_replaced {
        return by_hand(change);
    }
    Step::of(to.create.iter().cloned()).remark(format!(
        "{change}: values that were computed with it, in generated columns and in indexes, stay as they are"
    ))
}

fn heads(function: &ObjectShape) -> Vec<Vec<String>> {
    let create = function.create.iter();
    create.map(|sql| head_of_function(sql)).collect()
}
