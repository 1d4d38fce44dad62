//! One engine's tables in one form, whatever they were read from.

use super::key::{Key, KeyKind, Keys};
use crate::check::check;
use crate::diagnostic::Diagnostics;
use crate::dialect::{Dialect, Flavour};
use crate::input::{Input, InputFile};
use crate::model::{
    CheckedModel, Column, ColumnId, Counter, Engine, EngineId, Generated, Model, ObjectKind, Table,
    TableId, TableName,
};
use crate::parse::load;
use crate::plan::create_statements;
use crate::plan::pieces::Pieces;
use crate::source::Span;

/// The tables, views and types of one engine as bindery makes them there, in the engine's own dialect.
#[derive(Debug, Clone)]
pub struct Structure {
    /// The dialect of the engine.
    pub dialect: Dialect,
    /// Its product, where that is known.
    pub flavour: Option<Flavour>,
    /// In the order of creation.
    pub tables: Vec<TableShape>,
    /// Views whose columns are known, each after what it reads.
    pub views: Vec<ViewShape>,
    /// Enum types (PostgreSQL), in the order of creation.
    pub enums: Vec<EnumShape>,
    /// Sequences, domains, other types, extensions and functions that tables need, in the order of creation.
    pub objects: Vec<ObjectShape>,
    /// The statements that make all of it, each on lines of its own.
    text: String,
    /// The same, read.
    model: Model,
}

/// A table.
#[derive(Debug, Clone)]
pub struct TableShape {
    /// Its name.
    pub name: TableName,
    /// Where it is written in the text it was read from.
    pub span: Span,
    /// In the order of the table; that order is not compared.
    pub columns: Vec<ColumnShape>,
    /// Keys, indexes, foreign keys and checks.
    pub keys: Vec<Key>,
    /// The text after the closing parenthesis, its comment left out.
    pub options: String,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// CREATE TABLE with its columns and keys, without indexes of their own.
    pub create: String,
    /// Statements after it that are neither indexes nor comments: partitions, settings of columns, owners of sequences.
    pub after: Vec<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct ColumnShape {
    /// Its name.
    pub name: String,
    /// Where it is written in the text it was read from.
    pub span: Span,
    /// Its line in CREATE TABLE, with the checks that stand at it.
    pub line: String,
    /// The same without them.
    pub alone: String,
    /// Its type as declared.
    pub type_sql: String,
    /// May be NULL.
    pub nullable: bool,
    /// The text after DEFAULT.
    pub default: Option<String>,
    /// The way in which the database makes its values; empty where it makes none.
    pub generated: String,
    /// Is it computed of other columns?
    pub computed: bool,
    /// Its collation, where one is written.
    pub collation: Option<String>,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// The other words of its declaration: `ON UPDATE current_timestamp()`, `INVISIBLE`.
    pub words: Vec<String>,
    /// The type as it is compared.
    pub(super) compared_type: String,
    /// As far as it is known, the type of its values.
    pub column_type: crate::column_type::ColumnType,
    /// As its model has it.
    pub(super) column: Box<Column>,
}

/// A view.
#[derive(Debug, Clone)]
pub struct ViewShape {
    /// Its name.
    pub name: TableName,
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// The statement that makes it.
    pub create: String,
    /// Its query.
    pub query: String,
    /// Names of its columns, where they are given apart from the query.
    pub columns: Vec<String>,
    /// Indexes of a materialized view.
    pub keys: Vec<Key>,
    /// The tables and views that it reads.
    pub reads: Vec<TableName>,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumShape {
    /// Its name.
    pub name: TableName,
    /// In order.
    pub values: Vec<String>,
}

/// Another object that tables need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectShape {
    /// Its name.
    pub name: TableName,
    /// As in `CREATE`: `SEQUENCE`.
    pub kind: &'static str,
    /// The statements that make it.
    pub create: Vec<String>,
    /// The text that is compared.
    pub(super) words: String,
}

/// Reads what makes no schema.
#[derive(Debug)]
pub struct Unreadable {
    /// The findings.
    pub found: Diagnostics,
    /// The text that they are about.
    pub input: Input,
}

impl Structure {
    /// The structure that a model has on one of its engines.
    ///
    /// # Errors
    /// Where the statements that make it cannot be read again: with what the reader found.
    pub fn of(model: &CheckedModel, engine: EngineId) -> Result<Self, Box<Unreadable>> {
        let mut text = String::new();
        for id in model.table_ids() {
            let table = model.table(id);
            // Others refer to it.
            if table.unmanaged && table.engines.contains(&engine) && table.view.is_none() {
                let pieces = Pieces::new(model, engine);
                text.push_str(&format!("-- @unmanaged\n{};\n", pieces.create(id)));
            }
        }
        let made = create_statements(model, engine);
        let created = made.iter().flat_map(|table| &table.create);
        for statement in created.chain(made.iter().flat_map(|table| &table.link)) {
            text.push_str(statement);
            text.push_str(";\n");
        }
        let engine = model.engine(engine);
        Self::read(&text, engine.dialect, engine.flavour)
    }

    /// The structure that statements of one dialect make, such as those that a catalogue was written down as.
    ///
    /// # Errors
    /// Where they make no schema: with what the reader found.
    pub fn read(
        text: &str,
        dialect: Dialect,
        flavour: Option<Flavour>,
    ) -> Result<Self, Box<Unreadable>> {
        let mut found = Diagnostics::default();
        let mut input = Input {
            engines: vec![Engine {
                name: "default".to_owned(),
                type_name: "Default".to_owned(),
                dialect,
                flavour,
                outbox: false,
                inbox: false,
                dialect_reason: String::new(),
                span: None,
            }],
            default_engine: Some(EngineId(0)),
            ..Input::default()
        };
        let id = load(
            &mut input.sources,
            "structure.sql",
            text.as_bytes(),
            &mut found,
        );
        input.files.extend(id.map(|id| InputFile {
            id,
            dialect: Some(dialect),
            engines: Vec::new(),
        }));
        let model = crate::read_model(&input, &mut found);
        if found.has_errors() {
            return Err(Box::new(Unreadable { found, input }));
        }
        Ok(Self::build(model, text, dialect, flavour))
    }

    /// The structure after more statements.
    ///
    /// # Errors
    /// Where they do not fit what is there.
    pub fn after(&self, statements: &[String]) -> Result<Self, Box<Unreadable>> {
        let mut text = self.text.clone();
        for statement in statements {
            text.push_str(statement);
            text.push_str(";\n");
        }
        Self::read(&text, self.dialect, self.flavour)
    }

    /// The statements that make it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The table of a name.
    pub fn table(&self, name: &TableName) -> Option<&TableShape> {
        let key = table_key(name, self.dialect);
        let mut tables = self.tables.iter();
        tables.find(|table| table_key(&table.name, self.dialect) == key)
    }

    fn build(model: Model, text: &str, dialect: Dialect, flavour: Option<Flavour>) -> Self {
        let engine = EngineId(0);
        let pieces = Pieces::new(&model, engine);
        let builder = Builder {
            model: &model,
            pieces: &pieces,
            dialect,
        };
        let managed = |id: &&TableId| !model.table(**id).unmanaged;
        let order: Vec<TableId> = pieces
            .order()
            .tables
            .iter()
            .filter(managed)
            .copied()
            .collect();
        let is_view = |id: &&TableId| model.table(**id).view.is_some();
        let tables = order.iter().filter(|id| !is_view(id));
        let views = order.iter().filter(is_view);
        Self {
            dialect,
            flavour,
            tables: tables.map(|id| builder.table(*id)).collect(),
            views: views.filter_map(|id| builder.view(*id)).collect(),
            enums: builder.enums(&order),
            objects: builder.objects(&order),
            text: text.to_owned(),
            model,
        }
    }

    /// The model it was made of; its places are in [`Structure::text`].
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// CREATE TABLE of a table with columns of an earlier one, under another name; what refers to it has its own.
    pub(super) fn create_beside(
        &self,
        table: &TableShape,
        kept: &[&ColumnShape],
        name: &TableName,
    ) -> String {
        let mut model = self.model.clone();
        let position = model.tables.iter().position(|one| one.name == table.name);
        let id = position.unwrap_or_default();
        let kept = kept.iter().map(|column| (*column.column).clone());
        model.tables[id].columns.extend(kept);
        let created = Pieces::new(&model, EngineId(0)).create(TableId(id as u32));
        let written = |name: &TableName| {
            let mut sql = crate::sql_writer::SqlWriter::new(self.dialect);
            sql.table(name);
            sql.finish()
        };
        created.replacen(&written(&table.name), &written(name), 1)
    }

    /// Reports what the rules of a schema say of it.
    pub fn check(&self, found: &mut Diagnostics) {
        drop(check(self.model.clone(), found));
    }
}

struct Builder<'m> {
    model: &'m Model,
    pieces: &'m Pieces<'m>,
    dialect: Dialect,
}

impl Builder<'_> {
    fn keys(&self, id: TableId) -> Vec<Key> {
        let keys = Keys {
            model: self.model,
            id,
            pieces: self.pieces,
            dialect: self.dialect,
        };
        keys.all()
    }

    fn table(&self, id: TableId) -> TableShape {
        let table = self.model.table(id);
        let columns = (0..table.columns.len() as u32).map(ColumnId);
        let comment = table.native.comment.clone();
        TableShape {
            name: table.name.clone(),
            span: table.span,
            columns: columns.map(|column| self.column(id, column)).collect(),
            keys: self.keys(id),
            options: self.options(id, table),
            comment,
            create: self.pieces.create(id),
            after: self.pieces.after(id),
        }
    }

    /// The comment is a thing of its own.
    fn options(&self, id: TableId, table: &Table) -> String {
        let options = self.pieces.options(id);
        let Some(comment) = &table.native.comment else {
            return options.trim().to_owned();
        };
        let mut written = crate::sql_writer::SqlWriter::new(self.dialect);
        written.push(" COMMENT=").text_literal(comment);
        options.replacen(&written.finish(), "", 1).trim().to_owned()
    }

    fn column(&self, id: TableId, column_id: ColumnId) -> ColumnShape {
        let table = self.model.table(id);
        let column = table.column(column_id);
        let text = self.pieces.column(id, column_id);
        let mut words = column.native.words.clone();
        let moment = column.native.on_update.as_ref();
        words.extend(moment.map(|moment| {
            format!(
                "ON UPDATE {}",
                super::normal_expression(moment, self.dialect)
            )
        }));
        words.extend(column.native.settings.iter().cloned());
        words.extend(column.native.not_null_conflict.clone());
        ColumnShape {
            name: column.name.clone(),
            span: column.span,
            line: text.line,
            alone: text.alone,
            compared_type: self.compared_type(column, &text.type_sql),
            type_sql: text.type_sql,
            nullable: self.is_nullable(table, column),
            default: default_of(column),
            generated: generated(column, self.dialect),
            computed: matches!(column.generated, Generated::Computed { .. }),
            collation: column.collation.clone(),
            comment: column.native.comment.clone(),
            words,
            column_type: column.column_type.clone(),
            column: Box::new(column.clone()),
        }
    }

    /// SQLite's keys take NULL unless the column says NOT NULL.
    fn is_nullable(&self, table: &Table, column: &Column) -> bool {
        let counts = matches!(column.generated, Generated::Key { .. });
        match self.dialect {
            Dialect::Sqlite => !column.native.not_null && !counts && !table.without_rowid,
            Dialect::Postgres | Dialect::Mysql => column.nullable,
        }
    }

    /// As the catalogue spells it; values of an enum within the column too.
    fn compared_type(&self, column: &Column, declared: &str) -> String {
        let enum_id = column.column_type.enum_id();
        let values = enum_id.map(|id| self.model.enum_type(id));
        let values = values.filter(|known| !known.named);
        let set = matches!(column.column_type, crate::column_type::ColumnType::Set(_));
        if values.is_some() || set || column.sql_type.is_empty() {
            return declared.to_owned();
        }
        let mut words = vec![column.sql_type.to_lowercase()];
        words.extend(
            column
                .native
                .type_words
                .iter()
                .map(|word| word.to_lowercase()),
        );
        words.join(" ")
    }

    fn view(&self, id: TableId) -> Option<ViewShape> {
        let table = self.model.table(id);
        let view = table.view.as_ref()?;
        if view.obstacle.is_some() {
            return None;
        }
        let kind = if view.materialized {
            "MATERIALIZED VIEW "
        } else {
            "VIEW "
        };
        let mut sql = crate::sql_writer::SqlWriter::new(self.dialect);
        sql.push("CREATE ").push(kind).table(&table.name);
        if !view.columns.is_empty() {
            let columns = view.columns.iter().map(String::as_str);
            sql.push(" (").identifiers(columns).push(")");
        }
        sql.push(" AS ").push(&view.sql);
        let reads = view.reads.iter();
        Some(ViewShape {
            name: table.name.clone(),
            materialized: view.materialized,
            create: sql.finish(),
            query: view.sql.clone(),
            columns: view.columns.clone(),
            keys: self.keys(id),
            reads: reads.map(|id| self.model.table(*id).name.clone()).collect(),
        })
    }

    /// Those of columns, and those among the objects.
    fn enums(&self, order: &[TableId]) -> Vec<EnumShape> {
        if !self.dialect.capabilities(None).enum_types {
            return Vec::new();
        }
        let mut known = Vec::new();
        for id in order {
            let table = self.model.table(*id);
            let of_columns = table.columns.iter().filter_map(|column| {
                let element = match &column.column_type {
                    crate::column_type::ColumnType::Array(element) => element,
                    other => other,
                };
                element.enum_id()
            });
            let objects = table.native.objects.iter();
            let of_objects = objects.filter_map(|at| match self.model.objects[*at].kind {
                ObjectKind::Enum(id) => Some(id),
                ObjectKind::Extension
                | ObjectKind::Collation
                | ObjectKind::Type
                | ObjectKind::Domain
                | ObjectKind::Sequence
                | ObjectKind::Function => None,
            });
            for id in of_objects.chain(of_columns) {
                let found = self.model.enum_type(id);
                let shape = EnumShape {
                    name: found.sql_name(),
                    values: found.values.iter().map(|one| one.value.clone()).collect(),
                };
                if !known.contains(&shape) {
                    known.push(shape);
                }
            }
        }
        known
    }

    fn objects(&self, order: &[TableId]) -> Vec<ObjectShape> {
        let mut numbers: Vec<usize> = Vec::new();
        for id in order {
            for at in &self.model.table(*id).native.objects {
                if !numbers.contains(at) {
                    numbers.push(*at);
                }
            }
        }
        let shape = |at: &usize| {
            let object = &self.model.objects[*at];
            let kind = match object.kind {
                ObjectKind::Enum(_) => return None,
                ObjectKind::Extension => "EXTENSION",
                ObjectKind::Collation => "COLLATION",
                ObjectKind::Type => "TYPE",
                ObjectKind::Domain => "DOMAIN",
                ObjectKind::Sequence => "SEQUENCE",
                ObjectKind::Function => "FUNCTION",
            };
            let (definition, changes) = (&object.definition, &object.changes);
            Some(ObjectShape {
                name: object.name.clone(),
                kind,
                create: crate::plan::pieces::object(self.model, object),
                words: format!("{definition} {changes:?}").to_lowercase(),
            })
        };
        numbers.iter().filter_map(shape).collect()
    }
}

fn default_of(column: &Column) -> Option<String> {
    match &column.native.counter {
        Counter::Sequence(default) => Some(default.clone()),
        Counter::Usual | Counter::Autoincrement | Counter::Serial(_) | Counter::Identity(_) => {
            let written = column.native.default.clone();
            written.filter(|text| !text.eq_ignore_ascii_case("null"))
        }
    }
}

/// In one line for all spellings.
fn generated(column: &Column, dialect: Dialect) -> String {
    match &column.generated {
        Generated::No => String::new(),
        Generated::Key { always } => match &column.native.counter {
            Counter::Sequence(_) => String::new(),
            Counter::Usual => format!("counted {always}"),
            Counter::Autoincrement => "counted autoincrement".to_owned(),
            Counter::Serial(_) => "serial".to_owned(),
            Counter::Identity(options) => format!("counted {always} {}", options.to_lowercase()),
        },
        Generated::Computed { expression, stored } => {
            let kind = if *stored { "stored" } else { "virtual" };
            format!(
                "{} {kind}",
                super::normal_expression(&expression.sql, dialect)
            )
        }
    }
}

/// Names as the dialect compares them.
pub(super) fn folded(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite | Dialect::Mysql => name.to_lowercase(),
    }
}

/// The same of a table; PostgreSQL's `public` is where tables without a schema are.
pub(super) fn table_key(name: &TableName, dialect: Dialect) -> String {
    let schema = name.schema.as_deref().filter(|schema| *schema != "public");
    let schema = schema.unwrap_or_default();
    match dialect {
        Dialect::Sqlite => name.name.to_lowercase(),
        Dialect::Postgres | Dialect::Mysql => format!("{schema}.{}", name.name),
    }
}

impl TableShape {
    /// The column of a name.
    pub fn column(&self, name: &str, dialect: Dialect) -> Option<&ColumnShape> {
        let wanted = folded(name, dialect);
        let mut columns = self.columns.iter();
        columns.find(|column| folded(&column.name, dialect) == wanted)
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == KeyKind::PrimaryKey)
    }
}
