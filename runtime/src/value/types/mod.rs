//! Column values: how Rust types are written to parameters and read from rows.
//!
//! A value comes back as it was given, or is refused before anything is sent: a number with more digits than its column
//! keeps is not rounded on its way. Only times are: what is finer than the column, and than a microsecond, is cut off toward the
//! past, on every database alike.
//!
//! A type of the program's own implements [`ToColumn`] and [`FromColumn`]; columns get it by `@type` or `[types]`, fields of
//! `#[derive(Model)]` by `#[column(type = "…")]`. `#[derive(Value)]` and `#[derive(DatabaseEnum)]` (feature `derive`)
//! write both for a struct around one value and for an enum.
//!
//! ```
//! use bindery::types::{FromColumn, ParamWriter, RowReader, ToColumn};
//!
//! /// Checked when it is read.
//! #[derive(Debug, Clone, PartialEq)]
//! pub struct Email(String);
//!
//! impl ToColumn for Email {
//!     fn write(&self, params: &mut ParamWriter<'_>) {
//!         params.text(&self.0);
//!     }
//! }
//!
//! impl FromColumn for Email {
//!     fn read(row: &mut RowReader<'_>) -> bindery::Result<Self> {
//!         let text = row.text()?;
//!         let email = text.contains('@').then(|| Self(text.to_owned()));
//!         email.ok_or_else(|| row.mismatch("address"))
//!     }
//! }
//! ```

mod any;
mod array;
mod basic;
#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "chrono")]
mod chrono;
mod enumeration;
mod interval;
#[cfg(feature = "json")]
mod json;
#[cfg(not(all(
    feature = "bigdecimal",
    feature = "chrono",
    feature = "json",
    feature = "uuid"
)))]
mod missing;
mod network;
mod nullable;
mod set;
#[cfg(feature = "uuid")]
mod uuid;
mod vector;
mod zero_or;

#[cfg(feature = "bigdecimal")]
pub use ::bigdecimal::BigDecimal;
#[cfg(feature = "chrono")]
pub use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
#[cfg(feature = "json")]
pub use ::serde_json::Value as JsonValue;
#[cfg(feature = "uuid")]
pub use ::uuid::Uuid;

#[cfg(not(feature = "bigdecimal"))]
#[doc(hidden)]
pub use self::missing::BigDecimal;
#[cfg(not(feature = "uuid"))]
#[doc(hidden)]
pub use self::missing::Uuid;
#[cfg(not(feature = "chrono"))]
#[doc(hidden)]
pub use self::missing::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
#[cfg(not(feature = "json"))]
#[doc(hidden)]
pub use self::missing::{Json, JsonValue};

pub use self::any::AnyValue;
pub use self::array::ArrayElement;
#[cfg(feature = "chrono")]
pub use self::chrono::now;
pub use self::enumeration::UnknownValue;
pub use self::interval::{Interval, ParseIntervalError};
#[cfg(feature = "json")]
pub use self::json::Json;
pub use self::network::{IpNet, ParseIpNetError};
pub use self::nullable::Nullable;
pub use self::set::StringSet;
pub use self::vector::Vector;
pub use self::zero_or::ZeroOr;

pub use crate::value::{ParamWriter, RowReader};

use crate::error::Result;

/// A value that can be given to a column.
#[diagnostic::on_unimplemented(
    message = "no column can be given a `{Self}`: it has no `ToColumn`",
    note = "`#[derive(bindery::Value)]` makes it for a struct around one value, `#[derive(bindery::DatabaseEnum)]` for an enum (feature `derive`)"
)]
pub trait ToColumn {
    /// Writes exactly one value. What a database cannot hold is recorded in the writer and reported before anything is sent.
    fn write(&self, params: &mut ParamWriter<'_>);

    /// An integer or text as it is, where the value is one on every database: a condition keeps it without a writer.
    #[doc(hidden)]
    #[inline]
    fn plain(&self) -> Option<PlainValue<'_>> {
        None
    }

    /// The engine of a key, by its number; everything else belongs to any.
    #[doc(hidden)]
    fn key_engine(&self) -> Option<usize> {
        None
    }

    /// A key belongs to one engine, everything else to any.
    #[doc(hidden)]
    fn belongs_to(&self, engine: usize) -> bool {
        self.key_engine().is_none_or(|of| of == engine)
    }
}

/// A value that every database and column takes as it is.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum PlainValue<'v> {
    /// An integer of up to 64 bits.
    Integer(i64),
    /// A text in UTF-8.
    Text(&'v str),
}

/// A value that can be read from a column.
#[diagnostic::on_unimplemented(
    message = "no column can be read as a `{Self}`: it has no `FromColumn`",
    note = "`#[derive(bindery::Value)]` makes it for a struct around one value, `#[derive(bindery::DatabaseEnum)]` for an enum (feature `derive`)"
)]
pub trait FromColumn: Sized {
    /// Reads the next column.
    ///
    /// # Errors
    /// The stored value is NULL or of another type.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;

    /// A key is of one engine, everything else of any.
    #[doc(hidden)]
    fn is_of(_engine: usize) -> bool {
        true
    }
}

/// A value that can be the current time: the type of a column with `@updated`.
pub trait Now {
    /// The current time, with seconds cut to this number of digits after the point.
    fn now(digits: u32) -> Self;
}

impl<T: Now> Now for Option<T> {
    fn now(digits: u32) -> Self {
        Some(T::now(digits))
    }
}

impl<T: ToColumn + ?Sized> ToColumn for &T {
    fn write(&self, params: &mut ParamWriter<'_>) {
        (**self).write(params);
    }

    #[inline]
    fn plain(&self) -> Option<PlainValue<'_>> {
        (**self).plain()
    }

    fn key_engine(&self) -> Option<usize> {
        (**self).key_engine()
    }
}

impl<T: ToColumn> ToColumn for Option<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Some(value) => value.write(params),
            None => params.null(),
        }
    }

    fn key_engine(&self) -> Option<usize> {
        self.as_ref().and_then(ToColumn::key_engine)
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

    fn is_of(engine: usize) -> bool {
        T::is_of(engine)
    }
}
