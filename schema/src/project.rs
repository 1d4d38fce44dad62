//! From paths to what the compiler reads: the configuration, and the schema files that it or the caller names. Every
//! door begins here; what a door does with the model is its own.

use std::path::{Path, PathBuf};

use crate::config::{Config, Environment};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::input::{Input, InputFile};
use crate::parse::load;

/// The configuration where no other is named.
pub const DEFAULT_CONFIG: &str = "bindery.toml";
/// The schema, beside the configuration, where neither it nor the caller names one.
pub const DEFAULT_SCHEMA: &str = "schema.sql";

/// Which files are read. Relative paths are as the process has them.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// The configuration; `None`: `bindery.toml` where it is there, else none.
    pub config: Option<PathBuf>,
    /// Schema files; empty: those of the configuration, else `schema.sql` beside it.
    pub schema: Vec<PathBuf>,
}

/// A configuration with its schema files.
#[derive(Debug)]
pub struct Project {
    /// `None` when it cannot be used.
    pub config: Option<Config>,
    /// What the stages read.
    pub input: Input,
    /// All files that were looked at, in their order; also those that could not be read.
    pub files: Vec<PathBuf>,
}

/// Reads the configuration and the schema files. What is wrong with them is in `diagnostics`.
pub fn load_project(
    paths: &Paths,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Project {
    let mut project = Project {
        config: None,
        input: Input::default(),
        files: Vec::new(),
    };
    project.config = project.load_config(paths, diagnostics);
    if let Some(config) = project.config.clone() {
        project.input.configure(&config, environment, diagnostics);
        for file in schema_files(paths, &config) {
            project.load_file(&file, diagnostics);
        }
    }
    project
}

impl Project {
    fn load_config(&mut self, paths: &Paths, diagnostics: &mut Diagnostics) -> Option<Config> {
        let usual = Path::new(DEFAULT_CONFIG);
        if paths.config.is_none() && !usual.exists() {
            return Some(Config::without_file(Path::new("")));
        }
        let path = paths.config.as_deref().unwrap_or(usual);
        self.files.push(path.to_owned());
        Config::load(path, &mut self.input.sources, diagnostics)
    }

    fn load_file(&mut self, file: &SchemaFile, diagnostics: &mut Diagnostics) {
        let shown = file.path.display().to_string();
        self.files.push(file.path.clone());
        let bytes = match std::fs::read(&file.path) {
            Ok(bytes) => bytes,
            Err(error) => return diagnostics.push(unreadable(&shown, &error)),
        };
        if let Some(id) = load(&mut self.input.sources, &shown, &bytes, diagnostics) {
            self.input.files.push(InputFile {
                id,
                dialect: file.dialect,
                engines: file.engines.clone(),
            });
        }
    }
}

/// A schema file and how it is read.
struct SchemaFile {
    path: PathBuf,
    dialect: Option<Dialect>,
    engines: Vec<String>,
}

impl SchemaFile {
    fn plain(path: PathBuf) -> Self {
        Self {
            path,
            dialect: None,
            engines: Vec::new(),
        }
    }
}

fn schema_files(paths: &Paths, config: &Config) -> Vec<SchemaFile> {
    if !paths.schema.is_empty() {
        return paths
            .schema
            .iter()
            .cloned()
            .map(SchemaFile::plain)
            .collect();
    }
    if config.files.is_empty() {
        return vec![SchemaFile::plain(config.folder.join(DEFAULT_SCHEMA))];
    }
    let configured = config.files.iter().map(|file| SchemaFile {
        path: config.folder.join(&file.path),
        dialect: file.dialect,
        engines: file.engines.clone(),
    });
    configured.collect()
}

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    let message = format!("the schema file `{path}` cannot be read: {error}");
    let help = "write it, or name another: `[schema] files = [\"…\"]` in `bindery.toml`, or `--schema FILE`";
    Diagnostic::error("B0321", message).help(help)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn load_paths(paths: &Paths) -> (Project, Diagnostics) {
        let mut found = Diagnostics::default();
        let project = load_project(paths, &|_| None, &mut found);
        (project, found)
    }

    #[test]
    fn a_schema_file_that_is_not_there_is_named() {
        let paths = Paths {
            config: None,
            schema: vec![PathBuf::from("no/such/schema.sql")],
        };
        let (project, found) = load_paths(&paths);
        let messages: Vec<&str> = found
            .iter()
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].starts_with("the schema file `no/such/schema.sql` cannot be read: "));
        assert_eq!(project.files, paths.schema);
        assert!(project.config.is_some());
    }

    #[test]
    fn a_configuration_that_is_named_must_be_there() {
        let paths = Paths {
            config: Some(PathBuf::from("no/such/bindery.toml")),
            schema: Vec::new(),
        };
        let (project, found) = load_paths(&paths);
        assert!(project.config.is_none());
        assert_eq!(
            found.iter().map(|finding| finding.code).collect::<Vec<_>>(),
            ["B0318"]
        );
    }
}
