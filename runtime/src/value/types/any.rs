//! Values of SQLite's columns without a type.

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// A value of a column of SQLite that is declared `ANY` or without a type: it comes back in the form it is stored in.
/// NULL is `None` of an `Option`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum AnyValue {
    /// A whole number.
    Integer(i64),
    /// A float.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for AnyValue {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for AnyValue {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for AnyValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for AnyValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for AnyValue {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl ToColumn for AnyValue {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Self::Integer(value) => params.i64(*value),
            Self::Real(value) => params.f64(*value),
            Self::Text(value) => params.text(value),
            Self::Blob(value) => params.bytes(value),
        }
    }
}

impl FromColumn for AnyValue {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.any()
    }
}
