//! Events of published tables: the types of a model's events, and what the runtime has to know to write them.

use bindery_schema::ast::ChangeKind;
use bindery_schema::model::{Engine, Model};
use bindery_schema::name::event_model;

use super::shape::Shape;
use super::shapes::Surroundings;
use super::{code, string_literal};
use crate::rust_writer::{Expr, RustWriter, Signature};

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

/// The names that [`types`] gives.
pub(crate) fn names(shape: &Shape<'_>) -> Vec<String> {
    let kinds = shape.table.events.iter().map(|event| match event.kind {
        ChangeKind::Created => "Created",
        ChangeKind::Updated => "Updated",
        ChangeKind::Deleted => "Deleted",
    });
    let all = (!shape.table.events.is_empty()).then_some("Event");
    let row = shape.names.row.trim_start_matches("r#");
    kinds.chain(all).map(|end| format!("{row}{end}")).collect()
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

/// The bounds that serde's derives need for a row of a published table on several engines.
pub(crate) fn serde_bounds(w: &mut RustWriter, shape: &Shape<'_>, generic: bool) {
    if generic && !shape.table.events.is_empty() {
        w.line(r#"#[serde(bound(serialize = "", deserialize = "E: ::bindery::StaticEngine"))]"#);
    }
}

/// The field of a row's engine is no part of an event.
pub(crate) fn skipped_engine(w: &mut RustWriter, shape: &Shape<'_>) {
    if !shape.table.events.is_empty() {
        w.line("#[serde(skip)]");
    }
}

/// Writes the part of `impl Model` that says what is published.
pub(crate) fn of_model(w: &mut RustWriter, shape: &Shape<'_>) {
    if shape.table.events.is_empty() {
        return;
    }
    let of = |kind: ChangeKind| shape.table.events.iter().find(|event| event.kind == kind);
    let is_there = |kind| Expr::text(of(kind).is_some().to_string());
    let before = |kind| Expr::text(of(kind).is_some_and(|event| event.before).to_string());
    let engines = shape.publishes_on.iter().map(u16::to_string);
    let engines: Vec<String> = engines.collect();
    let name = event_model(&shape.names.row);
    let fields = [
        ("name", Expr::text(string_literal(&name))),
        ("engines", Expr::text(format!("&[{}]", engines.join(", ")))),
        ("created", is_there(ChangeKind::Created)),
        ("updated", is_there(ChangeKind::Updated)),
        ("deleted", is_there(ChangeKind::Deleted)),
        ("before_update", before(ChangeKind::Updated)),
        ("before_delete", before(ChangeKind::Deleted)),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    w.item(|w| {
        w.assignment(
            "const EVENTS: ::bindery::__private::Events",
            &Expr::Struct("::bindery::__private::Events".to_owned(), fields.into()),
        );
    });
    w.item(|w| {
        let signature = Signature {
            head: "fn event_row<E: ::bindery::Engine>".to_owned(),
            params: vec![format!("row: &{}", shape.row("E"))],
            returns: Some("::bindery::Result<::bindery::__private::EventRow>".to_owned()),
            bounds: Vec::new(),
        };
        w.function(&signature, |w| {
            w.line("let key = <Self as ::bindery::generic::HasKey>::key::<E>(row);");
            w.line("::bindery::__private::EventRow::new(&key, row)");
        });
    });
}

/// Relays and consumers, as methods of `Databases`; nothing where no table is published.
pub(crate) fn methods(w: &mut RustWriter, model: &Model) {
    if !model.tables.iter().any(|table| table.publish.is_some()) {
        return;
    }
    let with = |has: fn(&Engine) -> bool| {
        let found: Vec<&Engine> = model.engines.iter().filter(|one| has(one)).collect();
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
