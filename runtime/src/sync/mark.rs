//! How far a sync is: a value of the column that says when a row was changed.

use crate::error::{Error, ErrorKind, Result};
use crate::query::ColumnPath;
use crate::value::recorded::value_kind;
use crate::value::types::ToColumn;
use crate::value::{ParamWriter, RowReader, calendar_text};
use bindery_core::dialect::ValueKind;

/// The type of a column that says which rows were changed since: a time, or an integer that only grows.
///
/// An `Option` is none: a row with NULL there would never be copied.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a watermark",
    label = "not a time or an integer",
    note = "a watermark is a NOT NULL column of a timestamp or an integer that grows with every change; without one use `full()`"
)]
pub trait Watermark: ToColumn {
    /// Whether it is a time. The overlap is one then, too.
    #[doc(hidden)]
    const IS_TIME: bool;
}

macro_rules! integers {
    ($($type:ty),*) => {
        $(impl Watermark for $type {
            const IS_TIME: bool = false;
        })*
    };
}

integers!(i16, i32, i64, u16, u32, u64);

#[cfg(feature = "chrono")]
impl Watermark for crate::value::types::NaiveDateTime {
    const IS_TIME: bool = true;
}

#[cfg(feature = "chrono")]
impl Watermark for crate::value::types::DateTime<crate::value::types::Utc> {
    const IS_TIME: bool = true;
}

/// One value of a watermark's column. Times are microseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Integer(i64),
    DateTime(i64),
    Timestamp(i64),
}

impl Mark {
    /// The mark of a recorded value.
    pub(super) fn of_recorded(values: &[u8]) -> Result<Self> {
        let mut row = RowReader::of_recorded(values);
        match value_kind(values) {
            ValueKind::Integer => row.i64().map(Self::Integer),
            ValueKind::Unsigned => {
                let value = row.u64()?;
                let value = i64::try_from(value).map_err(|_| too_large())?;
                Ok(Self::Integer(value))
            }
            ValueKind::DateTime => row.datetime().map(Self::DateTime),
            ValueKind::Timestamp => row.timestamp().map(Self::Timestamp),
            ValueKind::Boolean
            | ValueKind::Float
            | ValueKind::Text
            | ValueKind::Bytes
            | ValueKind::Date
            | ValueKind::Time
            | ValueKind::Uuid
            | ValueKind::Json
            | ValueKind::Decimal
            | ValueKind::Other => Err(Error::new(ErrorKind::Unsupported(
                "a watermark column with a value that is neither a time nor an integer",
            ))),
        }
    }

    /// The same kind with another value.
    pub(super) fn with(self, value: i64) -> Self {
        match self {
            Self::Integer(_) => Self::Integer(value),
            Self::DateTime(_) => Self::DateTime(value),
            Self::Timestamp(_) => Self::Timestamp(value),
        }
    }

    /// The mark this far before it.
    pub(super) fn before(self, overlap: i64) -> Self {
        self.with(self.value().saturating_sub(overlap))
    }

    pub(super) fn value(self) -> i64 {
        match self {
            Self::Integer(value) | Self::DateTime(value) | Self::Timestamp(value) => value,
        }
    }

    /// One letter, for the table of syncs.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Integer(_) => "i",
            Self::DateTime(_) => "d",
            Self::Timestamp(_) => "t",
        }
    }

    /// The mark of a kind and a value; `None` for a kind of a later version.
    pub(super) fn of_kind(kind: &str, value: i64) -> Option<Self> {
        match kind {
            "i" => Some(Self::Integer(value)),
            "d" => Some(Self::DateTime(value)),
            "t" => Some(Self::Timestamp(value)),
            _ => None,
        }
    }
}

impl ToColumn for Mark {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match *self {
            Self::Integer(value) => params.i64(value),
            Self::DateTime(value) => params.datetime(value),
            Self::Timestamp(value) => params.timestamp(value),
        }
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Integer(value) => write!(out, "{value}"),
            Self::DateTime(micros) | Self::Timestamp(micros) => {
                let mut text = String::new();
                calendar_text::write_datetime(micros, &mut text);
                out.write_str(&text)
            }
        }
    }
}

#[cold]
fn too_large() -> Error {
    let why = "a watermark past 2^63 - 1".to_owned();
    Error::new(ErrorKind::UnsupportedValue(why))
}

/// The column of a watermark, and how far before it a run begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct MarkColumn {
    pub(super) path: ColumnPath,
    pub(super) is_time: bool,
    /// Microseconds, or numbers.
    pub(super) overlap: Option<i64>,
}
