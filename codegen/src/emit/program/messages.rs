//! Relays and consumers of events, as methods of `Databases`. All of it is macros of the runtime's.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Engine, Model};

use crate::rust_writer::RustWriter;

/// Nothing where no table is published.
pub(crate) fn messages(w: &mut RustWriter, model: &Model) {
    if !model.tables.iter().any(|table| table.publish.is_some()) {
        return;
    }
    let with = |has: fn(&Engine) -> bool| {
        let found: Vec<&Engine> = model.engines.iter().filter(|one| has(one)).into_vec();
        match found.as_slice() {
            [] => None,
            [only] => Some(format!("Databases, engine::{}", only.type_name)),
            _ => Some("Databases".to_owned()),
        }
    };
    for (name, arguments) in [
        ("relays", with(|engine| engine.outbox)),
        ("consumers", with(|engine| engine.inbox)),
    ] {
        if let Some(arguments) = arguments {
            w.item(|w| w.line(&format!("::bindery::__private::{name}!({arguments});")));
        }
    }
}
