//! Accessors of models' rows, on each type that leads to several engines.

use super::choices::refused;
use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::UNUSED;
use crate::rust_writer::{RustWriter, Signature};

/// Tables called `to_…` and the like are not conversions.
pub(crate) fn lints(all: &[Shape<'_>]) -> String {
    let prefixes = ["as_", "from_", "into_", "is_", "to_"];
    let looks_like_conversion = |shape: &Shape<'_>| {
        prefixes
            .iter()
            .any(|prefix| shape.names.accessor.starts_with(prefix))
    };
    if all.iter().any(looks_like_conversion) {
        "#[allow(dead_code, unreachable_pub, clippy::pedantic, clippy::wrong_self_convention)]"
            .to_owned()
    } else {
        UNUSED.to_owned()
    }
}

/// The accessor of a type whose accessors take `self` so, behind a reference.
pub(crate) fn accessor_on(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    of_self: &str,
) {
    if shape.several {
        refused(w, around, shape, of_self);
    } else {
        routed(w, around, shape, of_self);
    }
}

fn routed(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>, of_self: &str) {
    let engine = around.row_engine(shape.table.engines);
    w.doc(&rows_of(around, shape));
    let returns = format!(
        "::bindery::Repository<'_, {}, {engine}>",
        around.tag(shape.names)
    );
    let signature = Signature::new(
        &format!("pub fn {}", shape.names.accessor),
        &[&format!("&{of_self}")],
        &returns,
    );
    w.function(&signature, |w| {
        w.line(&format!("self.0.repository({engine})"))
    });
}

/// First line of an accessor's documentation.
pub(crate) fn rows_of(around: &Surroundings<'_>, shape: &Shape<'_>) -> String {
    let (row, module) = (&shape.names.row, &shape.names.module);
    if around.scope.modules {
        format!("The rows of [`{module}::{row}`].")
    } else {
        format!("The rows of [`{row}`].")
    }
}
