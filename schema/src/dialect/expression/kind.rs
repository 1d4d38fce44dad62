//! The kinds of an expression's values, as far as dialects treat them differently.

use std::fmt;

use super::Writer;
use crate::column_type::{ColumnType, TypeClass};
use crate::portable::{CastType, Function, Portable};

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Truth,
    Number,
    Text,
    Bytes,
    Date,
    DateTime,
    /// A point in time: what its text means depends on a zone.
    Timestamp,
    /// Not known, or none of these.
    Other,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Truth => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Bytes => "bytes",
            Self::Date => "a date",
            Self::DateTime => "a date and time",
            Self::Timestamp => "a point in time",
            Self::Other => "such a value",
        })
    }
}

impl Writer<'_> {
    pub(super) fn kind(&self, portable: &Portable) -> ValueKind {
        match portable {
            Portable::Column(name) => self.column_type(name).map_or(ValueKind::Other, of_type),
            Portable::Text(_) | Portable::Null => ValueKind::Other,
            Portable::Number(_) | Portable::Negative(_) => ValueKind::Number,
            Portable::Concat(_) => ValueKind::Text,
            Portable::Bool(_)
            | Portable::Not(_)
            | Portable::All(_)
            | Portable::Any(_)
            | Portable::Is { .. }
            | Portable::In { .. }
            | Portable::Between { .. }
            | Portable::Like { .. } => ValueKind::Truth,
            Portable::Binary(operator, ..) if operator.compares() => ValueKind::Truth,
            Portable::Binary(..) => ValueKind::Number,
            Portable::Call(function, arguments) => self.of_call(*function, arguments),
            Portable::Cast(inner, to) => match to {
                CastType::Text(_) => ValueKind::Text,
                CastType::Integer | CastType::Decimal => ValueKind::Number,
                CastType::Bool => ValueKind::Truth,
                CastType::Date => ValueKind::Date,
                CastType::DateTime => ValueKind::DateTime,
                CastType::Named(_) => self.kind(inner),
            },
        }
    }

    fn of_call(&self, function: Function, arguments: &[Portable]) -> ValueKind {
        match function {
            Function::Lower | Function::Upper | Function::Trim => ValueKind::Text,
            Function::CharLength
            | Function::OctetLength
            | Function::Absolute
            | Function::UnixSeconds => ValueKind::Number,
            Function::Coalesce | Function::NullIf => arguments
                .first()
                .map_or(ValueKind::Other, |first| self.kind(first)),
            Function::Now => ValueKind::DateTime,
            Function::Today => ValueKind::Date,
        }
    }

    fn column_type(&self, name: &str) -> Option<&ColumnType> {
        let mut columns = self.table.columns.iter();
        columns
            .find(|column| column.name == name)
            .map(|column| &column.column_type)
    }

    /// A number without a fraction, which every number type holds as it is.
    pub(super) fn is_whole(&self, portable: &Portable) -> bool {
        match portable {
            Portable::Column(name) => self.column_type(name).is_some_and(ColumnType::is_integer),
            Portable::Call(function, _) => match function {
                Function::CharLength | Function::OctetLength | Function::UnixSeconds => true,
                Function::Lower
                | Function::Upper
                | Function::Trim
                | Function::Absolute
                | Function::Coalesce
                | Function::NullIf
                | Function::Now
                | Function::Today => false,
            },
            Portable::Cast(inner, CastType::Integer | CastType::Decimal) => self.is_whole(inner),
            Portable::Text(_)
            | Portable::Number(_)
            | Portable::Bool(_)
            | Portable::Null
            | Portable::Not(_)
            | Portable::Negative(_)
            | Portable::All(_)
            | Portable::Any(_)
            | Portable::Binary(..)
            | Portable::Concat(_)
            | Portable::Is { .. }
            | Portable::In { .. }
            | Portable::Between { .. }
            | Portable::Like { .. }
            | Portable::Cast(..) => false,
        }
    }
}

fn of_type(column_type: &ColumnType) -> ValueKind {
    let class = column_type.class();
    let known = CLASSES.iter().find(|(known, _)| *known == class);
    match known {
        Some((_, kind)) => *kind,
        None if class.is_number() && class != TypeClass::Bit => ValueKind::Number,
        None => ValueKind::Other,
    }
}

/// Values that are no numbers and that a dialect treats in a way of its own.
const CLASSES: [(TypeClass, ValueKind); 7] = [
    (TypeClass::Boolean, ValueKind::Truth),
    (TypeClass::Text, ValueKind::Text),
    (TypeClass::Enum, ValueKind::Text),
    (TypeClass::Bytes, ValueKind::Bytes),
    (TypeClass::Date, ValueKind::Date),
    (TypeClass::DateTime, ValueKind::DateTime),
    (TypeClass::Timestamp, ValueKind::Timestamp),
];
