//! From a read project to a checked model, and what a build has to look at again. Reading is the schema's part.

use bindery_schema::lists::IntoVec as _;
use std::fmt::Write;
use std::path::PathBuf;

use bindery_schema::check::check;
use bindery_schema::config::{Config, Environment, MIGRATIONS_FOLDER};
use bindery_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_schema::model::CheckedModel;
use bindery_schema::project::{Paths, load_project, refuse_two_lists};
use bindery_schema::read_model;
use bindery_schema::render::{Style, render};
use bindery_schema::source::Sources;

use crate::error::CompileError;
use crate::kept::{fingerprint, joined};

/// A schema that may be generated from.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) model: CheckedModel,
    /// Findings that are not errors, one line each.
    pub(crate) warnings: Vec<String>,
    /// Of all texts that were read.
    pub(crate) fingerprint: u64,
}

/// The files that a build has to watch.
#[derive(Debug)]
pub(crate) struct Watched {
    /// Files, in the order they were read.
    pub(crate) files: Vec<PathBuf>,
    /// Variables of the environment, sorted.
    pub(crate) variables: Vec<String>,
}

/// Reads and checks everything. What is to be watched is known whatever comes of it.
pub(crate) fn compile(
    paths: &Paths,
    environment: Environment<'_>,
) -> (Result<Compiled, CompileError>, Watched) {
    let mut found = Diagnostics::default();
    let project = load_project(paths, environment, &mut found);
    let config = project.config.as_ref();
    if let Some(config) = config {
        refuse_two_lists(paths, config, &mut found);
    }
    let variables = config.map_or(Vec::new(), |config| config.build_variables());
    let checked = if found.has_errors() {
        None
    } else {
        let model = read_model(&project.input, &mut found);
        check(model, &mut found)
    };
    let mut sources = project.input.sources;
    if let (Some(config), Some(model)) = (config, &checked) {
        migrations(config, model, &mut sources, &mut found);
    }
    found.sort();
    let sources = &sources;
    let texts = sources.iter().map(|(_, file)| fingerprint(&file.text()));
    let compiled = match checked.filter(|_| !found.has_errors()) {
        Some(model) => Ok(Compiled {
            model,
            warnings: warnings(&found, sources),
            fingerprint: texts.fold(0, joined),
        }),
        None => Err(CompileError::new(render(&found, sources, Style::Plain))),
    };
    let mut files = project.files;
    files.extend(config.and_then(migrations_folder));
    let watched = Watched { files, variables };
    (compiled, watched)
}

#[cfg(feature = "migrations")]
fn migrations(
    config: &Config,
    model: &CheckedModel,
    sources: &mut Sources,
    found: &mut Diagnostics,
) {
    bindery_schema::diff::check_migrations(config, model, sources, found);
}

#[cfg(not(feature = "migrations"))]
fn migrations(config: &Config, _: &CheckedModel, _: &mut Sources, found: &mut Diagnostics) {
    bindery_schema::migrations::refuse_check_without_feature(config, found);
}

/// The folder of all migrations where it is there: a program embeds them, and the compiler looks again only at files that it knows.
fn migrations_folder(config: &Config) -> Option<PathBuf> {
    let folder = config.folder.join(MIGRATIONS_FOLDER);
    folder.is_dir().then_some(folder)
}

fn warnings(found: &Diagnostics, sources: &Sources) -> Vec<String> {
    let is_warning = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Warning;
    let warnings = found.iter().filter(is_warning);
    warnings.map(|warning| line(warning, sources)).into_vec()
}

/// `schema.sql:6:30: sentence; help`, as cargo shows a warning in one line.
fn line(warning: &Diagnostic, sources: &Sources) -> String {
    let mut line = String::new();
    if let Some(label) = warning.labels.first() {
        let file = sources.file(label.span.file);
        let at = file.line_column(label.span.start);
        write!(line, "{}:{}:{}: ", file.path(), at.line, at.column)
            .expect("writing to a String cannot fail");
    }
    line.push_str(&warning.message);
    if let Some(help) = &warning.help {
        line.push_str("; ");
        line.push_str(help);
    }
    line.replace(|letter: char| letter.is_control(), " ")
}
