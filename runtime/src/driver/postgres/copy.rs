//! Many rows at once: `COPY … FROM STDIN (FORMAT binary)`.

use std::io::Write;

use postgres::types::Type;

use super::PostgresConnection;
use super::encode::{Encoder, is_foreign};
use crate::driver::ParamWriter;
use crate::driver::params::ParamTarget;
use crate::error::{Error, Result};
use crate::model::ColumnSet;
use crate::statements::TableSql;

/// The signature, no flags, no extension (PostgreSQL's manual, "COPY", "Binary Format").
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1i16).to_be_bytes();
const CHUNK: usize = 64 * 1024;

impl PostgresConnection {
    pub(crate) fn insert_rows(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        // COPY cannot take rows without any column.
        if columns.is_empty() {
            return self.insert_singly(table, columns, rows, write);
        }
        let names = list(table, columns);
        // Not a kept statement: COPY takes binary values for what they are not, so the types must be those of now.
        let probe = format!("SELECT {names} FROM {} LIMIT 0", table.table);
        let statement = self.prepare(&probe)?;
        let types: Vec<Type> = statement
            .columns()
            .iter()
            .map(|column| column.type_().clone())
            .collect();
        // Their text form is all that is known of them.
        if types.iter().any(is_foreign) {
            return self.insert_singly(table, columns, rows, write);
        }
        let sql = format!("COPY {} ({names}) FROM STDIN (FORMAT binary)", table.table);
        self.copy(&sql, &types, rows, write)
    }

    fn insert_singly(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        let sql = table.insert_sql(crate::Dialect::Postgres, columns, 1, false);
        (0..rows).try_fold(0, |inserted, row| {
            self.execute(&sql, &mut |params| write(row, params))
                .map(|count| inserted + count)
        })
    }

    /// Either all rows are taken or, where one is refused, the whole statement is taken back.
    fn copy(
        &mut self,
        sql: &str,
        types: &[Type],
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.extend_from_slice(HEADER);
        let outcome = send_rows(&mut self.client, sql, types, rows, write, &mut buffer);
        self.buffer = buffer;
        outcome.map_err(|failure| match failure {
            Failure::Driver(error) => self.failed(&error),
            Failure::Lost => self.lost(),
            Failure::Refused(error) => error,
        })
    }
}

/// Why rows were not copied.
enum Failure {
    Driver(postgres::Error),
    Lost,
    /// A value cannot be held.
    Refused(Error),
}

/// Leaving early drops the writer without finishing it, which takes everything back.
fn send_rows(
    client: &mut postgres::Client,
    sql: &str,
    types: &[Type],
    rows: usize,
    write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    buffer: &mut Vec<u8>,
) -> Result<u64, Failure> {
    let mut writer = client.copy_in(sql).map_err(Failure::Driver)?;
    for row in 0..rows {
        encode_row(types, buffer, &mut |params| write(row, params)).map_err(Failure::Refused)?;
        if buffer.len() >= CHUNK {
            flush(&mut writer, buffer)?;
        }
    }
    buffer.extend_from_slice(&TRAILER);
    flush(&mut writer, buffer)?;
    writer.finish().map_err(Failure::Driver)
}

fn flush(writer: &mut postgres::CopyInWriter<'_>, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    writer
        .write_all(buffer)
        .and_then(|()| writer.flush())
        .map_err(io_cause)?;
    buffer.clear();
    Ok(())
}

/// The driver wraps its error into one of input and output.
fn io_cause(error: std::io::Error) -> Failure {
    error
        .into_inner()
        .and_then(|inner| inner.downcast::<postgres::Error>().ok())
        .map_or(Failure::Lost, |error| Failure::Driver(*error))
}

fn encode_row(
    types: &[Type],
    buffer: &mut Vec<u8>,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<()> {
    // A table has at most 1,600 columns.
    buffer.extend_from_slice(&(types.len() as i16).to_be_bytes());
    let mut params = ParamWriter::new(ParamTarget::Postgres(Encoder::new(types, buffer)));
    write(&mut params);
    params.finish_all(types.len())
}

fn list(table: &TableSql, columns: &ColumnSet) -> String {
    let names: Vec<&str> = columns.iter().map(|column| table.columns[column]).collect();
    names.join(", ")
}
