//! Which types a database compares with which, as far as a foreign key depends on it: tried on PostgreSQL 15 and MariaDB
//! 10.11, each type with each. What is not known here is taken to be compared.

use std::mem::{Discriminant, discriminant};

use crate::column_type::ColumnType;
use crate::dialect::ColumnPlace;
use crate::model::EnumId;

/// Types of PostgreSQL that a foreign key does not tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Family {
    Bool,
    Integer,
    Decimal,
    Float,
    Text,
    Bytes,
    Date,
    Time,
    Interval,
    Uuid,
    Json,
    Enum(EnumId),
    /// Elements that are texts, or of one type: there is no cast from array to array.
    Array(Box<Family>, Option<Discriminant<ColumnType>>),
    /// Of the catalogue's own name.
    Named(&'static str),
}

/// Does PostgreSQL have an operator for the two sides of a foreign key? (Else: error 42804.)
pub(super) fn by_postgres(child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool {
    let (Some(child), Some(parent)) = (family_of(child), family_of(parent)) else {
        return true;
    };
    match (&child, &parent) {
        (Family::Integer, Family::Decimal | Family::Float)
        | (Family::Decimal, Family::Float)
        | (Family::Time, Family::Interval)
        | (Family::Named("inet"), Family::Named("cidr"))
        | (Family::Named("cidr"), Family::Named("inet")) => true,
        (child, parent) => child == parent,
    }
}

fn family_of(place: ColumnPlace<'_>) -> Option<Family> {
    let column = place.column();
    if column.as_text {
        let name = |known: &&&str| column.sql_type == **known;
        return NAMED.iter().find(name).map(|name| Family::Named(name));
    }
    family(&column.column_type)
}

/// Types that are compared with no other, but for those above.
const NAMED: &[&str] = &[
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "money",
    "tsvector",
    "int4range",
    "int8range",
    "numrange",
    "daterange",
    "tsrange",
    "tstzrange",
];

fn family(column_type: &ColumnType) -> Option<Family> {
    Some(match column_type {
        ColumnType::Bool => Family::Bool,
        ColumnType::I8 | ColumnType::I16 | ColumnType::I24 | ColumnType::I32 | ColumnType::I64 => {
            Family::Integer
        }
        ColumnType::U8 | ColumnType::U16 | ColumnType::U24 | ColumnType::U32 => Family::Integer,
        ColumnType::Year | ColumnType::Bit(_) => Family::Integer,
        ColumnType::Decimal(_) => Family::Decimal,
        ColumnType::F32 | ColumnType::F64 => Family::Float,
        ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_) => Family::Text,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => Family::Bytes,
        ColumnType::Date | ColumnType::DateTime(_) | ColumnType::Timestamp(_) => Family::Date,
        ColumnType::Time(_) => Family::Time,
        ColumnType::Interval => Family::Interval,
        ColumnType::Uuid => Family::Uuid,
        ColumnType::Json { .. } => Family::Json,
        ColumnType::Enum(id) => Family::Enum(*id),
        ColumnType::Array(element) => {
            let of = family(element)?;
            let exact = (of != Family::Text).then(|| discriminant(&**element));
            Family::Array(Box::new(of), exact)
        }
        // An integer where it is counted, else a decimal.
        ColumnType::U64 | ColumnType::Set(_) | ColumnType::Any => return None,
    })
}

/// How InnoDB keeps a value: a foreign key joins columns that are kept alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Integer { bytes: u8, signed: bool },
    Float,
    Double,
    Text,
    Bytes,
}

/// Does InnoDB take the two sides of a foreign key? (Else: error 1005, errno 150.)
pub(super) fn by_mysql(child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool {
    let storage = child.table().storage_engine.as_ref();
    if storage.is_some_and(|storage| !storage.name.eq_ignore_ascii_case("InnoDB")) {
        return true;
    }
    match (kept(child), kept(parent)) {
        (Some(child), Some(parent)) => child == parent,
        (Some(_), None) | (None, Some(_) | None) => true,
    }
}

fn kept(place: ColumnPlace<'_>) -> Option<Kept> {
    let integer = |bytes, signed| Some(Kept::Integer { bytes, signed });
    match &place.column().column_type {
        ColumnType::Bool | ColumnType::I8 => integer(1, true),
        ColumnType::I16 => integer(2, true),
        ColumnType::I24 | ColumnType::Date => integer(3, true),
        ColumnType::I32 => integer(4, true),
        ColumnType::I64 => integer(8, true),
        ColumnType::U8 | ColumnType::Year => integer(1, false),
        ColumnType::U16 => integer(2, false),
        ColumnType::U24 => integer(3, false),
        ColumnType::U32 => integer(4, false),
        ColumnType::U64 => integer(8, false),
        ColumnType::Enum(id) => {
            let values = place.model.enum_type(*id).values.len();
            integer(if values < 256 { 1 } else { 2 }, false)
        }
        ColumnType::F32 => Some(Kept::Float),
        ColumnType::F64 => Some(Kept::Double),
        ColumnType::Char(_) | ColumnType::VarChar(_) => Some(Kept::Text),
        ColumnType::Decimal(_) | ColumnType::Binary(_) | ColumnType::VarBinary(_) => {
            Some(Kept::Bytes)
        }
        ColumnType::Time(_) | ColumnType::DateTime(_) | ColumnType::Timestamp(_) => {
            Some(Kept::Bytes)
        }
        ColumnType::Bit(_) => Some(Kept::Bytes),
        // Keys of long values have a length, and are no keys of a foreign key; the others are kept by MySQL in one way
        // and by MariaDB in another.
        ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json { .. } => None,
        ColumnType::Uuid | ColumnType::Set(_) | ColumnType::Interval => None,
        ColumnType::Any | ColumnType::Array(_) => None,
    }
}
