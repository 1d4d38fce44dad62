//! The code of engines with an outbox or an inbox: traits of their types, and workers. All of it is macros of the
//! runtime's.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Engine, Model};

use crate::rust_writer::RustWriter;

/// Nothing where no engine has either.
pub(crate) fn outboxes(w: &mut RustWriter, model: &Model) {
    for engine in model.engines.iter().filter(|engine| engine.outbox) {
        w.item(|w| w.line(&of_engine("outbox", engine)));
    }
    for engine in model.engines.iter().filter(|engine| engine.inbox) {
        w.item(|w| w.line(&of_engine("inbox", engine)));
    }
    let with_outbox: Vec<&Engine> = model.engines.iter().filter(|one| one.outbox).into_vec();
    match with_outbox.as_slice() {
        [] => {}
        [only] => {
            let engine = &only.type_name;
            w.item(|w| {
                w.line(&format!(
                    "::bindery::__private::workers!(Databases, engine::{engine});"
                ));
            });
        }
        _ => w.item(|w| w.line("::bindery::__private::workers!(Databases);")),
    }
}

fn of_engine(which: &str, engine: &Engine) -> String {
    format!(
        "::bindery::__private::{which}!(engine::{});",
        engine.type_name
    )
}
