//! The Rust type of a column, by what it holds.

use bindery_schema::column_type::ColumnType;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Column, FieldType};
use bindery_schema::rust_type::{RustType, Traits, TypeFeature, well_known};

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
        .into_vec()
}

/// The date of `ZeroOr<…>`, which needs what the date needs.
fn zero_or(path: &str) -> Option<&str> {
    let path = path.trim().trim_start_matches("::");
    let inner = path.strip_prefix("bindery::types::ZeroOr<")?;
    inner.strip_suffix('>')
}

const ZERO_OR: &str = "::bindery::types::ZeroOr";

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

/// Returns the feature that values of a type need.
pub(crate) fn feature(column_type: &ColumnType) -> Option<TypeFeature> {
    if let ColumnType::Array(element) = column_type {
        return feature(element);
    }
    column_type.facts().rust.feature
}
