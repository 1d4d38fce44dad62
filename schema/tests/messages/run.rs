//! A whole run of the compiler over texts in memory.

use std::path::Path;

use bindery_schema::check::check;
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::CheckedModel;
use bindery_schema::parse::load;
use bindery_schema::render::{Style, render};

/// The engines of an example without a configuration of its own: one of each dialect.
pub(crate) const ENGINES: &str = "url = \"sqlite://app.db\"\nengines.b = \"postgres://shop@db/shop\"\nengines.m = \"mysql://shop@db/shop\"\n";

/// The name of a schema file that has none.
pub(crate) const SCHEMA: &str = "schema.sql";

/// The findings of a run.
pub(crate) struct Run {
    pub(crate) input: Input,
    pub(crate) model: Option<CheckedModel>,
    pub(crate) diagnostics: Diagnostics,
}

impl Run {
    /// One schema file.
    pub(crate) fn new(config: &str, sql: &[u8]) -> Self {
        Self::of_files(config, &[(SCHEMA, sql)])
    }

    /// Several schema files, read as `[schema] files` says where it names them.
    pub(crate) fn of_files(config: &str, files: &[(&str, &[u8])]) -> Self {
        let (mut input, mut diagnostics) = (Input::default(), Diagnostics::default());
        let config = Config::parse(
            "bindery.toml",
            Path::new(""),
            config,
            &mut input.sources,
            &mut diagnostics,
        );
        if let Some(config) = &config {
            input.configure(config, &|_| None, &mut diagnostics);
        }
        // As every door does: without engines nothing of a schema would make sense.
        for (path, bytes) in files.iter().filter(|_| config.is_some()) {
            let Some(id) = load(&mut input.sources, path, bytes, &mut diagnostics) else {
                continue;
            };
            let named = config
                .iter()
                .flat_map(|config| &config.files)
                .find(|file| file.path == *path);
            let rule = named.and_then(|file| Some((id, file.serde_rename?)));
            input.serde_rename.extend(rule);
            input.files.push(InputFile {
                id,
                dialect: named.and_then(|file| file.dialect),
                engines: named.map(|file| file.engines.clone()).unwrap_or_default(),
            });
        }
        let model = bindery_schema::read_model(&input, &mut diagnostics);
        let model = check(model, &mut diagnostics);
        Self {
            input,
            model,
            diagnostics,
        }
    }

    /// Returns the text that a person reads.
    pub(crate) fn text(&self) -> String {
        render(&self.diagnostics, &self.input.sources, Style::Plain)
    }

    /// The codes in the order of the findings.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect()
    }

    /// Code and line of each finding; line 0 where it has no place.
    pub(crate) fn places(&self) -> Vec<(&'static str, u32)> {
        let line = |label: &bindery_schema::diagnostic::Label| {
            let file = self.input.sources.file(label.span.file);
            file.line_column(label.span.start).line
        };
        self.diagnostics
            .iter()
            .map(|found| (found.code, found.labels.first().map_or(0, line)))
            .collect()
    }
}
