//! The parts of a database that steps of migrations are about: by them a step finds the one of the other direction.

use super::change::Change;
use super::structure::{folded, table_key};
use crate::dialect::Dialect;
use crate::model::TableName;

/// A part of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A table with its rows.
    Table(TableName),
    /// A column with its values.
    Column(TableName, String),
    /// A key of a table, by the name that it has in the database.
    Key(TableName, String),
    /// The servers of a cluster that have the rows of a table.
    Rows(TableName),
    /// An enum type.
    Enum(TableName),
    /// Another object, with its kind as in `CREATE`.
    Object(&'static str, TableName),
}

impl Subject {
    /// The values that rows lose or get by a change; `None` where they keep what they have.
    pub(super) fn of(change: &Change) -> Option<Self> {
        match change {
            Change::CreateTable(table) | Change::DropTable(table) => {
                Some(Self::Table(table.name.clone()))
            }
            Change::AddColumn { table, column } | Change::DropColumn { table, column } => {
                Some(Self::Column(table.clone(), column.name.clone()))
            }
            Change::ChangeColumn { table, to, .. } => {
                Some(Self::Column(table.clone(), to.name.clone()))
            }
            Change::AddKey { table, key }
            | Change::DropKey { table, key }
            | Change::ValidateKey { table, key } => {
                let name = key.known_name.clone()?;
                Some(Self::Key(table.clone(), name))
            }
            Change::AddPartition { partition, .. } | Change::DropPartition { partition, .. } => {
                Some(Self::Table(partition.name.clone()))
            }
            Change::ChangeDistribution { table, .. } => Some(Self::Rows(table.clone())),
            Change::CreateEnum(values) | Change::DropEnum(values) => {
                Some(Self::Enum(values.name.clone()))
            }
            Change::CreateObject(object) | Change::DropObject(object) => {
                Some(Self::Object(object.kind, object.name.clone()))
            }
            Change::ChangeObject { .. }
            | Change::ChangeEnum { .. }
            | Change::RenameKey { .. }
            | Change::ChangeOptions { .. }
            | Change::ChangePartitioning { .. }
            | Change::ChangeComment { .. }
            | Change::AddCapture { .. }
            | Change::DropCapture { .. }
            | Change::CreateView(_)
            | Change::DropView(_) => None,
        }
    }

    /// The same part.
    pub(super) fn is(&self, other: &Self, dialect: Dialect) -> bool {
        let same = |one: &TableName, other: &TableName| {
            table_key(one, dialect) == table_key(other, dialect)
        };
        let same_name = |one: &str, other: &str| folded(one, dialect) == folded(other, dialect);
        match (self, other) {
            (Self::Table(one), Self::Table(other))
            | (Self::Rows(one), Self::Rows(other))
            | (Self::Enum(one), Self::Enum(other)) => same(one, other),
            (Self::Column(table, one), Self::Column(other_table, other))
            | (Self::Key(table, one), Self::Key(other_table, other)) => {
                same(table, other_table) && same_name(one, other)
            }
            (Self::Object(kind, one), Self::Object(other_kind, other)) => {
                kind == other_kind && same(one, other)
            }
            (
                Self::Table(_)
                | Self::Rows(_)
                | Self::Column(..)
                | Self::Key(..)
                | Self::Enum(_)
                | Self::Object(..),
                _,
            ) => false,
        }
    }
}
