//! Many rows at once: `COPY … FROM STDIN (FORMAT binary)`.

use std::sync::Arc;

use postgres_types::Type;

use super::PostgresConnection;
use super::encode::{Encoder, is_foreign};
use super::message;
use super::session::{Fault, Session};
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
        let described = statement.columns.iter();
        let types: Vec<Type> = described.map(|column| column.column_type.clone()).collect();
        self.statements.drop_unkept(Arc::new(statement));
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
                .map_err(|error| error.at_row(row))
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
        let mut copied = 0;
        self.start_copy(sql)?;
        let refused =
            send_rows(&mut self.session, types, rows, write).map_err(|fault| self.failed(fault))?;
        let outcome = self.session.answer(|tag, body| {
            if tag == b'C' {
                copied = super::count(body);
            }
            Ok(())
        });
        match (outcome, refused) {
            // The server only repeats what it was told.
            (Ok(()) | Err(Fault::Server(_)), Some(refused)) => Err(refused),
            (Ok(()), None) => Ok(copied),
            (Err(fault), _) => Err(self.failed(fault)),
        }
    }

    /// Sends the statement and waits until the server is ready for rows.
    fn start_copy(&mut self, sql: &str) -> Result<()> {
        let deadline = self.deadline();
        let begins = self.begin_pending.take();
        let mut start = || {
            let out = self.session.begin(deadline)?;
            match begins {
                Some(begin) => message::query(out, &begin.before(sql)),
                None => message::query(out, sql),
            }
            self.session.send(1)?;
            self.session.await_copy()
        };
        start().map_err(|fault| self.failed(fault).before_it_ran())
    }
}

/// Sends rows until all are sent, one cannot be, or the server refused. A value that cannot be held is what is given.
fn send_rows(
    session: &mut Session,
    types: &[Type],
    rows: usize,
    write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
) -> Result<Option<Error>, Fault> {
    let mut chunk = Chunk::begin(session.out());
    session.out().extend_from_slice(HEADER);
    for row in 0..rows {
        if let Err(refused) = encode_row(types, session.out(), &mut |params| write(row, params)) {
            let refused = refused.at_row(row);
            session.out().clear();
            message::message(session.out(), b'f', |out| message::text(out, "refused"));
            session.send(0)?;
            return Ok(Some(refused));
        }
        if session.out().len() >= CHUNK {
            chunk.end(session.out());
            session.send(0)?;
            // It reads away what follows; there is no use in sending it.
            if session.is_refused_early() {
                return Ok(None);
            }
            chunk = Chunk::begin(session.out());
        }
    }
    session.out().extend_from_slice(&TRAILER);
    chunk.end(session.out());
    session.out().extend_from_slice(message::COPY_DONE);
    session.send(0)?;
    Ok(None)
}

/// A CopyData message that is being written.
struct Chunk {
    start: usize,
}

impl Chunk {
    fn begin(out: &mut Vec<u8>) -> Self {
        out.push(b'd');
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        Self { start }
    }

    fn end(&self, out: &mut [u8]) {
        message::end_counted(out, self.start);
    }
}

fn encode_row(
    types: &[Type],
    buffer: &mut Vec<u8>,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<()> {
    // A table has at most 1,600 columns.
    let count = u16::try_from(types.len()).unwrap_or(u16::MAX);
    buffer.extend_from_slice(&count.to_be_bytes());
    let mut params = ParamWriter::new(ParamTarget::Postgres(Encoder::new(types, buffer)));
    write(&mut params);
    params.finish_all(types.len())
}

fn list(table: &TableSql, columns: &ColumnSet) -> String {
    let names: Vec<&str> = columns.iter().map(|column| table.columns[column]).collect();
    names.join(", ")
}
