//! SQLite. What ALTER TABLE cannot do is done by another table in its place (SQLite documentation, "Making Other Kinds Of Table
//! Schema Changes"): its rows, indexes and triggers are kept, and views, which keep their text.

use std::collections::BTreeSet;

use super::super::change::{Change, ColumnChange};
use super::super::key::{Key, KeyKind};
use super::super::loss::loses;
use super::super::order::held_back;
use super::super::rename::Rename;
use super::super::structure::{ColumnShape, TableShape, ViewShape, folded, table_key};
use super::super::triggers::TableTrigger;
use super::{
    Context, Step, altered, captures, create_table, create_view, drop_column, drop_table,
    drop_view, indexes, lacks_value, loss, partitions, quoted, quoted_table, rename, text_literal,
};
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::plan::capture::is_ours;
use crate::sql_writer::SqlWriter;

const SQLITE: Dialect = Dialect::Sqlite;

/// All changes of one table are one change where it is made anew.
pub(in crate::diff) fn render(context: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let anew = made_anew(context, changes);
    let mut done = BTreeSet::new();
    let mut steps: Vec<(usize, Step)> = Vec::new();
    let mut commented = vec![false; changes.len()];
    for (at, change) in changes.iter().enumerate() {
        let key = change.table().map(|table| table_key(table, SQLITE));
        let is_anew = key.as_ref().is_some_and(|key| anew.contains(key));
        let is_beside = matches!(
            change,
            Change::CreateView(_)
                | Change::DropView(_)
                | Change::AddCapture { .. }
                | Change::DropCapture { .. }
        );
        if !is_anew || is_beside {
            let of_change = step(context, change).into_iter();
            steps.extend(of_change.map(|step| (at, step.about(change))));
            continue;
        }
        if let (Some(table), true) = (change.table(), done.insert(key.clone())) {
            let made = make_anew(context, table, changes);
            let of_table = |one: &Change| one.table().map(|table| table_key(table, SQLITE)) == key;
            let is_commented = made.iter().any(|step| step.commented);
            for (at, one) in changes.iter().enumerate() {
                commented[at] |= is_commented && of_table(one);
            }
            steps.extend(made.into_iter().map(|step| (at, step)));
        }
        if let Change::DropColumn { column, .. } = change
            && is_kept(context, column)
            && let Some(table) = change.table()
        {
            let statement = drop_column(table, column, SQLITE);
            steps.push((at, loss(context, change, vec![statement])));
        }
    }
    let groups: Vec<Vec<Change>> = changes.iter().map(|one| vec![one.clone()]).collect();
    let held = held_back((context.from, context.to), &groups, &commented);
    let is_view = |at: usize| matches!(changes[at], Change::CreateView(_));
    let steps = steps.into_iter();
    let steps = steps.map(|(at, step)| match held[at].filter(|_| is_view(at)) {
        Some(why) => step.held_back(why),
        None => step,
    });
    steps.collect()
}

/// Whether the column stays, as its drop is commented out.
fn is_kept(context: &Context<'_>, column: &ColumnShape) -> bool {
    context.keeps_data && !column.computed
}

fn step(context: &Context<'_>, change: &Change) -> Vec<Step> {
    match change {
        Change::CreateTable(table) => vec![Step::of(create_table(table, SQLITE))],
        Change::DropTable(table) => {
            vec![loss(context, change, vec![drop_table(&table.name, SQLITE)])]
        }
        Change::AddColumn { table, column } => {
            let refers = context
                .to
                .table(table)
                .and_then(|shape| own_reference(shape, column));
            let refers = refers.and_then(|key| key.sql.find("REFERENCES").map(|at| &key.sql[at..]));
            let refers = refers.map_or(String::new(), |words| format!(" {words}"));
            vec![Step::of([altered(
                table,
                SQLITE,
                &format!("ADD COLUMN {}{refers}", column.line),
            )])]
        }
        Change::DropColumn { table, column } => {
            vec![loss(
                context,
                change,
                vec![drop_column(table, column, SQLITE)],
            )]
        }
        // With its column.
        Change::AddKey { key, .. } if key.kind == KeyKind::ForeignKey => Vec::new(),
        Change::AddKey { key, .. } => vec![Step::of([key.sql.clone()])],
        Change::DropKey { key, .. } => vec![Step::of([drop_index(key)])],
        Change::RenameKey { from, to, .. } => vec![Step::of([drop_index(from), to.sql.clone()])],
        Change::AddPartition { .. } | Change::DropPartition { .. } => {
            partitions(context, change, SQLITE)
        }
        Change::AddCapture { .. } | Change::DropCapture { .. } => captures(context, change, SQLITE),
        Change::CreateView(view) => vec![Step::of(create_view(view))],
        Change::DropView(view) => vec![Step::of([drop_view(view, SQLITE)])],
        // There are none, and no comments in the database; columns and options make a table anew.
        Change::CreateObject(_)
        | Change::DropObject(_)
        | Change::ChangeObject { .. }
        | Change::CreateEnum(_)
        | Change::DropEnum(_)
        | Change::ChangeEnum { .. }
        | Change::ChangeColumn { .. }
        | Change::ValidateKey { .. }
        | Change::ChangeDistribution { .. }
        | Change::ChangeOptions { .. }
        | Change::ChangePartitioning { .. }
        | Change::ChangeComment { .. } => Vec::new(),
    }
}

fn drop_index(key: &Key) -> String {
    format!(
        "DROP INDEX {}",
        quoted(key.name.as_deref().unwrap_or_default(), SQLITE)
    )
}

/// The tables that ALTER TABLE cannot change so.
fn made_anew(context: &Context<'_>, changes: &[Change]) -> BTreeSet<String> {
    let needs = changes
        .iter()
        .filter(|change| needs_new_table(context, change, changes));
    needs
        .filter_map(|change| change.table().map(|table| table_key(table, SQLITE)))
        .collect()
}

fn needs_new_table(context: &Context<'_>, change: &Change, changes: &[Change]) -> bool {
    match change {
        Change::ChangeColumn { changes, .. } => {
            changes.iter().any(|one| *one != ColumnChange::Comment)
        }
        Change::ChangeOptions { .. } => true,
        Change::AddColumn { column, .. } => !can_be_added(column),
        Change::DropColumn { table, column } => {
            is_in_a_trigger(context, table, column) || is_read_by_a_computed(context, table, column)
        }
        Change::AddKey { table, key } => {
            let with_column = changes.iter().any(|other| {
                matches!(other, Change::AddColumn { table: at, column } if at == table
                    && context.to.table(table).and_then(|shape| own_reference(shape, column)).is_some_and(|own| own.does_the_same(key)))
            });
            !key.is_statement && !with_column
        }
        Change::DropKey { key, .. } => !key.is_statement || key.name.is_none(),
        Change::RenameKey { from, .. } => !from.is_statement,
        Change::CreateTable(_)
        | Change::DropTable(_)
        | Change::CreateView(_)
        | Change::DropView(_)
        | Change::CreateObject(_)
        | Change::DropObject(_)
        | Change::ChangeObject { .. }
        | Change::CreateEnum(_)
        | Change::DropEnum(_)
        | Change::ChangeEnum { .. }
        | Change::ValidateKey { .. }
        | Change::ChangeDistribution { .. }
        | Change::ChangePartitioning { .. }
        | Change::ChangeComment { .. }
        | Change::AddPartition { .. }
        | Change::DropPartition { .. }
        | Change::AddCapture { .. }
        | Change::DropCapture { .. } => false,
    }
}

/// "ALTER TABLE ADD COLUMN": no key, NULL or a constant default, nothing stored that is computed.
fn can_be_added(column: &ColumnShape) -> bool {
    let default = column.default.as_deref().unwrap_or_default().trim();
    let lower = default.to_lowercase();
    let is_constant = !lower.starts_with('(') && !lower.starts_with("current_");
    let is_stored = column.generated.ends_with(" stored");
    let counts = column.generated.starts_with("counted");
    let has_value = column.nullable || !default.is_empty() || column.computed;
    is_constant && !is_stored && !counts && has_value && !column.line.contains("PRIMARY KEY")
}

/// The foreign key of a new column alone, which is declared with it.
fn own_reference<'t>(table: &'t TableShape, column: &ColumnShape) -> Option<&'t Key> {
    let mut keys = table
        .keys
        .iter()
        .filter(|key| key.kind == KeyKind::ForeignKey);
    keys.find(|key| {
        key.columns == [column.name.clone()] && key.name.is_none() && can_be_added(column)
    })
}

fn is_in_a_trigger(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> bool {
    let wanted = folded(&column.name, SQLITE);
    let mut triggers = context.triggers.iter();
    triggers.any(|one| one.is_of(table, SQLITE) && one.sql.to_lowercase().contains(&wanted))
}

fn is_read_by_a_computed(context: &Context<'_>, table: &TableName, column: &ColumnShape) -> bool {
    let wanted = folded(&column.name, SQLITE);
    let shape = context.from.table(table);
    shape.is_some_and(|shape| {
        let mut computed = shape.columns.iter().filter(|column| column.computed);
        computed.any(|column| column.generated.contains(&wanted))
    })
}

/// The name of a table while it is made anew.
fn in_its_place(table: &str) -> TableName {
    TableName {
        schema: None,
        name: format!("_bindery_new_{table}"),
    }
}

/// Another name for a table or a column.
pub(in crate::diff) fn rename_in_sqlite(one: &Rename) -> String {
    rename(one, SQLITE)
}

/// Another table in its place, in the order that SQLite's documentation gives.
fn make_anew(context: &Context<'_>, table: &TableName, changes: &[Change]) -> Vec<Step> {
    let (Some(from), Some(to)) = (context.from.table(table), context.to.table(table)) else {
        return Vec::new();
    };
    let key = table_key(table, SQLITE);
    let of_table = |change: &&Change| {
        change
            .table()
            .is_some_and(|at| table_key(at, SQLITE) == key)
    };
    let kept: Vec<&ColumnShape> = changes
        .iter()
        .filter(of_table)
        .filter_map(|change| match change {
            Change::DropColumn { column, .. } if is_kept(context, column) => Some(column),
            _ => None,
        })
        .collect();
    let other = in_its_place(&table.name);
    let mut step = Step::default();
    let mut statements = vec![
        // Views and triggers of other tables keep their text while the table is away.
        "PRAGMA legacy_alter_table = ON".to_owned(),
        context.to.create_beside(to, &kept, &other),
        copy(from, to, &kept, &other, &mut step),
    ];
    if to.create.contains("AUTOINCREMENT") && from.create.contains("AUTOINCREMENT") {
        statements.push(format!(
            "UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ({old}, {new})) WHERE name = {new}",
            old = text_literal(&from.name.name, SQLITE),
            new = text_literal(&other.name, SQLITE)
        ));
    }
    statements.push(drop_table(&from.name, SQLITE));
    statements.push(altered(
        &other,
        SQLITE,
        &format!("RENAME TO {}", quoted(&to.name.name, SQLITE)),
    ));
    statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
    statements.extend(indexes(&to.keys));
    statements.extend(kept_indexes(from, to, changes));
    statements.extend(triggers_again(context, table, changes));
    step.statements = statements;
    // Its other columns are as they were.
    let columns = changes
        .iter()
        .filter(of_table)
        .filter(|change| adds_or_retypes(change));
    for change in columns {
        step = step.about(change);
    }
    if context.keeps_data {
        for change in changes.iter().filter(of_table) {
            if becomes_computed(change) {
                step.remarks.push(format!("{change}, with its data"));
            } else if changes_values(change) {
                let remark = format!("{change}: what does not fit into the new type is lost");
                step.remarks.push(remark);
            } else {
                continue;
            }
            step.commented = true;
        }
    }
    vec![step]
}

/// Makes the triggers of a table again. Where that takes the old names of tables and columns, the views of those are away meanwhile, with
/// triggers of their own.
fn triggers_again(context: &Context<'_>, table: &TableName, changes: &[Change]) -> Vec<String> {
    let all = || context.triggers.iter().filter(|one| stays(context, one));
    let made: Vec<&TableTrigger> = all().filter(|one| one.is_of(table, SQLITE)).collect();
    let renames = made.iter().flat_map(|one| &one.renames);
    let named = renames.flat_map(Rename::tables);
    let named = named.map(|name| table_key(name, SQLITE)).collect();
    let views = views_over(context, named, changes);
    let dropped = views.iter().rev().map(|view| drop_view(view, SQLITE));
    let of_view = |view: &ViewShape| {
        let triggers = all().filter(|one| one.is_of(&view.name, SQLITE));
        triggers.flat_map(TableTrigger::made).collect::<Vec<_>>()
    };
    let created = views
        .iter()
        .flat_map(|view| create_view(view).into_iter().chain(of_view(view)));
    let again = made.iter().flat_map(|one| one.made());
    dropped.chain(again).chain(created).collect()
}

/// The views of tables of these names, and the views of those, that no change drops.
fn views_over<'c>(
    context: &Context<'c>,
    mut names: BTreeSet<String>,
    changes: &[Change],
) -> Vec<&'c ViewShape> {
    if names.is_empty() {
        return Vec::new();
    }
    let key = |name: &TableName| table_key(name, SQLITE);
    let is_away = |view: &ViewShape| {
        let mut changes = changes.iter();
        changes.any(
            |change| matches!(change, Change::DropView(gone) if key(&gone.name) == key(&view.name)),
        )
    };
    let mut found = Vec::new();
    for view in &context.from.views {
        let reads = view.reads.iter().any(|name| names.contains(&key(name)));
        if reads && !is_away(view) {
            names.insert(key(&view.name));
            found.push(view);
        }
    }
    found
}

/// Whether it is no trigger that records changes, or one that the schema has, too.
fn stays(context: &Context<'_>, trigger: &TableTrigger) -> bool {
    let mut wanted = context.to.captures.iter();
    !is_ours(&trigger.name) || wanted.any(|one| one.name == trigger.name)
}

fn adds_or_retypes(change: &Change) -> bool {
    let is_kind = |one: &ColumnChange| matches!(one, ColumnChange::Type | ColumnChange::Generated);
    matches!(change, Change::AddColumn { .. })
        || matches!(change, Change::ChangeColumn { changes, .. } if changes.iter().any(is_kind))
}

/// Indexes that the new table would not have, and that no change drops.
fn kept_indexes(from: &TableShape, to: &TableShape, changes: &[Change]) -> Vec<String> {
    let is_replaced = |key: &Key| {
        let of_change = |change: &Change| matches!(change, Change::DropKey { key: gone, .. } | Change::RenameKey { from: gone, .. } if gone.name == key.name);
        to.keys.iter().any(|one| one.does_the_same(key)) || changes.iter().any(of_change)
    };
    let keys = from.keys.iter().filter(|key| key.is_statement);
    let kept = keys.filter(|key| !is_replaced(key));
    kept.map(|key| key.sql.clone()).collect()
}

/// The values of such a column are not copied.
fn becomes_computed(change: &Change) -> bool {
    matches!(change, Change::ChangeColumn { from, to, .. } if !from.computed && to.computed)
}

/// Another type has another affinity, which makes numbers of texts.
fn changes_values(change: &Change) -> bool {
    let Change::ChangeColumn {
        from, to, changes, ..
    } = change
    else {
        return false;
    };
    changes.contains(&ColumnChange::Type) && loses(SQLITE, from, to)
}

/// Copies the rows; new columns get their default.
fn copy(
    from: &TableShape,
    to: &TableShape,
    kept: &[&ColumnShape],
    other: &TableName,
    step: &mut Step,
) -> String {
    let (mut names, mut values): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for column in to.columns.iter().filter(|column| !column.computed) {
        let name = quoted(&column.name, SQLITE);
        match from.column(&column.name, SQLITE) {
            Some(known) => {
                let needs_value = known.nullable && !column.nullable;
                if needs_value && known.computed {
                    step.remarks.push(format!(
                        "rows that compute no value for `{0}` need one: write `coalesce({name}, …)` in place of {name} after SELECT",
                        column.name
                    ));
                } else if needs_value {
                    let update = format!(
                        "UPDATE {} SET {name} = … WHERE {name} IS NULL;",
                        quoted_table(&from.name, SQLITE)
                    );
                    step.remarks
                        .push(format!("rows without a value need one before: `{update}`"));
                }
                names.push(name.clone());
                values.push(name);
            }
            None if lacks_value(column) => {
                step.remarks.push(format!(
                    "rows that are there need a value for `{}`: write it in place of NULL",
                    column.name
                ));
                names.push(name);
                values.push("NULL".to_owned());
            }
            None => {}
        }
    }
    for column in kept {
        names.push(quoted(&column.name, SQLITE));
        values.push(quoted(&column.name, SQLITE));
    }
    let mut sql = SqlWriter::new(SQLITE);
    sql.push("INSERT INTO ")
        .table(other)
        .push(" (")
        .push(&names.join(", "));
    sql.push(") SELECT ")
        .push(&values.join(", "))
        .push(" FROM ")
        .table(&from.name);
    sql.finish()
}
