//! The summary of a schema: its tables, its engines, and whether it stands.

use std::collections::BTreeMap;

use bindery_schema::diagnostic::Severity;
use bindery_schema::model::{Engine, EngineId, Model};
use serde::Serialize;

use super::{Advice, is_ok, json, require_ok};
use crate::failure::Failure;
use crate::options::{Format, SchemaOptions};
use crate::output::{Output, Paint, Stream};
use crate::project::{Compiled, product};
use crate::text::{count, hanging, padded};

/// Characters of the left column.
const TITLE_WIDTH: usize = 9;

/// The comparison of an engine's queries with its database.
#[derive(Debug, Serialize)]
pub(crate) struct AgainstEngine {
    pub(crate) engine: String,
    /// The number of queries that its database prepared.
    pub(crate) queries: usize,
    /// By the query with its place: what the database says otherwise.
    pub(crate) differences: BTreeMap<String, Vec<String>>,
    /// Why there is no answer.
    pub(crate) error: Option<String>,
}

impl AgainstEngine {
    pub(crate) fn is_ok(&self) -> bool {
        self.differences.is_empty() && self.error.is_none()
    }

    /// `3 queries are as the database says`.
    fn line(&self) -> String {
        let queries = if self.queries == 1 {
            "query"
        } else {
            "queries"
        };
        let size = format!("{}: {} {queries} prepared", self.engine, self.queries);
        match (&self.error, self.differences.len()) {
            (Some(_), _) if self.queries == 0 => format!("{}: no answer", self.engine),
            (Some(_), _) => format!("{size}, then no answer"),
            (None, 0) => format!("{size}, all as they are here"),
            (None, several) => format!("{size}, {several} of them otherwise"),
        }
    }
}

/// The findings and the summary of a schema, with what databases say of the queries.
pub(crate) fn print(
    compiled: &Compiled,
    against: &[AgainstEngine],
    options: &SchemaOptions,
    output: &Output,
) -> Result<(), Failure> {
    match options.format {
        Format::Json => print_json(compiled, against, options, output),
        Format::Human => {
            let outcome = require_ok(compiled, options, output, Advice::Shown);
            output.result(&summary(compiled, against, output.results()))?;
            outcome
        }
        Format::Github => require_ok(compiled, options, output, Advice::Shown),
    }
}

fn print_json(
    compiled: &Compiled,
    against: &[AgainstEngine],
    options: &SchemaOptions,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&json(compiled, against, options))?;
    if is_ok(compiled, options) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

fn summary(compiled: &Compiled, against: &[AgainstEngine], stream: Stream) -> String {
    let model = &compiled.model;
    let tables = || model.tables.iter().filter(|table| table.view.is_none());
    let columns: usize = tables().map(|table| table.columns.len()).sum();
    let mut size = format!(
        "{}, {}",
        count(tables().count(), "table"),
        count(columns, "column")
    );
    match model.queries.len() {
        0 => {}
        1 => size.push_str(", 1 query"),
        several => size.push_str(&format!(", {several} queries")),
    }
    let views = views(model).map(|text| entry("views", &text, stream));
    let engines = engine_lines(&compiled.project.input.engines, model, stream);
    let skipped = skipped(&model.skipped).map(|text| entry("skipped", &text, stream));
    let against: Vec<String> = against.iter().map(AgainstEngine::line).collect();
    let against = (!against.is_empty()).then(|| entry("against", &against.join("; "), stream));
    [
        entry("schema", &size, stream),
        views.unwrap_or_default(),
        engines,
        skipped.unwrap_or_default(),
        against.unwrap_or_default(),
        entry("result", &verdict(compiled, stream), stream),
    ]
    .concat()
}

/// `7 with models, 1 by name only: …`; `None` where there is no view.
fn views(model: &Model) -> Option<String> {
    let unread: Vec<String> = model
        .views
        .iter()
        .filter_map(|view| {
            let named = view.model.as_ref().err()?;
            Some(format!("`{}` {}", view.name, named.why))
        })
        .collect();
    if model.views.is_empty() {
        return None;
    }
    let models = model.views.len() - unread.len();
    let read = count(models, "view") + " with a model";
    Some(if unread.is_empty() {
        read
    } else {
        format!(
            "{read}, {} by name only: {}",
            unread.len(),
            unread.join("; ")
        )
    })
}

/// A title at the left, and beside it what there is to say.
fn entry(title: &str, text: &str, stream: Stream) -> String {
    hanging(&heading(title, stream), TITLE_WIDTH, text, stream.width)
}

fn heading(title: &str, stream: Stream) -> String {
    stream.paint(Paint::Heading, &format!("{title:<TITLE_WIDTH$}"))
}

/// Each engine with what it was compiled for, and why.
fn engine_lines(engines: &[Engine], model: &Model, stream: Stream) -> String {
    let names: Vec<String> = engines.iter().map(|engine| engine.name.clone()).collect();
    let names = padded(&names);
    let products = padded(&engines.iter().map(product).collect::<Vec<_>>());
    let mut lines = String::new();
    for (at, engine) in engines.iter().enumerate() {
        let title = heading(if at == 0 { "engines" } else { "" }, stream);
        let beside = format!("{}  {}  ", names[at], products[at]);
        let tables = tables_on(model, EngineId(at as u32));
        let text = format!("{} ({})", count(tables, "table"), engine.dialect_reason);
        let indent = TITLE_WIDTH + beside.len();
        lines += &hanging(&format!("{title}{beside}"), indent, &text, stream.width);
    }
    lines
}

fn tables_on(model: &Model, engine: EngineId) -> usize {
    let tables = model.tables.iter();
    tables
        .filter(|table| table.view.is_none() && table.engines.contains(&engine))
        .count()
}

/// `CREATE TRIGGER (2), SET (14)`; `None` where nothing was passed over.
fn skipped(kinds: &BTreeMap<String, usize>) -> Option<String> {
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, number)| format!("{kind} ({number})"))
        .collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

fn verdict(compiled: &Compiled, stream: Stream) -> String {
    let of = |severity| {
        compiled
            .project
            .found
            .iter()
            .filter(move |finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    match (errors, warnings) {
        (0, 0) => stream.paint(Paint::Good, "ok"),
        (0, warnings) => format!(
            "{}, {}",
            stream.paint(Paint::Good, "ok"),
            count(warnings, "warning")
        ),
        (errors, 0) => stream.paint(Paint::Bad, &count(errors, "error")),
        (errors, warnings) => format!(
            "{}, {}",
            stream.paint(Paint::Bad, &count(errors, "error")),
            count(warnings, "warning")
        ),
    }
}
