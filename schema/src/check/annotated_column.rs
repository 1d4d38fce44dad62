//! `@version` and `@updated` stand at columns that can be what they say.

use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, ColumnId, FieldType, Model, Table};
use crate::plan::statements::is_writable;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        for (index, column) in table.columns.iter().enumerate() {
            if !column.version && !column.updated {
                continue;
            }
            let in_key = in_key(table, ColumnId(index as u32));
            let findings = [version(table, column, in_key), updated(column, in_key)];
            findings
                .into_iter()
                .flatten()
                .for_each(|finding| diagnostics.push(finding));
        }
        several_versions(table, diagnostics);
    }
}

fn in_key(table: &Table, column: ColumnId) -> bool {
    table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&column))
}

fn version(table: &Table, column: &Column, in_key: bool) -> Option<Diagnostic> {
    if !column.version {
        return None;
    }
    let counted = format!("write `{} INTEGER NOT NULL DEFAULT 0`", column.name);
    let (why, help) = if table.primary_key.is_none() {
        (
            "rows of a table without a primary key are not updated one by one",
            format!(
                "add a key, `PRIMARY KEY (…)`, or leave `@version` out of `{}`",
                table.name.name
            ),
        )
    } else if in_key {
        (
            "a key never changes",
            "count in a column of its own: `version INTEGER NOT NULL DEFAULT 0`, with `-- @version` above it".to_owned(),
        )
    } else if !column.column_type.is_integer() {
        ("a version is a whole number", counted)
    } else if column.nullable {
        ("a version is never NULL", counted)
    } else if column.skip {
        (
            "a row that is saved carries its version, and `@skip` leaves it out",
            "remove `@skip`".to_owned(),
        )
    } else if column.field_type != FieldType::Plain {
        (
            "a version is a plain number",
            "remove `@type` or the reference: no type of its own, and no key of a row elsewhere"
                .to_owned(),
        )
    } else if !is_writable(column) {
        ("a computed column cannot be set", counted)
    } else {
        return None;
    };
    let message = format!("`{}` cannot be a version: {why}", column.name);
    Some(
        Diagnostic::error("B0119", message)
            .at(column.span, "")
            .help(help),
    )
}

fn several_versions(table: &Table, diagnostics: &mut Diagnostics) {
    let mut versions = table.columns.iter().filter(|column| column.version);
    if let (Some(first), Some(second)) = (versions.next(), versions.next()) {
        let message = format!("`{}` has two versions", table.name.name);
        let diagnostic = Diagnostic::error("B0119", message)
            .at(second.span, "again")
            .at(first.span, "first here");
        diagnostics.push(diagnostic.help("remove `@version` from one of the two"));
    }
}

fn updated(column: &Column, in_key: bool) -> Option<Diagnostic> {
    if !column.updated {
        return None;
    }
    let is_time = matches!(
        column.column_type,
        ColumnType::Date | ColumnType::DateTime(_) | ColumnType::Timestamp(_)
    );
    if is_time && !in_key && is_writable(column) {
        return None;
    }
    let (why, help) = if is_time {
        (
            "it cannot be changed by an update",
            "remove `@updated`, or put it at a column outside the key that is not computed"
                .to_owned(),
        )
    } else {
        (
            "it holds no date or time",
            format!(
                "write `{} TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP`",
                column.name
            ),
        )
    };
    let message = format!("`{}` cannot be set to now by updates: {why}", column.name);
    Some(
        Diagnostic::error("B0120", message)
            .at(column.span, "")
            .help(help),
    )
}
