//! Queries that fit a schema before and after it changes, and whose functions are others then.

use super::bind::type_in_words;
use super::check::{CheckedStatement, ParameterName, attempt};
use super::unfit::written;
use super::written::WrittenQuery;
use crate::input::Input;
use crate::model::{EngineId, Model};
use crate::source::Span;

/// A query of a file whose rows or arguments change with the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedQuery {
    /// Its name in the file.
    pub name: String,
    /// The place of what changes: `queries/blogs.sql:2:19`.
    pub place: String,
    /// The change, in a sentence without a full stop.
    pub change: String,
}

/// Returns what changes in the queries of the input's files between two models of one engine, in the order of the files. One that
/// does not fit one of the models is not among them.
pub fn changed_queries(
    before: &Model,
    after: &Model,
    engine: &str,
    input: &Input,
) -> Vec<ChangedQuery> {
    let mut changed = Vec::new();
    for query in written(input) {
        let names = &query.notes.engines;
        if !names.is_empty() && names.iter().all(|name| name.text != engine) {
            continue;
        }
        let sides = (
            fitting(before, input, &query),
            fitting(after, input, &query),
        );
        if let (Some(old), Some(new)) = sides {
            let changes = changes((before, &old), (after, &new), query.notes.name.span);
            changed.extend(changes.into_iter().map(|(span, change)| ChangedQuery {
                name: query.notes.name.text.clone(),
                place: input.sources.file(span.file).place(span.start),
                change,
            }));
        }
    }
    changed
}

/// The meaning of a text on the one engine of a model.
fn fitting(model: &Model, input: &Input, query: &WrittenQuery) -> Option<CheckedStatement> {
    let engine = EngineId(0);
    let dialect = model.engines.first()?.dialect;
    if query.notes.dialect.is_some_and(|only| only != dialect) {
        return None;
    }
    attempt(model, &input.sources, query, (dialect, &[engine], 0)).0
}

/// A value that goes in or comes out: what it is, its type in Rust, and its place.
type Value = (String, String, Span);

fn changes(
    (before, old): (&Model, &CheckedStatement),
    (after, new): (&Model, &CheckedStatement),
    name: Span,
) -> Vec<(Span, String)> {
    let (old, new) = (values(before, old), values(after, new));
    let of = |values: &[Value], what: &str| values.iter().position(|(other, ..)| other == what);
    let mut changes = Vec::new();
    for (what, ty, span) in &new {
        match of(&old, what) {
            None => changes.push((*span, format!("{what} is new: `{ty}`"))),
            Some(at) if old[at].1 == *ty => {}
            Some(at) => changes.push((
                *span,
                format!("{what} becomes `{ty}`, from `{}`", old[at].1),
            )),
        }
    }
    let gone = old.iter().filter(|(what, ..)| of(&new, what).is_none());
    changes.extend(gone.map(|(what, ..)| (name, format!("{what} is gone"))));
    changes
}

/// The columns and the arguments of a statement. NULL can be given where every use takes it.
fn values(model: &Model, statement: &CheckedStatement) -> Vec<Value> {
    let columns = statement.columns.iter().map(|column| {
        let ty = type_in_words(model, &column.column_type, column.nullable);
        (format!("the column `{}`", column.name), ty, column.span)
    });
    let uses = &statement.parameters;
    let is_first = |at: usize| {
        uses[..at]
            .iter()
            .all(|other| other.parameter != uses[at].parameter)
    };
    let arguments = (0..uses.len()).filter(|at| is_first(*at)).map(|at| {
        let first = &uses[at];
        let mut same = uses.iter().filter(|one| one.parameter == first.parameter);
        let ty = type_in_words(model, &first.column_type, same.all(|one| one.nullable));
        let name = match &first.parameter {
            ParameterName::Named(name) => name.clone(),
            ParameterName::Numbered(number) => number.to_string(),
        };
        (format!("the argument `{name}`"), ty, first.span)
    });
    columns.chain(arguments).collect()
}
