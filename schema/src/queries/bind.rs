//! One query of all texts of a name: their engines, and the rows and parameters that all of them have.

use super::check::{self, CheckedText};
use super::parameter;
use super::written::{Door, WrittenQuery};
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{Column, EmbeddedModel, EngineId, FieldType, Model, Query, QueryKind, RowPart};
use crate::name;
use crate::sorting::sort_by;
use crate::source::{Sources, Span};
use crate::typing::Embedded;

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
        .into_vec();
    let checked: Vec<CheckedText<'_>> = checked
        .into_iter()
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .flatten()
        .into_vec();
    self::checked(model, sources, &checked, diagnostics)
}

/// The finding on a text that needs all shards of a cluster, and does not say that it is meant to.
fn scattered(model: &Model, text: &CheckedText<'_>) -> Option<Diagnostic> {
    let notes = &text.written.notes;
    let found = text.statement.scattered.filter(|_| !notes.on_all_shards)?;
    let table = model.table(found.table);
    let key = &table.column(table.shard_column()?).name;
    let without = text.written.parts.in_words(text.form);
    let message = format!(
        "{} runs on all shards of `{}`: no condition gives its shard column `{key}` one value{without}",
        text.written.subject(),
        table.name.name,
    );
    let (value, meant) = match text.written.door {
        Door::File => (
            format!(":{key}"),
            "write `-- @on_all_shards` above the query",
        ),
        Door::InPlace => (
            format!("{{{key}}}"),
            "write `, on_all_shards` behind the text",
        ),
    };
    let condition = match found.in_view {
        false => format!("add the condition `{key} = {value}`"),
        true => format!(
            "let the view give `{key}` of rows that it neither limits nor groups without it, and add a condition on it"
        ),
    };
    let help = format!("{condition}, or {meant} where that is meant");
    Some(
        Diagnostic::warning("B0441", message)
            .at(found.span, "all shards")
            .help(help),
    )
}

/// The query of these texts, each checked for itself.
pub(super) fn checked(
    model: &Model,
    sources: &Sources,
    checked: &[CheckedText<'_>],
    diagnostics: &mut Diagnostics,
) -> Option<Query> {
    let (first, others) = checked.split_first()?;
    if let Some(finding) = checked.iter().find_map(|text| scattered(model, text)) {
        diagnostics.push(finding);
    }
    let other_rows = others
        .iter()
        .filter_map(|other| other_columns(model, first, other));
    reported(other_rows.into_vec(), diagnostics)?;
    let (parameters, texts) = parameter::bind(sources, checked, diagnostics)?;
    let whole = checked.iter().filter(|text| text.form == 0);
    let mut engines: Vec<EngineId> = whole.flat_map(|text| &text.engines).copied().into_vec();
    sort_by(&mut engines, Ord::cmp);
    let notes = &first.written.notes;
    let query = Query {
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
        embedded: embedded(&first.statement.embedded),
        by_name: checked.iter().any(|text| text.statement.by_name),
        only_reads: checked.iter().all(|text| text.statement.only_reads),
    };
    reported(columns_as_fields(&query, first), diagnostics)?;
    Some(query)
}

/// Reports what is wrong; `None` where something is.
fn reported(findings: Vec<Diagnostic>, diagnostics: &mut Diagnostics) -> Option<()> {
    let is_right = findings.is_empty();
    findings
        .into_iter()
        .for_each(|finding| diagnostics.push(finding));
    is_right.then_some(())
}

fn embedded(found: &[Embedded]) -> Vec<EmbeddedModel> {
    let models = found.iter().map(|one| EmbeddedModel {
        field: name::escape_keyword(&name::field(&one.name.text)),
        table: one.table,
        at: one.at,
        count: one.count,
        nullable: one.nullable,
    });
    models.into_vec()
}

/// Findings on columns that are not fields of one struct.
fn columns_as_fields(query: &Query, text: &CheckedText<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let (columns, embedded) = (&query.columns, &text.statement.embedded);
    let fields = query.fields().into_iter().map(|field| match field {
        RowPart::Column(at) => (columns[at].name.as_str(), columns[at].span),
        RowPart::Model(at) => (embedded[at].name.text.as_str(), embedded[at].name.span),
    });
    let fields: Vec<(&str, Span)> = fields.into_vec();
    for (at, (name, span)) in fields.iter().enumerate() {
        let field = name::field(name);
        let mut before = fields[..at].iter();
        if let Some((_, first)) = before.find(|(other, _)| name::field(other) == field) {
            let query = text.written.subject();
            let message = format!("two columns of {query} are called `{name}`");
            let help = format!("give one of them another name: `AS {name}_2`");
            let finding = Diagnostic::error("B0609", message).at(*span, "again");
            findings.push(finding.at(*first, "first here").help(help));
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
    let places = places(first, other);
    let help = one_type(model, first, other);
    // The name of the only value is not read.
    let is_scalar = first.written.notes.kind == QueryKind::Scalar;
    let differs = |(one, two): &(&Column, &Column)| {
        !is_same(one, two) || !is_scalar && one.field != two.field
    };
    let message = if one.len() == two.len() {
        let (one, two) = one.iter().zip(two).find(differs)?;
        format!(
            "{query} gives {}{} and {}{}",
            described(model, one),
            places.0,
            described(model, two),
            places.1,
        )
    } else {
        format!(
            "{query} gives {} columns{} and {}{}",
            one.len(),
            places.0,
            two.len(),
            places.1,
        )
    };
    Some(Diagnostic::error("B0607", message).at(span, "").help(help))
}

/// Where one text differs from another, behind the words for what it gives.
fn places(first: &CheckedText<'_>, other: &CheckedText<'_>) -> (String, String) {
    if first.dialect == other.dialect {
        let left_out = other.written.parts.in_words(other.form);
        return (" as a whole".to_owned(), left_out);
    }
    let on = |text: &CheckedText<'_>| format!(" on {}", text.dialect.product());
    (on(first), on(other))
}

fn one_type(model: &Model, first: &CheckedText<'_>, other: &CheckedText<'_>) -> String {
    let notes = &first.written.notes;
    if first.dialect == other.dialect {
        return "let parts that are left out be conditions and order, not columns".to_owned();
    }
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
            let names: Vec<&str> = engines.map(|&id| model.engine(id).name.as_str()).into_vec();
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
        && one.column_type.is_same_in_rust(&two.column_type)
}

/// The Rust type that the program names for it.
fn own_type(column: &Column) -> Option<&str> {
    match &column.field_type {
        FieldType::Custom(path) => Some(path),
        FieldType::Plain | FieldType::Key { .. } => None,
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
