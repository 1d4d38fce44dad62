//! The kinds of an expression's values, as far as dialects treat them differently.

use std::fmt;

use super::Writer;
use crate::column_type::{ColumnType, TypeClass};
use crate::portable::{CastType, Function, Portable};

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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

impl fmt::Display for Kind {
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
    pub(super) fn kind(&self, portable: &Portable) -> Kind {
        match portable {
            Portable::Column(name) => self.column_type(name).map_or(Kind::Other, of_type),
            Portable::Text(_) | Portable::Null => Kind::Other,
            Portable::Number(_) | Portable::Negative(_) => Kind::Number,
            Portable::Concat(_) => Kind::Text,
            Portable::Bool(_)
            | Portable::Not(_)
            | Portable::All(_)
            | Portable::Any(_)
            | Portable::Is { .. }
            | Portable::In { .. }
            | Portable::Between { .. }
            | Portable::Like { .. } => Kind::Truth,
            Portable::Binary(operator, ..) if operator.compares() => Kind::Truth,
            Portable::Binary(..) => Kind::Number,
            Portable::Call(function, arguments) => self.of_call(*function, arguments),
            Portable::Cast(inner, to) => match to {
                CastType::Text(_) => Kind::Text,
                CastType::Integer | CastType::Decimal => Kind::Number,
                CastType::Bool => Kind::Truth,
                CastType::Date => Kind::Date,
                CastType::DateTime => Kind::DateTime,
                CastType::Named(_) => self.kind(inner),
            },
        }
    }

    fn of_call(&self, function: Function, arguments: &[Portable]) -> Kind {
        match function {
            Function::Lower | Function::Upper | Function::Trim => Kind::Text,
            Function::CharLength
            | Function::OctetLength
            | Function::Absolute
            | Function::UnixSeconds => Kind::Number,
            Function::Coalesce | Function::NullIf => arguments
                .first()
                .map_or(Kind::Other, |first| self.kind(first)),
            Function::Now => Kind::DateTime,
            Function::Today => Kind::Date,
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

fn of_type(column_type: &ColumnType) -> Kind {
    let class = column_type.class();
    let known = CLASSES.iter().find(|(known, _)| *known == class);
    match known {
        Some((_, kind)) => *kind,
        None if class.is_number() && class != TypeClass::Bit => Kind::Number,
        None => Kind::Other,
    }
}

/// Values that are no numbers and that a dialect treats in a way of its own.
const CLASSES: [(TypeClass, Kind); 7] = [
    (TypeClass::Boolean, Kind::Truth),
    (TypeClass::Text, Kind::Text),
    (TypeClass::Enum, Kind::Text),
    (TypeClass::Bytes, Kind::Bytes),
    (TypeClass::Date, Kind::Date),
    (TypeClass::DateTime, Kind::DateTime),
    (TypeClass::Timestamp, Kind::Timestamp),
];
