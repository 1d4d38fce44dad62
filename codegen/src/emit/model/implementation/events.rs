//! The part of `impl Model` that says what the runtime has to know to write events.

use bindery_schema::ast::ChangeKind;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::name::event_model;

use crate::emit::shape::Shape;
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};

/// Writes it, where the table is published.
pub(crate) fn published(w: &mut RustWriter, shape: &Shape<'_>) {
    if shape.table.events.is_empty() {
        return;
    }
    let of = |kind: ChangeKind| shape.table.events.iter().find(|event| event.kind == kind);
    let is_there = |kind| Expr::text(of(kind).is_some().to_string());
    let before = |kind| Expr::text(of(kind).is_some_and(|event| event.before).to_string());
    let engines = shape.publishes_on.iter().map(u16::to_string);
    let engines: Vec<String> = engines.into_vec();
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
