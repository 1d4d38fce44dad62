//! Values of expressions as far as they are known.

use super::postgres::PgType;
use crate::column_type::ColumnType;
use crate::model::{ColumnId, TableId};
use crate::source::Span;

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ty {
    /// A constant text of PostgreSQL, NULL, or a parameter: it becomes whatever stands beside it.
    Untyped,
    Postgres(PgType),
    /// Of SQLite, MySQL and MariaDB.
    Of(ColumnType),
    /// Not known.
    Open,
    /// Reported.
    Wrong,
}

/// The constant that it is, where that matters for its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    No,
    Null,
    Text,
    Number,
}

/// A value with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) ty: Ty,
    pub(super) nullable: bool,
    /// It is an array of which no element is NULL. An array column of the schema counts as one: it is read as such.
    pub(super) is_filled: bool,
    pub(super) constant: Constant,
    /// The column that it is, unchanged.
    pub(super) source: Option<(TableId, ColumnId)>,
    /// The sharded table whose shard column it is, by the place of the table's name; on a Citus cluster alone.
    pub(super) key: Option<Span>,
    /// The parameter that it is.
    pub(super) cell: Option<usize>,
    pub(super) span: Span,
}

impl Value {
    pub(super) fn new(ty: Ty, nullable: bool, span: Span) -> Self {
        Self {
            ty,
            nullable,
            is_filled: false,
            constant: Constant::No,
            source: None,
            key: None,
            cell: None,
            span,
        }
    }

    pub(super) fn open(span: Span) -> Self {
        Self::new(Ty::Open, true, span)
    }

    pub(super) fn wrong(span: Span) -> Self {
        Self::new(Ty::Wrong, true, span)
    }

    pub(super) fn constant(ty: Ty, constant: Constant, span: Span) -> Self {
        let nullable = constant == Constant::Null;
        Self {
            constant,
            ..Self::new(ty, nullable, span)
        }
    }

    /// The same type of a value that is not the column any more.
    pub(super) fn derived(&self, nullable: bool, span: Span) -> Self {
        Self {
            nullable,
            span,
            source: None,
            key: None,
            cell: None,
            constant: Constant::No,
            ..self.clone()
        }
    }

    /// The array, of whose elements none is NULL where `is_filled`.
    pub(super) fn filled(mut self, is_filled: bool) -> Self {
        self.is_filled = is_filled;
        self
    }

    /// Whether no element of it is NULL, or itself where it is no array.
    pub(super) fn is_whole(&self) -> bool {
        match &self.ty {
            Ty::Postgres(found) if found.element().is_some() => self.is_filled,
            _ => !self.nullable,
        }
    }

    pub(super) fn or_null(mut self, nullable: bool) -> Self {
        self.nullable |= nullable;
        self
    }

    /// Whether it says nothing about what stands beside it.
    pub(super) fn is_silent(&self) -> bool {
        matches!(self.ty, Ty::Open | Ty::Wrong | Ty::Untyped)
    }

    pub(super) fn postgres(&self) -> Option<PgType> {
        match self.ty {
            Ty::Postgres(found) => Some(found),
            Ty::Untyped => Some(PgType::UNKNOWN),
            Ty::Of(_) | Ty::Open | Ty::Wrong => None,
        }
    }

    pub(super) fn column_type(&self) -> Option<&ColumnType> {
        match &self.ty {
            Ty::Of(found) => Some(found),
            Ty::Postgres(_) | Ty::Untyped | Ty::Open | Ty::Wrong => None,
        }
    }
}
