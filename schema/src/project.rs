//! From paths to what the compiler reads: the configuration, and the schema files that it or the caller names. Every
//! door begins here; what a door does with the model is its own.

mod disk;
mod queries;

use crate::lists::IntoVec as _;
use std::path::{Path, PathBuf};

use self::disk::Refused;
use crate::config::{Config, Environment};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::disk::is_there;
use crate::input::{Input, InputFile};
use crate::json_names::RenameRule;
use crate::migrations::folder::{self, Migrations};
use crate::migrations::{self, no_order};
use crate::parse::{SIZE_LIMIT, load as load_text};
use crate::source::Span;

/// The configuration where no other is named.
pub const DEFAULT_CONFIG: &str = "bindery.toml";
/// The schema, beside the configuration, where neither it nor the caller names one.
pub const DEFAULT_SCHEMA: &str = "schema.sql";

/// A file with DDL, in words.
const SCHEMA_FILE: &str = "schema file";

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
    /// The input of the stages.
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
    load(Path::new(""), None, paths, environment, diagnostics)
}

/// The same with all paths from a folder on, wherever the process is.
pub fn load_project_of(
    folder: &Path,
    paths: &Paths,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Project {
    let paths = Paths {
        config: paths.config.as_ref().map(|path| folder.join(path)),
        schema: paths.schema.iter().map(|path| folder.join(path)).into_vec(),
    };
    load(folder, None, &paths, environment, diagnostics)
}

/// The same, with every engine compiled for a dialect and the files read in it: a command's dialect goes before what the
/// configuration sets for dialects.
pub fn load_project_for(
    dialect: Option<Dialect>,
    paths: &Paths,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Project {
    load(Path::new(""), dialect, paths, environment, diagnostics)
}

fn load(
    folder: &Path,
    dialect: Option<Dialect>,
    paths: &Paths,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Project {
    let mut project = Project {
        config: None,
        input: Input::default(),
        files: Vec::new(),
    };
    project.config = project.load_config(folder, paths, diagnostics);
    if let Some(config) = project.config.clone() {
        project.configure(&config, dialect, environment, diagnostics);
        for file in schema_files(paths, &config) {
            project.load_entry(&file, diagnostics);
        }
        for entry in &config.queries {
            project.load_queries(&config.folder, entry, diagnostics);
        }
    }
    project
}

/// Reads the configuration alone, without the schema files that it names.
pub fn load_configuration(
    path: Option<&Path>,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Project {
    let mut project = Project {
        config: None,
        input: Input::default(),
        files: Vec::new(),
    };
    let paths = Paths {
        config: path.map(Path::to_owned),
        schema: Vec::new(),
    };
    project.config = project.load_config(Path::new(""), &paths, diagnostics);
    if let Some(config) = project.config.clone() {
        project.configure(&config, None, environment, diagnostics);
    }
    project
}

/// Reads a schema file that the configuration of a folder names.
///
/// # Errors
/// The reason in words: it is not there, not a regular file, or not in the project.
pub fn read_schema_file(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    disk::read_named(folder, &folder.join(path), SIZE_LIMIT).map_err(|refused| refused.to_string())
}

impl Project {
    fn load_config(
        &mut self,
        folder: &Path,
        paths: &Paths,
        diagnostics: &mut Diagnostics,
    ) -> Option<Config> {
        let usual = folder.join(DEFAULT_CONFIG);
        if paths.config.is_none() && !is_there(&usual) {
            return Some(Config::without_file(folder));
        }
        let path = paths.config.as_deref().unwrap_or(&usual);
        self.files.push(path.to_owned());
        Config::load(path, &mut self.input.sources, diagnostics)
    }

    /// Applies the configuration. Where a dialect is given, mistakes in those of the configuration do not matter.
    fn configure(
        &mut self,
        config: &Config,
        dialect: Option<Dialect>,
        environment: Environment<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(dialect) = dialect else {
            self.input.configure(config, environment, diagnostics);
            return migrations::find_heads(config, &mut self.input.engines, diagnostics);
        };
        self.input
            .configure(config, environment, &mut Diagnostics::default());
        self.input.configure_lints(config, diagnostics);
        self.input.compile_for(dialect);
        self.input.command_dialect = Some(dialect);
    }

    /// Loads a file, or a folder of migrations in their order.
    fn load_entry(&mut self, entry: &SchemaFile, diagnostics: &mut Diagnostics) {
        if !entry.path.is_dir() {
            return self.load_file(entry, diagnostics);
        }
        // A build looks again when a file is added.
        self.files.push(entry.path.clone());
        let found = match entry.migrations() {
            Ok(found) => found,
            Err(finding) => return diagnostics.push(finding),
        };
        for (path, why) in &found.left_out {
            diagnostics.push(left_out(path, why, entry));
        }
        let first = self.input.files.len();
        for file in found.files {
            let path = file.path;
            self.load_file(
                &SchemaFile {
                    path,
                    ..entry.clone()
                },
                diagnostics,
            );
        }
        self.input.follow_from(first);
    }

    fn load_file(&mut self, file: &SchemaFile, diagnostics: &mut Diagnostics) {
        let shown = file.path.display().to_string();
        self.files.push(file.path.clone());
        let read = match &file.named {
            Some((folder, _)) => disk::read_named(folder, &file.path, SIZE_LIMIT),
            None => disk::read_typed(&file.path, SIZE_LIMIT),
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(refused) => {
                return diagnostics.push(file.located(refusal(SCHEMA_FILE, &shown, refused)));
            }
        };
        if let Some(id) = load_text(&mut self.input.sources, &shown, &bytes, diagnostics) {
            let rule = file.serde_rename.map(|rule| (id, rule));
            self.input.serde_rename.extend(rule);
            self.input.files.push(InputFile {
                id,
                dialect: file.dialect,
                engines: file.engines.clone(),
            });
        }
    }
}

/// A schema file or a folder of migrations, and how it is read.
#[derive(Clone)]
struct SchemaFile {
    path: PathBuf,
    /// For one that the configuration names: its folder, and where.
    named: Option<(PathBuf, Span)>,
    dialect: Option<Dialect>,
    engines: Vec<String>,
    serde_rename: Option<RenameRule>,
}

impl SchemaFile {
    fn plain(path: PathBuf) -> Self {
        Self {
            path,
            named: None,
            dialect: None,
            engines: Vec::new(),
            serde_rename: None,
        }
    }

    /// The files of a folder, which is in the project where the configuration names it.
    fn migrations(&self) -> Result<Migrations, Diagnostic> {
        let shown = self.path.display().to_string();
        if let Some((folder, _)) = &self.named {
            disk::inside(folder, &self.path)
                .map_err(|refused| self.located(refusal(SCHEMA_FILE, &shown, refused)))?;
        }
        folder::migrations(&self.path)
            .map_err(|unordered| self.located(no_order(&self.path, unordered)))
    }

    fn located(&self, diagnostic: Diagnostic) -> Diagnostic {
        match &self.named {
            Some((_, span)) => diagnostic.at(*span, "named here"),
            None => diagnostic,
        }
    }
}

/// Refuses schema files that a build names beside those of its configuration: what one door builds is what all of them
/// check. A person who types a command may name others.
pub fn refuse_two_lists(paths: &Paths, config: &Config, diagnostics: &mut Diagnostics) {
    let (Some(first), false) = (config.files.first(), paths.schema.is_empty()) else {
        return;
    };
    if are_those_of(config, &paths.schema) {
        return;
    }
    let diagnostic = Diagnostic::error("B0329", "the schema files are named twice")
        .at(first.span, "and others in the build script");
    let help = "write `bindery_codegen::Config::new().compile()` in `build.rs`, or remove `files`";
    diagnostics.push(diagnostic.help(help));
}

/// Whether these are the files of the configuration, in its order.
fn are_those_of(config: &Config, paths: &[PathBuf]) -> bool {
    let named = config
        .files
        .iter()
        .map(|file| config.folder.join(&file.path));
    named.eq(paths.iter().cloned())
}

fn schema_files(paths: &Paths, config: &Config) -> Vec<SchemaFile> {
    if !paths.schema.is_empty() && !are_those_of(config, &paths.schema) {
        return paths
            .schema
            .iter()
            .cloned()
            .map(SchemaFile::plain)
            .into_vec();
    }
    if config.files.is_empty() {
        return vec![SchemaFile::plain(config.folder.join(DEFAULT_SCHEMA))];
    }
    let configured = config.files.iter().map(|file| SchemaFile {
        path: config.folder.join(&file.path),
        named: Some((config.folder.clone(), file.span)),
        dialect: file.dialect,
        engines: file.engines.clone(),
        serde_rename: file.serde_rename,
    });
    configured.into_vec()
}

/// The finding on a file that the configuration or a person names, without its place; `kind` is its kind in words.
fn refusal(kind: &str, path: &str, refused: Refused) -> Diagnostic {
    match refused {
        Refused::Unreadable(why) => {
            let message = format!("the {kind} `{path}` cannot be read: {why}");
            let help = match kind {
                SCHEMA_FILE => {
                    "write it, or name another: `[schema] files = [\"…\"]` in `bindery.toml`, or `--schema FILE`"
                }
                _ => "write it, or name another: `[schema] queries = [\"…\"]` in `bindery.toml`",
            };
            Diagnostic::error("B0321", message).help(help)
        }
        Refused::Outside(root) => {
            let message = format!("the {kind} `{path}` is not in the project");
            let root = root.file_name().unwrap_or_default().to_string_lossy();
            let mut help = format!(
                "move it below the folder `{root}`, where the repository or else `bindery.toml` is"
            );
            if kind == SCHEMA_FILE {
                help += &format!("; or name it by hand: `--schema {path}`");
            }
            Diagnostic::error("B0323", message).help(help)
        }
    }
}

fn left_out(path: &Path, why: &str, entry: &SchemaFile) -> Diagnostic {
    let message = format!("`{}` is not read: {why}", path.display());
    let help = "write its changes as a migration in SQL, or move it out of the folder";
    entry.located(Diagnostic::warning("B0432", message).help(help))
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
