//! Which types a database compares with which, as far as a foreign key depends on it: tried on PostgreSQL 15 and MariaDB
//! 10.11, each type with each. What is not known here is taken to be compared.

use std::mem::{Discriminant, discriminant};

use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::ColumnPlace;
use crate::model::EnumId;

/// Types of PostgreSQL that a foreign key does not distinguish.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Family {
    Integer,
    Float,
    /// Days and points in time.
    Date,
    /// Of no other type's family.
    Class(TypeClass),
    Enum(EnumId),
    /// Elements that are texts, or of one type: there is no cast from array to array.
    Array(Box<Family>, Option<Discriminant<ColumnType>>),
    /// Of the catalogue's own name.
    Named(&'static str),
}

/// Whether PostgreSQL has an operator for the two sides of a foreign key. Without one it refuses the key with error 42804.
pub(super) fn by_postgres(child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool {
    let (Some(child), Some(parent)) = (family_of(child), family_of(parent)) else {
        return true;
    };
    match (&child, &parent) {
        (Family::Integer, Family::Class(TypeClass::Decimal) | Family::Float)
        | (Family::Class(TypeClass::Decimal), Family::Float)
        | (Family::Class(TypeClass::Time), Family::Class(TypeClass::Interval))
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
        let exact = (of != Family::Class(TypeClass::Text)).then(|| discriminant(&**element));
        return Some(Family::Array(Box::new(of), exact));
    }
    // An integer where it is auto-increment, else a decimal.
    if *column_type == ColumnType::U64 {
        return None;
    }
    let class = column_type.class();
    let days = [TypeClass::Date, TypeClass::DateTime, TypeClass::Timestamp];
    let whole = [TypeClass::Year, TypeClass::Bit];
    if matches!(class, TypeClass::Set | TypeClass::Any) {
        None
    } else if class.integer().is_some() || whole.contains(&class) {
        Some(Family::Integer)
    } else if days.contains(&class) {
        Some(Family::Date)
    } else if let TypeClass::Float { .. } = class {
        Some(Family::Float)
    } else {
        Some(Family::Class(class))
    }
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

impl Kept {
    const fn integer(bytes: u8, signed: bool) -> Self {
        Self::Integer { bytes, signed }
    }
}

/// Whether InnoDB takes the two sides of a foreign key. Others it refuses with error 1005, errno 150.
pub(super) fn by_mysql(child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool {
    let storage = child.table().storage_engine.as_ref();
    if storage.is_some_and(|storage| !storage.is_innodb()) {
        return true;
    }
    match (kept(child), kept(parent)) {
        (Some(child), Some(parent)) => child == parent,
        (Some(_), None) | (None, Some(_) | None) => true,
    }
}

fn kept(place: ColumnPlace<'_>) -> Option<Kept> {
    let integer = |bytes, signed| Some(Kept::integer(bytes, signed));
    let column_type = &place.column().column_type;
    if let ColumnType::Enum(id) = column_type {
        let values = place.model.enum_type(*id).values.len();
        return integer(if values < 256 { 1 } else { 2 }, false);
    }
    let class = column_type.class();
    if let Some(kind) = class.integer() {
        return integer(kind.bits / 8, kind.signed);
    }
    let known = KEPT.iter().find(|(known, _)| *known == class);
    // Keys of long values have a length, and are not keys of a foreign key.
    known
        .map(|(_, kept)| *kept)
        .filter(|_| !matches!(column_type, ColumnType::Text(_) | ColumnType::Blob(_)))
}

/// Values that are no integers. The others are kept by MySQL in one way and by MariaDB in another.
const KEPT: [(TypeClass, Kept); 12] = [
    (TypeClass::Boolean, Kept::integer(1, true)),
    (TypeClass::Date, Kept::integer(3, true)),
    (TypeClass::Year, Kept::integer(1, false)),
    (TypeClass::Float { bits: 32 }, Kept::Float),
    (TypeClass::Float { bits: 64 }, Kept::Double),
    (TypeClass::Text, Kept::Text),
    (TypeClass::Bytes, Kept::Bytes),
    (TypeClass::Decimal, Kept::Bytes),
    (TypeClass::Time, Kept::Bytes),
    (TypeClass::DateTime, Kept::Bytes),
    (TypeClass::Timestamp, Kept::Bytes),
    (TypeClass::Bit, Kept::Bytes),
];
