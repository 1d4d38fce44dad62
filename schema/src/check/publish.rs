//! Events of a table's changes are written to the outbox of its engine, and say by the table's key which row they are about.

use super::engine_list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, ReferentialAction, Table};
use crate::source::Span;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        if let Some(publish) = &table.publish {
            with_outbox(model, table, publish.span, diagnostics);
            keyed(table, publish.span, diagnostics);
            not_by_others(model, table, publish.span, diagnostics);
        }
    }
}

fn with_outbox(model: &Model, table: &Table, span: Span, diagnostics: &mut Diagnostics) {
    let mut engines = table.engines.iter().map(|id| model.engine(*id));
    if engines.any(|engine| engine.outbox) {
        return;
    }
    let first = &model.engine(table.engines[0]).name;
    let message = format!(
        "`{}` is published and on {}, without an outbox that its events could be written to",
        table.name.name,
        engine_list(model, &table.engines)
    );
    let diagnostic = Diagnostic::error("B0570", message).at(span, "");
    diagnostics.push(diagnostic.help(format!(
        "write `outbox = true` in the section `[engines.{first}]` of bindery.toml"
    )));
}

fn keyed(table: &Table, span: Span, diagnostics: &mut Diagnostics) {
    if table.primary_key.is_some() {
        return;
    }
    let name = &table.name.name;
    let message =
        format!("`{name}` is published and has no primary key, by which events name rows");
    let diagnostic = Diagnostic::error("B0571", message)
        .at(span, "")
        .at(table.span, "no primary key");
    diagnostics.push(diagnostic.help(format!("declare a primary key in `{name}`")));
}

/// Rows that the database changes by itself have no events.
fn not_by_others(model: &Model, table: &Table, span: Span, diagnostics: &mut Diagnostics) {
    for key in &table.foreign_keys {
        let actions = [("DELETE", key.on_delete), ("UPDATE", key.on_update)];
        let Some((change, action)) = actions.into_iter().find_map(|(change, action)| {
            let words = words(action)?;
            Some((change, words))
        }) else {
            continue;
        };
        let parent = &model.table(key.table).name.name;
        let message = format!(
            "rows of `{}` that the database changes by `ON {change} {action}` have no events",
            table.name.name
        );
        let diagnostic = Diagnostic::warning("B0572", message)
            .at(key.span, "")
            .at(span, "published here");
        diagnostics.push(diagnostic.help(format!(
            "leave `ON {change} {action}` out and change these rows before that of `{parent}`, or write `-- @allow B0572`"
        )));
    }
}

fn words(action: ReferentialAction) -> Option<&'static str> {
    match action {
        ReferentialAction::Cascade => Some("CASCADE"),
        ReferentialAction::SetNull => Some("SET NULL"),
        ReferentialAction::SetDefault => Some("SET DEFAULT"),
        ReferentialAction::Restrict | ReferentialAction::NoAction => None,
    }
}
