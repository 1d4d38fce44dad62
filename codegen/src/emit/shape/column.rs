//! The facts of a column that the code repeats.

use bindery_schema::column_type::ColumnType;
use bindery_schema::model::{Column, Generated};
use bindery_schema::plan::statements::{is_touched, is_writable};
use bindery_schema::rust_type::TypeFeature;

use super::types;

/// The facts of a column that the code repeats.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct ColumnFacts<'m> {
    pub(crate) name: &'m str,
    pub(crate) docs: &'m [String],
    pub(crate) json: JsonFacts<'m>,
    pub(crate) column_type: &'m ColumnType,
    /// Digits after the point that it keeps, where its values can have more.
    pub(crate) fraction_digits: Option<u32>,
    /// The feature of the runtime that it needs.
    pub(crate) feature: Option<TypeFeature>,
    /// The database counts it.
    pub(crate) counted: bool,
    pub(crate) version: bool,
    /// Every update sets it by itself.
    pub(crate) touched: bool,
    /// A value can be given to it.
    pub(crate) writable: bool,
}

impl<'m> ColumnFacts<'m> {
    /// Those of a column.
    pub(crate) fn from_column(column: &'m Column) -> Self {
        Self {
            name: &column.name,
            docs: &column.docs,
            json: JsonFacts::from_column(column),
            column_type: &column.column_type,
            fraction_digits: column.fraction_digits(),
            feature: types::feature_of_column(column),
            counted: matches!(column.generated, Generated::Key { .. }),
            version: column.version,
            touched: is_touched(column),
            writable: is_writable(column),
        }
    }
}

/// The form of a column in JSON, by its tags.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct JsonFacts<'m> {
    /// It is never there.
    pub(crate) skip: bool,
    pub(crate) rename: Option<&'m str>,
    /// The module that writes and reads its values.
    pub(crate) with: Option<&'m str>,
}

impl<'m> JsonFacts<'m> {
    /// Those of a column.
    pub(crate) fn from_column(column: &'m Column) -> Self {
        let tags = &column.serde;
        Self {
            skip: tags.skip.is_some(),
            rename: tags.rename.as_ref().map(|name| name.text.as_str()),
            with: tags.with.as_ref().map(|path| path.text.as_str()),
        }
    }
}
