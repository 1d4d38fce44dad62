//! The program that a configuration and a schema describe, as generated code describes it to the runtime. There names of engines and
//! tables are static, in every error, event and handle; here a static owns the programs of the run.

use bindery::__private::{AtomicGroup, EngineInfo, List, Program, TableDdl};
use bindery::generic::ModelInfo;
use bindery_schema::config;
use bindery_schema::dialect::Dialect;
use bindery_schema::input::Input;
use bindery_schema::kept::Kept;
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{CreateTable, kinds, rules};

/// Most commands describe one.
static PROGRAMS: Kept<Program> = Kept::new();

/// Describes the chosen engines as generated code would: all tables in the order they can be made in, and the columns
/// of each model.
pub(crate) fn program(
    model: &CheckedModel,
    engines: &[(EngineId, &[CreateTable])],
) -> &'static Program {
    let tables = engines.iter().enumerate();
    let tables = tables
        .flat_map(|(index, (_, tables))| tables.iter().map(move |table| table_ddl(index, table)));
    // One model stands for all: an engine may have a table that is no model's.
    let all = ModelInfo {
        tables: tables.collect(),
        ..ModelInfo::NONE
    };
    let models = model.table_ids().map(|id| model_info(model, id));
    let infos = engines.iter().map(|(id, _)| engine_info(model.engine(*id)));
    PROGRAMS.keep(Program {
        engines: infos.collect(),
        models: List::owned(std::iter::once(all).chain(models)),
        configured: model.engines.iter().any(|engine| engine.span.is_some()),
    })
}

/// Describes these engines alone, without a schema.
pub(crate) fn of_engines<'e>(
    engines: impl Iterator<Item = &'e Engine>,
    configured: bool,
) -> &'static Program {
    PROGRAMS.keep(Program {
        engines: engines.map(engine_info).collect(),
        models: List::Static(&[]),
        configured,
    })
}

/// An engine as generated code describes it. The command works on a database that has not its last migration, too.
pub(crate) fn engine_info(engine: &Engine) -> EngineInfo {
    EngineInfo {
        head: None,
        ..engine.info()
    }
}

/// A model, without its tables.
fn model_info(model: &CheckedModel, id: TableId) -> ModelInfo {
    let table = model.table(id);
    let engines = || table.engines.iter().map(|id| model.engine(*id));
    let dialects: Vec<Dialect> = engines().map(|engine| engine.dialect).collect();
    let columns = row_columns(table).into_iter();
    ModelInfo {
        name: table.name.name.clone().into(),
        schema: table.name.schema.clone().map(Into::into),
        table: table.name.name.clone().into(),
        is_view: table.view.is_some(),
        columns: List::owned(columns.map(|id| table.column(id).name.as_str())),
        kinds: kinds(table, &dialects).into(),
        rules: rules(model, id),
        engines: List::owned(engines().map(|engine| engine.name.as_str())),
        ..ModelInfo::NONE
    }
}

fn table_ddl(engine: usize, table: &CreateTable) -> TableDdl {
    let list = |texts: &[String]| List::owned(texts.iter().map(String::as_str));
    TableDdl {
        engine,
        schema: table.name.schema.clone().map(Into::into),
        table: table.name.name.clone().into(),
        create: list(&table.create),
        link: list(&table.link),
        drop: list(&table.drop),
    }
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
