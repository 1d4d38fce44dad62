//! Queries that fit a schema before and after it changes, and whose functions are others then.

use super::bind::{self, type_in_words};
use super::check::{self, CheckedText, ParameterUse};
use super::parameter::argument;
use super::unfit::written;
use super::written::WrittenQuery;
use crate::diagnostic::Diagnostics;
use crate::input::Input;
use crate::lists::IntoVec as _;
use crate::model::{EngineId, Model, Query, QueryParameter, RowPart};
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
/// does not fit one of the models is not among them. A type of the program's own is named by the one that its values are stored as.
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
            let changes = changes(&old, &new, query.notes.name.span);
            changed.extend(changes.into_iter().map(|(span, change)| ChangedQuery {
                name: query.notes.name.text.clone(),
                place: input.sources.file(span.file).place(span.start),
                change,
            }));
        }
    }
    changed
}

/// Returns the values of the function that a text has on the one engine of a model.
fn fitting(model: &Model, input: &Input, query: &WrittenQuery) -> Option<Vec<Value>> {
    let engines = [EngineId(0)];
    let dialect = model.engines.first()?.dialect;
    if query.notes.dialect.is_some_and(|only| only != dialect) {
        return None;
    }
    let (sources, unread) = (&input.sources, &mut Diagnostics::default());
    let place = (dialect, engines.as_slice(), None);
    let forms = check::forms(model, sources, query, place, unread)?;
    let bound = bind::checked(model, sources, &forms, unread)?;
    Some(values(model, &bound, &forms[0]))
}

/// A value that goes in or comes out: what it is, its type in Rust, and its place.
type Value = (String, String, Span);

fn changes(old: &[Value], new: &[Value], name: Span) -> Vec<(Span, String)> {
    let position_of =
        |values: &[Value], what: &str| values.iter().position(|(other, ..)| other == what);
    let mut changes = Vec::new();
    for (what, ty, span) in new {
        match position_of(old, what) {
            None => changes.push((*span, format!("{what} is new: `{ty}`"))),
            Some(at) if old[at].1 == *ty => {}
            Some(at) => changes.push((
                *span,
                format!("{what} becomes `{ty}`, from `{}`", old[at].1),
            )),
        }
    }
    let gone = old
        .iter()
        .filter(|(what, ..)| position_of(new, what).is_none());
    changes.extend(gone.map(|(what, ..)| (name, format!("{what} is gone"))));
    changes
}

/// The fields of a query's rows and its arguments.
fn values(model: &Model, query: &Query, text: &CheckedText<'_>) -> Vec<Value> {
    let fields = query.fields().into_iter().map(|field| match field {
        RowPart::Column(at) => {
            let column = &query.columns[at];
            let what = format!("the column `{}`", column.name);
            let ty = type_in_words(model, &column.column_type, column.nullable);
            (what, ty, column.span)
        }
        RowPart::Model(at) => {
            let embedded = &query.embedded[at];
            let name = &text.statement.embedded[at].name;
            let row = &model.table(embedded.table).model_name;
            let what = format!("the row `{}`", name.text);
            (what, or_none(row.clone(), embedded.nullable), name.span)
        }
    });
    let arguments = query.parameters.iter().map(|parameter| {
        let is_it = |one: &&ParameterUse| argument(&one.parameter) == parameter.name;
        let place = text.statement.parameters.iter().find(is_it);
        let place = place.map_or(text.written.notes.name.span, |one| one.span);
        let what = format!("the argument `{}`", parameter.name);
        (what, argument_in_words(model, parameter), place)
    });
    fields.chain(arguments).into_vec()
}

fn argument_in_words(model: &Model, parameter: &QueryParameter) -> String {
    let is_left_out = parameter.part.is_some_and(|part| !part.is_switch);
    let ty = type_in_words(model, &parameter.column_type, parameter.nullable);
    let ty = if parameter.is_list {
        format!("[{ty}]")
    } else {
        ty
    };
    or_none(ty, is_left_out)
}

fn or_none(ty: String, nullable: bool) -> String {
    if nullable {
        format!("Option<{ty}>")
    } else {
        ty
    }
}
