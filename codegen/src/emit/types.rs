//! The Rust type of a column, by what it holds.

use bindery_schema::column_type::{ColumnType, Integer, TypeClass};
use bindery_schema::model::{Column, FieldType};

/// Facts about a type's traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    pub(crate) copy: bool,
    pub(crate) eq: bool,
    pub(crate) ord: bool,
    pub(crate) hash: bool,
    /// How it is taken as an argument.
    pub(crate) argument: Argument,
}

/// How a value is taken as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Argument {
    /// By value.
    Value,
    /// `&str`, or `impl Into<String>` where it is kept.
    Text,
    /// `&[T]`, of a `Vec<T>`.
    Slice,
    /// By reference.
    Reference,
}

impl Facts {
    /// A type of the user's, of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        copy: false,
        eq: false,
        ord: false,
        hash: false,
        argument: Argument::Reference,
    };

    const NUMBER: Self = Self {
        copy: true,
        eq: true,
        ord: true,
        hash: true,
        argument: Argument::Value,
    };

    const FLOAT: Self = Self {
        eq: false,
        ord: false,
        hash: false,
        ..Self::NUMBER
    };

    /// Without an order: a month has no number of days.
    const SPAN: Self = Self {
        ord: false,
        ..Self::NUMBER
    };

    const OWNED: Self = Self {
        copy: false,
        argument: Argument::Reference,
        ..Self::NUMBER
    };

    const TEXT: Self = Self {
        argument: Argument::Text,
        ..Self::OWNED
    };

    const BYTES: Self = Self {
        argument: Argument::Slice,
        ..Self::OWNED
    };

    /// Compared for equality only.
    const TREE: Self = Self {
        ord: false,
        hash: false,
        ..Self::OWNED
    };
}

/// The type and its traits. `root` goes before the module `enums`.
pub(crate) fn of(column_type: &ColumnType, root: &str, enums: &[String]) -> (String, Facts) {
    if let ColumnType::Enum(id) = column_type {
        let name = &enums[id.0 as usize];
        return (format!("{root}enums::{name}"), Facts::NUMBER);
    }
    if let ColumnType::Array(element) = column_type {
        let (element, facts) = of(element, root, enums);
        let facts = Facts {
            copy: false,
            argument: Argument::Slice,
            ..facts
        };
        return (format!("::std::vec::Vec<{element}>"), facts);
    }
    let (path, facts) = match column_type.class() {
        TypeClass::Boolean => ("bool", Facts::NUMBER),
        TypeClass::Integer(integer) => (integer_path(integer), Facts::NUMBER),
        TypeClass::Year => ("u16", Facts::NUMBER),
        TypeClass::Bit => ("u64", Facts::NUMBER),
        TypeClass::Float { bits: 32 } => ("f32", Facts::FLOAT),
        TypeClass::Float { .. } => ("f64", Facts::FLOAT),
        TypeClass::Decimal => (DECIMAL, Facts::OWNED),
        TypeClass::Text => ("::std::string::String", Facts::TEXT),
        TypeClass::Bytes => ("::std::vec::Vec<u8>", Facts::BYTES),
        TypeClass::Date => (DATE, Facts::NUMBER),
        TypeClass::Time => (TIME, Facts::NUMBER),
        TypeClass::DateTime => (DATETIME, Facts::NUMBER),
        TypeClass::Timestamp => (TIMESTAMP, Facts::NUMBER),
        TypeClass::Interval => ("::bindery::types::Interval", Facts::SPAN),
        TypeClass::Uuid => (UUID, Facts::NUMBER),
        TypeClass::Json => (JSON, Facts::TREE),
        TypeClass::Set => ("::bindery::types::StringSet", Facts::OWNED),
        TypeClass::Any | TypeClass::Enum | TypeClass::Array => {
            ("::bindery::types::AnyValue", Facts::UNKNOWN)
        }
    };
    (path.to_owned(), facts)
}

/// Rust has no type of 24 bits: the next larger one.
fn integer_path(integer: Integer) -> &'static str {
    match (integer.signed, integer.bits) {
        (true, ..=8) => "i8",
        (true, ..=16) => "i16",
        (true, ..=32) => "i32",
        (true, _) => "i64",
        (false, ..=8) => "u8",
        (false, ..=16) => "u16",
        (false, ..=32) => "u32",
        (false, _) => "u64",
    }
}

/// A type that is said by its path: what is known of the ones that everybody has, and where generated code finds them.
pub(crate) fn custom(path: &str) -> (String, Facts) {
    if let Some(date) = zero_or(path) {
        let (own, facts) = custom(date);
        return (format!("{ZERO_OR}<{own}>"), facts);
    }
    match well_known(path) {
        Some(&(_, own, facts, _)) => (own.to_owned(), facts),
        None => (path.to_owned(), Facts::UNKNOWN),
    }
}

/// The crates that a type said by its path is of, as Rust names them; none for those that every program has, and those
/// that come with bindery.
pub(crate) fn crates_of(path: &str) -> Vec<&str> {
    if let Some(date) = zero_or(path) {
        return crates_of(date);
    }
    if well_known(path).is_some() {
        return Vec::new();
    }
    let is_part = |sign: char| sign.is_alphanumeric() || "_:".contains(sign);
    let paths = path
        .split(|sign| !is_part(sign))
        .map(|one| one.trim_start_matches("::"));
    let first = paths
        .filter_map(|one| one.split_once("::"))
        .map(|(first, _)| first);
    first
        .filter(|first| !matches!(*first, "std" | "core" | "alloc" | "bindery"))
        .collect()
}

/// Paths without blanks and `::` at the beginning; the path in generated code, which needs no crate but `bindery`; what
/// is known of the type; the feature it needs.
type WellKnown = (&'static str, &'static str, Facts, Option<TypeFeature>);

const WELL_KNOWN: &[WellKnown] = &[
    ("bool", "bool", Facts::NUMBER, None),
    ("i8", "i8", Facts::NUMBER, None),
    ("i16", "i16", Facts::NUMBER, None),
    ("i32", "i32", Facts::NUMBER, None),
    ("i64", "i64", Facts::NUMBER, None),
    ("u8", "u8", Facts::NUMBER, None),
    ("u16", "u16", Facts::NUMBER, None),
    ("u32", "u32", Facts::NUMBER, None),
    ("u64", "u64", Facts::NUMBER, None),
    ("f32", "f32", Facts::FLOAT, None),
    ("f64", "f64", Facts::FLOAT, None),
    ("String", "::std::string::String", Facts::TEXT, None),
    (
        "std::string::String",
        "::std::string::String",
        Facts::TEXT,
        None,
    ),
    ("Vec<u8>", "::std::vec::Vec<u8>", Facts::BYTES, None),
    (
        "std::vec::Vec<u8>",
        "::std::vec::Vec<u8>",
        Facts::BYTES,
        None,
    ),
    (
        "std::net::IpAddr",
        "::core::net::IpAddr",
        Facts::NUMBER,
        None,
    ),
    (
        "std::net::Ipv4Addr",
        "::core::net::Ipv4Addr",
        Facts::NUMBER,
        None,
    ),
    (
        "std::net::Ipv6Addr",
        "::core::net::Ipv6Addr",
        Facts::NUMBER,
        None,
    ),
    (
        "core::net::IpAddr",
        "::core::net::IpAddr",
        Facts::NUMBER,
        None,
    ),
    (
        "core::net::Ipv4Addr",
        "::core::net::Ipv4Addr",
        Facts::NUMBER,
        None,
    ),
    (
        "core::net::Ipv6Addr",
        "::core::net::Ipv6Addr",
        Facts::NUMBER,
        None,
    ),
    (
        "bindery::types::IpNet",
        "::bindery::types::IpNet",
        Facts::NUMBER,
        None,
    ),
    (
        "bindery::types::StringSet",
        "::bindery::types::StringSet",
        Facts::OWNED,
        None,
    ),
    (
        "bindery::types::Interval",
        "::bindery::types::Interval",
        Facts::SPAN,
        None,
    ),
    ("uuid::Uuid", UUID, Facts::NUMBER, Some(TypeFeature::Uuid)),
    (
        "bindery::types::Uuid",
        UUID,
        Facts::NUMBER,
        Some(TypeFeature::Uuid),
    ),
    (
        "bigdecimal::BigDecimal",
        DECIMAL,
        Facts::OWNED,
        Some(TypeFeature::Bigdecimal),
    ),
    (
        "bindery::types::BigDecimal",
        DECIMAL,
        Facts::OWNED,
        Some(TypeFeature::Bigdecimal),
    ),
    (
        "serde_json::Value",
        JSON,
        Facts::TREE,
        Some(TypeFeature::Json),
    ),
    (
        "bindery::types::JsonValue",
        JSON,
        Facts::TREE,
        Some(TypeFeature::Json),
    ),
    (
        "chrono::NaiveDate",
        DATE,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "bindery::types::NaiveDate",
        DATE,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "chrono::NaiveTime",
        TIME,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "bindery::types::NaiveTime",
        TIME,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "chrono::NaiveDateTime",
        DATETIME,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "bindery::types::NaiveDateTime",
        DATETIME,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "chrono::DateTime<chrono::Utc>",
        TIMESTAMP,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
    (
        "bindery::types::DateTime<bindery::types::Utc>",
        TIMESTAMP,
        Facts::NUMBER,
        Some(TypeFeature::Chrono),
    ),
];

/// The date of `ZeroOr<…>`, which needs what the date needs.
fn zero_or(path: &str) -> Option<&str> {
    let path = path.trim().trim_start_matches("::");
    let inner = path.strip_prefix("bindery::types::ZeroOr<")?;
    inner.strip_suffix('>')
}

const ZERO_OR: &str = "::bindery::types::ZeroOr";
const UUID: &str = "::bindery::types::Uuid";
const DECIMAL: &str = "::bindery::types::BigDecimal";
const JSON: &str = "::bindery::types::JsonValue";
const DATE: &str = "::bindery::types::NaiveDate";
const TIME: &str = "::bindery::types::NaiveTime";
const DATETIME: &str = "::bindery::types::NaiveDateTime";
const TIMESTAMP: &str = "::bindery::types::DateTime<::bindery::types::Utc>";

fn well_known(path: &str) -> Option<&'static WellKnown> {
    let path = path.replace(' ', "").replace("<::", "<");
    let path = path.strip_prefix("::").unwrap_or(&path);
    WELL_KNOWN.iter().find(|(known, ..)| *known == path)
}

/// A feature of the runtime that a column type needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TypeFeature {
    Chrono,
    Uuid,
    Json,
    Bigdecimal,
}

impl TypeFeature {
    /// Its name in `Cargo.toml`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chrono => "chrono",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Bigdecimal => "bigdecimal",
        }
    }

    /// Returns the feature that the field of a column needs.
    pub(crate) fn of_column(column: &Column) -> Option<Self> {
        match &column.field_type {
            FieldType::Custom(path) => Self::of_path(path),
            FieldType::Plain | FieldType::Key { .. } => Self::of(&column.column_type),
        }
    }

    fn of_path(path: &str) -> Option<Self> {
        let path = zero_or(path).unwrap_or(path);
        let plain = path.trim().trim_start_matches("::");
        if plain.starts_with("bindery::types::Json<") {
            return Some(Self::Json);
        }
        well_known(path).and_then(|(_, _, _, feature)| *feature)
    }

    /// Returns the feature that a column type needs.
    fn of(column_type: &ColumnType) -> Option<Self> {
        if let ColumnType::Array(element) = column_type {
            return Self::of(element);
        }
        match column_type.class() {
            TypeClass::Date | TypeClass::Time => Some(Self::Chrono),
            TypeClass::DateTime | TypeClass::Timestamp => Some(Self::Chrono),
            TypeClass::Uuid => Some(Self::Uuid),
            TypeClass::Json => Some(Self::Json),
            TypeClass::Decimal => Some(Self::Bigdecimal),
            TypeClass::Boolean | TypeClass::Integer(_) | TypeClass::Float { .. } => None,
            TypeClass::Text | TypeClass::Bytes | TypeClass::Year | TypeClass::Interval => None,
            TypeClass::Enum | TypeClass::Set | TypeClass::Bit => None,
            TypeClass::Any | TypeClass::Array => None,
        }
    }
}
