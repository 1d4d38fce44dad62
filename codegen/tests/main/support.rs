//! Small schemas in folders of their own.

use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::CheckedModel;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;
use bindery_schema::render::{Style, render};

/// Writes a file and gives its folder back.
pub(crate) fn folder_with(file: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    std::fs::write(folder.path().join(file), text).expect("it can be written to");
    folder
}

/// The checked model of a schema; one engine, `default`, in SQLite.
pub(crate) fn model(schema: &str) -> CheckedModel {
    let folder = folder_with("schema.sql", schema);
    model_of(folder.path())
}

/// The checked model of a folder with `schema.sql` and `bindery.toml`; `None` where it is refused.
pub(crate) fn checked_of(folder: &Path) -> Option<CheckedModel> {
    let paths = Paths {
        config: Some(folder.join("bindery.toml")),
        schema: vec![folder.join("schema.sql")],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    check(model, &mut found)
}

/// The checked model of a folder with `schema.sql` and perhaps `bindery.toml`.
pub(crate) fn model_of(folder: &Path) -> CheckedModel {
    let config = folder.join("bindery.toml");
    let paths = Paths {
        config: config.exists().then_some(config),
        schema: vec![folder.join("schema.sql")],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    let sources = &project.input.sources;
    check(model, &mut found).unwrap_or_else(|| panic!("{}", render(&found, sources, Style::Plain)))
}

/// The generated code of a folder, with what it includes in its place.
pub(crate) fn generated(out: &Path) -> String {
    let text = std::fs::read_to_string(out.join("bindery.rs")).expect("it was written");
    let line = |line: &str| {
        let rest = line.strip_prefix("::core::include!(\"");
        match rest.and_then(|rest| rest.strip_suffix("\");")) {
            Some(name) => std::fs::read_to_string(out.join(name)).expect("it was written"),
            None => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

/// The files that generated code includes.
pub(crate) fn pieces(out: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out.join("bindery")).expect("it is there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it is there").path())
        .collect();
    paths.sort();
    paths
}
