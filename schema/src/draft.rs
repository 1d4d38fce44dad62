//! The schema after its statements were folded: every table as it stands at the end, names not bound yet.

use std::collections::BTreeMap;

use crate::ast::{
    Expression, KeyPart, Name, Notes, ObjectName, Query, Reference, TypeName, UniqueOptions,
};
use crate::dialect::Dialect;
use crate::source::{FileId, Span};

/// All files folded together.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// In the order of their statements.
    pub tables: Vec<DraftTable>,
    /// `CREATE TYPE … AS ENUM`.
    pub enums: Vec<DraftEnum>,
    /// `CREATE DOMAIN`.
    pub domains: Vec<DraftDomain>,
    /// `CREATE VIEW`.
    pub views: Vec<DraftView>,
    /// What functions return, by name in lower case; `None` where those of a name differ.
    pub functions: BTreeMap<String, Option<TypeName>>,
    /// Statements passed over, by kind.
    pub skipped: BTreeMap<String, usize>,
}

/// Index into [`Draft::tables`].
pub type TableIndex = usize;

/// One table.
#[derive(Debug, Clone)]
pub struct DraftTable {
    /// Its last name.
    pub name: ObjectName,
    /// Where it is created.
    pub file: FileId,
    /// What it is written in.
    pub dialect: Dialect,
    /// Engines by name, with their places where they are tagged; empty: the default engine.
    pub engines: Vec<(String, Option<Span>)>,
    /// The tag.
    pub engines_span: Option<Span>,
    /// In order.
    pub columns: Vec<DraftColumn>,
    /// The primary key.
    pub primary_key: Option<DraftKey>,
    /// Uniques of columns and tables, and plain unique indexes.
    pub uniques: Vec<DraftUnique>,
    /// All other indexes.
    pub indexes: Vec<DraftIndex>,
    /// Foreign keys.
    pub foreign_keys: Vec<DraftForeignKey>,
    /// Checks.
    pub checks: Vec<(Option<String>, Expression)>,
    /// `COMMENT`, `COMMENT ON TABLE`.
    pub comment: Option<String>,
    /// MySQL `ENGINE = …`.
    pub storage_engine: Option<Name>,
    /// SQLite `STRICT`.
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// Could not be read as a whole.
    pub incomplete: bool,
    /// The query that its columns come from.
    pub query: Option<Span>,
    /// Annotations and prose.
    pub notes: Notes,
    /// Renamed columns: when, from, to. Foreign keys that are older follow them.
    pub renames: Vec<(usize, String, String)>,
}

/// One column.
#[derive(Debug, Clone)]
pub struct DraftColumn {
    /// Its last name.
    pub name: Name,
    /// Its declared type.
    pub type_name: TypeName,
    /// `NOT NULL` is written or implied.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// Identity, serial, computed.
    pub generated: DraftGenerated,
    /// `PRIMARY KEY DESC` in SQLite: no alias of the row id.
    pub no_rowid_alias: bool,
    /// `COLLATE`.
    pub collation: Option<String>,
    /// `ON UPDATE CURRENT_TIMESTAMP`.
    pub on_update_now: bool,
    /// `COMMENT`, `COMMENT ON COLUMN`.
    pub comment: Option<String>,
    /// Annotations and prose.
    pub notes: Notes,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub enum DraftGenerated {
    /// Nowhere.
    No,
    /// The database counts.
    Counted {
        /// `GENERATED ALWAYS`.
        always: bool,
    },
    /// From an expression.
    Computed {
        /// Which.
        expression: Expression,
        /// Stored.
        stored: bool,
    },
}

/// A primary key.
#[derive(Debug, Clone)]
pub struct DraftKey {
    /// In order.
    pub columns: Vec<Name>,
    /// Its name.
    pub name: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A unique constraint or plain unique index.
#[derive(Debug, Clone)]
pub struct DraftUnique {
    /// In order.
    pub columns: Vec<Name>,
    /// Its name.
    pub name: Option<String>,
    /// By CREATE UNIQUE INDEX.
    pub is_index: bool,
    /// What differs.
    pub options: UniqueOptions,
    /// Where it is written.
    pub span: Span,
}

/// An index that is no plain unique one.
#[derive(Debug, Clone)]
pub struct DraftIndex {
    /// Its name.
    pub name: Option<String>,
    /// `UNIQUE`.
    pub unique: bool,
    /// In order.
    pub parts: Vec<KeyPart>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// `gin`, …
    pub method: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct DraftForeignKey {
    /// Its name.
    pub name: Option<String>,
    /// Referring columns.
    pub columns: Vec<Name>,
    /// What it refers to, as written.
    pub reference: Reference,
    /// The referred table if it was there already: it may be renamed later.
    pub target: Option<TableIndex>,
    /// When it was declared; later renames of referred columns apply to it.
    pub declared: usize,
    /// Where it is written.
    pub span: Span,
}

/// An enum type.
#[derive(Debug, Clone)]
pub struct DraftEnum {
    /// Its name.
    pub name: ObjectName,
    /// In which file.
    pub file: FileId,
    /// In order.
    pub values: Vec<String>,
    /// Prose or comment.
    pub docs: Vec<String>,
}

/// A domain.
#[derive(Debug, Clone)]
pub struct DraftDomain {
    /// Its name.
    pub name: ObjectName,
    /// In which file.
    pub file: FileId,
    /// What it stands for.
    pub base: TypeName,
    /// `NOT NULL`.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
}

/// A view.
#[derive(Debug, Clone)]
pub struct DraftView {
    /// Its name, file, engines, prose and annotations; what its columns are is not known here.
    pub table: DraftTable,
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// What its columns are.
    pub query: Query,
    /// The query's text.
    pub body: Expression,
    /// What is written beside its columns, by their number in the list of names, else in the query.
    pub column_notes: Vec<(usize, Notes)>,
    /// `COMMENT ON COLUMN`, by name.
    pub column_comments: Vec<(String, Option<String>)>,
}
