//! Bytes and texts that are too long for memory. A statement has a value whole; SQLite's incremental I/O has not
//! (<https://www.sqlite.org/c3ref/blob_open.html>).

use super::SqliteConnection;
use crate::error::{Error, ErrorKind, Result};
use crate::value::sqlite::error::prepare_error;

/// The place of a value: names of a table and its column without quotes, and the number of the row.
pub(crate) type Place<'n> = (&'n str, &'n str, i64);

/// Takes a part of a value.
pub(crate) type TakePart<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

impl SqliteConnection {
    /// Reads a value in parts of at most `size` bytes.
    pub(crate) fn read_parts(
        &mut self,
        (table, column, row): Place<'_>,
        size: usize,
        take: TakePart<'_>,
    ) -> Result<()> {
        self.run(|call, _| {
            let connection = call.file.watched.connection();
            let value = connection
                .blob_open("main", table, column, row, true)
                .map_err(prepare_error)?;
            let mut part = vec![0; size.min(value.len())];
            let mut begin = 0;
            while begin < value.len() {
                let read = value.read_at(&mut part, begin).map_err(prepare_error)?;
                if read == 0 {
                    return Err(Error::new(ErrorKind::Corrupt));
                }
                take(&part[..read])?;
                begin += read;
            }
            Ok(())
        })
    }

    /// Writes over a value that has as many bytes; `parts` calls what it is given for each part.
    pub(crate) fn write_parts(
        &mut self,
        (table, column, row): Place<'_>,
        parts: &mut dyn FnMut(TakePart<'_>) -> Result<()>,
    ) -> Result<()> {
        self.run(|call, _| {
            call.allow(false)?;
            let connection = call.file.watched.connection();
            let mut value = connection
                .blob_open("main", table, column, row, false)
                .map_err(prepare_error)?;
            let mut begin = 0;
            parts(&mut |part| {
                value.write_all_at(part, begin).map_err(prepare_error)?;
                begin += part.len();
                Ok(())
            })?;
            value.close().map_err(prepare_error)
        })
    }
}
