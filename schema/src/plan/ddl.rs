//! The statements that make and remove all tables of one engine.

use crate::dialect::DialectRules as _;
use crate::lists::IntoVec as _;
use crate::sorting::sort_by;
use std::hash::{Hash, Hasher};

use super::capture::{self, Capture};
use super::distribution;
use super::index::{IndexNames, bounded, index_statements};
use super::object::{create_enum, create_objects, create_schema, drop_objects, unless};
use super::order::{CreationOrder, creation_order};
use super::table::TableWriter;
use crate::column_type::ColumnType;
use crate::dialect::{Dialect, is_own};
use crate::model::{
    CheckedModel, Engine, EngineId, EnumId, ForeignKey, ObjectKind, Table, TableId, TableName,
    ViewQuery,
};
use crate::sql_writer::SqlWriter;

/// How one table is made and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTable {
    /// Which one; `None` for a view without a model.
    pub table: Option<TableId>,
    /// The name with its schema.
    pub name: TableName,
    /// Makes it: its schema and types before, its indexes after. Schemas and types that exist are left alone.
    pub create: Vec<String>,
    /// To be run when all tables exist: foreign keys of tables that refer to each other in a circle.
    pub link: Vec<String>,
    /// Removes it, if it is there. Tables are removed in the reverse of this order.
    pub drop: Vec<String>,
}

/// By what is run: one table more gives others other numbers and the same statements.
impl Hash for CreateTable {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            table: _,
            name,
            create,
            link,
            drop,
        } = self;
        (name, create, link, drop).hash(state);
    }
}

/// The tables and views of an engine in the order they can be made in. What is unmanaged is left out, and so are views
/// that cannot be made there.
pub fn create_statements(model: &CheckedModel, engine: EngineId) -> Vec<CreateTable> {
    let models = model.tables.len();
    let model = &model.with_all_views();
    let order = creation_order(model, engine);
    let context = Context {
        model,
        models,
        engine: model.engine(engine),
        engine_id: engine,
        order: &order,
    };
    let mut names = IndexNames::default();
    let managed = order
        .tables
        .iter()
        .filter(|id| model.table(**id).is_made_on(context.engine));
    managed.map(|id| context.table(*id, &mut names)).into_vec()
}

/// One table whose neighbours are made by a program that does not know this model: every foreign key to another table
/// is added when all tables exist, so the order of creation does not matter. `None` for an unmanaged table.
pub fn create_alone(model: &CheckedModel, table: TableId, engine: EngineId) -> Option<CreateTable> {
    let keys = model.table(table).foreign_keys.iter().enumerate();
    let to_others = keys.filter(|(_, key)| key.table != table);
    let order = CreationOrder {
        tables: vec![table],
        forward: to_others.map(|(number, _)| (table, number)).into_vec(),
    };
    let context = Context {
        model,
        models: model.tables.len(),
        engine: model.engine(engine),
        engine_id: engine,
        order: &order,
    };
    let is_made = model.table(table).is_made_on(context.engine);
    is_made.then(|| context.table(table, &mut IndexNames::default()))
}

/// CREATE VIEW, without its indexes.
pub(crate) fn create_view(name: &TableName, view: &ViewQuery, dialect: Dialect) -> String {
    let words = &view.words;
    let mut sql = SqlWriter::new(dialect);
    sql.push("CREATE ");
    for word in &words.head {
        sql.push(word).push(" ");
    }
    sql.push(kind_of_view(view)).table(name);
    if !view.columns.is_empty() {
        let columns = view.columns.iter().map(String::as_str);
        sql.push(" (").identifiers(columns).push(")");
    }
    if !words.options.is_empty() {
        sql.push(" WITH (")
            .push(&words.options.join(", "))
            .push(")");
    }
    sql.push(" AS ").push(&view.sql);
    if let Some(check) = words.check {
        sql.push(" WITH ").push(check).push(" CHECK OPTION");
    }
    sql.finish()
}

fn kind_of_view(view: &ViewQuery) -> &'static str {
    if view.materialized {
        "MATERIALIZED VIEW "
    } else {
        "VIEW "
    }
}

/// The inputs that the statements of all tables of an engine share.
struct Context<'m> {
    model: &'m CheckedModel,
    /// The number of its tables with a model, which are its first.
    models: usize,
    engine: &'m Engine,
    engine_id: EngineId,
    order: &'m CreationOrder,
}

impl<'m> Context<'m> {
    fn table(&self, id: TableId, names: &mut IndexNames) -> CreateTable {
        let table = self.model.table(id);
        if let Some(view) = &table.view {
            return self.view(id, view, names);
        }
        let mut writer = self.writer(id);
        let mut create: Vec<String> = self.schema(&table.name).into_iter().into_vec();
        if self.is_own(id) {
            create.extend(create_objects(self.model, id));
        }
        let enums = self.enums(id).into_iter();
        create.extend(enums.map(|id| create_enum(self.model.enum_type(id), self.dialect())));
        let created = self.model.created(id, self.engine_id);
        // Foreign keys that are added later are not part of it.
        let known = created.filter(|_| !self.links_later(id));
        create.push(known.map_or_else(|| writer.create(), str::to_owned));
        // `check` refused every error among the problems; what is only left out was its warning.
        create.extend(index_statements(
            self.model,
            id,
            self.engine,
            names,
            &mut Vec::new(),
        ));
        create.extend(writer.behind());
        // Citus changes neither the storage of a column nor its sequence afterwards.
        create.extend(distribution::statement(self.model, id, self.engine));
        let captured = capture::capture(table, self.dialect());
        create.extend(captured.iter().flat_map(|one| one.create.clone()));
        CreateTable {
            table: self.of_model(id),
            name: table.name.clone(),
            create,
            link: self.link(id),
            drop: self.drop(id, captured),
        }
    }

    /// A view of the engine's own dialect, by its query as it is written.
    fn view(&self, id: TableId, view: &ViewQuery, names: &mut IndexNames) -> CreateTable {
        let name = &self.model.table(id).name;
        let mut drop = SqlWriter::new(self.dialect());
        drop.push("DROP ").push(kind_of_view(view));
        drop.push("IF EXISTS ").table(name);
        let mut create: Vec<String> = self.schema(name).into_iter().into_vec();
        if self.is_own(id) {
            create.extend(create_objects(self.model, id));
        }
        create.push(create_view(name, view, self.dialect()));
        create.extend(index_statements(
            self.model,
            id,
            self.engine,
            names,
            &mut Vec::new(),
        ));
        CreateTable {
            table: self.of_model(id),
            name: name.clone(),
            create,
            link: Vec::new(),
            drop: vec![drop.finish()],
        }
    }

    fn of_model(&self, id: TableId) -> Option<TableId> {
        ((id.0 as usize) < self.models).then_some(id)
    }

    fn writer(&self, id: TableId) -> TableWriter<'m> {
        TableWriter {
            model: self.model,
            id,
            engine: self.engine,
            order: self.order,
            problems: Vec::new(),
        }
    }

    fn dialect(&self) -> Dialect {
        self.engine.dialect
    }

    fn schema(&self, name: &TableName) -> Option<String> {
        let schema = name
            .schema
            .as_ref()
            .filter(|_| self.engine.capabilities().schemas)?;
        Some(create_schema(schema, self.dialect()))
    }

    fn is_own(&self, id: TableId) -> bool {
        is_own(self.model, id, self.dialect())
    }

    /// The enums of a table that are types of their own here, each once.
    fn enums(&self, id: TableId) -> Vec<EnumId> {
        let table = self.model.table(id);
        if !self.engine.capabilities().enum_types {
            return Vec::new();
        }
        let of_type = |column_type: &ColumnType| {
            if let ColumnType::Enum(id) = column_type {
                Some(*id)
            } else {
                None
            }
        };
        let of_column = |column_type: &ColumnType| match column_type {
            ColumnType::Array(element) => of_type(element),
            other => of_type(other),
        };
        // The table's own needs are made with its objects.
        let objects = table.native.objects.iter();
        let objects = objects.filter(|_| self.is_own(id));
        let made: Vec<ObjectKind> = objects.map(|at| self.model.objects[*at].kind).into_vec();
        let columns = table.columns.iter();
        let mut found: Vec<EnumId> = columns
            .filter_map(|column| of_column(&column.column_type))
            .filter(|id| !made.contains(&ObjectKind::Enum(*id)))
            .into_vec();
        sort_by(&mut found, Ord::cmp);
        found.dedup();
        found
    }

    fn drop_type(&self, id: EnumId) -> String {
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("DROP TYPE IF EXISTS ")
            .table(&self.model.enum_type(id).sql_name());
        unless(&sql.finish(), "dependent_objects_still_exist")
    }

    fn links_later(&self, id: TableId) -> bool {
        let key = |(table, _): &(TableId, usize)| table.cmp(&id);
        self.order.forward.binary_search_by(key).is_ok()
    }

    fn link(&self, id: TableId) -> Vec<String> {
        if !self.engine.capabilities().adds_foreign_keys {
            return Vec::new();
        }
        let forward = self.order.forward.iter().filter(|(table, _)| *table == id);
        forward
            .map(|(_, number)| self.add_foreign_key(id, *number))
            .into_vec()
    }

    fn add_foreign_key(&self, id: TableId, number: usize) -> String {
        let table = self.model.table(id);
        let key = &table.foreign_keys[number];
        let name = self.foreign_key_name(table, key);
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("ALTER TABLE ")
            .table(&table.name)
            .push(" ADD ")
            .push(&self.writer(id).foreign_key(key, Some(&name)));
        if key.not_valid && self.is_own(id) {
            sql.push(" NOT VALID");
        }
        sql.finish()
    }

    /// Named by us where the schema has no name for this dialect, so that it can be dropped.
    fn foreign_key_name(&self, table: &Table, key: &ForeignKey) -> String {
        let own = key
            .name
            .clone()
            .filter(|_| table.source_dialect == self.dialect());
        own.unwrap_or_else(|| {
            let columns: Vec<&str> = key
                .columns
                .iter()
                .map(|column| table.column(*column).name.as_str())
                .into_vec();
            let wanted = format!("{}_{}", table.name.name, columns.join("_"));
            bounded(
                &wanted,
                "_fkey",
                self.engine.capabilities().identifier_limit,
            )
        })
    }

    fn drop(&self, id: TableId, captured: Option<Capture>) -> Vec<String> {
        let table = self.model.table(id);
        let mut sql = SqlWriter::new(self.dialect());
        sql.push("DROP TABLE IF EXISTS ").table(&table.name);
        let forward = self.order.forward.iter().map(|(other, number)| {
            let other = self.model.table(*other);
            (other, &other.foreign_keys[*number])
        });
        let referring: Vec<_> = forward
            .filter(|(_, key)| key.table == id)
            .map(|(other, key)| (other, key, self.foreign_key_name(other, key)))
            .into_vec();
        let mut statements = if referring.is_empty() {
            vec![sql.finish()]
        } else {
            self.dialect()
                .rules()
                .drop_in_circle(table, &referring, sql.finish())
        };
        statements.extend(captured.into_iter().flat_map(|one| one.drop));
        statements.extend(self.enums(id).into_iter().map(|id| self.drop_type(id)));
        if self.is_own(id) {
            statements.extend(drop_objects(self.model, id));
        }
        statements
    }
}
