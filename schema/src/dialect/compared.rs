//! Which types a database compares with which, as far as a foreign key depends on it: tried on PostgreSQL 15 and MariaDB
//! 10.11, each type with each. What is not known here is taken to be compared.

use std::mem::{Discriminant, discriminant};

use crate::column_type::{ColumnType, TypeClass};
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
    if let ColumnType::Enum(id) = column_type {
        return Some(Family::Enum(*id));
    }
    if let ColumnType::Array(element) = column_type {
        let of = family(element)?;
        let exact = (of != Family::Text).then(|| discriminant(&**element));
        return Some(Family::Array(Box::new(of), exact));
    }
    // An integer where it is auto-increment, else a decimal.
    if *column_type == ColumnType::U64 {
        return None;
    }
    Some(match column_type.class() {
        TypeClass::Boolean => Family::Bool,
        TypeClass::Integer(_) | TypeClass::Year | TypeClass::Bit => Family::Integer,
        TypeClass::Decimal => Family::Decimal,
        TypeClass::Float { .. } => Family::Float,
        TypeClass::Text => Family::Text,
        TypeClass::Bytes => Family::Bytes,
        TypeClass::Date | TypeClass::DateTime | TypeClass::Timestamp => Family::Date,
        TypeClass::Time => Family::Time,
        TypeClass::Interval => Family::Interval,
        TypeClass::Uuid => Family::Uuid,
        TypeClass::Json => Family::Json,
        TypeClass::Set | TypeClass::Any | TypeClass::Enum | TypeClass::Array => return None,
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
    let column_type = &place.column().column_type;
    if let ColumnType::Enum(id) = column_type {
        let values = place.model.enum_type(*id).values.len();
        return integer(if values < 256 { 1 } else { 2 }, false);
    }
    match column_type.class() {
        TypeClass::Boolean => integer(1, true),
        TypeClass::Integer(kind) => integer(kind.bits / 8, kind.signed),
        TypeClass::Date => integer(3, true),
        TypeClass::Year => integer(1, false),
        TypeClass::Float { bits: 32 } => Some(Kept::Float),
        TypeClass::Float { .. } => Some(Kept::Double),
        TypeClass::Text if !matches!(column_type, ColumnType::Text(_)) => Some(Kept::Text),
        TypeClass::Bytes if !matches!(column_type, ColumnType::Blob(_)) => Some(Kept::Bytes),
        TypeClass::Decimal | TypeClass::Time | TypeClass::DateTime => Some(Kept::Bytes),
        TypeClass::Timestamp | TypeClass::Bit => Some(Kept::Bytes),
        // Keys of long values have a length, and are not keys of a foreign key; the others are kept by MySQL in one way
        // and by MariaDB in another.
        TypeClass::Text | TypeClass::Bytes | TypeClass::Json | TypeClass::Uuid => None,
        TypeClass::Enum | TypeClass::Set | TypeClass::Interval => None,
        TypeClass::Any | TypeClass::Array => None,
    }
}
