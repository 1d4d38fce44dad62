//! Sets of shards: the models that all of them host are found by one column, and no two of them give one key.

use crate::column_type::{ColumnType, TypeClass};
use crate::config::ShardSet;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{Column, FieldType, Generated, Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for set in &model.shards {
        accessors(model, set, diagnostics);
        let mut first: Option<&Column> = None;
        for (table, column) in model.sharded_by(set) {
            match unusable(set, table, column, first) {
                Some(finding) => diagnostics.push(finding),
                None => first = first.or(Some(column)),
            }
            if let Some(finding) = generated_key(set, table) {
                diagnostics.push(finding);
            }
        }
        // A configuration alone has no models yet.
        if !model.tables.is_empty() && model.sharded_by(set).next().is_none() {
            diagnostics.push(no_model(model, set));
        }
    }
}

/// B0373: a table whose accessor is a method of the set.
fn accessors(model: &Model, set: &ShardSet, diagnostics: &mut Diagnostics) {
    let methods = [
        format!("{}_shard", set.name),
        format!("{}_shards", set.name),
    ];
    for table in model
        .tables
        .iter()
        .filter(|table| methods.contains(&table.accessor))
    {
        let message = format!(
            "table `{}` and the shards `{}` would both be `db.{}()`",
            table.name.name, set.name, table.accessor
        );
        let finding = Diagnostic::error("B0373", message)
            .at(table.span, "this one")
            .at(set.span, "and this one");
        let help = format!(
            "name the set otherwise, for example `[shards.{}_set]`",
            set.name
        );
        diagnostics.push(finding.help(help));
    }
}

/// B0374: nothing is found by the column.
fn no_model(model: &Model, set: &ShardSet) -> Diagnostic {
    let (by, span) = &set.by;
    let message = format!(
        "no model that all shards of `{}` host has a column `{by}`",
        set.name
    );
    let engines = set.engines.iter().map(|id| model.engine(*id).name.as_str());
    let engines: Vec<&str> = engines.into_vec();
    let help = format!(
        "tag the tables with all of them, `-- @engines {}`, or write `models-of` at each engine after the first",
        engines.join(", ")
    );
    Diagnostic::error("B0374", message)
        .at(*span, "this column")
        .help(help)
}

/// B0374: a column by which no shard can be chosen.
fn unusable(
    set: &ShardSet,
    table: &Table,
    column: &Column,
    first: Option<&Column>,
) -> Option<Diagnostic> {
    let (why, help) = if column.nullable {
        (
            "it may be NULL, which is on no shard".to_owned(),
            "add `NOT NULL`".to_owned(),
        )
    } else if matches!(column.field_type, FieldType::Custom(_)) || !is_usable(column) {
        (
            "only integers, texts without padding and UUIDs choose a shard".to_owned(),
            "give it one of these types, or name another column by `by`".to_owned(),
        )
    } else {
        let other = first.filter(|first| first.column_type != column.column_type)?;
        (
            format!(
                "elsewhere it is `{}`, and equal values would be on two shards",
                other.sql_type
            ),
            format!("write `{} {}` in both", column.name, other.sql_type),
        )
    };
    let message = format!(
        "`{}` of `{}` cannot choose a shard of `{}`: {why}",
        column.name, table.name.name, set.name
    );
    Some(
        Diagnostic::error("B0374", message)
            .at(column.type_span, "")
            .help(help),
    )
}

fn is_usable(column: &Column) -> bool {
    match column.column_type.class() {
        TypeClass::Integer(kind) => kind.signed || kind.bits < 64,
        TypeClass::Text => !matches!(column.column_type, ColumnType::Char(_)),
        class => class == TypeClass::Uuid,
    }
}

/// B0407: each shard generates keys of its own.
fn generated_key(set: &ShardSet, table: &Table) -> Option<Diagnostic> {
    let [only] = table.primary_key.as_ref()?.columns.as_slice() else {
        return None;
    };
    let column = table.column(*only);
    let is_generated = matches!(column.generated, Generated::Key { .. });
    let message = format!(
        "two shards of `{}` give the same `{}` to rows of `{}`",
        set.name, column.name, table.name.name
    );
    let help = format!(
        "make the key of both columns, `PRIMARY KEY ({}, {})`, or of a UUID; with keys that each shard generates alone rows cannot be moved",
        set.by.0, column.name
    );
    is_generated.then(|| {
        Diagnostic::warning("B0407", message)
            .at(column.span, "each shard generates its own")
            .help(help)
    })
}
