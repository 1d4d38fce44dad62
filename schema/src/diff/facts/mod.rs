//! The facts in which databases change a schema differently, one table a dialect: what compares, orders and renders changes consults
//! them and knows no dialect. There is no default: a new fact must be answered for every dialect.

mod mysql;
mod postgres;
mod sqlite;

use super::busy::Locks;
use super::change::{Change, ColumnChange};
use super::key::{Key, KeyKind, Keys};
use super::order::Sides;
use super::render::{Context, Step};
use super::structure::ColumnShape;
use crate::dialect::{Dialect, Flavour};
use crate::model::Table;

/// The facts of a dialect.
pub(super) struct Facts {
    pub(super) names: Names,
    pub(super) tables: Tables,
    pub(super) columns: Columns,
    pub(super) keys: Keyed,
    pub(super) sequences: Sequences,
    pub(super) triggers: Triggers,
    /// A view has the columns that `*` had when it was made.
    pub(super) views_keep_stars: bool,
    /// A view needs the primary key that its groups are by (error 2BP01).
    pub(super) views_need_keys: bool,
    /// The locks of statements that change a table; `None`: each of them locks the whole database.
    pub(super) locks: Option<Locks>,
    /// Returns the statements of changes.
    pub(super) render: fn(&Context<'_>, &[Change]) -> Vec<Step>,
}

/// How names are compared and written.
pub(super) struct Names {
    /// Names of columns and keys are one in either case.
    pub(super) fold: bool,
    /// Names of tables are one in either case, and are in no schema; else they are as they are written, each in its schema.
    pub(super) tables_fold: bool,
    /// Names within double quotes keep their case in a type.
    pub(super) quotes_keep_case: bool,
    /// The word for a schema.
    pub(super) schema: &'static str,
}

/// Tables and their options.
pub(super) struct Tables {
    /// An option divides the table.
    pub(super) divided_by_option: bool,
    /// Options give the columns of a table their character set.
    pub(super) sets_characters: bool,
    /// Options are assignments; one that is not written may be there by a default.
    pub(super) options_are_assigned: bool,
    /// Whether statements that change the table keep others from it, though they would not on another table.
    pub(super) changes_block: fn(&Table) -> bool,
    /// Tables are changed one after the other: an index that goes frees its name before.
    pub(super) change_in_turn: bool,
    /// A table is renamed to a name with its schema.
    pub(super) rename_names_schema: bool,
}

/// The changes of a column that a computed one which reads it stands in the way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Computed {
    Nothing,
    /// To get another type.
    Type,
    /// To be dropped and added.
    Drop,
}

/// Columns and their types.
pub(super) struct Columns {
    /// A key takes NULL unless the column says NOT NULL.
    pub(super) keys_take_null: bool,
    /// The collation that is none.
    pub(super) usual_collation: Option<&'static str>,
    /// A type with fewer digits keeps all that a value has.
    pub(super) keep_digits: bool,
    pub(super) computed_keeps_from: Computed,
    /// An auto-increment column is the first of a key at all times, so that both come and go in one statement.
    pub(super) counted_with_key: bool,
    /// Expressions of views, columns and keys are typed when they are made, by the types that their columns have then.
    pub(super) typed_expressions: bool,
    /// Whether a column that gets another type has a type that others compare with as another.
    pub(super) is_converted: fn(&ColumnShape, &ColumnShape) -> bool,
    /// Whether foreign keys refuse a column with these changes as long as the column at their other end is without them.
    pub(super) keys_refuse: fn(&ColumnShape, &ColumnShape, &[ColumnChange]) -> bool,
    /// Whether a column that becomes computed or ceases to be is dropped and added.
    pub(super) is_made_anew: fn(&ColumnShape, &ColumnShape, &[ColumnChange]) -> bool,
    /// Checks that stand at a column are part of it, and changed with it.
    pub(super) have_checks: fn(Option<Flavour>) -> bool,
}

/// The key that a foreign key cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Servers {
    /// The unique key over the columns that it refers to, which was found when it was made.
    UniqueKey,
    /// An index that begins with its own columns, and one that begins with those that it refers to.
    Indexes,
    /// None: they are looked up when a row is written.
    None,
}

/// The change of a column that a key is in the way of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hindered {
    None,
    /// A type whose values are converted: by foreign keys and by keys with expressions.
    Converted,
    /// Any other type: by foreign keys.
    Retyped,
}

/// Keys: indexes, foreign keys, checks.
pub(super) struct Keyed {
    /// Fills in the names that the database gives to those that have none, which are in the order of their kinds, and within it of
    /// the table.
    pub(super) fill_names: fn(&Keys<'_>, &mut [Key]),
    /// Whether its name is one of the whole schema.
    pub(super) has_shared_name: fn(&Key) -> bool,
    /// Words before a name of this kind, where another kind may have the same.
    pub(super) name_space: fn(KeyKind) -> &'static str,
    /// A key that goes later frees its name by another one; else it goes at once.
    pub(super) freed_by_rename: bool,
    /// Those that are statements of their own get another name alone.
    pub(super) only_statements_renamed: bool,
    /// Foreign keys and checks get another name by being dropped and added.
    pub(super) constraints_made_anew: bool,
    /// Foreign keys without a name are numbered on from the highest, whatever they were called before.
    pub(super) numbers_foreign: bool,
    /// RESTRICT is the same as NO ACTION.
    pub(super) restrict_is_no_action: bool,
    pub(super) servers: Servers,
    pub(super) hinder: Hindered,
    /// Only a foreign key keeps its columns from being changed.
    pub(super) only_foreign_hinder: bool,
    /// Groups changes that are one statement.
    pub(super) grouped: fn(&Sides<'_>, Vec<Change>) -> Vec<Vec<Change>>,
}

/// Sequences.
pub(super) struct Sequences {
    /// The definition that says nothing.
    pub(super) usual: &'static str,
    /// The words of ALTER SEQUENCE for the size of its cache and for no cycle, as they are without options.
    pub(super) usual_cache: &'static str,
    pub(super) no_cycle: &'static str,
}

/// The triggers that a table which is changed has again afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    All,
    /// Those that are bound to columns.
    Bound,
    None,
}

/// Triggers.
pub(super) struct Triggers {
    pub(super) made_again: Again,
    /// A trigger that is there stays in place of another of its name.
    pub(super) first_stays: bool,
    /// Their names are of a table, and their functions are dropped after them.
    pub(super) are_of_tables: bool,
    /// Their statements are those of a table and columns that were renamed, under the new names.
    pub(super) follow_renames: bool,
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
