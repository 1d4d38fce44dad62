//! Keys, indexes, references and checks of a table.

use super::{ColumnId, Expression, KeyWords, PartWords, ReferentialAction, TableId};
use crate::source::Span;

/// The primary key.
#[derive(Debug, Clone)]
pub struct PrimaryKey {
    /// In the order of the key.
    pub columns: Vec<ColumnId>,
    /// Constraint name where given.
    pub name: Option<String>,
    /// The words of each column; empty where no column has any.
    pub parts: Vec<PartWords>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// The form in which it is kept.
    pub words: KeyWords,
    /// Its place in the source.
    pub span: Span,
}

/// A unique constraint or plain unique index.
#[derive(Debug, Clone)]
pub struct Unique {
    /// The columns, in the order of the key.
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
    /// The words of each column; empty where no column has any.
    pub parts: Vec<PartWords>,
    /// The form in which it is kept.
    pub words: KeyWords,
    /// Its place in the source.
    pub span: Span,
}

/// An index that is not in [`Table::uniques`](super::Table::uniques).
#[derive(Debug, Clone)]
pub struct Index {
    /// Name where given.
    pub name: Option<String>,
    /// Partial, expression and prefix indexes may be unique too.
    pub unique: bool,
    /// The columns and expressions, in the order of the index.
    pub parts: Vec<IndexPart>,
    /// The condition of a partial index, after `WHERE`.
    pub predicate: Option<Expression>,
    /// `btree`, `gin`, `fulltext`, … in lower case; `None` is the default.
    pub method: Option<String>,
    /// Made by a UNIQUE constraint rather than by CREATE INDEX.
    pub is_constraint: bool,
    /// PostgreSQL `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// PostgreSQL: `DEFERRABLE` of a constraint, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// The form in which it is kept.
    pub words: KeyWords,
    /// Its place in the source.
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

/// The column or expression that one part of an index orders by.
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
    /// The columns that refer, in order.
    pub columns: Vec<ColumnId>,
    /// The table that they refer to.
    pub table: TableId,
    /// Referred columns, as many as `columns`.
    pub referred: Vec<ColumnId>,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON DELETE SET NULL (a)`: not all of them; empty is all.
    pub on_delete_columns: Vec<ColumnId>,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// The word after `MATCH`, in capitals.
    pub matching: Option<String>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// PostgreSQL `NOT VALID`: rows that were there before may break it.
    pub not_valid: bool,
    /// Its place in the source.
    pub span: Span,
}

/// A check constraint.
#[derive(Debug, Clone)]
pub struct Check {
    /// Constraint name where given.
    pub name: Option<String>,
    /// The condition that every row meets.
    pub expression: Expression,
    /// The column it is written at.
    pub column: Option<ColumnId>,
    /// Words after it: `NO INHERIT`.
    pub words: Vec<String>,
    /// PostgreSQL `NOT VALID`: rows that were there before may break it.
    pub not_valid: bool,
}
