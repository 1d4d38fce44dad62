//! The program that a configuration and a schema describe, as generated code describes it to the runtime.

use bindery::__private::{AtomicGroup, EngineInfo, Keeps, Program, TableDdl};
use bindery::generic::ModelInfo;
use bindery_schema::config::{self, SagaTables};
use bindery_schema::dialect::Dialect;
use bindery_schema::input::Input;
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{CreateTable, kinds, rules};

/// Describes the chosen engines as generated code would: all tables in the order they can be made in, and the columns
/// of each model.
pub(crate) fn program(
    model: &CheckedModel,
    engines: &[(EngineId, &[CreateTable])],
) -> &'static Program {
    let infos = engines.iter();
    let infos = infos.map(|(id, _)| engine_info(model.engine(*id)));
    let tables = engines.iter().enumerate();
    let tables = tables
        .flat_map(|(index, (_, tables))| tables.iter().map(move |table| table_ddl(index, table)));
    let all = kept(ModelInfo {
        tables: kept_all(tables),
        ..ModelInfo::NONE
    });
    let models = model.table_ids().map(|id| model_info(model, id));
    kept(Program {
        engines: kept_all(infos),
        models: kept_all(std::iter::once(all).chain(models)),
        configured: model.engines.iter().any(|engine| engine.span.is_some()),
    })
}

/// Describes these engines alone, without a schema.
pub(crate) fn of_engines<'e>(
    engines: impl Iterator<Item = &'e Engine>,
    configured: bool,
) -> &'static Program {
    kept(Program {
        engines: kept_all(engines.map(engine_info)),
        models: &[],
        configured,
    })
}

/// A model, without its tables.
fn model_info(model: &CheckedModel, id: TableId) -> &'static ModelInfo {
    let table = model.table(id);
    let engines = || table.engines.iter().map(|id| model.engine(*id));
    let dialects: Vec<Dialect> = engines().map(|engine| engine.dialect).collect();
    let columns = row_columns(table).into_iter();
    kept(ModelInfo {
        name: text(&table.name.name),
        schema: table.name.schema.as_deref().map(text),
        table: text(&table.name.name),
        is_view: table.view.is_some(),
        columns: kept_all(columns.map(|id| text(&table.column(id).name))),
        kinds: text(&kinds(table, &dialects)),
        rules: rules(model, id),
        engines: kept_all(engines().map(|engine| text(&engine.name))),
        ..ModelInfo::NONE
    })
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
        keeps: kept_all(keeps),
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
    kept_all(of.iter().map(|one| text(one)))
}

fn text(of: &str) -> &'static str {
    of.to_owned().leak()
}

/// Keeps a value until the process ends. The runtime takes a program as compiled in: names of engines and tables are `'static` in every error,
/// event and handle. A run of the command describes its program once or twice, in a few kilobytes; nothing else is kept so.
fn kept<T: 'static>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn kept_all<T: 'static>(values: impl Iterator<Item = T>) -> &'static [T] {
    values.collect::<Vec<_>>().leak()
}

/// The atomic groups of a configuration, by the positions of their engines in it.
pub(crate) struct AtomicGroups<'i> {
    groups: &'i [config::AtomicGroup],
    engines: Vec<Vec<usize>>,
}

impl<'i> AtomicGroups<'i> {
    pub(crate) fn of(input: &'i Input) -> Self {
        let groups = input.groups.as_slice();
        let engines = groups.iter();
        let engines = engines.map(|group| group.engines.iter().map(position).collect());
        Self {
            groups,
            engines: engines.collect(),
        }
    }

    /// As the runtime takes them.
    pub(crate) fn described(&self) -> Vec<AtomicGroup<'_>> {
        let groups = self.groups.iter().zip(&self.engines);
        let groups = groups.map(|(group, engines)| AtomicGroup {
            name: &group.name,
            engines,
            home: position(&group.home),
        });
        groups.collect()
    }
}

fn position(id: &EngineId) -> usize {
    id.0 as usize
}
