//! The types of a published table's events.

use bindery_schema::ast::ChangeKind;

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::text::code;
use crate::rust_writer::RustWriter;

/// The types of the events of a model, in its module; nothing for a table that is not published.
pub(crate) fn types(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let table = code(shape.table.name);
    let kinds = shape.table.events.iter().map(|event| event.kind);
    for kind in kinds {
        let (name, about) = match kind {
            ChangeKind::Created => ("Created", format!("A row of {table} was created.")),
            ChangeKind::Updated => ("Updated", format!("A row of {table} was updated.")),
            ChangeKind::Deleted => ("Deleted", format!("A row of {table} was deleted.")),
        };
        alias(w, around, shape, name, &about);
    }
    if !shape.table.events.is_empty() {
        let about = format!("A row of {table} was created, updated or deleted.");
        alias(w, around, shape, "Event", &about);
        published(w, shape);
    }
}

fn alias(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    name: &str,
    about: &str,
) {
    let row = shape.names.row.trim_start_matches("r#");
    let parameter = if shape.several {
        let engine = around.engine(shape.table.engines[0]);
        format!("<E = {engine}>")
    } else {
        String::new()
    };
    let generic = if name == "Event" { "Change" } else { name };
    w.item(|w| {
        w.doc(about);
        w.line(&format!(
            "pub type {row}{name}{parameter} = ::bindery::messages::{generic}<{}>;",
            shape.row("E")
        ));
    });
}

/// Rows of events can be read again on an engine that is known.
fn published(w: &mut RustWriter, shape: &Shape<'_>) {
    let row = shape.row("E");
    let head = if shape.several {
        format!("impl<E: ::bindery::StaticEngine> ::bindery::messages::Published for {row}")
    } else {
        format!("impl ::bindery::messages::Published for {row}")
    };
    w.item(|w| w.block(&head, |_| ()));
}
