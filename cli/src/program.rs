//! The program that a configuration and a schema describe, as generated code describes it to the runtime.

use bindery::__private::{AtomicGroup, EngineInfo, Keeps, Program, TableDdl};
use bindery::generic::ModelInfo;
use bindery_schema::config::SagaTables;
use bindery_schema::dialect::Dialect;
use bindery_schema::input::Input;
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{CreateTable, kinds, rules};

/// Describes the chosen engines as generated code would: all tables in the order they can be made in, and the columns
/// of each model.
///
/// The runtime takes it as compiled in, so it is kept until the process ends: once in a run, a few kilobytes.
pub(crate) fn program(
    model: &CheckedModel,
    engines: &[(EngineId, &[CreateTable])],
) -> &'static Program {
    let infos = engines.iter();
    let infos: Vec<EngineInfo> = infos
        .map(|(id, _)| engine_info(model.engine(*id)))
        .collect();
    let tables = engines.iter().enumerate();
    let tables = tables
        .flat_map(|(index, (_, tables))| tables.iter().map(move |table| table_ddl(index, table)));
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

/// Describes these engines alone, without a schema.
pub(crate) fn of_engines<'e>(
    engines: impl Iterator<Item = &'e Engine>,
    configured: bool,
) -> &'static Program {
    Box::leak(Box::new(Program {
        engines: engines.map(engine_info).collect::<Vec<_>>().leak(),
        models: &[],
        configured,
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

/// The groups of the configuration, by the positions of their engines in it.
pub(crate) fn atomic_groups(input: &Input) -> Vec<AtomicGroup> {
    let groups = input.groups.iter();
    let position = |id: &EngineId| id.0 as usize;
    groups
        .map(|group| AtomicGroup {
            name: group.name.clone().leak(),
            engines: group
                .engines
                .iter()
                .map(position)
                .collect::<Vec<_>>()
                .leak(),
            home: position(&group.home),
        })
        .collect()
}
