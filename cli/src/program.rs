//! The program that a configuration and a schema describe, as generated code describes it to the runtime. There names of engines and
//! tables are static, in every error, event and handle; here statics own them.

use bindery::__private::{AtomicGroup, EngineInfo, Keeps, Program, TableDdl};
use bindery::generic::ModelInfo;
use bindery_schema::config::{self, SagaTables};
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::input::Input;
use bindery_schema::kept::{Kept, Texts, Viewed};
use bindery_schema::model::{CheckedModel, Engine, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{CreateTable, kinds, rules};

/// The programs of this run: most commands describe one.
static PROGRAMS: Kept<Viewed<Description, Program>> = Kept::new();
/// Their engines.
static ENGINES: Kept<EngineTexts> = Kept::new();

/// Describes the chosen engines as generated code would: all tables in the order they can be made in, and the columns
/// of each model.
pub(crate) fn program(
    model: &CheckedModel,
    engines: &[(EngineId, &[CreateTable])],
) -> &'static Program {
    let kept = engines.iter().map(|(id, _)| kept_engine(model.engine(*id)));
    let tables = engines.iter().enumerate();
    let tables = tables
        .flat_map(|(index, (_, tables))| tables.iter().map(move |table| table_texts(index, table)));
    let models = model
        .table_ids()
        .map(|id| Viewed::new(model_texts(model, id)));
    described(Description {
        engines: Viewed::new(kept.collect()),
        tables: Viewed::new(Viewed::new(tables.collect())),
        models: Viewed::new(models.collect()),
        configured: model.engines.iter().any(|engine| engine.span.is_some()),
    })
}

/// Describes these engines alone, without a schema.
pub(crate) fn of_engines<'e>(
    engines: impl Iterator<Item = &'e Engine>,
    configured: bool,
) -> &'static Program {
    described(Description {
        engines: Viewed::new(engines.map(kept_engine).collect()),
        tables: Viewed::new(Viewed::new(Vec::new())),
        models: Viewed::new(Vec::new()),
        configured,
    })
}

/// An engine as generated code describes it.
pub(crate) fn engine_info(engine: &Engine) -> EngineInfo {
    kept_engine(engine).info()
}

/// A program, whose parts are seen as the runtime takes them.
#[derive(PartialEq)]
struct Description {
    engines: Viewed<Vec<&'static EngineTexts>, Vec<EngineInfo>>,
    /// As those of one model, which stands for all.
    tables: Viewed<Viewed<Vec<TableTexts>, Vec<TableDdl>>, ModelInfo>,
    models: Viewed<Vec<Viewed<ModelTexts, ModelInfo>>, Vec<&'static ModelInfo>>,
    configured: bool,
}

fn described(description: Description) -> &'static Program {
    let kept = PROGRAMS.keep(Viewed::new(description));
    kept.view(|program| Program {
        engines: program.engines.view(|engines| {
            let infos = engines.iter().map(|engine| engine.info());
            infos.collect()
        }),
        models: program.models(),
        configured: program.configured,
    })
}

impl Description {
    fn models(&'static self) -> &'static [&'static ModelInfo] {
        let all = self.tables.view(|tables| ModelInfo {
            tables: tables.view(|tables| tables.iter().map(TableTexts::ddl).collect()),
            ..ModelInfo::NONE
        });
        self.models.view(|models| {
            let infos = models.iter().map(|model| model.view(ModelTexts::info));
            std::iter::once(all).chain(infos).collect()
        })
    }
}

#[derive(PartialEq)]
struct EngineTexts {
    name: String,
    dialect: Dialect,
    flavour: Option<Flavour>,
    outbox: bool,
    inbox: bool,
    keeps: Vec<Keeps>,
}

fn kept_engine(engine: &Engine) -> &'static EngineTexts {
    let sagas = engine.sagas.map(|tables| match tables {
        SagaTables::Log => Keeps::SagaLog,
        SagaTables::Steps => Keeps::SagaSteps,
    });
    let decisions = engine.decisions.then_some(Keeps::Decisions);
    let syncs = engine.syncs.then_some(Keeps::Syncs);
    let maps = engine.shard_maps.then_some(Keeps::ShardMaps);
    ENGINES.keep(EngineTexts {
        name: engine.name.clone(),
        dialect: engine.dialect,
        flavour: engine.flavour,
        outbox: engine.outbox,
        inbox: engine.inbox,
        keeps: [decisions, syncs, sagas, maps]
            .into_iter()
            .flatten()
            .collect(),
    })
}

impl EngineTexts {
    fn info(&'static self) -> EngineInfo {
        EngineInfo {
            name: &self.name,
            dialect: self.dialect,
            flavour: self.flavour,
            outbox: self.outbox,
            inbox: self.inbox,
            keeps: &self.keeps,
            head: None,
        }
    }
}

/// A model, without its tables.
#[derive(PartialEq)]
struct ModelTexts {
    name: String,
    schema: Option<String>,
    is_view: bool,
    columns: Texts,
    kinds: String,
    rules: u64,
    engines: Texts,
}

fn model_texts(model: &CheckedModel, id: TableId) -> ModelTexts {
    let table = model.table(id);
    let engines = || table.engines.iter().map(|id| model.engine(*id));
    let dialects: Vec<Dialect> = engines().map(|engine| engine.dialect).collect();
    let columns = row_columns(table).into_iter();
    let columns = columns.map(|id| table.column(id).name.clone());
    ModelTexts {
        name: table.name.name.clone(),
        schema: table.name.schema.clone(),
        is_view: table.view.is_some(),
        columns: Texts::new(columns.collect()),
        kinds: kinds(table, &dialects),
        rules: rules(model, id),
        engines: Texts::new(engines().map(|engine| engine.name.clone()).collect()),
    }
}

impl ModelTexts {
    fn info(&'static self) -> ModelInfo {
        ModelInfo {
            name: &self.name,
            schema: self.schema.as_deref(),
            table: &self.name,
            is_view: self.is_view,
            columns: self.columns.list(),
            kinds: &self.kinds,
            rules: self.rules,
            engines: self.engines.list(),
            ..ModelInfo::NONE
        }
    }
}

#[derive(PartialEq)]
struct TableTexts {
    engine: usize,
    schema: Option<String>,
    table: String,
    create: Texts,
    link: Texts,
    drop: Texts,
}

fn table_texts(engine: usize, table: &CreateTable) -> TableTexts {
    TableTexts {
        engine,
        schema: table.name.schema.clone(),
        table: table.name.name.clone(),
        create: Texts::new(table.create.clone()),
        link: Texts::new(table.link.clone()),
        drop: Texts::new(table.drop.clone()),
    }
}

impl TableTexts {
    fn ddl(&'static self) -> TableDdl {
        TableDdl {
            engine: self.engine,
            schema: self.schema.as_deref(),
            table: &self.table,
            create: self.create.list(),
            link: self.link.list(),
            drop: self.drop.list(),
        }
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
