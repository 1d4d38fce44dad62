//! Queries.

use super::Expr;
use super::write::Statement;
use crate::ast::name::{Name, ObjectName, TypeName};
use crate::source::Span;

/// A query with all that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) with: Option<With>,
    pub(crate) body: Body,
    pub(crate) order: Vec<Sort>,
    pub(crate) limit: Limit,
    pub(crate) locks: Vec<Lock>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct With {
    pub(crate) recursive: bool,
    pub(crate) tables: Vec<CommonTable>,
}

/// One query of `WITH`.
#[derive(Debug, Clone)]
pub(crate) struct CommonTable {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Name>,
    /// `MATERIALIZED`, `NOT MATERIALIZED`.
    pub(crate) materialized: Option<bool>,
    pub(crate) statement: Statement,
    /// The columns that `SEARCH` and `CYCLE` add.
    pub(crate) added: Vec<(Name, Option<Expr>)>,
    /// These two.
    pub(crate) search: Option<Span>,
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Select(Box<Select>),
    Values {
        rows: Vec<Vec<Expr>>,
        span: Span,
        /// Each is written `ROW (…)`.
        are_rows: bool,
    },
    /// `TABLE t`.
    Table(ObjectName),
    Query(Box<Query>),
    /// `a UNION b EXCEPT c`: operators of one rank, from the left.
    Set(Box<Body>, Vec<SetPart>),
}

#[derive(Debug, Clone)]
pub(crate) struct SetPart {
    /// `union`, `except`, `intersect`.
    pub(crate) operator: &'static str,
    pub(crate) all: bool,
    pub(crate) body: Body,
    pub(crate) span: Span,
}

/// One `SELECT`.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    pub(crate) distinct: Distinct,
    pub(crate) items: Vec<SelectItem>,
    /// The sources between the commas of `FROM`.
    pub(crate) from: Vec<Source>,
    pub(crate) condition: Option<Expr>,
    pub(crate) group: Vec<Group>,
    /// PostgreSQL's `GROUP BY DISTINCT`.
    pub(crate) group_distinct: bool,
    /// MySQL's `WITH ROLLUP`.
    pub(crate) rollup: bool,
    pub(crate) having: Option<Expr>,
    pub(crate) windows: Vec<(Name, Window)>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum Distinct {
    No,
    Yes,
    On(Vec<Expr>),
}

/// One item of a `SELECT` or `RETURNING`.
#[derive(Debug, Clone)]
pub(crate) struct SelectItem {
    pub(crate) kind: ItemKind,
    pub(crate) span: Span,
    /// `sqlc.embed(t)`: the columns of `t` are a row of its model.
    pub(crate) is_embedded: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum ItemKind {
    /// `*`.
    All,
    /// `t.*`.
    AllOf(Vec<Name>),
    /// `(f(a)).*`: the columns of a row.
    AllOfRow(Expr),
    Value(Expr, Option<Name>),
}

#[derive(Debug, Clone)]
pub(crate) enum Group {
    /// MariaDB's may have a direction.
    Value(Sort),
    /// `ROLLUP (…)`, `CUBE (…)`, `GROUPING SETS (…)`: the values of any of its sets.
    Sets(Vec<Expr>, Span),
}

#[derive(Debug, Clone)]
pub(crate) struct Sort {
    pub(crate) value: Expr,
    /// `DESC`.
    pub(crate) falls: bool,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub(crate) nulls_first: Option<bool>,
    /// PostgreSQL's `USING <`.
    pub(crate) operator: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Limit {
    pub(crate) count: Option<Expr>,
    pub(crate) offset: Option<Expr>,
    /// `WITH TIES`.
    pub(crate) ties: Option<Span>,
}

/// `FOR UPDATE OF t`.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) of: Vec<Name>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    /// The window that it is or begins with.
    pub(crate) name: Option<Name>,
    pub(crate) partition: Vec<Expr>,
    pub(crate) order: Vec<Sort>,
    pub(crate) frame: Option<Box<Frame>>,
}

/// The bounds of a window's frame that have values.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) unit: FrameUnit,
    pub(crate) bounds: Vec<Expr>,
    /// It begins behind its end.
    pub(crate) is_backward: bool,
    pub(crate) span: Span,
}

/// The unit of a frame's bounds: rows, rows of equal order, or the values that rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameUnit {
    Rows,
    Groups,
    Range,
}

/// One table of `FROM`, with what is joined to it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) kind: SourceKind,
    pub(crate) alias: Option<Name>,
    /// The indexes that are to be used or not: `INDEXED BY`, `USE INDEX (…)`.
    pub(crate) indexes: Vec<Name>,
    pub(crate) columns: Vec<Name>,
    /// `AS t(a integer, b text)`: the types of the columns.
    pub(crate) types: Vec<TypeName>,
    pub(crate) joins: Vec<Join>,
    /// Its own place, without the alias and what comes after.
    pub(crate) head: Span,
    /// A sample, hints for indexes.
    pub(crate) tail: Option<Span>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum SourceKind {
    Table(ObjectName),
    /// A query in parentheses; `LATERAL` before it.
    Query(Box<Query>, bool),
    /// Functions whose rows are read, and whether they are numbered.
    Functions(Vec<Expr>, bool),
    /// Joins in parentheses.
    Joined(Box<Source>),
}

#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) kind: JoinKind,
    /// The tables are read in this order: MySQL's `STRAIGHT_JOIN`, SQLite's `CROSS JOIN`.
    pub(crate) in_order: bool,
    pub(crate) on: JoinOn,
    /// The name of the columns of `USING (…) AS name`.
    pub(crate) merged: Option<Name>,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
}

#[derive(Debug, Clone)]
pub(crate) enum JoinOn {
    /// `CROSS JOIN`, and MySQL's and SQLite's joins without a condition.
    Nothing,
    Natural,
    Using(Vec<Name>),
    Condition(Expr),
}
