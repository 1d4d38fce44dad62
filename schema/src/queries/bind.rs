//! One query of all texts of a name: their engines, and the rows and parameters that all of them have.

use super::check::{self, CheckedText};
use super::parameter;
use super::written::{Door, WrittenQuery};
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, EngineId, FieldType, Model, Query, QueryKind};
use crate::source::Sources;

/// The query of these texts; `None` where something is wrong with one of them.
pub(super) fn query(
    model: &Model,
    sources: &Sources,
    texts: &[&WrittenQuery],
    diagnostics: &mut Diagnostics,
) -> Option<Query> {
    let checked: Vec<Option<Vec<CheckedText<'_>>>> = texts
        .iter()
        .map(|text| check::text(model, sources, text, diagnostics))
        .collect();
    let checked: Vec<CheckedText<'_>> = checked
        .into_iter()
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    self::checked(model, sources, &checked, diagnostics)
}

/// The query of these texts, each checked for itself.
pub(super) fn checked(
    model: &Model,
    sources: &Sources,
    checked: &[CheckedText<'_>],
    diagnostics: &mut Diagnostics,
) -> Option<Query> {
    let (first, others) = checked.split_first()?;
    let mut findings = columns_as_fields(first);
    findings.extend(
        others
            .iter()
            .filter_map(|other| other_columns(model, first, other)),
    );
    if !findings.is_empty() {
        findings
            .into_iter()
            .for_each(|finding| diagnostics.push(finding));
        return None;
    }
    let (parameters, texts) = parameter::bind(sources, checked, diagnostics)?;
    let mut engines: Vec<EngineId> = checked
        .iter()
        .flat_map(|text| &text.engines)
        .copied()
        .collect();
    engines.sort_unstable();
    let notes = &first.written.notes;
    Some(Query {
        function: notes.function.clone(),
        module: first.written.module.clone(),
        row_name: notes.row_name.clone(),
        span: notes.name.span,
        docs: notes.docs.clone(),
        kind: notes.kind,
        engines,
        texts,
        parameters,
        columns: first.statement.columns.clone(),
        by_name: checked.iter().any(|text| text.statement.has_star),
    })
}

/// Findings on columns that are not fields of one struct.
fn columns_as_fields(text: &CheckedText<'_>) -> Vec<Diagnostic> {
    let columns = &text.statement.columns;
    let mut findings = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if let Some(first) = columns[..at]
            .iter()
            .find(|first| first.field == column.field)
        {
            let (query, name) = (text.written.subject(), &column.name);
            let message = format!("two columns of {query} are called `{name}`");
            let help = format!("give one of them another name: `AS {name}_2`");
            let finding = Diagnostic::error("B0609", message).at(column.span, "again");
            findings.push(finding.at(first.span, "first here").help(help));
        }
    }
    findings
}

/// The finding on a text whose rows are not those of the first.
fn other_columns(
    model: &Model,
    first: &CheckedText<'_>,
    other: &CheckedText<'_>,
) -> Option<Diagnostic> {
    let (one, two) = (&first.statement.columns, &other.statement.columns);
    let query = first.written.subject();
    let span = first.written.notes.name.span;
    let products = (first.dialect.product(), other.dialect.product());
    let help = one_type(model, first, other);
    // The name of the only value is not read.
    let is_scalar = first.written.notes.kind == QueryKind::Scalar;
    let differs = |(one, two): &(&Column, &Column)| {
        !is_same(one, two) || !is_scalar && one.field != two.field
    };
    let message = if one.len() == two.len() {
        let (one, two) = one.iter().zip(two).find(differs)?;
        format!(
            "{query} gives {} on {} and {} on {}",
            described(model, one),
            products.0,
            described(model, two),
            products.1,
        )
    } else {
        format!(
            "{query} gives {} columns on {} and {} on {}",
            one.len(),
            products.0,
            two.len(),
            products.1,
        )
    };
    Some(Diagnostic::error("B0607", message).at(span, "").help(help))
}

fn one_type(model: &Model, first: &CheckedText<'_>, other: &CheckedText<'_>) -> String {
    let notes = &first.written.notes;
    match first.written.door {
        Door::File => format!(
            "cast the value to one type, or write a text for each dialect: `-- name: {} :{}` twice, each with a line such as \
             `-- @dialect {}`",
            notes.name.text,
            notes.kind.word(),
            other.dialect.name(),
        ),
        Door::InPlace => {
            let engines = first.engines.iter();
            let names: Vec<&str> = engines.map(|&id| model.engine(id).name.as_str()).collect();
            format!(
                "cast the value to one type, or write a query for each dialect: {}",
                first.written.engines_help(&names)
            )
        }
    }
}

fn is_same(one: &Column, two: &Column) -> bool {
    one.nullable == two.nullable
        && own_type(one) == own_type(two)
        && is_same_type(&one.column_type, &two.column_type)
}

/// The Rust type that the program names for it.
fn own_type(column: &Column) -> Option<&str> {
    match &column.field_type {
        FieldType::Custom(path) => Some(path),
        FieldType::Plain | FieldType::Key { .. } => None,
    }
}

/// Returns whether values of both types are one type in Rust.
pub(super) fn is_same_type(one: &ColumnType, two: &ColumnType) -> bool {
    match (one, two) {
        (ColumnType::Array(one), ColumnType::Array(two)) => is_same_type(one, two),
        (ColumnType::Enum(one), ColumnType::Enum(two)) => one == two,
        (one, two) => one.facts().rust.path == two.facts().rust.path,
    }
}

/// The type of values in Rust, in words.
pub(super) fn type_in_words(model: &Model, column_type: &ColumnType, nullable: bool) -> String {
    let name = match column_type {
        ColumnType::Enum(id) => model.enum_type(*id).type_name.clone(),
        ColumnType::Array(element) => format!("Vec<{}>", type_in_words(model, element, false)),
        other => {
            let path = other.facts().rust.path;
            path.rsplit("::").next().unwrap_or(path).to_owned()
        }
    };
    if nullable {
        format!("Option<{name}>")
    } else {
        name
    }
}

fn described(model: &Model, column: &Column) -> String {
    let ty = type_in_words(model, &column.column_type, column.nullable);
    format!("`{}: {ty}`", column.name)
}
