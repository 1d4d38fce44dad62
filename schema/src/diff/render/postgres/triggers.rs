//! Steps with the triggers that are bound to a column which they drop or give another type: these go before, and come again after.

use super::enums::{columns_of, is_enum_made_anew};
use super::{Context, Step, is_made_anew};
use crate::dialect::Dialect;
use crate::diff::change::{Change, ColumnChange};
use crate::diff::structure::{ColumnShape, TableShape};
use crate::diff::triggers::TableTrigger;
use crate::model::TableName;

/// The steps of a change, with the triggers around what it does.
pub(super) fn with_triggers(
    context: &Context<'_>,
    change: &Change,
    mut steps: Vec<Step>,
) -> Vec<Step> {
    let is_written = |step: &&mut Step| !step.statements.is_empty();
    let is_anew = is_anew(change);
    let (mut dropped, mut made) = bound(context, change);
    if let Some(first) = steps.first_mut().filter(is_written) {
        dropped.append(&mut first.statements);
        first.statements = dropped;
    }
    let last = match is_anew {
        true => steps.last_mut(),
        false => steps.first_mut(),
    };
    if let Some(last) = last.filter(is_written) {
        last.statements.append(&mut made);
    }
    steps
}

/// Whether a column is dropped and added, in several steps.
fn is_anew(change: &Change) -> bool {
    match change {
        Change::ChangeColumn {
            from, to, changes, ..
        } => is_made_anew(from, to, changes, Dialect::Postgres),
        _ => false,
    }
}

/// The statements that drop the triggers before a change, and those that make them again after it.
fn bound(context: &Context<'_>, change: &Change) -> (Vec<String>, Vec<String>) {
    let columns = retyped(context, change);
    let is_bound = |one: &&TableTrigger| {
        let mut columns = columns.iter();
        columns
            .any(|(table, column)| one.is_of(table, Dialect::Postgres) && one.is_bound_to(column))
    };
    let bound = || context.triggers.iter().filter(is_bound);
    let dropped = bound()
        .map(|one| match several_go(context, one) {
            true => one.dropped_if_there(),
            false => one.dropped(),
        })
        .collect();
    let made = bound().flat_map(TableTrigger::made).collect();
    match change {
        Change::DropColumn { .. } => (dropped, Vec::new()),
        Change::AddColumn { .. } => (Vec::new(), made),
        _ => (dropped, made),
    }
}

/// Whether several of its columns go: the first of them takes it along.
fn several_go(context: &Context<'_>, trigger: &TableTrigger) -> bool {
    let tables = context.from.tables.iter();
    let mut of = tables.filter(|table| trigger.is_of(&table.name, Dialect::Postgres));
    let goes = |table: &TableShape, column: &ColumnShape| {
        let wanted = context.to.table(&table.name);
        wanted.is_some_and(|table| table.column(&column.name, Dialect::Postgres).is_none())
    };
    of.any(|table| {
        let columns = table.columns.iter();
        let bound = columns.filter(|column| trigger.is_bound_to(&column.name));
        bound.filter(|column| goes(table, column)).count() > 1
    })
}

fn retyped(context: &Context<'_>, change: &Change) -> Vec<(TableName, String)> {
    match change {
        Change::ChangeColumn {
            table, to, changes, ..
        } => {
            let is_it = changes
                .iter()
                .any(|one| matches!(one, ColumnChange::Type | ColumnChange::Collation));
            let is_it = is_it || is_anew(change);
            is_it
                .then(|| (table.clone(), to.name.clone()))
                .into_iter()
                .collect()
        }
        // A computed one may be dropped for a time, and is added again then.
        Change::DropColumn { table, column } => vec![(table.clone(), column.name.clone())],
        Change::AddColumn { table, column } if is_there(context, table, column) => {
            vec![(table.clone(), column.name.clone())]
        }
        Change::ChangeEnum { from, to }
            if is_enum_made_anew((context.from, context.to), from, to) =>
        {
            let columns = columns_of(context.from, from).into_iter();
            columns
                .map(|(table, column)| (table.name.clone(), column.name.clone()))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn is_there(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> bool {
    let known = context.from.table(table);
    known.is_some_and(|table| table.column(&column.name, Dialect::Postgres).is_some())
}
