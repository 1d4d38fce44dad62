//! `…Patch`: columns to be updated.

use crate::emit::shape::{Shape, Surroundings, derives};
use crate::emit::shared::column_docs;
use crate::emit::shared::json::{self, JsonItem};
use crate::emit::shared::setters::{self, Of};
use crate::emit::text::{code, impl_head};
use crate::rust_writer::{Expr, RustWriter};
use bindery_schema::lists::IntoVec as _;

/// The struct, with nothing to be changed as its default.
pub(crate) fn patch(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let generic = shape.patch_generic();
    w.item(|w| {
        w.doc(&format!(
            "Columns of {} to be changed; what is `None` stays.",
            code(shape.table.name)
        ));
        // A derived `Default` would ask for engines that have one, and `engine::Any` has none.
        let always: &[&str] = if generic { &[] } else { &["Default"] };
        w.derive(&derives(always, &shape.derives.patch));
        json::of_struct(w, shape, JsonItem::Patch, generic);
        w.line("#[must_use]");
        let parameter = around.default_parameter(shape.table.engines, generic);
        let head = format!("pub struct {}{parameter}", shape.names.patch);
        w.block(&head, |w| {
            for (_, field) in shape.changeable() {
                w.docs(column_docs(field, ""));
                json::of_field(w, around, shape, (JsonItem::Patch, field));
                w.line(&format!("pub {}: {},", field.name, field.patch_type()));
            }
        });
    });
    if generic {
        default(w, shape);
    }
    setters(w, shape);
}

fn setters(w: &mut RustWriter, shape: &Shape<'_>) {
    w.item(|w| {
        setters::allows(w, shape, Of::Patch);
        let head = impl_head(shape.patch_generic(), &shape.patch("E"));
        w.block(&head, |w| {
            w.item(|w| {
                w.doc("Nothing to be changed, until a column is set.");
                w.block("pub fn new() -> Self", |w| {
                    w.line("::core::default::Default::default()");
                });
            });
            setters::setters(w, shape, Of::Patch);
        });
    });
}

fn default(w: &mut RustWriter, shape: &Shape<'_>) {
    w.item(|w| {
        let head = format!(
            "impl<E: ::bindery::Engine> ::core::default::Default for {}",
            shape.patch("E")
        );
        w.block(&head, |w| {
            w.block("fn default() -> Self", |w| {
                let none = |name: &str| {
                    let none = Expr::text("::core::option::Option::None");
                    (name.to_owned(), none)
                };
                let fields = shape.changeable().map(|(_, field)| none(field.name));
                w.value(&Expr::Struct("Self".to_owned(), fields.into_vec()));
            });
        });
    });
}
