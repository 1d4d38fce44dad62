//! Functions that get another body.

use crate::diff::change::Change;
use crate::diff::render::{Step, by_hand};
use crate::diff::structure::ObjectShape;
use crate::syntax::head_of_function;

/// A function with the same arguments and result takes the place of the one that is there (`CREATE OR REPLACE`); other changes of
/// objects are written by a person.
pub(super) fn replaced(change: &Change, from: &ObjectShape, to: &ObjectShape) -> Step {
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
