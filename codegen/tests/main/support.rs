//! Small schemas in folders of their own.

use std::path::Path;

use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::CheckedModel;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read;
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
    let model = read(&project.input, &mut found);
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
    let model = read(&project.input, &mut found);
    let sources = &project.input.sources;
    check(model, &mut found).unwrap_or_else(|| panic!("{}", render(&found, sources, Style::Plain)))
}
