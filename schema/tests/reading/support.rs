//! Reading a text in a test, and finding the texts.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::diagnostic::{Diagnostics, Severity};
use bindery_schema::dialect::Dialect;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{Engine, EngineId, Model};
use bindery_schema::name::engine_type_name;
use bindery_schema::parse::load;

/// The folders of the cases, in order: each folder below `tests/cases` that holds a file.
pub(crate) fn cases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect_cases(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")),
        &mut found,
    );
    assert!(
        found.len() >= 70,
        "{} cases: some are not found",
        found.len()
    );
    found.sort();
    found
}

fn collect_cases(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the folder of the cases is readable");
    let paths = entries.map(|entry| entry.expect("the folder of the cases is readable").path());
    let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    if !files.is_empty() {
        found.push(folder.to_owned());
    }
    for inner in folders {
        collect_cases(&inner, found);
    }
}

/// An engine of a name and dialect.
pub(crate) fn engine(name: &str, dialect: Dialect) -> Engine {
    let (name, type_name) = (name.to_owned(), engine_type_name(name));
    Engine {
        name,
        type_name,
        dialect,
        flavour: None,
        cluster: None,
        outbox: false,
        inbox: false,
        decisions: false,
        shard_maps: false,
        shard: false,
        syncs: false,
        sagas: None,
        keeps_outcomes: false,
        head: None,
        dialect_reason: "a test".to_owned(),
        span: None,
    }
}

/// An input of one file for some engines, the first of which is the default one.
pub(crate) fn input(
    path: &str,
    bytes: &[u8],
    engines: Vec<Engine>,
    diagnostics: &mut Diagnostics,
) -> Input {
    let mut input = Input {
        default_engine: engines
            .iter()
            .position(|engine| engine.name == "default")
            .map(|at| EngineId(at as u32)),
        engines,
        ..Input::default()
    };
    if let Some(id) = load(&mut input.sources, path, bytes, diagnostics) {
        input.files.push(InputFile {
            id,
            dialect: None,
            engines: Vec::new(),
        });
    }
    input
}

/// Reads one file for an engine `default` of this dialect.
pub(crate) fn compile(bytes: &[u8], dialect: Dialect) -> (Input, Model, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let input = input(
        "schema.sql",
        bytes,
        vec![engine("default", dialect)],
        &mut diagnostics,
    );
    let model = bindery_schema::read_model(&input, &mut diagnostics);
    (input, model, diagnostics)
}

/// All findings, one a line: `B0006 error 1:14 message`.
pub(crate) fn listed(input: &Input, diagnostics: &Diagnostics) -> Vec<String> {
    let line = |finding: &bindery_schema::diagnostic::Diagnostic| {
        let place = finding.labels.first().map_or_else(
            || "-".to_owned(),
            |label| {
                let file = input.sources.file(label.span.file);
                let (start, end) = (
                    file.line_column(label.span.start),
                    file.line_column(label.span.end),
                );
                format!(
                    "{}:{}-{}:{}",
                    start.line, start.column, end.line, end.column
                )
            },
        );
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("{} {severity} {place} {}", finding.code, finding.message)
    };
    diagnostics.iter().map(line).collect()
}
