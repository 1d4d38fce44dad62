//! `Tables`: the accessors of models on connections and transactions.

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::shared::accessors::{lints, rows_of};
use crate::rust_writer::{RustWriter, Signature};

/// The accessors of all models on connections and transactions.
pub(crate) fn tables(w: &mut RustWriter, around: &Surroundings<'_>, all: &[Shape<'_>]) {
    w.item(|w| {
        w.doc("The tables of a connection or transaction.");
        w.line(&lints(all));
        w.block("pub trait Tables", |w| {
            for shape in all {
                w.item(|w| accessor(w, around, shape));
            }
        });
    });
    w.item(|w| {
        w.block(
            "impl<E: ::bindery::Engine> Tables for ::bindery::Connection<E>",
            |_| (),
        );
    });
    w.item(|w| {
        w.block(
            "impl<E: ::bindery::Engine> Tables for ::bindery::ReadConnection<E>",
            |_| (),
        );
    });
    w.item(|w| w.block("impl Tables for DatabaseSession", |_| ()));
}

/// Writes the accessor of one model.
pub(crate) fn accessor(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let tag = around.tag(shape.names);
    w.doc(&rows_of(around, shape));
    let signature = Signature {
        head: format!("fn {}", shape.names.accessor),
        params: vec!["&mut self".to_owned()],
        returns: Some(format!("::bindery::generic::RepositoryOf<'_, Self, {tag}>")),
        bounds: vec![format!("Self: ::bindery::generic::ReadRoute<{tag}>")],
    };
    w.function(&signature, |w| {
        w.line("::bindery::Repository::new(self.target())");
    });
}
