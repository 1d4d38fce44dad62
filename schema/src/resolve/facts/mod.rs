//! The facts in which databases take the same schema differently, one table a dialect: what resolves a schema consults them and knows no
//! dialect; those of types are in `types`. There is no default: a new fact must be answered for every dialect.

mod mysql;
mod postgres;
mod sqlite;

use super::foreign::Foreign;
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftTable};
use crate::model::Counter;
use crate::portable::Function;
use crate::syntax::ExprKind;

/// The facts of a dialect.
pub(super) struct Facts {
    pub(super) keys: Keys,
    pub(super) defaults: Defaults,
    pub(super) counters: Counters,
    pub(super) queries: Queries,
    pub(super) foreign: ForeignWords,
    pub(super) portable: Portable,
    /// Comments of tables and columns are kept.
    pub(super) keeps_comments: bool,
}

/// Primary keys and unique constraints.
pub(super) struct Keys {
    /// A key takes NULL unless its table is strict or has no number of its rows.
    pub(super) take_null: bool,
    /// A key that is one `INTEGER`, spelled out, is the number of the row.
    pub(super) number_rows: bool,
    /// A unique constraint over the columns of the primary key makes nothing.
    pub(super) primary_is_unique: bool,
    /// A unique constraint has an index under its own name.
    pub(super) uniques_have_indexes: bool,
    /// A unique constraint without a name that repeats another has an index, too.
    pub(super) repeats_have_indexes: bool,
}

/// Defaults.
pub(super) struct Defaults {
    /// A word that is no keyword is a text, in double quotes or without.
    pub(super) words_are_texts: bool,
    /// One of two products takes expressions and defaults of long columns in parentheses alone.
    pub(super) wrapped: bool,
}

/// Columns that auto-increment.
pub(super) struct Counters {
    /// `AUTOINCREMENT` says more than that the column auto-increments.
    pub(super) autoincrement: bool,
    /// Returns the counter of a type that auto-increments by its name.
    pub(super) of_type: fn(&str) -> Counter,
}

/// Tables and views that are made by a query.
pub(super) struct Queries {
    /// The columns of a table are NOT NULL where those of the query are.
    pub(super) keep_not_null: bool,
    /// Columns that are written beside the query stand before its own.
    pub(super) own_columns_first: bool,
    /// The `*` of a view has columns that its tables got later.
    pub(super) stars_follow: bool,
    /// A table without a model is virtual, with columns of its kind.
    pub(super) virtual_tables: bool,
}

/// Words of other databases that mean something else here, or nothing.
pub(super) struct ForeignWords {
    /// Returns those of a type, which may be in a key.
    pub(super) of_type: fn(&DraftTable, &DraftColumn, bool) -> Option<Foreign>,
    /// Returns a constant default of a column of this type.
    pub(super) of_default: fn(&ExprKind, &str, &ColumnType) -> Option<Foreign>,
    /// Any words are a type's name, so that none is refused.
    pub(super) any_words_are_types: bool,
}

/// Expressions in the words that all databases have.
pub(super) struct Portable {
    /// Functions under the names that not all have.
    pub(super) functions: &'static [(&'static str, Function)],
    /// Those that stand in defaults alone.
    pub(super) in_defaults: &'static [(&'static str, Function)],
    /// `concat` gives NULL where an argument is.
    pub(super) concat: bool,
    /// Casts convert to the type that they name.
    pub(super) casts: bool,
    pub(super) or: &'static [&'static str],
    pub(super) and: &'static [&'static str],
}

impl Facts {
    /// Returns the facts of a dialect.
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::FACTS,
            Dialect::Postgres => &postgres::FACTS,
            Dialect::Mysql => &mysql::FACTS,
        }
    }
}
