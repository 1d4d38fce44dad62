//! `[migrations]`: what a build does with the migrations of engines.

use std::path::PathBuf;

use super::{Config, EngineConfig, SchemaCheck};
use crate::source::Span;

/// The folder beside the configuration that has one for each engine.
pub const MIGRATIONS_FOLDER: &str = "migrations";

/// The reaction of a build to migrations of an engine that do not end at the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MigrationsCheck {
    /// Migrations that are not as the schema are an error of the build.
    Error,
    /// Migrations that are not as the schema are a warning of the build.
    Warn,
    /// It does not look.
    #[default]
    Off,
}

/// `[migrations]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationsConfig {
    /// `check`: what a build does where the migrations are not as the schema.
    pub check: MigrationsCheck,
    /// `engines`, each with its place; empty where not said, which is all of them.
    pub engines: Vec<(String, Span)>,
    /// The key `check`, where it is there.
    pub span: Option<Span>,
}

impl Config {
    /// The engines whose migrations a build compares with the schema, in the order of their names.
    pub fn checked_migrations(&self) -> impl Iterator<Item = &EngineConfig> {
        let of = &self.migrations;
        let is_checked = |engine: &&EngineConfig| {
            let named = || of.engines.iter().any(|(name, _)| *name == engine.name);
            of.check != MigrationsCheck::Off && (of.engines.is_empty() || named())
        };
        self.engines.iter().filter(is_checked)
    }

    /// The folder of an engine's migrations: `migrations/<engine>` beside the configuration.
    pub fn migrations_folder(&self, engine: &str) -> PathBuf {
        self.folder.join(MIGRATIONS_FOLDER).join(engine)
    }

    /// The folders whose last migration is in the code: those of engines with `schema-check = "at-head"`.
    pub fn folders_of_heads(&self) -> impl Iterator<Item = PathBuf> {
        let engines = self.engines.iter();
        let demanding = engines.filter(|engine| engine.schema_check == SchemaCheck::AtHead);
        demanding.map(|engine| self.migrations_folder(&engine.name))
    }
}
