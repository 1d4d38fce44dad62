//! The stages from texts to a model.

use crate::diagnostic::Diagnostics;
use crate::input::Input;
use crate::model::Model;
use crate::{lower, parse, queries, resolve};

/// Reads a schema, `parse`, `lower`, `resolve`, and the queries of the program.
///
/// Mistakes are in `diagnostics`; the model then holds what could be made of the rest.
pub fn read_model(input: &Input, diagnostics: &mut Diagnostics) -> Model {
    let ast = parse::parse(input, diagnostics);
    let draft = lower::lower(ast, input, diagnostics);
    let mut model = resolve::resolve(draft, input, diagnostics);
    queries::bind(&mut model, input, diagnostics);
    model
}
