//! The grammars of the dialects as data: what differs between them in what may stand where, a table of each. Readers look at the table of
//! the text that they read, and name no dialect.
//!
//! There is no default: a new field must be answered for every dialect.

mod definitions;
mod expressions;
mod mysql;
mod names;
mod postgres;
mod queries;
mod sqlite;
mod writes;

use bindery_core::dialect::Dialect;

#[cfg(feature = "diff")]
pub(super) use definitions::Commands;
pub(super) use definitions::{Columns, Keys, Objects, Tables};
pub(crate) use definitions::{NestedStatements, RoutineBodies, Schemas, TableLike};
pub(super) use expressions::{
    AdjacentTexts, BareParentheses, BetweenBounds, CallForm, Calls, Conditions, Operands,
    Operators, TypedTexts, WithinGroup, WordOperator,
};
pub(super) use names::{AfterPoint, Naming, Words};
pub(super) use queries::{JoinCondition, Queries, SourceFunctions, SourceTail, Sources, Windows};
pub(super) use writes::{RowOfDefaults, Upsert, Writes};

/// The grammar of a dialect, as far as another has another one.
pub(crate) struct Grammar {
    pub(crate) names: Naming,
    pub(super) operators: Operators,
    pub(crate) operands: Operands,
    pub(super) conditions: Conditions,
    pub(super) calls: Calls,
    pub(super) queries: Queries,
    pub(crate) sources: Sources,
    pub(super) windows: Windows,
    pub(super) writes: Writes,
    pub(crate) tables: Tables,
    pub(crate) columns: Columns,
    pub(crate) keys: Keys,
    pub(crate) objects: Objects,
    #[cfg(feature = "diff")]
    pub(super) commands: Commands,
}

impl Grammar {
    pub(crate) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::GRAMMAR,
            Dialect::Postgres => &postgres::GRAMMAR,
            Dialect::Mysql => &mysql::GRAMMAR,
        }
    }
}
