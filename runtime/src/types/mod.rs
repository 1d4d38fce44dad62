//! Column values: how Rust types are written to parameters and read from rows.

mod basic;
#[cfg(feature = "chrono")]
mod chrono;
mod enumeration;
mod interval;

#[cfg(feature = "chrono")]
pub use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
pub use enumeration::UnknownValue;
pub use interval::{Interval, ParseIntervalError};

use crate::driver::{ParamWriter, RowReader};
use crate::error::Result;

/// A value that can be given to a column.
pub trait ToColumn {
    /// Writes exactly one value. What a database cannot hold is recorded in the writer and reported before anything is sent.
    fn write(&self, params: &mut ParamWriter<'_>);
}

/// A value that can be read from a column.
pub trait FromColumn: Sized {
    /// Reads the next column.
    ///
    /// # Errors
    /// The stored value is NULL or of another type.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;
}

impl<T: ToColumn + ?Sized> ToColumn for &T {
    fn write(&self, params: &mut ParamWriter<'_>) {
        (**self).write(params);
    }
}

impl<T: ToColumn> ToColumn for Option<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Some(value) => value.write(params),
            None => params.null(),
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        if row.skip_null() {
            Ok(None)
        } else {
            T::read(row).map(Some)
        }
    }
}
