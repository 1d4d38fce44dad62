//! The clauses of data definition that are a dialect's own from their first word on, by their readers.

use super::column::Step;
use super::{mysql, postgres, sqlite};
use crate::ast::{AlterAction, CreateTable, TypeName};
use crate::syntax::{Cursor, Read};
use bindery_core::dialect::Dialect;

/// The readers of one dialect.
pub(super) struct Clauses {
    /// A type.
    pub(super) type_name: fn(&mut Cursor<'_>) -> Read<TypeName>,
    /// An option of a column; `None` where nothing of the kind stands here.
    pub(super) column_option: fn(&mut Cursor<'_>) -> Read<Option<Step>>,
    /// An option of a table.
    pub(super) table_option: fn(&mut Cursor<'_>, &mut CreateTable) -> Read<()>,
    /// Changes of a table; none where nothing of the kind stands here.
    pub(super) changes: fn(&mut Cursor<'_>) -> Read<Vec<AlterAction>>,
}

impl Clauses {
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::CLAUSES,
            Dialect::Postgres => &postgres::CLAUSES,
            Dialect::Mysql => &mysql::CLAUSES,
        }
    }
}
