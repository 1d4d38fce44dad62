//! The resolved model: every name bound to what it means, every column with its types on both sides.
//!
//! Stage `resolve` makes a [`Model`], `check` runs all rules over it and gives a [`CheckedModel`], after which nothing can fail.
//! Ids are indexes into the vectors of the model they come from.

mod native;

use std::collections::BTreeMap;
use std::fmt;

use crate::column_type::ColumnType;
use crate::dialect::{Dialect, Flavour};
use crate::portable::Portable;
use crate::source::Span;

pub use native::{
    Counter, Exclusion, KeyWords, NativeColumn, NativeObject, NativeTable, ObjectKind, PartWords,
    Partition,
};

/// Index into [`Model::engines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineId(pub u32);
/// Index into [`Model::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub u32);
/// Index into [`Model::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub u32);
/// Index into [`Table::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u32);

/// Everything the schema says, names resolved.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// In the order of their names.
    pub engines: Vec<Engine>,
    /// In the order of the files, then of the statements. Views whose columns are known come last, each behind what it
    /// reads.
    pub tables: Vec<Table>,
    /// Enum types, named and (MySQL) of single columns.
    pub enums: Vec<EnumType>,
    /// Views, in the order of their statements; those whose columns are known are among the tables as well.
    pub views: Vec<View>,
    /// Declared atomic groups.
    pub atomic_groups: Vec<AtomicGroup>,
    /// What tables need beside their own statement where they are created in the dialect they are written in, in the
    /// order of the files: each needs earlier ones at most.
    pub objects: Vec<NativeObject>,
    /// Statements passed over, by kind in words (`"CREATE TRIGGER"`).
    pub skipped: BTreeMap<String, usize>,
}

/// A model that passed every rule: emitters take this and cannot fail.
#[derive(Debug, Clone)]
pub struct CheckedModel(pub(crate) Model);

impl std::ops::Deref for CheckedModel {
    type Target = Model;
    fn deref(&self) -> &Model {
        &self.0
    }
}

/// A named connection, as far as it is compiled in: never a URL.
#[derive(Debug, Clone)]
pub struct Engine {
    /// `[a-z][a-z0-9_]{0,31}`.
    pub name: String,
    /// Name of the type in `engine::`, `Default` or `B`.
    pub type_name: String,
    /// The compiled dialect.
    pub dialect: Dialect,
    /// Product, for `mysql` only.
    pub flavour: Option<Flavour>,
    /// Why this dialect, in words for `bindery check`.
    pub dialect_reason: String,
    /// In `bindery.toml`; `None` for the engine that needs no file.
    pub span: Option<Span>,
}

/// An annotated or plain table with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Table {
    /// As the database has it.
    pub name: TableName,
    /// The name in `CREATE TABLE`.
    pub span: Span,
    /// Row struct, `Blog`.
    pub model_name: String,
    /// Module and accessor, the table's own name in snake case: `blogs`; may need `r#`.
    pub accessor: String,
    /// In the order of the tag; the first is the row's default engine. Never empty.
    pub engines: Vec<EngineId>,
    /// The tag, `None` where untagged.
    pub engines_span: Option<Span>,
    /// The dialect its SQL text is written in: raw expressions are of this dialect.
    pub source_dialect: Dialect,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints and plain unique indexes (no partial, expression or prefix ones), without the primary key.
    pub uniques: Vec<Unique>,
    /// Other indexes.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// `@unmanaged`: never created or dropped by us.
    pub unmanaged: bool,
    /// MySQL `ENGINE = …`, where it is written.
    pub storage_engine: Option<StorageEngine>,
    /// SQLite `STRICT`.
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// The query, where this is a view: its rows are read and never written.
    pub view: Option<ViewQuery>,
    /// What only its own dialect has words for.
    pub native: NativeTable,
}

/// How a view is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewQuery {
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// Names of its columns, where they are given apart from the query.
    pub columns: Vec<String>,
    /// The query as written, in the source dialect.
    pub sql: String,
    /// The tables and views its columns come from and are joined with.
    pub reads: Vec<TableId>,
    /// Why bindery cannot make it on an engine of its dialect: what it needs there is not in the model.
    pub obstacle: Option<String>,
}

/// What MySQL keeps a table with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageEngine {
    /// As written: `MyISAM`.
    pub name: String,
    /// Where it is written.
    pub span: Span,
}

/// A table's name with its schema where one is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// `public` is dropped for PostgreSQL.
    pub schema: Option<String>,
    /// The table's own name, unquoted.
    pub name: String,
}

/// `blogs`, or `shop.blogs`: for people, not for SQL.
impl fmt::Display for TableName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "{schema}.")?;
        }
        out.write_str(&self.name)
    }
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// As the database has it, unquoted.
    pub name: String,
    /// The field, `r#type` where it is a keyword.
    pub field: String,
    /// The name in the DDL.
    pub span: Span,
    /// The type in the DDL.
    pub type_span: Span,
    /// As the catalogue of the source dialect spells it (`character varying(40)`, `int(10) unsigned`, `NVARCHAR(160)`).
    pub sql_type: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// A type that the model has no word for: its own text form is read and written, in its own dialect.
    pub as_text: bool,
    /// Which Rust type the field has.
    pub field_type: FieldType,
    /// May be NULL.
    pub nullable: bool,
    /// `DEFAULT`.
    pub default: Option<Default>,
    /// Where the value comes from when none is given.
    pub generated: Generated,
    /// Its collation where one is written.
    pub collation: Option<String>,
    /// MySQL `ON UPDATE CURRENT_TIMESTAMP`; on all engines it means what `@updated` does.
    pub on_update_now: bool,
    /// `@version`.
    pub version: bool,
    /// `@updated`.
    pub updated: bool,
    /// `@skip`: exists in the table, not in the row.
    pub skip: bool,
    /// `@link`.
    pub link: Option<Link>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// What only its own dialect has words for.
    pub native: NativeColumn,
}

impl Column {
    /// Does SQLite make a float of numbers in it that have more than 15 digits? Its affinity is NUMERIC then (section 3.1
    /// of SQLite's "Datatypes"): no integer, and not one of our spellings that keep text.
    pub fn is_float_on_sqlite(&self, source: Dialect) -> bool {
        let own = source == Dialect::Sqlite;
        let keeps_text = self.sql_type.to_ascii_uppercase().contains("TEXT");
        match &self.column_type {
            ColumnType::Decimal(size) => {
                let short = size.is_some_and(|size| size.precision <= FLOAT_DIGITS);
                if own { !keeps_text } else { short }
            }
            ColumnType::Json { .. } => own && !keeps_text,
            ColumnType::Bool
            | ColumnType::I8
            | ColumnType::I16
            | ColumnType::I24
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U32
            | ColumnType::U64
            | ColumnType::F32
            | ColumnType::F64
            | ColumnType::Char(_)
            | ColumnType::VarChar(_)
            | ColumnType::Text(_)
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Blob(_)
            | ColumnType::Date
            | ColumnType::Time(_)
            | ColumnType::DateTime(_)
            | ColumnType::Timestamp(_)
            | ColumnType::Year
            | ColumnType::Interval
            | ColumnType::Uuid
            | ColumnType::Enum(_)
            | ColumnType::Set(_)
            | ColumnType::Bit(_)
            | ColumnType::Any
            | ColumnType::Array(_) => false,
        }
    }
}

/// Decimal digits that a 64-bit float keeps.
pub(crate) const FLOAT_DIGITS: u32 = 15;

/// The Rust type of a field before `Option`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// What [`ColumnType`] says.
    Plain,
    /// The key of a model: of this one, or of the one a foreign key or link refers to.
    Key {
        /// Whose key.
        table: TableId,
        /// On which engine.
        engine: KeyEngine,
    },
    /// `@type`.
    Custom(String),
}

/// The engine parameter of a key type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyEngine {
    /// The target lives on one engine: `UserId`.
    Only,
    /// The engine of the row itself: `BlogId<E>`.
    Same,
    /// One of several, fixed: `BlogId<engine::B>`.
    On(EngineId),
}

/// Where a column's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generated {
    /// From the program, or the default.
    No,
    /// The database counts: serial, identity, AUTO_INCREMENT, INTEGER PRIMARY KEY.
    Key {
        /// `GENERATED ALWAYS AS IDENTITY`: the database refuses a given value.
        always: bool,
    },
    /// `GENERATED ALWAYS AS (expression)`: read, never written.
    Computed {
        /// In the source dialect.
        expression: Expression,
        /// Stored or computed on reading.
        stored: bool,
    },
}

/// A default value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// What it is.
    pub value: DefaultValue,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of default that can be carried from one dialect to another, and the one that cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// `NULL`.
    Null,
    /// true, false, a boolean column's 0 or 1.
    Bool(bool),
    /// A number as written, sign included.
    Number(String),
    /// A text, unescaped.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// `CURRENT_TIMESTAMP`, `now()` and their spellings.
    Now,
    /// `CURRENT_DATE`.
    CurrentDate,
    /// `CURRENT_TIME`.
    CurrentTime,
    /// `gen_random_uuid()`, `uuid()`.
    RandomUuid,
    /// Any other expression.
    Expression(Expression),
}

/// An expression kept as text of its source dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// The text as written, without outer parentheses.
    pub sql: String,
    /// What it means, where every dialect has words for it; else what no other dialect has: "the operator `~`".
    pub portable: Result<Portable, String>,
    /// Where it stands.
    pub span: Span,
}

/// The primary key.
#[derive(Debug, Clone)]
pub struct PrimaryKey {
    /// In the order of the key.
    pub columns: Vec<ColumnId>,
    /// Constraint name where given.
    pub name: Option<String>,
    /// What is said of each column, as many as there are; none where nothing is said of any.
    pub parts: Vec<PartWords>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// How it is kept.
    pub words: KeyWords,
    /// Where it is written.
    pub span: Span,
}

/// A unique constraint or plain unique index.
#[derive(Debug, Clone)]
pub struct Unique {
    /// In order.
    pub columns: Vec<ColumnId>,
    /// Constraint or index name where given.
    pub name: Option<String>,
    /// `find_by_` and `upsert_by_` are followed by this: `email`, `tenant_and_email`.
    pub method_suffix: String,
    /// Made by CREATE UNIQUE INDEX rather than by a constraint.
    pub is_index: bool,
    /// PostgreSQL `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `DEFERRABLE`: then it cannot be an upsert's target.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// The method of its index.
    pub method: Option<String>,
    /// What is said of each column, as many as there are; none where nothing is said of any.
    pub parts: Vec<PartWords>,
    /// How it is kept.
    pub words: KeyWords,
    /// Where it is written.
    pub span: Span,
}

/// An index that is not in [`Table::uniques`].
#[derive(Debug, Clone)]
pub struct Index {
    /// Name where given.
    pub name: Option<String>,
    /// Partial, expression and prefix indexes may be unique too.
    pub unique: bool,
    /// In order.
    pub parts: Vec<IndexPart>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// `btree`, `gin`, `fulltext`, … in lower case; `None` is the default.
    pub method: Option<String>,
    /// Made by a UNIQUE constraint rather than by CREATE INDEX.
    pub is_constraint: bool,
    /// PostgreSQL `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// How it is kept.
    pub words: KeyWords,
    /// Where it is written.
    pub span: Span,
}

/// One part of an index.
#[derive(Debug, Clone)]
pub struct IndexPart {
    /// A column, or an expression.
    pub key: IndexKey,
    /// MySQL prefix length in characters.
    pub prefix: Option<u32>,
    /// The collation and operator class, in words of the schema's own dialect.
    pub qualifier: Option<String>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub nulls_first: Option<bool>,
}

/// What one part of an index orders by.
#[derive(Debug, Clone)]
pub enum IndexKey {
    /// A column.
    Column(ColumnId),
    /// An expression.
    Expression(Expression),
}

/// A foreign key, resolved.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// Constraint name where given.
    pub name: Option<String>,
    /// Referring columns.
    pub columns: Vec<ColumnId>,
    /// Referred table.
    pub table: TableId,
    /// Referred columns, as many as `columns`.
    pub referred: Vec<ColumnId>,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON DELETE SET NULL (a)`: not all of them; empty is all.
    pub on_delete_columns: Vec<ColumnId>,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// The word behind `MATCH`, in capitals.
    pub matching: Option<String>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// Where it is written.
    pub span: Span,
}

/// What happens to referring rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferentialAction {
    /// Refused at the end of the statement; the default.
    NoAction,
    /// Refused at once.
    Restrict,
    /// Deleted or changed too.
    Cascade,
    /// Set to NULL.
    SetNull,
    /// Set to the default.
    SetDefault,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub struct Check {
    /// Constraint name where given.
    pub name: Option<String>,
    /// The condition.
    pub expression: Expression,
    /// The column it is written at.
    pub column: Option<ColumnId>,
    /// Words behind it: `NO INHERIT`.
    pub words: Vec<String>,
}

/// A reference to a model that no foreign key can hold.
#[derive(Debug, Clone)]
pub struct Link {
    /// Referred table.
    pub table: TableId,
    /// Referred column.
    pub column: ColumnId,
    /// Where the annotation stands.
    pub span: Span,
}

/// An enum type.
#[derive(Debug, Clone)]
pub struct EnumType {
    /// Its schema where one is written.
    pub schema: Option<String>,
    /// SQL name; for a MySQL column enum `table.column`.
    pub name: String,
    /// Rust name.
    pub type_name: String,
    /// Values in order.
    pub values: Vec<EnumValue>,
    /// Created by CREATE TYPE (PostgreSQL) rather than within one column.
    pub named: bool,
    /// Where it is written.
    pub span: Span,
    /// `///` lines.
    pub docs: Vec<String>,
}

/// One value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// As stored.
    pub value: String,
    /// Rust variant.
    pub variant: String,
}

/// A view.
#[derive(Debug, Clone)]
pub struct View {
    /// As the database has it.
    pub name: TableName,
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// The name in the DDL.
    pub span: Span,
    /// Its model; or why there is none, and it is known by its name only.
    pub model: Result<TableId, String>,
}

/// Engines that one transaction may change atomically.
#[derive(Debug, Clone)]
pub struct AtomicGroup {
    /// Name in `bindery.toml`.
    pub name: String,
    /// Its engines.
    pub engines: Vec<EngineId>,
    /// Where the decision is kept.
    pub home: EngineId,
    /// Where it is declared.
    pub span: Option<Span>,
}

impl Model {
    /// The engine of an id of this model.
    pub fn engine(&self, id: EngineId) -> &Engine {
        &self.engines[id.0 as usize]
    }

    /// The table of an id of this model.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0 as usize]
    }

    /// The enum of an id of this model.
    pub fn enum_type(&self, id: EnumId) -> &EnumType {
        &self.enums[id.0 as usize]
    }

    /// Ids of all tables, in order.
    pub fn table_ids(&self) -> impl Iterator<Item = TableId> + use<> {
        (0..self.tables.len() as u32).map(TableId)
    }

    /// Ids of all engines, in order.
    pub fn engine_ids(&self) -> impl Iterator<Item = EngineId> + use<> {
        (0..self.engines.len() as u32).map(EngineId)
    }
}

impl Table {
    /// Does bindery make it on this engine? Not where it is unmanaged, and no view whose query is of another dialect.
    pub fn is_made_on(&self, engine: &Engine) -> bool {
        let can_be_made = self
            .view
            .as_ref()
            .is_none_or(|view| engine.dialect == self.source_dialect && view.obstacle.is_none());
        can_be_made && !self.unmanaged
    }

    /// The column of an id of this table.
    pub fn column(&self, id: ColumnId) -> &Column {
        &self.columns[id.0 as usize]
    }
}
