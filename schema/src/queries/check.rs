//! Has a text checked for each dialect of the engines that it runs on.

use super::engines;
use super::placeholder::ParameterName;
use super::provisional;
use super::written::WrittenQuery;
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::input::Input;
use crate::model::{Column, EngineId, Model, TableId};
use crate::source::Span;

/// A text with what it means in one dialect.
#[derive(Debug)]
pub(super) struct CheckedText<'w> {
    pub(super) written: &'w WrittenQuery,
    pub(super) dialect: Dialect,
    /// The engines of the dialect that host all that it names.
    pub(super) engines: Vec<EngineId>,
    pub(super) statement: CheckedStatement,
}

/// The meaning of a statement in one dialect.
#[derive(Debug)]
pub(super) struct CheckedStatement {
    /// Of its rows.
    pub(super) columns: Vec<Column>,
    /// Every placeholder in the order of the text.
    pub(super) parameters: Vec<ParameterUse>,
    /// The tables that it reads and writes.
    pub(super) tables: Vec<TableId>,
    /// It gives rows.
    pub(super) returns_rows: bool,
}

/// A placeholder with the type of its value.
#[derive(Debug)]
pub(super) struct ParameterUse {
    pub(super) parameter: ParameterName,
    pub(super) span: Span,
    pub(super) column_type: ColumnType,
    /// NULL may be given.
    pub(super) nullable: bool,
}

/// A text that was tried in a dialect whose engines do not host it.
struct Elsewhere(Vec<TableId>);

/// Checks a text for all engines that host what it names. What is wrong is in `diagnostics`, and then there is no result.
pub(super) fn text<'w>(
    model: &Model,
    input: &Input,
    written: &'w WrittenQuery,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<CheckedText<'w>>> {
    let allowed = engines::allowed(model, written, diagnostics)?;
    let mut dialects = dialects_of(model, &allowed);
    // The statement was cut as this one.
    dialects.sort_by_key(|&dialect| dialect != written.cut_as);
    let (first, dialect) = first_text(model, input, written, (&allowed, &dialects), diagnostics)?;
    let hosts = engines::hosting(model, &allowed, &first.tables);
    let mut checked = Vec::new();
    let mut first = Some(first);
    for other in dialects_of(model, &hosts) {
        let statement = match first.take_if(|_| other == dialect) {
            Some(first) => Some(first),
            None => statement(model, input, written, other, diagnostics),
        };
        checked.push(CheckedText {
            written,
            dialect: other,
            engines: of_dialect(model, &hosts, other),
            statement: statement?,
        });
    }
    Some(checked)
}

/// Checks the text in the first of the dialects where its tables live on an engine of that dialect.
fn first_text(
    model: &Model,
    input: &Input,
    written: &WrittenQuery,
    (allowed, dialects): (&[EngineId], &[Dialect]),
    diagnostics: &mut Diagnostics,
) -> Option<(CheckedStatement, Dialect)> {
    let mut elsewhere: Option<Elsewhere> = None;
    let mut refused: Option<Diagnostics> = None;
    for &dialect in dialects {
        let mut found = Diagnostics::default();
        let Some(statement) = statement(model, input, written, dialect, &mut found) else {
            refused.get_or_insert(found);
            continue;
        };
        let hosts = engines::hosting(model, allowed, &statement.tables);
        if !of_dialect(model, &hosts, dialect).is_empty() {
            diagnostics.extend(found);
            return Some((statement, dialect));
        }
        elsewhere.get_or_insert(Elsewhere(statement.tables));
    }
    match (elsewhere, refused) {
        (Some(Elsewhere(tables)), _) => {
            diagnostics.push(engines::nowhere(model, written, allowed, &tables));
        }
        (None, Some(refused)) => diagnostics.extend(refused),
        (None, None) => {}
    }
    None
}

fn statement(
    model: &Model,
    input: &Input,
    written: &WrittenQuery,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<CheckedStatement> {
    let statement = provisional::statement(model, input, written, dialect, diagnostics)?;
    match misfit(written, &statement) {
        None => Some(statement),
        Some(finding) => {
            diagnostics.push(finding);
            None
        }
    }
}

/// The finding on a statement that does not give what its kind says.
fn misfit(written: &WrittenQuery, statement: &CheckedStatement) -> Option<Diagnostic> {
    let (name, kind) = (&written.notes.name.text, written.notes.kind);
    let (message, help) = match (kind.reads_rows(), statement.returns_rows) {
        (true, false) => (
            format!(
                "the statement of `{name}` gives no rows, and `:{}` reads them",
                kind.word()
            ),
            format!(
                "write `-- name: {name} :exec`, or `:rows` for the number of rows that were changed; or give rows back by `RETURNING`"
            ),
        ),
        (false, true) => (
            format!(
                "the statement of `{name}` gives rows, which `:{}` does not read",
                kind.word()
            ),
            format!("write `-- name: {name} :many`"),
        ),
        (true, true) if kind == crate::model::QueryKind::Scalar && statement.columns.len() != 1 => {
            (
                format!(
                    "`{name}` gives {} columns, and `:scalar` reads one",
                    statement.columns.len()
                ),
                format!("write `-- name: {name} :one`, or select one value alone"),
            )
        }
        (true, true) | (false, false) => return None,
    };
    let finding = Diagnostic::error("B0605", message).at(written.notes.kind_span, "");
    Some(finding.at(written.statement, "its statement").help(help))
}

fn of_dialect(model: &Model, engines: &[EngineId], dialect: Dialect) -> Vec<EngineId> {
    let speaks = |id: &&EngineId| model.engine(**id).dialect == dialect;
    engines.iter().filter(speaks).copied().collect()
}

/// The dialects of these engines, each once.
fn dialects_of(model: &Model, engines: &[EngineId]) -> Vec<Dialect> {
    let mut dialects = Vec::new();
    for &id in engines {
        let dialect = model.engine(id).dialect;
        if !dialects.contains(&dialect) {
            dialects.push(dialect);
        }
    }
    dialects
}
