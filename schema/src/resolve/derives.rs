//! Tables of `[derives]` that are for no model.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Model;
use crate::name::suggest;

/// Says which there are. Names of models are settled.
pub(super) fn report_unknown(model: &Model, diagnostics: &mut Diagnostics) {
    let names = || model.tables.iter().map(|table| table.model_name.as_str());
    for own in &model.derives.models {
        if names().any(|name| name == own.model) {
            continue;
        }
        let message = format!("there is no model `{}` for `[derives.{0}]`", own.model);
        let help = match suggest(&own.model, names()) {
            Some(near) => format!("did you mean `[derives.{near}]`?"),
            None => {
                "write the name of a model, as the generated code has it; or leave the table out"
                    .to_owned()
            }
        };
        diagnostics.push(
            Diagnostic::warning("B0253", message)
                .at(own.span, "")
                .help(help),
        );
    }
}
