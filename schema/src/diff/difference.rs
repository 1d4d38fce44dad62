//! Differences between migrations and schema as findings, each with its place.

use super::change::Change;
use super::compare::compare;
use super::structure::{Structure, ViewShape, folded, table_key};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::model::{Engine, Model, TableName};
use crate::source::Span;

/// The changes from one structure to the other, without views that are only made again around another change.
pub fn differences(from: &Structure, to: &Structure) -> Vec<Change> {
    let changes = compare(from, to);
    let name = |view: &ViewShape| (view.name.clone(), view.query.clone());
    let created = changes.iter().filter_map(|change| match change {
        Change::CreateView(view) => Some(name(view)),
        _ => None,
    });
    let created: Vec<_> = created.collect();
    let dropped = changes.iter().filter_map(|change| match change {
        Change::DropView(view) => Some(name(view)),
        _ => None,
    });
    let again: Vec<_> = dropped.filter(|one| created.contains(one)).collect();
    let is_again = |change: &Change| match change {
        Change::CreateView(view) | Change::DropView(view) => again.contains(&name(view)),
        _ => false,
    };
    let changes = changes.into_iter();
    changes.filter(|change| !is_again(change)).collect()
}

/// The finding of a difference: at its place in the schema, else in the migrations.
pub fn finding(change: &Change, engine: &Engine, schema: &Model, migrations: &Model) -> Diagnostic {
    let message = format!("migrations of engine `{}`: {change}", engine.name);
    let help = "`bindery migrate add NAME` writes the migration";
    let finding = Diagnostic::error("B0334", message).help(help);
    let is_gone = matches!(
        change,
        Change::DropTable(_)
            | Change::DropColumn { .. }
            | Change::DropKey { .. }
            | Change::DropView(_)
            | Change::DropCapture { .. }
    );
    let in_schema = place(change, schema, engine.dialect);
    let in_migrations = || place(change, migrations, engine.dialect);
    let here = "the schema has this";
    let there = "the migrations have this";
    let found = if is_gone {
        in_migrations().map(|span| (span, there))
    } else {
        in_schema
            .map(|span| (span, here))
            .or_else(|| in_migrations().map(|span| (span, there)))
    };
    match found {
        Some((span, label)) => finding.at(span, label),
        None => finding,
    }
}

/// The column it is about, else the table or type.
fn place(change: &Change, model: &Model, dialect: Dialect) -> Option<Span> {
    if let Change::ChangeEnum { to, .. } | Change::CreateEnum(to) | Change::DropEnum(to) = change {
        let known = model.enums.iter().find(|one| one.sql_name() == to.name);
        return known.map(|one| one.span);
    }
    let wanted = key(change.table()?, dialect);
    let of_view = || {
        let mut views = model.views.iter();
        let view = views.find(|view| key(&view.name, dialect) == wanted);
        view.map(|view| view.span)
    };
    let table = model
        .tables
        .iter()
        .find(|table| key(&table.name, dialect) == wanted);
    let Some(table) = table else {
        return of_view();
    };
    let column = change.column().map(|name| folded(name, dialect));
    let column = column.and_then(|name| {
        table
            .columns
            .iter()
            .find(|one| folded(&one.name, dialect) == name)
    });
    Some(column.map_or(table.span, |column| column.span))
}

fn key(name: &TableName, dialect: Dialect) -> String {
    table_key(name, dialect).to_lowercase()
}
