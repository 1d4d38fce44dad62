//! The options that several commands have. What one command has alone is in its file.

use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// The form of results and findings: text for people, one JSON document, or annotations of GitHub's build log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
    Github,
}

/// The arguments of every command that reads the schema.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub(crate) struct SchemaOptions {
    /// The configuration, instead of `$BINDERY_CONFIG` or `bindery.toml` here or above
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A schema file, instead of those the configuration names; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Vec<PathBuf>,
    /// The form of results and findings; `github` is for annotations in its build log
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Fail on warnings too
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// The arguments of every command that reads the configuration alone.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigOptions {
    /// The configuration, instead of `$BINDERY_CONFIG` or `bindery.toml` here or above
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The form of results and findings
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// Whether a command shows how far its work is.
#[derive(Debug, Args)]
pub(crate) struct ProgressOptions {
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Which engines a command works on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engines")]
pub(crate) struct EngineOptions {
    /// Work on this engine, not on `default`; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) engine: Vec<String>,
    /// Work on every engine
    #[arg(long, conflicts_with = "engine")]
    pub(crate) all: bool,
}

impl EngineOptions {
    /// Those named, else all: of commands that only look.
    pub(crate) fn or_all(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            all: self.engine.is_empty(),
        }
    }
}

/// Reads the name of a dialect.
pub(crate) fn dialect_parser() -> impl TypedValueParser<Value = Dialect> {
    let names = Dialect::ALL.map(Dialect::name);
    PossibleValuesParser::new(names).try_map(|name| {
        let found = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name);
        found.ok_or("no dialect of this name")
    })
}
