//! A statement that does not give what its kind says.

use super::written::{Door, WrittenQuery};
use crate::diagnostic::Diagnostic;
use crate::model::QueryKind;
use crate::typing::Checked;

/// The finding on a statement that does not give what its kind says.
pub(super) fn misfit(written: &WrittenQuery, statement: &Checked) -> Option<Diagnostic> {
    let kind = written.notes.kind;
    let (message, help) = match (kind.reads_rows(), statement.returns_rows) {
        (true, false) => no_rows(written),
        (false, true) => rows(written),
        (true, true) if kind == QueryKind::Scalar && statement.columns.len() != 1 => {
            several_values(written, statement.columns.len())
        }
        (true, true)
            if kind == QueryKind::Iterate && (!statement.only_reads || statement.by_name) =>
        {
            not_one_by_one(written, statement)
        }
        (true, true) | (false, false) => return None,
    };
    let finding = Diagnostic::error("B0605", message).at(written.notes.kind_span, "");
    let finding = match written.door {
        Door::File => finding.at(written.statement, "its statement"),
        Door::InPlace => finding,
    };
    Some(finding.help(help))
}

/// Returns a sentence and its help.
fn no_rows(written: &WrittenQuery) -> (String, String) {
    let (name, kind) = (&written.notes.name.text, written.notes.kind.word());
    match written.door {
        Door::File => (
            format!("the statement of `{name}` gives no rows, and `:{kind}` reads them"),
            format!(
                "write `-- name: {name} :exec`, or `:rows` for the number of rows that were changed; or give rows back by `RETURNING`"
            ),
        ),
        Door::InPlace => (
            "the statement gives no rows".to_owned(),
            "write `execute!(\"…\")`, which gives the number of rows that were changed; or give rows back by `RETURNING`".to_owned(),
        ),
    }
}

fn rows(written: &WrittenQuery) -> (String, String) {
    let (name, kind) = (&written.notes.name.text, written.notes.kind.word());
    match written.door {
        Door::File => (
            format!("the statement of `{name}` gives rows, which `:{kind}` does not read"),
            format!("write `-- name: {name} :many`"),
        ),
        Door::InPlace => (
            "the statement gives rows, which `execute!` does not read".to_owned(),
            "write `query!(\"…\")`".to_owned(),
        ),
    }
}

/// Rows are pulled with what only reads, in the order of the text.
fn not_one_by_one(written: &WrittenQuery, statement: &Checked) -> (String, String) {
    let name = &written.notes.name.text;
    let why = if statement.only_reads {
        "has a `*` for columns without names"
    } else {
        "changes rows or locks them"
    };
    (
        format!("the statement of `{name}` {why}, and `:iter` reads rows one after the other"),
        format!("write `-- name: {name} :many`"),
    )
}

fn several_values(written: &WrittenQuery, columns: usize) -> (String, String) {
    let name = &written.notes.name.text;
    match written.door {
        Door::File => (
            format!("`{name}` gives {columns} columns, and `:scalar` reads one"),
            format!("write `-- name: {name} :one`, or select one value alone"),
        ),
        Door::InPlace => (
            format!("the statement gives {columns} columns, and `query_scalar!` reads one"),
            "write `query!(\"…\")`, or select one value alone".to_owned(),
        ),
    }
}
