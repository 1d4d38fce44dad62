//! Values on their way: how Rust types are written to parameters and read from rows (`types`), the writer and the reader that
//! they meet, and the form in which each database takes and gives values. No connection is known here: the writers fill
//! buffers and bind statements, the readers read what a driver has received.

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) mod buffer;
mod calendar;
#[cfg(any(feature = "sqlite", feature = "data", feature = "messages"))]
pub(crate) mod calendar_parse;
pub(crate) mod calendar_text;
pub(crate) mod cells;
pub(crate) mod column_form;
mod column_set;
pub(crate) mod decimal;
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) mod equal;
pub(crate) mod hexadecimal;
mod inline_bytes;
pub(crate) mod json_list;
#[cfg(feature = "session")]
pub(crate) mod kept;
mod mapped;
pub(crate) mod of_column;
#[cfg(feature = "data")]
pub(crate) mod own_text;
mod picked;
mod reader;
pub(crate) mod recorded;
mod recorded_row;
mod rounding;
pub(crate) mod seen;
pub(crate) mod text_search;
pub mod types;
pub(crate) mod utf8;
pub(crate) mod uuid_text;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod vector;
mod writer;

/// The value that databases refuse which have no infinities among their dates.
#[cfg(feature = "data")]
pub(crate) const INFINITE_MOMENT: &str = "an infinite date or time, which PostgreSQL alone has";

pub use self::column_form::ColumnWriter;
pub use self::column_set::ColumnSet;
pub(crate) use self::column_set::are_equal;
pub(crate) use self::inline_bytes::Buffer;
#[cfg(feature = "data")]
pub(crate) use self::own_text::OwnValue;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::reader::RowSource;
pub use self::reader::{ReadKey, RowReader};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use self::writer::ParamTarget;
pub use self::writer::ParamWriter;
