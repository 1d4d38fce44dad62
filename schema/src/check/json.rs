//! Rows in JSON: each column has a name of its own, and a row that is read has a value for those that are left out.

use crate::column_type::TypeClass;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, ColumnId, FieldType, Model, Table};
use crate::source::Span;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        names(table, diagnostics);
        skipped(model, table, diagnostics);
    }
}

/// Fields differ; what a rule or a tag makes of them may not.
fn names(table: &Table, diagnostics: &mut Diagnostics) {
    let mut columns = table.columns.iter();
    if table.serde_rename.is_none() && columns.all(|column| column.serde.rename.is_none()) {
        return;
    }
    let mut known: Vec<(String, &Column)> = Vec::new();
    for column in table.columns.iter().filter(|column| column.is_in_json()) {
        let name = column.json_name(table.serde_rename);
        match known.iter().find(|(other, _)| *other == name) {
            Some((_, first)) => diagnostics.push(one_name(table, &name, [first, column])),
            None => known.push((name, column)),
        }
    }
}

fn one_name(table: &Table, name: &str, [first, second]: [&Column; 2]) -> Diagnostic {
    let message = format!(
        "columns `{}` and `{}` of `{}` are both `{name}` in JSON",
        first.name, second.name, table.name.name
    );
    let field = second.json_field();
    let other = match field == name {
        true => format!("{name}2"),
        false => field.to_owned(),
    };
    let help = format!(
        "write for example `-- @serde rename \"{other}\"` above `{}`",
        second.name
    );
    Diagnostic::error("B0380", message)
        .at(named_at(second), "")
        .at(named_at(first), "first here")
        .help(help)
}

fn named_at(column: &Column) -> Span {
    let renamed = column.serde.rename.as_ref();
    renamed.map_or(column.span, |name| name.span)
}

fn skipped(model: &Model, table: &Table, diagnostics: &mut Diagnostics) {
    for (at, column) in table.columns.iter().enumerate() {
        let Some(span) = column.serde.skip.filter(|_| !column.skip) else {
            continue;
        };
        if let Some(why) = unreadable(model, table, ColumnId(at as u32)) {
            diagnostics.push(needed(table, column, span, why));
        }
    }
}

/// Returns why a row that is read from JSON, or its key, cannot do without the column.
fn unreadable(model: &Model, table: &Table, id: ColumnId) -> Option<&'static str> {
    let column = table.column(id);
    let derives = |list| model.derives.serde_for(&table.model_name, list);
    let is_read = derives(|derives| &derives.rows).reads;
    let key = table.primary_key.as_ref();
    if key.is_some_and(|key| key.columns.contains(&id)) {
        let of_keys = derives(|derives| &derives.keys);
        let why = "it belongs to the primary key, by which the row is found";
        return (is_read || of_keys.is_any()).then_some(why);
    }
    if !is_read || column.nullable {
        return None;
    }
    match &column.field_type {
        FieldType::Key { .. } => Some("a key of another row has no default value"),
        FieldType::Plain
            if matches!(column.column_type.class(), TypeClass::Enum | TypeClass::Any) =>
        {
            Some("its type has no default value")
        }
        // Types of the program's own are known to rustc alone.
        FieldType::Plain | FieldType::Custom(_) => None,
    }
}

fn needed(table: &Table, column: &Column, span: Span, why: &str) -> Diagnostic {
    let model = &table.model_name;
    let message = format!(
        "column `{}` cannot be left out of JSON that `{model}` is read from: {why}",
        column.name
    );
    let help = match &table.publish {
        Some(_) => "remove `@serde skip`, or `@publish`, whose events are read as rows".to_owned(),
        None => "remove `@serde skip`, or `serde::Deserialize` from `[derives]`".to_owned(),
    };
    Diagnostic::error("B0381", message)
        .at(span, "")
        .at(column.span, "this column")
        .help(help)
}
