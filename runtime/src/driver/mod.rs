//! The databases behind one seam: parameters in, rows out, statements run. No driver's type leaves this folder.

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

mod calendar;

mod params;
mod physical;
mod row;

pub use params::ParamWriter;
pub(crate) use physical::{Cursor, Physical};
pub use row::RowReader;

/// Writes all parameters of one statement.
pub(crate) type WriteParams<'a> = &'a mut dyn FnMut(&mut ParamWriter<'_>);

/// Takes one row; `false` ends the reading.
pub(crate) type TakeRow<'a> = &'a mut dyn FnMut(&mut RowReader<'_>) -> crate::Result<bool>;
