//! The resolved model: every name bound to what it means, every column with its types on both sides.
//!
//! Stage `resolve` makes a [`Model`], `check` runs all rules over it and gives a [`CheckedModel`], after which nothing can fail.
//! Ids are indexes into the vectors of the model they come from.

mod column;
mod constraint;
mod distribution;
mod enums;
mod interface;
mod native;
mod query;
mod sequences;
mod shards;
mod sync;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ast::{CreateFunction, PublishTag, ViewWords};
use crate::config::{AtomicGroup, ShardSet};
use crate::derives::AllDerives;
use crate::diagnostic::Diagnostic;
use crate::json_names::RenameRule;
use crate::levels::Lints;
use crate::source::Span;
use bindery_core::dialect::Dialect;

pub use crate::ast::{KeyWords, ReferentialAction};
pub use crate::column_type::EnumId;
pub use bindery_core::config::{Engine, EngineId};
pub use bindery_core::sql_writer::TableName;
pub(crate) use column::FLOAT_DIGITS;
pub use column::{
    Column, Default, DefaultValue, Expression, FieldType, Generated, KeyEngine, Link,
};
pub use constraint::{Check, ForeignKey, Index, IndexKey, IndexPart, PrimaryKey, Unique};
pub(crate) use distribution::has_values_of;
pub use distribution::{Distribution, DistributionKind};
pub(crate) use enums::add_engines;
pub use enums::{Domain, EnumType, EnumValue};
pub use interface::{Interface, InterfacePlace};
pub use native::{
    Counter, Exclusion, NativeColumn, NativeObject, NativeTable, ObjectKind, PartWords, Partition,
    PeriodLine,
};

pub use query::{EmbeddedModel, Query, QueryKind, QueryParameter, QueryPart, QueryText, RowPart};
#[cfg(feature = "diff")]
pub(crate) use sequences::usual_sequence;
pub use sync::TableSync;

/// Index into [`Model::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub u32);
/// Index into [`Table::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u32);

/// Everything the schema says, names resolved.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// In the order of their names.
    pub engines: Vec<Engine>,
    /// In the order of the files, then of the statements. Views whose columns are known come last.
    pub tables: Vec<Table>,
    /// Enum types, named and (MySQL) of single columns.
    pub enums: Vec<EnumType>,
    /// PostgreSQL's domains, for types that statements name.
    pub domains: Vec<Domain>,
    /// Views, each after those that it reads; those whose columns are known are among the tables as well.
    pub views: Vec<View>,
    /// The objects that tables need beside their own statement where they are created in the dialect they are written
    /// in, in the order of the files: each needs earlier ones at most.
    pub objects: Vec<NativeObject>,
    /// Where columns with a Rust type of the program's own stand in the schema, `schema.sql:5`.
    pub custom_types_at: HashMap<(TableId, ColumnId), String>,
    /// `[derives]` of the configuration.
    pub derives: AllDerives,
    /// Groups of engines that are committed as one, in the order of their names.
    pub groups: Vec<AtomicGroup>,
    /// Sets of shards, in the order of their names.
    pub shards: Vec<ShardSet>,
    /// Interfaces over models of several engines, in the order of their names.
    pub interfaces: Vec<Interface>,
    /// `@sync`, in the order of the tables.
    pub syncs: Vec<TableSync>,
    /// Queries of the program's files, in the order of the files and of the queries in them.
    pub queries: Vec<Query>,
    /// `CREATE FUNCTION`, for statements that call them.
    pub functions: Vec<CreateFunction>,
    /// Which warnings are reported.
    pub lints: Lints,
    /// Statements passed over, by kind in words (`"CREATE TRIGGER"`).
    pub skipped: BTreeMap<String, usize>,
    /// Views and the events, all in lower case, for which a trigger or a rule stands in: `insert`, `update`, `delete`.
    pub stood_in: BTreeSet<(String, String)>,
    /// The configurations of the full-text search (PostgreSQL) that it makes, in small letters.
    pub text_searches: BTreeSet<String>,
}

/// A model that passed every rule: emitters take this and cannot fail.
#[derive(Debug, Clone)]
pub struct CheckedModel {
    model: Model,
    /// By table: CREATE TABLE on its engines, as `check` wrote it.
    created: Vec<Vec<(EngineId, String)>>,
}

impl CheckedModel {
    /// `created` holds what was written of tables alone, without regard to others.
    pub(crate) fn new(model: Model, created: Vec<Vec<(EngineId, String)>>) -> Self {
        Self { model, created }
    }

    /// The CREATE TABLE of a table that no other has a say in, where it was written already.
    pub(crate) fn created(&self, table: TableId, engine: EngineId) -> Option<&str> {
        let of_table = self.created.get(table.0 as usize)?;
        let found = of_table.iter().find(|(id, _)| *id == engine)?;
        Some(&found.1)
    }
}

impl CheckedModel {
    /// See [`Model::with_all_views`].
    pub(crate) fn with_all_views(&self) -> Cow<'_, Self> {
        match self.model.with_all_views() {
            Cow::Borrowed(_) => Cow::Borrowed(self),
            Cow::Owned(model) => Cow::Owned(Self {
                model,
                created: self.created.clone(),
            }),
        }
    }
}

impl std::ops::Deref for CheckedModel {
    type Target = Model;
    fn deref(&self) -> &Model {
        &self.model
    }
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
    /// The primary key; without one rows cannot be found one by one.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints and plain unique indexes (no partial, expression or prefix ones), without the primary key.
    pub uniques: Vec<Unique>,
    /// The indexes that are neither the primary key nor a unique constraint.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// `@unmanaged`: never created or dropped by us.
    pub unmanaged: bool,
    /// `@validate`: the program has rules for rows that are written.
    pub validate: bool,
    /// `@publish`: its changes have events.
    pub publish: Option<PublishTag>,
    /// `@capture`: triggers record what is changed, whoever changes it.
    pub capture: Option<Span>,
    /// `@shard`, `@reference`: which servers of a cluster have its rows.
    pub distribution: Option<Distribution>,
    /// `@renamed_from`: the name that migrations know it by.
    pub renamed_from: Option<String>,
    /// `serde-rename` of its file: the rule that names its columns in JSON.
    pub serde_rename: Option<RenameRule>,
    /// MySQL `ENGINE = …`, where it is written.
    pub storage_engine: Option<StorageEngine>,
    /// SQLite `STRICT`.
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// SQLite's FTS5 keeps its rows: `MATCH` has its syntax.
    pub full_text: bool,
    /// The query, where this is a view: its rows are read and never written.
    pub view: Option<ViewQuery>,
    /// The words of its own dialect only.
    pub native: NativeTable,
}

/// The query of a view, and the words that it is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewQuery {
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// Names of its columns, where they are given apart from the query.
    pub columns: Vec<String>,
    /// The query as written, in the source dialect.
    pub sql: String,
    /// The words around it.
    pub words: ViewWords,
    /// The tables and views that it reads.
    pub reads: Vec<TableId>,
    /// The views without a model that it reads.
    pub reads_by_name: Vec<TableName>,
    /// The functions of the schema that it calls, in lower case.
    pub calls: Vec<String>,
    /// Why bindery cannot make it on an engine of its dialect: what it needs there is not in the model.
    pub obstacle: Option<String>,
}

/// The storage engine of a table in MySQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageEngine {
    /// As written: `MyISAM`.
    pub name: String,
    /// Its place in the source.
    pub span: Span,
}

impl StorageEngine {
    /// InnoDB has transactions, and changes a table while its rows are written. Others do not.
    pub fn is_innodb(&self) -> bool {
        self.name.eq_ignore_ascii_case("innodb")
    }
}

/// The properties of a view beside its columns.
#[derive(Debug, Clone)]
pub struct View {
    /// As the database has it.
    pub name: TableName,
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// The name in the DDL.
    pub span: Span,
    /// Its model; or, where there is none, what is known of it.
    pub model: Result<TableId, Box<NamedView>>,
    /// Names in its query that nothing has: errors of a schema, but not of what a database holds.
    pub unknown_names: Vec<Diagnostic>,
}

/// A view that is known by its name only, as the type of a column is not known. It has no model, and is made, compared and
/// dropped as any other.
#[derive(Debug, Clone)]
pub struct NamedView {
    /// Why there is no model, in words that follow its name.
    pub why: String,
    /// The view as it would be among the tables. Its columns are those of its indexes, and their types say nothing.
    pub table: Table,
}

impl Model {
    /// The same model with the views that have none behind all other tables, for what is made in a database and compared with it.
    pub(crate) fn with_all_views(&self) -> Cow<'_, Self> {
        if self.views.iter().all(|view| view.model.is_ok()) {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        for view in &mut all.views {
            if let Err(named) = &view.model {
                let id = TableId(all.tables.len() as u32);
                all.tables.push(named.table.clone());
                view.model = Ok(id);
            }
        }
        Cow::Owned(all)
    }

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
    /// Returns whether bindery makes it on this engine: not where it is unmanaged, and no view whose query is of another dialect.
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

    /// Whether the column is in the primary key, a unique constraint or a unique index.
    pub(crate) fn is_unique(&self, column: ColumnId) -> bool {
        let in_index =
            |part: &IndexPart| matches!(part.key, IndexKey::Column(found) if found == column);
        let primary = self.primary_key.iter().map(|key| &key.columns);
        let uniques = self.uniques.iter().map(|unique| &unique.columns);
        let mut keys = primary.chain(uniques);
        let mut indexes = self.indexes.iter().filter(|index| index.unique);
        keys.any(|columns| columns.contains(&column))
            || indexes.any(|index| index.parts.iter().any(in_index))
    }
}
