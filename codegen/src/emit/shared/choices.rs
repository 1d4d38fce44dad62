//! Methods that cannot be called because one of several engines has to be chosen: their bounds say what to write.

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::{UNUSED, in_words, in_words_or};
use crate::rust_writer::{RustWriter, Signature, string_literal};
use bindery_schema::lists::IntoVec as _;

/// The accessor of a model on several engines cannot be called: its bound says what to write instead.
pub(crate) fn refused(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    of_self: &str,
) {
    let engine = around.first_engine(shape.table.engines);
    w.doc(&format!(
        "{}: use {}.",
        lives_on(around, shape),
        choices(around, shape)
    ));
    let signature = Signature {
        head: format!("pub fn {}<'a>", shape.names.accessor),
        params: vec![format!("&'a {of_self}")],
        returns: Some(format!(
            "::bindery::Repository<'a, {}, {engine}>",
            around.tag(shape.names)
        )),
        bounds: vec![format!("{NOT_CHOSEN}: {}<'a>", shape.names.choice)],
    };
    w.function(&signature, |w| {
        w.line(&format!("self.0.repository({engine})"))
    });
}

fn lives_on(around: &Surroundings<'_>, shape: &Shape<'_>) -> String {
    let engines = shape.table.engines.iter();
    let names: Vec<_> = engines
        .map(|id| format!("`{}`", around.engines[id.0 as usize].name))
        .into_vec();
    format!("`{}` lives on {}", shape.names.row, in_words(&names))
}

fn choices(around: &Surroundings<'_>, shape: &Shape<'_>) -> String {
    let sets = around.sets_of(shape.table.engines);
    let sets = sets.map(|set| format!("{}_shard(key)", set.name));
    let engines = shape.table.engines.iter();
    let engines = engines.map(|id| format!("{}()", around.engine_of(*id).name));
    let calls: Vec<_> = sets
        .chain(engines)
        .map(|call| format!("`db.{call}?.{}()`", shape.names.accessor))
        .into_vec();
    in_words_or(&calls)
}

/// The trait whose message says which engines there are to choose from.
pub(crate) fn choice(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    w.item(|w| {
        w.doc("Required where one of the engines of a model has to be chosen; no implementation of it counts.");
        let message = format!("model {}: choose one", lives_on(around, shape));
        let note = format!("write {}", choices(around, shape));
        unimplemented(w, &shape.names.choice, (&message, "which engine?", &note));
    });
}

/// The trait that a choice must implement. It is of another crate, so rustc does not point at it.
pub(crate) const NOT_CHOSEN: &str = "::bindery::__private::NotChosen";

/// A trait that is implemented for nothing that can be met, with what rustc says where it is required. The implementation
/// that never counts keeps rustc from saying that there is none and that one could be added.
pub(crate) fn unimplemented(
    w: &mut RustWriter,
    name: &str,
    (message, label, note): (&str, &str, &str),
) {
    w.line("#[diagnostic::on_unimplemented(");
    w.indented(|w| {
        w.line(&format!("message = {},", string_literal(message)));
        w.line(&format!("label = {},", string_literal(label)));
        w.line(&format!("note = {}", string_literal(note)));
    });
    w.line(")]");
    w.line(UNUSED);
    w.line(&format!("pub trait {name}<'a> {{}}"));
    w.line("");
    w.line("#[diagnostic::do_not_recommend]");
    w.block(
        &format!("impl {name}<'_> for ::core::convert::Infallible"),
        |_| (),
    );
}
