//! The Rust type of a column, by what it holds.

use bindery_schema::column_type::ColumnType;
use bindery_schema::model::{Column, FieldType};
use bindery_schema::rust_type::{self, RustType, Traits, TypeFeature};

/// The type and its traits. `root` goes before the module `enums`.
pub(crate) fn path_and_traits(
    column_type: &ColumnType,
    root: &str,
    enums: &[String],
) -> (String, Traits) {
    let RustType { path, traits, .. } = column_type.facts().rust;
    if let ColumnType::Enum(id) = column_type {
        let name = &enums[id.0 as usize];
        return (format!("{root}{path}::{name}"), traits);
    }
    if let ColumnType::Array(element) = column_type {
        let (element, of_element) = path_and_traits(element, root, enums);
        let traits = Traits {
            copy: traits.copy,
            argument: traits.argument,
            ..of_element
        };
        return (format!("{path}<{element}>"), traits);
    }
    (path.to_owned(), traits)
}

/// A type that is said by its path: what is known of the ones that everybody has, and where generated code finds them.
pub(crate) fn custom(path: &str) -> (String, Traits) {
    if let Some(date) = zero_or(path) {
        let (own, traits) = custom(date);
        return (format!("{ZERO_OR}<{own}>"), traits);
    }
    match well_known(path) {
        Some(known) => (known.path.to_owned(), known.traits),
        None => (path.to_owned(), Traits::UNKNOWN),
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

/// Types by the paths that programs write, without blanks and `::` at the beginning.
const WELL_KNOWN: &[(&str, RustType)] = &[
    ("bool", rust_type::BOOL),
    ("i8", rust_type::I8),
    ("i16", rust_type::I16),
    ("i32", rust_type::I32),
    ("i64", rust_type::I64),
    ("u8", rust_type::U8),
    ("u16", rust_type::U16),
    ("u32", rust_type::U32),
    ("u64", rust_type::U64),
    ("f32", rust_type::F32),
    ("f64", rust_type::F64),
    ("String", rust_type::STRING),
    ("std::string::String", rust_type::STRING),
    ("Vec<u8>", rust_type::BYTES),
    ("std::vec::Vec<u8>", rust_type::BYTES),
    ("std::net::IpAddr", rust_type::IP_ADDR),
    ("std::net::Ipv4Addr", rust_type::IPV4_ADDR),
    ("std::net::Ipv6Addr", rust_type::IPV6_ADDR),
    ("core::net::IpAddr", rust_type::IP_ADDR),
    ("core::net::Ipv4Addr", rust_type::IPV4_ADDR),
    ("core::net::Ipv6Addr", rust_type::IPV6_ADDR),
    ("bindery::types::IpNet", rust_type::IP_NET),
    ("bindery::types::StringSet", rust_type::STRING_SET),
    ("bindery::types::Interval", rust_type::INTERVAL),
    ("uuid::Uuid", rust_type::UUID),
    ("bindery::types::Uuid", rust_type::UUID),
    ("bigdecimal::BigDecimal", rust_type::DECIMAL),
    ("bindery::types::BigDecimal", rust_type::DECIMAL),
    ("serde_json::Value", rust_type::JSON),
    ("bindery::types::JsonValue", rust_type::JSON),
    ("chrono::NaiveDate", rust_type::DATE),
    ("bindery::types::NaiveDate", rust_type::DATE),
    ("chrono::NaiveTime", rust_type::TIME),
    ("bindery::types::NaiveTime", rust_type::TIME),
    ("chrono::NaiveDateTime", rust_type::DATE_TIME),
    ("bindery::types::NaiveDateTime", rust_type::DATE_TIME),
    ("chrono::DateTime<chrono::Utc>", rust_type::TIMESTAMP),
    (
        "bindery::types::DateTime<bindery::types::Utc>",
        rust_type::TIMESTAMP,
    ),
];

/// The date of `ZeroOr<…>`, which needs what the date needs.
fn zero_or(path: &str) -> Option<&str> {
    let path = path.trim().trim_start_matches("::");
    let inner = path.strip_prefix("bindery::types::ZeroOr<")?;
    inner.strip_suffix('>')
}

const ZERO_OR: &str = "::bindery::types::ZeroOr";

fn well_known(path: &str) -> Option<&'static RustType> {
    let path = path.replace(' ', "").replace("<::", "<");
    let path = path.strip_prefix("::").unwrap_or(&path);
    let known = WELL_KNOWN.iter().find(|(known, _)| *known == path);
    known.map(|(_, rust_type)| rust_type)
}

/// Returns the feature that the field of a column needs.
pub(crate) fn feature_of_column(column: &Column) -> Option<TypeFeature> {
    match &column.field_type {
        FieldType::Custom(path) => feature_of_path(path),
        FieldType::Plain | FieldType::Key { .. } => feature(&column.column_type),
    }
}

fn feature_of_path(path: &str) -> Option<TypeFeature> {
    let path = zero_or(path).unwrap_or(path);
    let plain = path.trim().trim_start_matches("::");
    if plain.starts_with("bindery::types::Json<") {
        return Some(TypeFeature::Json);
    }
    well_known(path).and_then(|known| known.feature)
}

fn feature(column_type: &ColumnType) -> Option<TypeFeature> {
    if let ColumnType::Array(element) = column_type {
        return feature(element);
    }
    column_type.facts().rust.feature
}
