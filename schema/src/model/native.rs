//! Constructs of the schema's own dialect only, kept as they are written.
//!
//! A table that is created in that dialect gets all of it again, so that the same object comes out as went in. In any
//! other dialect it is left out where it only says how something is stored, and refused where it says what is stored.

use std::collections::BTreeMap;

use super::{ColumnId, EnumId, TableId, TableName};
use crate::ast::ColumnSetting;
use crate::source::Span;
use bindery_core::dialect::Dialect;

/// Of a table.
#[derive(Debug, Clone, Default)]
pub struct NativeTable {
    /// PostgreSQL `UNLOGGED`.
    pub unlogged: bool,
    /// PostgreSQL `INHERITS`, in order.
    pub inherits: Vec<TableId>,
    /// Foreign keys alone name it, as another program makes it: it has the columns that they refer to.
    pub outside: bool,
    /// Other tables have it among their parents, so that PostgreSQL counts their rows to it too.
    pub has_heirs: bool,
    /// Options after the parenthesis: `ENGINE=InnoDB`, `WITH (fillfactor='70')`, `PARTITION BY LIST (kind)`.
    pub options: Vec<String>,
    /// `PARTITION BY` is among them.
    pub partitioned: bool,
    /// MariaDB `PERIOD FOR`.
    pub periods: Vec<PeriodLine>,
    /// MariaDB `WITH SYSTEM VERSIONING`.
    pub keeps_versions: bool,
    /// PostgreSQL `EXCLUDE`.
    pub exclusions: Vec<Exclusion>,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// Its partitions, where they are tables of their own (PostgreSQL); a part of a part comes after that.
    pub partitions: Vec<Partition>,
    /// Statements after all others, as written: changes of the sequence that numbers a column.
    pub behind: Vec<String>,
    /// Indexes into [`Model::objects`](super::Model::objects): what must be there before the table, in order.
    pub objects: Vec<usize>,
    /// The same of those that no table needs: they are made before the first table.
    pub beside: Vec<usize>,
}

/// Of a column.
#[derive(Debug, Clone, Default)]
pub struct NativeColumn {
    /// `NOT NULL` is written at the column itself, rather than implied by its key or domain.
    pub not_null: bool,
    /// Nothing but its domain refuses NULL (PostgreSQL).
    pub not_null_of_domain: bool,
    /// `NULL` is written.
    pub says_null: bool,
    /// A parent of its table has it, and that has it from there.
    pub inherited: bool,
    /// Its type as declared, where [`Column::sql_type`](super::Column::sql_type) says what was made of it.
    pub declared: Option<String>,
    /// SQLite's action instead of refusing NULL: `ON CONFLICT IGNORE`.
    pub not_null_conflict: Option<String>,
    /// The default as written; `None` where it is the domain's.
    pub default: Option<String>,
    /// Words that belong to the type: `CHARACTER SET ascii`.
    pub type_words: Vec<String>,
    /// Words after all others: `INVISIBLE`.
    pub words: Vec<String>,
    /// The schema of its collation.
    pub collation_schema: Option<String>,
    /// The expression after `ON UPDATE`.
    pub on_update: Option<String>,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// The way in which it auto-increments.
    pub counter: Counter,
    /// Set after CREATE TABLE where it is not usual for its type: `SET STORAGE EXTERNAL`.
    pub settings: BTreeMap<ColumnSetting, String>,
    /// The texts after `ALTER COLUMN` that change its identity, to be run after CREATE TABLE: `SET CYCLE`.
    pub identity_settings: Vec<String>,
}

impl NativeColumn {
    /// The words after `ALTER COLUMN name`, once the table is there.
    pub(crate) fn words_after(&self) -> impl Iterator<Item = String> + '_ {
        let settings = self.settings.iter();
        let settings = settings.map(|(setting, value)| setting.words(value));
        settings.chain(self.identity_settings.iter().cloned())
    }
}

/// The way in which a column auto-increments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Counter {
    /// As this dialect does when nothing more is said.
    #[default]
    Usual,
    /// SQLite `AUTOINCREMENT`: a key is never given out twice.
    Autoincrement,
    /// PostgreSQL `serial` and its sizes.
    Serial(&'static str),
    /// PostgreSQL identity with options: `(START WITH 10)`.
    Identity(String),
    /// By a sequence that is an object of its own: the default as written.
    Sequence(String),
}

/// The words of one part of a key beside its column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartWords {
    /// MySQL prefix length in characters.
    pub prefix: Option<u32>,
    /// Its collation and operator class.
    pub qualifier: Option<String>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub nulls_first: Option<bool>,
    /// MariaDB: an end of this period, which no other row of the same key may overlap.
    pub period: Option<String>,
}

/// MariaDB `PERIOD FOR`: two columns that a row counts between.
#[derive(Debug, Clone)]
pub struct PeriodLine {
    /// From `PERIOD` on.
    pub sql: String,
    /// The place at which it is named.
    pub span: Span,
}

/// PostgreSQL `EXCLUDE`: rows that must not be there together.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Constraint name where given.
    pub name: Option<String>,
    /// From `EXCLUDE` on.
    pub sql: String,
    /// Its place in the source.
    pub span: Span,
}

/// A part of a table that is a table of its own.
#[derive(Debug, Clone)]
pub struct Partition {
    /// The name with its schema.
    pub name: TableName,
    /// The table or part it belongs to.
    pub parent: TableName,
    /// From `FOR VALUES` or `DEFAULT` on, its own `PARTITION BY` included.
    pub bound: String,
}

/// Something beside tables that they need.
#[derive(Debug, Clone)]
pub struct NativeObject {
    /// Its name; of an extension with the schema it is put into.
    pub name: TableName,
    /// Which kind of object it is.
    pub kind: ObjectKind,
    /// The dialect that it is written in.
    pub dialect: Dialect,
    /// The first name of a domain: checks without a name got theirs from that.
    pub first_name: Option<String>,
    /// Everything after its name.
    pub definition: String,
    /// Changes after it: what follows its name.
    pub changes: Vec<String>,
    /// The column of a sequence, with which it is dropped.
    pub owner: Option<(TableId, ColumnId)>,
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// An extension of PostgreSQL.
    Extension,
    /// A collation.
    Collation,
    /// An enum.
    Enum(EnumId),
    /// A type of several columns, a range.
    Type,
    /// A domain.
    Domain,
    /// A sequence.
    Sequence,
    /// A function.
    Function,
}
