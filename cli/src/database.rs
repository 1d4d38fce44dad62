//! The databases of the chosen engines, through the same runtime as a user's program.

use bindery::__private::{OwnTableState, Program, TableDdl};
use bindery::data::Snapshot;
use bindery::drift::{CreatedTables, TableDifference, TableDrift};
use bindery::{Config, Connection, EngineOptions, ErrorKind, Registry};
use bindery_schema::config::ConnectionTarget;
use bindery_schema::model::{CheckedModel, Engine, EngineId};

use crate::at_once::at_once;
use crate::failure::Failure;
use crate::program;
use crate::progress::Progress;
use crate::project::Project;
use crate::tables::{self, EngineOutcome, EngineTables, Outcomes, Status};

/// The chosen engines, ready to be connected to.
pub(crate) struct Databases<'t> {
    registry: Registry,
    engines: &'t [EngineTables<'t>],
}

/// A choice among the tables of the schema.
type IsChosen<'c> = &'c dyn Fn(&TableDdl) -> bool;

/// An engine of this run, by its place among the chosen ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chosen {
    index: usize,
    name: &'static str,
    dialect: bindery::Dialect,
}

/// The chosen engines without their models, ready to be connected to.
pub(crate) struct Engines {
    pub(crate) registry: Registry,
}

impl Engines {
    /// The engines with the models of the schema, where there is one. Connects to nothing yet.
    pub(crate) fn with_schema(
        project: &Project,
        chosen: &[EngineId],
        model: Option<&CheckedModel>,
    ) -> Result<Self, Failure> {
        let Some(model) = model else {
            return Self::open(project, chosen);
        };
        let config = project.runtime_config()?;
        let program = program_of(model, &tables::of_engines(model, chosen));
        let registry = Registry::with_config(program, &config).map_err(|error| failure(&error))?;
        Ok(Self { registry })
    }

    /// Connects to nothing yet.
    pub(crate) fn open(project: &Project, chosen: &[EngineId]) -> Result<Self, Failure> {
        let engines = chosen.iter();
        let engines = engines.map(|id| &project.input.engines[id.0 as usize]);
        let program = program::of_engines(engines, project.is_configured());
        let config = project.runtime_config()?;
        let registry = Registry::with_config(program, &config).map_err(|error| failure(&error))?;
        Ok(Self { registry })
    }

    /// One engine of the schema, at another place than the configuration says. Connects to nothing yet.
    pub(crate) fn at(
        model: &CheckedModel,
        engine: EngineId,
        place: ConnectionTarget,
    ) -> Result<Self, Failure> {
        let tables = tables::of_engines(model, &[engine]);
        Self::placed(program_of(model, &tables), model.engine(engine), place)
    }

    /// The same without its models.
    pub(crate) fn empty_at(engine: &Engine, place: ConnectionTarget) -> Result<Self, Failure> {
        let program = program::of_engines(std::iter::once(engine), engine.span.is_some());
        Self::placed(program, engine, place)
    }

    fn placed(
        program: &'static Program,
        engine: &Engine,
        place: ConnectionTarget,
    ) -> Result<Self, Failure> {
        let options = EngineOptions::at_target(place);
        let config = Config::new().engine(engine.name.as_str(), options);
        let registry = Registry::with_config(program, &config).map_err(|error| failure(&error))?;
        Ok(Self { registry })
    }

    /// A snapshot of one of them.
    pub(crate) fn snapshot(&self, engine: Chosen) -> Result<Snapshot, Failure> {
        Snapshot::begin(&self.registry, engine).map_err(|error| failure(&error))
    }

    /// One of them, by its place among the chosen ones.
    pub(crate) fn chosen(&self, index: usize) -> Chosen {
        chosen(&self.registry, index)
    }
}

fn program_of(model: &CheckedModel, engines: &[EngineTables<'_>]) -> &'static Program {
    let engines = engines.iter();
    let engines: Vec<_> = engines
        .map(|engine| (engine.id, engine.tables.as_slice()))
        .collect();
    program::program(model, &engines)
}

fn chosen(registry: &Registry, index: usize) -> Chosen {
    let engine = &registry.program().engines[index];
    Chosen {
        index,
        name: engine.name(),
        dialect: engine.dialect,
    }
}

impl bindery::Engine for Chosen {
    type Dialect = bindery::dialect::Several;

    fn index(self) -> usize {
        self.index
    }

    fn name(self) -> &'static str {
        self.name
    }

    fn dialect(self) -> bindery::Dialect {
        self.dialect
    }
}

impl<'t> Databases<'t> {
    /// Connects to nothing yet.
    pub(crate) fn open(
        project: &Project,
        model: &CheckedModel,
        engines: &'t [EngineTables<'t>],
    ) -> Result<Self, Failure> {
        let config = project.runtime_config()?;
        let registry = Registry::with_config(program_of(model, engines), &config)
            .map_err(|error| failure(&error))?;
        Ok(Self { registry, engines })
    }

    /// Makes the tables that are missing, and says in what those that were there differ from the schema.
    pub(crate) fn create_missing(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.each(|registry, engine, tables| make_missing(registry, engine, (tables, progress)))
    }

    /// Says which tables `create_missing` would make, and in what the others differ from the schema. Changes nothing.
    pub(crate) fn plan_missing(&self) -> Outcomes<'t> {
        self.each(|registry, engine, tables| {
            let drift = drift(registry, engine)?;
            let own = registry.own_tables(engine)?.into_iter();
            let missing = own.filter(|own| own.state == OwnTableState::Missing);
            let missing: Vec<&str> = missing.map(|own| own.table).collect();
            Ok(tables.outcome(|name, shown| planned_or_exists((name, shown), &missing, &drift)))
        })
    }

    /// Drops the tables there are.
    pub(crate) fn drop_tables(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.each(|registry, engine, tables| {
            let dropped = drop_there(registry, engine, (tables, progress))?;
            Ok(tables.dropped(|name| dropped_or_missing(name, &dropped)))
        })
    }

    /// Drops the tables there are, and makes them anew.
    pub(crate) fn remake_tables(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.each(|registry, engine, tables| {
            drop_there(registry, engine, (tables, progress))?;
            make_missing(registry, engine, (tables, progress))
        })
    }

    /// All engines at the same time. One that fails keeps no other from being worked on.
    fn each(
        &self,
        work: impl Fn(&Registry, Chosen, &EngineTables<'t>) -> bindery::Result<EngineOutcome<'t>> + Sync,
    ) -> Outcomes<'t> {
        let ended = at_once(self.engines, |index, tables| {
            work(&self.registry, self.chosen(index), tables)
        });
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for (tables, ended) in self.engines.iter().zip(ended) {
            match ended {
                Ok(outcome) => done.push(outcome),
                Err(error) => failed.push((tables.engine, failure(&error))),
            }
        }
        Outcomes { done, failed }
    }

    /// A connection of one of the engines.
    pub(crate) fn connect(&self, engine: EngineId) -> Result<Connection<Chosen>, Failure> {
        let index = self.engines.iter().position(|tables| tables.id == engine);
        let index = index.expect("the engine is one of those that were opened");
        self.registry
            .connect(self.chosen(index))
            .map_err(|error| failure(&error))
    }

    fn chosen(&self, index: usize) -> Chosen {
        chosen(&self.registry, index)
    }
}

fn drop_there(
    registry: &Registry,
    engine: Chosen,
    (tables, progress): (&EngineTables<'_>, &Progress<'_>),
) -> bindery::Result<Vec<&'static str>> {
    let told = &mut progress.tables("dropping", engine.name);
    let choice = tables.choice();
    let choice = choice.as_ref().map(|it| it as IsChosen<'_>);
    let dropped = registry.drop_tables_with(engine, choice, told);
    progress.end();
    dropped
}

fn make_missing<'t>(
    registry: &Registry,
    engine: Chosen,
    (tables, progress): (&EngineTables<'t>, &Progress<'_>),
) -> bindery::Result<EngineOutcome<'t>> {
    let told = &mut progress.tables("creating", engine.name);
    let choice = tables.choice();
    let choice = choice.as_ref().map(|it| it as IsChosen<'_>);
    let created = registry.create_missing_with(engine, choice, told);
    progress.end();
    let created = created?;
    let drift = drift(registry, engine)?;
    Ok(tables.outcome(|name, shown| created_or_exists((name, shown), &created, &drift)))
}

fn created_or_exists(
    (name, shown): (&str, &str),
    created: &CreatedTables,
    drift: &[TableDrift],
) -> (Status, Vec<String>) {
    let is_new = created.created.iter().any(|(_, created)| *created == name);
    match drift.iter().find(|drift| drift.table == shown) {
        _ if is_new => (Status::Created, Vec::new()),
        None => (Status::Exists, Vec::new()),
        Some(drift) => {
            let differences = drift.differences.iter();
            (
                Status::Differs,
                differences.map(ToString::to_string).collect(),
            )
        }
    }
}

fn planned_or_exists(
    (name, shown): (&str, &str),
    missing: &[&str],
    drift: &[TableDrift],
) -> (Status, Vec<String>) {
    let is_missing = |drift: &TableDrift| drift.differences.contains(&TableDifference::Missing);
    let mut of_table = drift.iter().filter(|drift| drift.table == shown);
    if missing.contains(&name) || of_table.any(is_missing) {
        return (Status::Planned, Vec::new());
    }
    created_or_exists((name, shown), &CreatedTables::default(), drift)
}

/// The tables of an engine that are not as the schema says.
fn drift(registry: &Registry, engine: Chosen) -> bindery::Result<Vec<TableDrift>> {
    let Err(error) = registry.connect(engine)?.check() else {
        return Ok(Vec::new());
    };
    match error.kind() {
        ErrorKind::SchemaDrift(drift) => Ok(drift.tables.clone()),
        _ => Err(error),
    }
}

fn dropped_or_missing(name: &str, dropped: &[&str]) -> Status {
    if dropped.contains(&name) {
        Status::Dropped
    } else {
        Status::Missing
    }
}

/// The error with its causes. None of them holds a value or a password.
pub(crate) fn failure(error: &bindery::Error) -> Failure {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(behind) = source {
        message += &format!(": {behind}");
        source = behind.source();
    }
    Failure::new(message).reason(reason(error))
}

/// The kind of the error, in one word; where it says what could not go on, that of its cause.
fn reason(error: &bindery::Error) -> &'static str {
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<bindery::Error>());
    match (error.kind(), source) {
        (ErrorKind::Migration(_) | ErrorKind::Sync(_) | ErrorKind::Data(_), Some(source)) => {
            reason(source)
        }
        (kind, _) => kind.name(),
    }
}
