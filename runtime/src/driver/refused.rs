//! Which one of many rows a database refuses, where it does not say.

#[cfg(any(feature = "sqlite", feature = "mysql"))]
use std::ops::Range;

#[cfg(any(feature = "sqlite", feature = "mysql"))]
use crate::error::{Error, Result};

/// Inserts the rows of a statement that was refused one by one, up to the one that is refused alone: its error, with its
/// place. In a transaction that is rolled back after it, on a database that takes back only the refused statement.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
#[cold]
pub(super) fn first_refused(
    rows: Range<usize>,
    error: Error,
    insert: &mut dyn FnMut(usize) -> Result<u64>,
) -> Error {
    if error.row().is_some() || !error.is_about_a_row() {
        return error;
    }
    for row in rows {
        if let Err(refused) = insert(row) {
            return refused.at_row(row);
        }
    }
    error
}
