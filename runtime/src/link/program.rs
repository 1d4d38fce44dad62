//! The description of the whole program in generated code: its engines, its models, its tables' DDL.

pub use crate::driver::TableDdl;
use crate::error::{Error, ErrorKind, ModelConstraint, Operation};
use bindery_core::dialect::{Dialect, Flavour};

/// Everything compiled in. One static value in the generated code.
#[derive(Debug)]
pub struct Program {
    /// Sorted by name; [`Engine::index`](crate::Engine::index) points in here.
    pub engines: &'static [EngineInfo],
    /// In the order their tables can be created.
    pub models: &'static [&'static ModelInfo],
    /// The build read a `bindery.toml`, which says where the engines are: no default stands in its place.
    pub configured: bool,
}

/// One engine as compiled in.
#[derive(Debug)]
pub struct EngineInfo {
    /// The name of the engine, as in `bindery.toml`.
    pub name: &'static str,
    /// The dialect its statements are written in.
    pub dialect: Dialect,
    /// The product, where the statements need one.
    pub flavour: Option<Flavour>,
    /// It has a table of tasks.
    pub outbox: bool,
    /// It has a table of tasks whose effects it has.
    pub inbox: bool,
    /// The other tables of bindery's own that it has.
    pub keeps: &'static [Keeps],
    /// The version of its last migration, where `bindery.toml` demands that its databases have it.
    pub head: Option<&'static str>,
}

/// Tables that bindery keeps on an engine, by what the program does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Coordinators and decisions: it is the home of an atomic group.
    Decisions,
    /// Watermarks, runs and rejected rows: it is the target of syncs.
    Syncs,
    /// The log of sagas.
    SagaLog,
    /// Steps of sagas whose log is on another engine.
    SagaSteps,
    /// The maps of sets of shards.
    ShardMaps,
}

/// One model as compiled in.
#[derive(Debug)]
pub struct ModelInfo {
    /// The name of the model.
    pub name: &'static str,
    /// The schema of its table, where one is written.
    pub schema: Option<&'static str>,
    /// The name of its table, without the schema.
    pub table: &'static str,
    /// It is only read: a view.
    pub is_view: bool,
    /// Names of the columns of its row.
    pub columns: &'static [&'static str],
    /// For each column a word for what its values are (`integer`, `text.40` of at most 40 characters, `decimal.2` with two digits
    /// after the point), with a `?` where it may be NULL. One text, as thousands of columns would be many constants to compile.
    pub kinds: &'static str,
    /// A number made of its keys, indexes, foreign keys, checks, defaults, and what the database fills in by itself, as the
    /// schema says them.
    pub rules: u64,
    /// Its keys, foreign keys and checks.
    pub constraints: &'static [ModelConstraint],
    /// The names that databases give them, a line for each (`1 postgres users_email_key`): the position in
    /// `constraints`, the dialect, the name; none where a database reports the columns. One text for the same reason.
    pub constraint_names: &'static str,
    /// Engines in the order of its tag.
    pub engines: &'static [&'static str],
    /// Its tables, one for each engine; none where it is not bindery's to create.
    pub tables: &'static [TableDdl],
}

impl ModelInfo {
    /// The name of its table, with its schema where one is written.
    pub(crate) fn qualified_name(&self) -> String {
        match self.schema {
            Some(schema) => format!("{schema}.{}", self.table),
            None => self.table.to_owned(),
        }
    }

    /// Stands where there is no model: for a struct whose derive has errors, so that the program's list has none of its own.
    #[doc(hidden)]
    pub const NONE: Self = Self {
        name: "",
        schema: None,
        table: "",
        is_view: false,
        columns: &[],
        kinds: "",
        rules: 0,
        constraints: &[],
        constraint_names: "",
        engines: &[],
        tables: &[],
    };
}

impl Program {
    /// The error of a name that no engine has.
    #[cold]
    pub fn unknown_engine(&self, name: &str) -> Error {
        let kind = ErrorKind::UnknownEngine {
            name: name.to_owned(),
            known: self.engine_names().collect(),
        };
        Error::new(kind).during(Operation::Choose)
    }

    /// The tables of one engine, in the order they can be created.
    pub fn tables_of(
        &self,
        engine: usize,
    ) -> impl DoubleEndedIterator<Item = &'static TableDdl> + use<> {
        self.models
            .iter()
            .flat_map(|model| model.tables)
            .filter(move |table| table.engine == engine)
    }

    /// The models that live on one engine, in the order of the schema.
    pub(crate) fn models_on(
        &self,
        engine: usize,
    ) -> impl Iterator<Item = &'static ModelInfo> + use<> {
        let name = self.engines[engine].name;
        let models = self.models.iter().copied();
        models.filter(move |model| model.engines.contains(&name))
    }

    /// Names of all engines, sorted.
    pub fn engine_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.engines.iter().map(|engine| engine.name)
    }
}
