//! Statements: queries, and what writes.

use super::query::{Limit, Query, SelectItem, Sort, Source, With};
use super::{Expr, Operator};
use crate::ast::name::{Name, ObjectName};
use crate::source::Span;

/// A statement that a program runs.
#[derive(Debug, Clone)]
pub(crate) enum Statement {
    Query(Box<Query>),
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
    Merge(Box<Merge>),
}

impl Statement {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Query(query) => query.span,
            Self::Insert(insert) => insert.span,
            Self::Update(update) => update.span,
            Self::Delete(delete) => delete.span,
            Self::Merge(merge) => merge.span,
        }
    }
}

/// PostgreSQL's `MERGE`.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    pub(crate) with: Option<With>,
    pub(crate) into: Source,
    pub(crate) using: Source,
    pub(crate) on: Expr,
    pub(crate) whens: Vec<MergeWhen>,
    pub(crate) span: Span,
}

/// `WHEN MATCHED AND … THEN …`.
#[derive(Debug, Clone)]
pub(crate) struct MergeWhen {
    pub(crate) matched: bool,
    pub(crate) condition: Option<Expr>,
    pub(crate) action: MergeAction,
}

#[derive(Debug, Clone)]
pub(crate) enum MergeAction {
    Nothing,
    Delete,
    Update(Vec<Assignment>),
    /// Into the table of the `MERGE`.
    Insert(Box<Insert>),
}

#[derive(Debug, Clone)]
pub(crate) struct Insert {
    pub(crate) with: Option<With>,
    pub(crate) table: ObjectName,
    pub(crate) alias: Option<Name>,
    /// Empty where none are written.
    pub(crate) columns: Vec<Name>,
    pub(crate) source: InsertSource,
    /// MySQL's `REPLACE`, `INSERT IGNORE`, SQLite's `INSERT OR …`: rows may be left out or take the place of others.
    pub(crate) ignores: bool,
    /// `OVERRIDING SYSTEM VALUE`.
    pub(crate) overriding: bool,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum InsertSource {
    Defaults,
    Values(Values),
    Query(Box<Query>),
    /// MySQL's `INSERT … SET a = 1`.
    Set(Vec<Assignment>),
}

/// The rows of `VALUES`.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    pub(crate) rows: Vec<(Vec<Expr>, Span)>,
    /// MySQL's name of the row that would be inserted.
    pub(crate) alias: Option<Name>,
}

/// `ON CONFLICT`, `ON DUPLICATE KEY`.
#[derive(Debug, Clone)]
pub(crate) struct Conflict {
    /// The key, where one is named.
    pub(crate) target: Vec<Expr>,
    pub(crate) target_condition: Option<Expr>,
    pub(crate) constraint: Option<Name>,
    pub(crate) action: ConflictAction,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum ConflictAction {
    Nothing,
    Update(Vec<Assignment>, Option<Expr>),
}

#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    /// Several for `(a, b) = (1, 2)`. A table's name may stand before a column.
    pub(crate) targets: Vec<Vec<Name>>,
    /// In parentheses: the value is a row.
    pub(crate) is_row: bool,
    pub(crate) operator: Operator,
    pub(crate) value: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) with: Option<With>,
    /// MySQL may update several.
    pub(crate) tables: Vec<Source>,
    /// MySQL's `UPDATE IGNORE`.
    pub(crate) ignores: bool,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) from: Vec<Source>,
    pub(crate) condition: Option<Expr>,
    pub(crate) order: Vec<Sort>,
    pub(crate) limit: Limit,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) with: Option<With>,
    /// The tables whose rows go, where MySQL names them apart; else the first of `from`.
    pub(crate) targets: Vec<ObjectName>,
    pub(crate) from: Vec<Source>,
    pub(crate) using: Vec<Source>,
    pub(crate) condition: Option<Expr>,
    pub(crate) order: Vec<Sort>,
    pub(crate) limit: Limit,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) span: Span,
}
