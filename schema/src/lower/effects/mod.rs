//! The effects of statements beyond their words, as data: a table of each dialect. There is no default: a new field must be answered for
//! every dialect.

mod mysql;
mod postgres;
mod sqlite;

use crate::dialect::Dialect;

pub(super) struct Effects {
    /// The types of columns that auto-increment.
    pub(super) serial_types: &'static [&'static str],
    /// A column of such a type has a unique key; a primary key takes the place of that and of `UNIQUE`.
    pub(super) serial_is_unique: bool,
    /// `NULL` after `NOT NULL` takes it back.
    pub(super) null_takes_back: bool,
    /// A long text with the check `json_valid` is JSON.
    pub(super) json_is_checked_text: bool,
    /// Collations and operator classes order what they do not hold equal.
    pub(super) collations_only_order: bool,
    /// Foreign keys without a name get numbers: `t_ibfk_1`.
    pub(super) numbers_foreign_keys: bool,
    pub(super) check_names: CheckNames,
    /// `ALTER TABLE` changes the tables that inherit from it, too.
    pub(super) changes_heirs: bool,
    /// `ALTER TABLE … RENAME TO` renames indexes and sequences, too.
    pub(super) alters_others: bool,
    /// A new name for a key is one for an index; constraints keep theirs.
    pub(super) renames_indexes_alone: bool,
    /// A default keeps the type that its column had.
    pub(super) default_keeps_type: bool,
    /// A column that something needs is not dropped.
    pub(super) keeps_needed_columns: bool,
    /// Keys lose a column that is dropped; else they are dropped with it.
    pub(super) shortens_keys: bool,
    pub(super) views: HeldViews,
    /// Tables of its own stand among the others: `sqlite_sequence`, those of virtual tables.
    pub(super) catalogue_tables: bool,
}

/// The names of checks without one.
#[derive(Clone, Copy)]
pub(super) enum CheckNames {
    None,
    /// `t_a_check`.
    AfterColumn,
    /// `t_chk_1`.
    Numbered,
}

/// How a view holds what it reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldViews {
    /// It is bound to columns, whatever they are called later.
    ByColumns,
    /// As a text, which is checked when a name changes.
    AsTexts,
    /// By names that are looked up when it is queried.
    ByNames,
}

impl Effects {
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::EFFECTS,
            Dialect::Postgres => &postgres::EFFECTS,
            Dialect::Mysql => &mysql::EFFECTS,
        }
    }
}
