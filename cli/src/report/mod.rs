//! Prints the compiler's findings in the format the user chose.

pub(crate) mod summary;

use std::collections::BTreeMap;

use bindery_schema::codes;
use bindery_schema::diagnostic::Severity;
use bindery_schema::model::CheckedModel;
use bindery_schema::render::Finding;
use serde::Serialize;

use self::summary::AgainstEngine;
use crate::failure::{Ended, Failure};
use crate::options::{Format, SchemaOptions};
use crate::output::Output;
use crate::project::{Compiled, Project};

/// The document of `check --format json`, and of every command whose schema is broken. `cli/JSON.md` documents it; it is
/// stable.
#[derive(Debug, Serialize)]
struct CheckReport<'c> {
    ok: bool,
    tables: usize,
    columns: usize,
    queries: usize,
    skipped: &'c BTreeMap<String, usize>,
    diagnostics: Vec<Finding>,
    /// With `--against-engine`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    against_engines: &'c [AgainstEngine],
}

/// Whether the schema stands, as far as the user is concerned.
pub(crate) fn is_ok(compiled: &Compiled, options: &SchemaOptions) -> bool {
    let warned = || {
        compiled
            .project
            .found
            .iter()
            .any(|finding| finding.severity == Severity::Warning)
    };
    compiled.checked.is_some() && !(options.deny_warnings && warned())
}

/// `check` as one document.
pub(crate) fn json(
    compiled: &Compiled,
    against: &[AgainstEngine],
    options: &SchemaOptions,
) -> String {
    let tables = &compiled.model.tables;
    document(&CheckReport {
        ok: is_ok(compiled, options) && against.iter().all(AgainstEngine::is_ok),
        tables: tables.len(),
        columns: tables.iter().map(|table| table.columns.len()).sum(),
        queries: compiled.model.queries.len(),
        skipped: &compiled.model.skipped,
        diagnostics: Output::each_once(&compiled.project.found, &compiled.project.input.sources),
        against_engines: against,
    })
}

/// A value as JSON that people can read too.
pub(crate) fn document<T: Serialize + ?Sized>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value);
    text.expect("texts, numbers and lists have a form in JSON") + "\n"
}

/// An engine of a document with an entry for each that failed.
#[derive(Serialize)]
struct FailedEngine<'a> {
    engine: &'a str,
    #[serde(flatten)]
    ended: Ended,
}

/// A document with an entry for each engine, or for what was found there: of an engine that failed, why.
pub(crate) fn document_of_engines<T: Serialize>(done: &[T], failed: &[(&str, Failure)]) -> String {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Entry<'a, T> {
        Done(&'a T),
        Failed(FailedEngine<'a>),
    }
    let failed = failed.iter().map(|(engine, failure)| FailedEngine {
        engine,
        ended: Ended::from(failure),
    });
    let done = done.iter().map(Entry::Done);
    document(&done.chain(failed.map(Entry::Failed)).collect::<Vec<_>>())
}

/// Tells what was found; fails when that forbids to go on.
///
/// A broken schema is a result of its own where a program reads: in JSON it is the document of `check`.
pub(crate) fn require_ok(
    compiled: &Compiled,
    options: &SchemaOptions,
    output: &Output,
    advice: Advice,
) -> Result<(), Failure> {
    let is_ok = is_ok(compiled, options);
    if options.format == Format::Json && !is_ok {
        output.result(&json(compiled, &[], options))?;
    } else {
        // A command that warnings fail shows each of them.
        let advice = if is_ok { advice } else { Advice::Shown };
        tell(&compiled.project, options.format, output, advice)?;
    }
    compiled.project.tell_missing_configuration(output);
    compiled.project.tell_unknown_variables(output);
    if is_ok { Ok(()) } else { Err(Failure::Told) }
}

/// Which warnings are shown of those that have no bearing on what a command does with tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Each: of `check`.
    Shown,
    /// Also warnings of what the generated code of a table or view lacks.
    OfModels,
    /// None of them, neither that nor advice on how tables are designed.
    LeftToCheck,
}

impl Advice {
    fn shows(self, code: &str) -> bool {
        match self {
            Self::Shown => true,
            Self::OfModels => !codes::is_advice(code),
            Self::LeftToCheck => !codes::is_advice(code) && !codes::is_about_models(code),
        }
    }
}

/// Tells what was found, beside a result.
pub(crate) fn tell(
    project: &Project,
    format: Format,
    output: &Output,
    advice: Advice,
) -> Result<(), Failure> {
    let mut found = project.found.clone();
    if advice != Advice::Shown {
        found.judge_warnings(|one| advice.shows(one.code).then_some(Severity::Warning));
    }
    output.report(&found, &project.input.sources, format)
}

/// The model, unless errors stop the command; findings are printed.
pub(crate) fn checked<'c>(
    compiled: &'c Compiled,
    options: &SchemaOptions,
    output: &Output,
) -> Result<&'c CheckedModel, Failure> {
    checked_with(compiled, options, output, Advice::LeftToCheck)
}

/// The same for a command that shows more of the warnings, or fewer.
pub(crate) fn checked_with<'c>(
    compiled: &'c Compiled,
    options: &SchemaOptions,
    output: &Output,
    advice: Advice,
) -> Result<&'c CheckedModel, Failure> {
    require_ok(compiled, options, output, advice)?;
    compiled.checked.as_ref().ok_or(Failure::Told)
}
