//! The query of a view, as far as the names and types of its columns depend on it.
//!
//! A value or source that is not understood is [`Value::Unknown`] or [`Source::Unknown`]: a column without a type, never an error.

use super::{Name, ObjectName, TypeName};
use crate::source::Span;

/// A `SELECT`, or several put together by `UNION` and its kin.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// `WITH`, in order.
    pub with: Vec<CommonTable>,
    /// The parts of a `UNION`; the first names the columns. Empty where nothing could be read.
    pub selects: Vec<Select>,
    /// The `ORDER BY` of a `UNION`, as far as it is understood; that of one `SELECT` is in [`Select::listed`].
    pub order: Vec<Value>,
}

/// One query of `WITH`.
#[derive(Debug, Clone)]
pub struct CommonTable {
    /// The name by which the query reads it.
    pub name: Name,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query itself.
    pub query: Query,
}

/// One `SELECT`, without the others that `UNION` joins to it.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// Its columns, in order.
    pub items: Vec<SelectItem>,
    /// The place of each item.
    pub spans: Vec<Span>,
    /// Where it reads from, in order.
    pub from: Vec<FromItem>,
    /// `USING` or `NATURAL` joins make one column of two.
    pub merges: bool,
    /// The conditions of `WHERE` and `ON`, as far as they are understood.
    pub conditions: Vec<Value>,
    /// The values of `DISTINCT ON`, `GROUP BY` and `ORDER BY`, as far as they are understood. Each may name an item.
    pub listed: Vec<Value>,
    /// The conditions of `HAVING` and the values of `WINDOW`, as far as they are understood.
    pub grouped: Vec<Value>,
    /// Which rows it makes one of.
    pub grouping: Grouping,
}

/// Which rows a `SELECT` makes one of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// None, or those of equal values.
    #[default]
    Plain,
    /// All of them, also where there are none: an aggregate without `GROUP BY`.
    Whole,
    /// `ROLLUP`, `CUBE`, `GROUPING SETS`: of some rows what they are grouped by is NULL.
    Sets,
}

/// One item of a `SELECT`.
#[derive(Debug, Clone)]
pub enum SelectItem {
    /// `*`.
    All,
    /// `t.*`.
    AllOf(Name),
    /// A value with its `AS`.
    Value(Value, Option<Name>),
}

/// One table of `FROM`.
#[derive(Debug, Clone)]
pub struct FromItem {
    /// The table or query that is read.
    pub source: Source,
    /// The alias after `AS`.
    pub alias: Option<Name>,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// An outer join may leave its columns NULL.
    pub nullable: bool,
    /// The columns of `USING`, which it has and so has what it is joined to.
    pub using: Vec<Name>,
}

/// The sources of a `FROM`.
#[derive(Debug, Clone)]
pub enum Source {
    /// A table, a view or a query of `WITH`.
    Table(ObjectName),
    /// A query in parentheses.
    Query(Box<Query>),
    /// Anything else: a function, `VALUES`.
    Unknown,
}

/// An expression of a query, as far as types and names need it.
#[derive(Debug, Clone)]
pub enum Value {
    /// `schema.table.column`; the last is the column.
    Column(Vec<Name>),
    /// `NULL`.
    Null,
    /// A text constant.
    Text,
    /// A number as written.
    Number(String),
    /// `TRUE`, `FALSE`.
    Bool,
    /// A condition; may it be NULL?
    Condition {
        /// Unless it is `EXISTS` or `IS NULL`.
        nullable: bool,
        /// Its operands, as far as they are understood.
        operands: Vec<Value>,
    },
    /// `-a`.
    Negative(Box<Value>),
    /// `CAST`, `::`.
    Cast(Box<Value>, TypeName),
    /// A function by its name in lower case.
    Call {
        /// Without a schema.
        name: String,
        /// The arguments, in order.
        arguments: Vec<Value>,
        /// The values of `FILTER`, `WITHIN GROUP` and `OVER`, as far as they are understood.
        beside: Vec<Value>,
    },
    /// `CASE`: the values of its branches; `NULL` where there is no `ELSE`.
    Case(Vec<Value>),
    /// `a || b || …`.
    Concatenation(Vec<Value>),
    /// `a + b - …`: operators of one rank, each before its operand; that of the first says nothing.
    Arithmetic(Vec<(char, Value)>),
    /// `a -> 'b'`: a part of a document.
    Document(Box<Value>),
    /// `a ->> 'b'`: a text out of a document.
    DocumentText(Box<Value>),
    /// A query in parentheses.
    Query(Box<Query>),
    /// An expression that is not understood: its type is not known.
    Unknown,
}
