//! Dates that may be `0000-00-00`, which old MySQL databases have where others have NULL.

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// A date, or a date and time, or the date of zeros. For columns with `@type` or `[types]`: elsewhere a date of zeros is an
/// error that names its column, as it is not a date.
///
/// MySQL takes it for writing only where the session's `sql_mode` has neither `NO_ZERO_DATE` nor a strict mode with it.
///
/// ```sql
/// CREATE TABLE posts (
///     id        int PRIMARY KEY,
///     posted_at datetime NOT NULL -- @type bindery::types::ZeroOr<chrono::NaiveDateTime>
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ZeroOr<T> {
    /// `0000-00-00`, which MySQL and MariaDB allow in a date.
    Zero,
    /// A date that is one.
    Value(T),
}

impl<T> ZeroOr<T> {
    /// The date, where it is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Zero => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for ZeroOr<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: ToColumn> ToColumn for ZeroOr<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Self::Zero => params.zero_date(),
            Self::Value(value) => value.write(params),
        }
    }
}

impl<T: FromColumn> FromColumn for ZeroOr<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        if row.skip_zero_date() {
            Ok(Self::Zero)
        } else {
            T::read(row).map(Self::Value)
        }
    }
}
