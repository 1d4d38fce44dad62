//! A model of the schema compiler as a program of the runtime, without Rust code of its own: what generated code holds in
//! static values is made and leaked here.

use std::cell::Cell;

use bindery::__private::{
    ColumnSet, ColumnSource, EngineInfo, List, NoKey, Program, TableDdl, TableSql,
};
use bindery::generic::{LivesOn, ModelInfo, ReadRoute, Writable};
use bindery::types::{ParamWriter, RowReader};
use bindery::{
    Config, Connection, Dialect, Engine, EngineOptions, Model, Registry, Repository, Result,
};
use bindery_schema::column_type::ColumnType;
use bindery_schema::model::{CheckedModel, EngineId, TableId};
use bindery_schema::plan::statements::row_columns;
use bindery_schema::plan::{create_statements, table_statements};

use super::value::Value;

/// The engines, sorted by name.
pub(super) const ENGINES: [&str; 3] = ["b", "c", "default"];

const DIALECTS: [Dialect; 3] = [Dialect::Mysql, Dialect::Sqlite, Dialect::Postgres];

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Which(pub(super) usize);

impl Engine for Which {
    type Dialect = bindery::dialect::Several;

    fn index(self) -> usize {
        self.0
    }

    fn name(self) -> &'static str {
        ENGINES[self.0]
    }

    fn dialect(self) -> Dialect {
        DIALECTS[self.0]
    }
}

/// The statements of a table on each engine, and the types of its row's columns.
pub(super) struct Shape {
    sql: [Option<TableSql>; 3],
    pub(super) types: Vec<ColumnType>,
}

thread_local! {
    /// The table that is worked with: the tag below stands for all of them.
    static CURRENT: Cell<Option<&'static Shape>> = const { Cell::new(None) };
}

fn current() -> &'static Shape {
    CURRENT.get().expect("a table is chosen before it is used")
}

/// Any table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen;

/// Values for some columns of a row.
#[derive(Debug, Clone)]
pub(super) struct Given(pub(super) Vec<Option<Value>>);

impl ColumnSource for Given {
    fn columns(&self) -> ColumnSet {
        let given = self.0.iter().enumerate();
        given
            .filter_map(|(at, value)| value.as_ref().map(|_| at))
            .collect()
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        for (value, column) in self.0.iter().zip(&current().types) {
            if let Some(value) = value {
                value.write(column, params);
            }
        }
    }
}

impl Model for Chosen {
    const NAME: &'static str = "Chosen";
    const ENGINES: &'static [&'static str] = &ENGINES;

    type Row<E: Engine> = Vec<Value>;
    type Key<E: Engine> = NoKey;
    type New<E: Engine> = Given;
    type Patch<E: Engine> = Given;
    type Inserted<E: Engine> = ();

    fn read<E: Engine>(row: &mut RowReader<'_>, _: E) -> Result<Vec<Value>> {
        let types = current().types.iter();
        types.map(|column| Value::read(column, row)).collect()
    }

    fn inserted<E: Engine>(_: Option<Vec<Value>>) -> Option<()> {
        Some(())
    }

    fn write_row<E: Engine>(row: &Vec<Value>, params: &mut ParamWriter<'_>) {
        Given(row.iter().cloned().map(Some).collect()).write(params);
    }
}

impl Writable for Chosen {}

impl LivesOn<Which> for Chosen {
    fn sql(engine: Which) -> Option<&'static TableSql> {
        current().sql[engine.0].as_ref()
    }
}

/// A model on its databases, with its tables made.
pub(super) struct Bound {
    pub(super) model: CheckedModel,
    shapes: Vec<&'static Shape>,
    registry: Registry,
}

impl Bound {
    /// Makes the tables on all engines.
    pub(super) fn new(model: CheckedModel, urls: &[String; 3]) -> Result<Self> {
        let mut config = Config::new();
        for (name, url) in ENGINES.iter().zip(urls) {
            config = config.engine(*name, EngineOptions::url(url.clone()));
        }
        let registry = Registry::with_config(leak(program(&model)), &config)?;
        registry.create_missing()?;
        let shapes = model.table_ids().map(|id| leak(shape(&model, id)));
        Ok(Self {
            shapes: shapes.collect(),
            model,
            registry,
        })
    }

    pub(super) fn shape(&self, table: TableId) -> &'static Shape {
        self.shapes[table.0 as usize]
    }

    /// A connection to each engine.
    pub(super) fn connect(&self) -> Result<Vec<Connection<Which>>> {
        (0..ENGINES.len())
            .map(|at| self.registry.connect(Which(at)))
            .collect()
    }
}

/// The rows of a table.
pub(super) fn rows_of<'c>(
    connection: &'c mut Connection<Which>,
    shape: &'static Shape,
) -> Repository<'c, Chosen, Which> {
    CURRENT.set(Some(shape));
    Repository::new(ReadRoute::<Chosen>::target(connection))
}

fn program(model: &CheckedModel) -> Program {
    let engines = model.engines.iter().map(|engine| EngineInfo {
        name: engine.name.clone().into(),
        flavour: engine.flavour,
        outbox: engine.outbox,
        inbox: engine.inbox,
        ..EngineInfo::new("", engine.dialect)
    });
    let models = model.engine_ids().flat_map(|engine| tables(model, engine));
    Program {
        engines: engines.collect(),
        models: List::owned(models),
        configured: false,
    }
}

/// The tables of an engine in the order they can be made in, each as a model of its own.
fn tables(model: &CheckedModel, engine: EngineId) -> Vec<ModelInfo> {
    let made = create_statements(model, engine).into_iter();
    let info = |table: bindery_schema::plan::CreateTable| {
        let ddl = TableDdl {
            engine: engine.0 as usize,
            schema: table.name.schema.map(Into::into),
            table: table.name.name.into(),
            create: List::owned(table.create),
            link: List::owned(table.link),
            drop: List::owned(table.drop),
        };
        ModelInfo {
            name: ddl.table.clone(),
            schema: ddl.schema.clone(),
            table: ddl.table.clone(),
            engines: List::Static(&ENGINES),
            tables: vec![ddl].into(),
            ..ModelInfo::NONE
        }
    };
    made.map(info).collect()
}

fn shape(model: &CheckedModel, id: TableId) -> Shape {
    let table = model.table(id);
    let columns = row_columns(table);
    let sql = [0, 1, 2].map(EngineId).map(|engine| {
        let hosts = table.engines.contains(&engine);
        hosts.then(|| table_sql(model, id, engine))
    });
    Shape {
        sql,
        types: columns
            .iter()
            .map(|column| table.column(*column).column_type.clone())
            .collect(),
    }
}

/// Without its key, which no type stands for here: rows are only inserted and read.
fn table_sql(model: &CheckedModel, table: TableId, engine: EngineId) -> TableSql {
    let sql = table_statements(model, table, engine);
    TableSql {
        table: leak(sql.table),
        columns: texts(sql.columns),
        writable: leak(sql.writable),
        required: leak(sql.required),
        select: leak(sql.select),
        first: leak(sql.first),
        find: leak(sql.find),
        count: leak(sql.count),
        exists: leak(sql.exists),
        insert: leak(sql.insert),
        insert_row: leak(sql.insert_row),
        returning: leak(sql.returning),
        save: leak(sql.save),
        version: sql.version,
        touched: leak(sql.touched),
        touch: leak(sql.touch),
        delete: leak(sql.delete),
        ..TableSql::NOTHING
    }
}

fn texts(texts: Vec<String>) -> &'static [&'static str] {
    let texts: Vec<&'static str> = texts.into_iter().map(|text| &**leak(text)).collect();
    leak(texts)
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
