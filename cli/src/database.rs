//! The databases of the chosen engines, through the same runtime as a user's program.

use bindery::__private::{EngineInfo, Keeps, OwnTableState, Program, TableDdl};
use bindery::drift::{CreatedTables, TableDifference, TableDrift};
use bindery::generic::ModelInfo;
use bindery::{Connection, ErrorKind, Registry};
use bindery_schema::config::SagaTables;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{CreateTable, kinds, rules};

use crate::at_once::at_once;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::project::Project;
use crate::tables::{self, EngineOutcome, EngineTables, Outcomes, Status};
use crate::text::count;

/// The chosen engines, ready to be connected to.
pub(crate) struct Databases<'t> {
    registry: Registry,
    engines: &'t [EngineTables<'t>],
}

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
        let program = program(model, &tables::of_engines(model, chosen));
        let registry = Registry::with_config(program, &config).map_err(|error| failure(&error))?;
        Ok(Self { registry })
    }

    /// Connects to nothing yet.
    pub(crate) fn open(project: &Project, chosen: &[EngineId]) -> Result<Self, Failure> {
        let engines = chosen.iter();
        let engines = engines.map(|id| engine_info(&project.input.engines[id.0 as usize]));
        let program: &'static Program = Box::leak(Box::new(Program {
            engines: engines.collect::<Vec<_>>().leak(),
            models: &[],
            configured: project.is_configured(),
        }));
        let config = project.runtime_config()?;
        let registry = Registry::with_config(program, &config).map_err(|error| failure(&error))?;
        Ok(Self { registry })
    }

    /// One of them, by its place among the chosen ones.
    pub(crate) fn chosen(&self, index: usize) -> Chosen {
        chosen(&self.registry, index)
    }
}

fn chosen(registry: &Registry, index: usize) -> Chosen {
    let engine = &registry.program().engines[index];
    Chosen {
        index,
        name: engine.name,
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
        let registry = Registry::with_config(program(model, engines), &config)
            .map_err(|error| failure(&error))?;
        Ok(Self { registry, engines })
    }

    /// Makes the tables that are missing, and says in what those that were there differ from the schema.
    pub(crate) fn create_missing(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.unless_differing(
            self.each(|registry, engine, tables| {
                make_missing(registry, engine, (tables, progress))
            }),
        )
    }

    /// Says which tables `create_missing` would make, and in what the others differ from the schema. Changes nothing.
    pub(crate) fn plan_missing(&self) -> Outcomes<'t> {
        self.unless_differing(self.each(|registry, engine, tables| {
            let drift = drift(registry, engine)?;
            let own = registry.own_tables(engine)?.into_iter();
            let missing = own.filter(|own| own.state == OwnTableState::Missing);
            let missing: Vec<&str> = missing.map(|own| own.table).collect();
            Ok(tables.outcome(|name, shown| planned_or_exists((name, shown), &missing, &drift)))
        }))
    }

    fn unless_differing(&self, mut outcomes: Outcomes<'t>) -> Outcomes<'t> {
        let differing = outcomes.done.iter().map(EngineOutcome::differing).sum();
        if differing > 0 {
            outcomes.failures.push(differs(differing));
        }
        outcomes
    }

    /// Drops the tables there are.
    pub(crate) fn drop_tables(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.each(|registry, engine, tables| {
            let dropped = drop_there(registry, engine, progress)?;
            Ok(tables.dropped(|name| dropped_or_missing(name, &dropped)))
        })
    }

    /// Drops the tables there are, and makes them anew.
    pub(crate) fn remake_tables(&self, progress: &Progress<'_>) -> Outcomes<'t> {
        self.unless_differing(self.each(|registry, engine, tables| {
            drop_there(registry, engine, progress)?;
            make_missing(registry, engine, (tables, progress))
        }))
    }

    /// All engines at the same time. One that fails keeps no other from being worked on.
    fn each(
        &self,
        work: impl Fn(&Registry, Chosen, &EngineTables<'t>) -> bindery::Result<EngineOutcome<'t>> + Sync,
    ) -> Outcomes<'t> {
        let ended = at_once(self.engines, |index, tables| {
            work(&self.registry, self.chosen(index), tables)
        });
        let (mut done, mut failures) = (Vec::new(), Vec::new());
        for one in ended {
            match one {
                Ok(outcome) => done.push(outcome),
                Err(error) => failures.push(failure(&error)),
            }
        }
        Outcomes { done, failures }
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
    progress: &Progress<'_>,
) -> bindery::Result<Vec<&'static str>> {
    let told = &mut progress.tables("dropping", engine.name);
    let dropped = registry.drop_tables_with(engine, told);
    progress.end();
    dropped
}

fn make_missing<'t>(
    registry: &Registry,
    engine: Chosen,
    (tables, progress): (&EngineTables<'t>, &Progress<'_>),
) -> bindery::Result<EngineOutcome<'t>> {
    let told = &mut progress.tables("creating", engine.name);
    let created = registry.create_missing_with(engine, told);
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

fn differs(tables: usize) -> Failure {
    let verb = if tables == 1 { "differs" } else { "differ" };
    let failure = Failure::new(format!("{} {verb} from the schema", count(tables, "table")));
    failure.help("`create` changes no table: change it with `ALTER TABLE`, or write the schema as the table is")
}

fn dropped_or_missing(name: &str, dropped: &[&str]) -> Status {
    if dropped.contains(&name) {
        Status::Dropped
    } else {
        Status::Missing
    }
}

/// Describes the chosen engines as generated code would: all tables in the order they can be made in, and the columns
/// of each model.
///
/// The runtime takes it as compiled in, so it is kept until the process ends: once in a run, a few kilobytes.
fn program(model: &CheckedModel, engines: &[EngineTables<'_>]) -> &'static Program {
    let infos: Vec<EngineInfo> = engines
        .iter()
        .map(|engine| engine_info(model.engine(engine.id)))
        .collect();
    let tables = engines.iter().enumerate().flat_map(|(index, engine)| {
        engine
            .tables
            .iter()
            .map(move |table| table_ddl(index, table))
    });
    let tables = tables.collect::<Vec<_>>().leak();
    let all: &'static ModelInfo = Box::leak(Box::new(ModelInfo {
        tables,
        ..ModelInfo::NONE
    }));
    let models = model.table_ids().map(|id| model_info(model, id));
    let models: Vec<&'static ModelInfo> = std::iter::once(all).chain(models).collect();
    Box::leak(Box::new(Program {
        engines: infos.leak(),
        models: models.leak(),
        configured: model.engines.iter().any(|engine| engine.span.is_some()),
    }))
}

/// A model, without its tables.
fn model_info(model: &CheckedModel, id: TableId) -> &'static ModelInfo {
    let table = model.table(id);
    let engines = || table.engines.iter().map(|id| model.engine(*id));
    let dialects: Vec<Dialect> = engines().map(|engine| engine.dialect).collect();
    let columns = row_columns(table).into_iter();
    let columns: Vec<_> = columns.map(|id| text(&table.column(id).name)).collect();
    let names: Vec<_> = engines().map(|engine| text(&engine.name)).collect();
    Box::leak(Box::new(ModelInfo {
        name: text(&table.name.name),
        schema: table.name.schema.as_deref().map(text),
        table: text(&table.name.name),
        is_view: table.view.is_some(),
        columns: columns.leak(),
        kinds: text(&kinds(table, &dialects)),
        rules: rules(model, id),
        engines: names.leak(),
        ..ModelInfo::NONE
    }))
}

/// An engine as generated code describes it.
pub(crate) fn engine_info(engine: &Engine) -> EngineInfo {
    let sagas = engine.sagas.map(|tables| match tables {
        SagaTables::Log => Keeps::SagaLog,
        SagaTables::Steps => Keeps::SagaSteps,
    });
    let decisions = engine.decisions.then_some(Keeps::Decisions);
    let syncs = engine.syncs.then_some(Keeps::Syncs);
    let keeps = [decisions, syncs, sagas].into_iter().flatten();
    EngineInfo {
        name: text(&engine.name),
        dialect: engine.dialect,
        flavour: engine.flavour,
        outbox: engine.outbox,
        inbox: engine.inbox,
        keeps: keeps.collect::<Vec<_>>().leak(),
        head: None,
    }
}

fn table_ddl(engine: usize, table: &CreateTable) -> TableDdl {
    TableDdl {
        engine,
        schema: table.name.schema.as_deref().map(text),
        table: text(&table.name.name),
        create: texts(&table.create),
        link: texts(&table.link),
        drop: texts(&table.drop),
    }
}

fn texts(of: &[String]) -> &'static [&'static str] {
    of.iter().map(|one| text(one)).collect::<Vec<_>>().leak()
}

fn text(of: &str) -> &'static str {
    of.to_owned().leak()
}

/// The error with its causes. None of them holds a value or a password.
pub(crate) fn failure(error: &bindery::Error) -> Failure {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(behind) = source {
        message += &format!(": {behind}");
        source = behind.source();
    }
    Failure::new(message)
}
