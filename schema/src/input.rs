//! The input of one run of the compiler: texts, and their entries in the configuration.

use crate::lists::IntoVec as _;
use std::collections::BTreeMap;

use crate::codes;
use crate::config::{AtomicGroup, Config, Environment, ShardSet, TypeMapping};
use crate::derives::AllDerives;
use crate::diagnostic::Diagnostics;
use crate::json_names::RenameRule;
use crate::levels;
use crate::lints::LintLevel;
use crate::models_of::ModelsOf;
use crate::read_as::ReadAs;
use crate::source::{FileId, Sources};
use bindery_core::config::{Engine, EngineId};
use bindery_core::dialect::{Dialect, Flavour};

/// Everything `read` needs to know.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The texts that places of findings lead into.
    pub sources: Sources,
    /// Which of them are schema files, and how each is read.
    pub files: Vec<InputFile>,
    /// Texts with queries, in their order.
    pub queries: Vec<FileId>,
    /// Migrations after the first of their folder, each with that one.
    pub follows: BTreeMap<FileId, FileId>,
    /// `serde-rename` of schema files that have it.
    pub serde_rename: BTreeMap<FileId, RenameRule>,
    /// In the order of their names; ids are indexes into this.
    pub engines: Vec<Engine>,
    /// Where untagged models live; `None`: every table needs a tag.
    pub default_engine: Option<EngineId>,
    /// `[types]` of the configuration.
    pub types: Vec<TypeMapping>,
    /// `[derives]` of the configuration.
    pub derives: AllDerives,
    /// `[lints]` of the configuration: codes and their levels.
    pub lints: Vec<(&'static str, LintLevel)>,
    /// `models-of`: which tables become models.
    pub models_of: ModelsOf,
    /// `[atomic]` of the configuration.
    pub groups: Vec<AtomicGroup>,
    /// `[shards]` of the configuration.
    pub shards: Vec<ShardSet>,
    /// `--dialect` of a command: the dialect of files whose head and entry in the configuration have none.
    pub command_dialect: Option<Dialect>,
    /// Foreign keys may refer to tables that no text makes: migrations do not make those of other programs.
    pub has_tables_outside: bool,
    /// Files that are read as before though their engines are now compiled for another dialect.
    pub read_as: BTreeMap<FileId, ReadAs>,
}

/// One schema file.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Its text in [`Input::sources`].
    pub id: FileId,
    /// The dialect it is written in, where the configuration says so.
    pub dialect: Option<Dialect>,
    /// Where its untagged models live, by name; empty: on the default engine.
    pub engines: Vec<String>,
}

impl Input {
    /// Says that the files from this one on are migrations of one folder.
    pub(crate) fn follow_from(&mut self, first: usize) {
        let Some((first, rest)) = self.files[first..].split_first() else {
            return;
        };
        let later = rest.iter().map(|file| (file.id, first.id));
        self.follows.extend(later.into_vec());
    }

    /// Takes from a configuration what the stages need of it.
    pub fn configure(
        &mut self,
        config: &Config,
        environment: Environment<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        self.engines = config.model_engines(environment, diagnostics);
        self.groups = config.atomic_groups(&self.engines, diagnostics);
        for group in &self.groups {
            self.engines[group.home.0 as usize].decisions = true;
        }
        self.shards = config.shard_sets(diagnostics);
        for set in &self.shards {
            self.engines[set.map.0 as usize].shard_maps = true;
            for shard in &set.engines {
                self.engines[shard.0 as usize].shard = true;
            }
        }
        self.default_engine = self.engine_named("default");
        self.models_of = config.models_of();
        self.types.clone_from(&config.types);
        self.derives.clone_from(&config.derives);
        self.configure_lints(config, diagnostics);
    }

    /// The same of `[lints]` alone.
    pub(crate) fn configure_lints(&mut self, config: &Config, diagnostics: &mut Diagnostics) {
        self.lints = levels::configured(&config.lints, diagnostics);
    }

    /// The level that the configuration gives a warning.
    pub fn level_of(&self, code: &str) -> Option<LintLevel> {
        levels::level_of(code, &self.lints)
    }

    /// Takes away the levels of warnings about the configuration, for doors that read a part of the schema: of that part
    /// alone they would be wrong.
    pub fn forget_lints_of_configuration(&mut self) {
        self.lints
            .retain(|(code, _)| !codes::OF_CONFIGURATION.contains(code));
    }

    /// Compiles every engine for a dialect that a command names.
    pub fn compile_for(&mut self, dialect: Dialect) {
        let others = self.engines.iter_mut();
        for engine in others.filter(|engine| engine.dialect != dialect) {
            engine.dialect = dialect;
            engine.flavour = None;
            engine.dialect_reason = "`--dialect`".to_owned();
        }
    }

    /// The name of the default engine.
    pub fn default_engine_name(&self) -> Option<&str> {
        self.default_engine
            .map(|id| self.engines[id.0 as usize].name.as_str())
    }

    /// The engine of a name.
    pub fn engine_named(&self, name: &str) -> Option<EngineId> {
        self.engines
            .iter()
            .position(|engine| engine.name == name)
            .map(|index| EngineId(index as u32))
    }

    /// The dialect of a file whose text says nothing of it: the configured one, else the command's, else that of its engine, else SQLite.
    pub(crate) fn dialect_of(&self, file: &InputFile) -> Dialect {
        let engine = self.engine_of(file);
        let before = self.read_as.get(&file.id);
        before
            .map(|read_as| read_as.dialect)
            .or(file.dialect)
            .or(self.command_dialect)
            .or(engine.map(|engine| engine.dialect))
            .unwrap_or(Dialect::Sqlite)
    }

    /// The engines of a file whose text names none.
    pub(crate) fn engines_of<'a>(&'a self, file: &'a InputFile) -> Vec<&'a str> {
        if file.engines.is_empty() {
            self.default_engine_name().into_iter().into_vec()
        } else {
            file.engines.iter().map(String::as_str).into_vec()
        }
    }

    /// The product a file is written for, as far as its engine says.
    pub fn flavour_of(&self, file: &InputFile) -> Option<Flavour> {
        self.engine_of(file).and_then(|engine| engine.flavour)
    }

    pub(crate) fn engine_of(&self, file: &InputFile) -> Option<&Engine> {
        let own = file
            .engines
            .first()
            .and_then(|name| self.engine_named(name));
        let engine = own.or(self.default_engine);
        engine
            .map(|id| &self.engines[id.0 as usize])
            .or(self.engines.first())
    }
}
