//! `DatabaseSession`: the databases within one session, with the accessors that `Databases` has. What it
//! has in every program is a macro of the runtime's.

use bindery_schema::model::{Engine, Model};

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::shared::accessors::{accessor_on, lints};
use crate::emit::text::UNUSED;
use crate::rust_writer::{RustWriter, Signature};

/// The struct with everything it can do.
pub(crate) fn session(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    w.item(|w| {
        w.doc("The databases within one session, with at most one connection and transaction of each. Rolled back unless it is committed.");
        w.line(UNUSED);
        w.line("#[must_use = \"a session that is not committed is rolled back\"]");
        w.line("pub struct DatabaseSession(::bindery::Session);");
    });
    w.item(|w| {
        w.line(&lints(all));
        w.block("impl DatabaseSession", |w| {
            for engine in &model.engines {
                connection(w, engine);
            }
            for shape in all {
                w.item(|w| accessor(w, around, shape));
            }
        });
    });
    w.item(|w| w.line("::bindery::__private::session!(Databases, DatabaseSession, engine::Any);"));
}

/// The accessor of a model's rows.
pub(crate) fn accessor(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    accessor_on(w, around, shape, "mut self");
}

fn connection(w: &mut RustWriter, engine: &Engine) {
    let ty = format!("engine::{}", engine.type_name);
    w.item(|w| {
        w.docs([
            &format!("The session's connection of `{}`, within its transaction.", engine.name),
            "",
            "# Errors",
            "The engine cannot be reached, no connection came free in time, or the session is locked to another.",
        ]);
        let returns = format!("::bindery::Result<&mut ::bindery::Connection<{ty}>>");
        let signature = Signature::new(&format!("pub fn {}", engine.name), &["&mut self"], &returns);
        w.function(&signature, |w| w.line(&format!("self.0.connection({ty})")));
    });
}
