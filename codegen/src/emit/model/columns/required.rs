//! The struct of required columns, where the constructor takes it.

use super::paths::type_here;
use crate::emit::shape::{Field, Shape, Surroundings, required};
use crate::emit::shared::column_docs;
use crate::emit::text::code;
use crate::rust_writer::RustWriter;

/// Returns whether the struct mentions an engine.
pub(crate) fn has_engine(shape: &Shape<'_>) -> bool {
    let mentions = |field: &Field<'_>| field.new_type().contains("<engine::");
    required::type_name(shape).is_some()
        && (required::is_generic(shape) || required::fields(shape).any(mentions))
}

/// Writes it.
pub(crate) fn structure(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let Some(name) = required::type_name(shape) else {
        return;
    };
    w.item(|w| {
        w.doc(&format!(
            "The columns that a new row of {} must have, by name.",
            code(shape.table.name)
        ));
        let parameter = around.default_parameter(shape.table.engines, required::is_generic(shape));
        w.block(&format!("pub struct {name}{parameter}"), |w| {
            for field in required::fields(shape) {
                w.docs(column_docs(field, ""));
                let ty = type_here(around, shape, &field.new_type());
                w.line(&format!("pub {}: {ty},", field.name));
            }
        });
    });
}
