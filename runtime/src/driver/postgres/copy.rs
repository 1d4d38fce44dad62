//! Many rows in one statement: `COPY … FROM STDIN (FORMAT binary)`, and INSERTs in one go where that is not possible,
//! as after row security.

use std::collections::BTreeSet;
use std::sync::Arc;

use postgres_types::Type;

use super::PostgresConnection;
use super::answer::Expected;
use super::begin::Begin;
use super::error::refuses_copy;
use super::message;
use super::session::{Fault, Session, Standing};
use crate::driver::TableSql;
use crate::driver::WriteEach;
use crate::error::{Error, Result};
use crate::value::ColumnSet;
use crate::value::ParamTarget;
use crate::value::ParamWriter;
use crate::value::postgres::encode::{Encoder, is_foreign};

/// The signature, no flags, no extension (PostgreSQL's manual, "COPY", "Binary Format").
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1i16).to_be_bytes();
const CHUNK: usize = 64 * 1024;

/// Tables that COPY was tried on.
#[derive(Default)]
pub(super) struct Copied {
    taken: BTreeSet<&'static str>,
    refused: BTreeSet<&'static str>,
    /// The last insert of many rows was one.
    was_used: bool,
}

/// How the server's refusal of a COPY is undone.
#[derive(Clone, Copy)]
enum Undo {
    /// It is over with the statement.
    Nothing,
    /// The transaction was begun for it.
    Transaction(Begin),
    Savepoint,
}

const SAVEPOINT: &str = "SAVEPOINT bindery_copy";
const BACK_TO_SAVEPOINT: &str =
    "ROLLBACK TO SAVEPOINT bindery_copy; RELEASE SAVEPOINT bindery_copy";
const RELEASE: &str = "RELEASE SAVEPOINT bindery_copy";

impl PostgresConnection {
    pub(crate) fn insert_rows(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        self.copied.was_used = false;
        // COPY cannot take rows without any column.
        if columns.is_empty() || self.copied.refused.contains(table.table) {
            return self.insert_in_turn(table, columns, rows, write);
        }
        let undo = self.undo_of_copy(table);
        let names = column_list(table, columns);
        // Not a kept statement: COPY takes binary values for what they are not, so the types must be those of now.
        let probe = format!("SELECT {names} FROM {} LIMIT 0", table.table);
        let statement = self.prepare(&probe)?;
        let described = statement.columns.iter();
        let types: Vec<Type> = described.map(|column| column.column_type.clone()).collect();
        self.statements.drop_unkept(Arc::new(statement));
        // Their text form is all that is known of them.
        if types.iter().any(is_foreign) {
            return self.insert_in_turn(table, columns, rows, write);
        }
        if self.start_copy(&copy_sql(table, &names), undo)? {
            self.copied.was_used = true;
            let copied = self.copy(&types, rows, write)?;
            self.copied.taken.insert(table.table);
            if matches!(undo, Undo::Savepoint) {
                self.control(RELEASE)?;
            }
            return Ok(copied);
        }
        self.copied.refused.insert(table.table);
        self.insert_in_turn(table, columns, rows, write)
    }

    /// The statement of the last `insert_rows`.
    pub(crate) fn sent_insert(&self, table: &TableSql, columns: &ColumnSet) -> String {
        if self.copied.was_used {
            copy_sql(table, &column_list(table, columns))
        } else {
            table.insert_sql(bindery_core::dialect::Dialect::Postgres, columns, 1, false)
        }
    }

    /// A refusal would end the transaction that is open, so the first COPY of a table is tried after a savepoint.
    fn undo_of_copy(&self, table: &TableSql) -> Undo {
        if let Some(begin) = self.begin_pending {
            return Undo::Transaction(begin);
        }
        match self.session.standing() {
            Standing::Idle => Undo::Nothing,
            Standing::InTransaction | Standing::Failed => {
                let is_known = self.copied.taken.contains(table.table);
                if is_known {
                    Undo::Nothing
                } else {
                    Undo::Savepoint
                }
            }
        }
    }

    fn insert_in_turn(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        let sql = table.insert_sql(bindery_core::dialect::Dialect::Postgres, columns, 1, false);
        let mut inserted = 0;
        self.execute_each(&sql, rows, write, &mut |_, count| inserted += count)?;
        Ok(inserted)
    }

    /// Either all rows are taken or, where one is refused, the whole statement is taken back.
    fn copy(&mut self, types: &[Type], rows: usize, write: WriteEach<'_>) -> Result<u64> {
        let mut copied = 0;
        let refused =
            send_rows(&mut self.session, types, rows, write).map_err(|fault| self.failed(fault))?;
        self.ask_number();
        if self.numbering.asked {
            self.session.send(1).map_err(|fault| self.failed(fault))?;
        }
        let outcome = self.session.answer(Expected::one(0, false), |tag, body| {
            if tag == b'C' {
                copied = super::count(body)?.unwrap_or(0);
            }
            Ok(())
        });
        self.learn_number();
        match (outcome, refused) {
            // The server only repeats what it was sent.
            (Ok(()) | Err(Fault::Server(_)), Some(refused)) => Err(refused),
            (Ok(()), None) => Ok(copied),
            (Err(fault), _) => Err(self.failed(fault)),
        }
    }

    /// Sends the statement and waits until the server is ready for rows; `false` where it takes none this way, and all is
    /// as it was.
    fn start_copy(&mut self, sql: &str, undo: Undo) -> Result<bool> {
        if matches!(undo, Undo::Savepoint) {
            self.control(SAVEPOINT).map_err(Error::before_it_ran)?;
        }
        match self.begin_copy(sql) {
            Ok(()) => Ok(true),
            Err(Fault::Server(said)) if refuses_copy(&said) => {
                match undo {
                    Undo::Nothing if self.session.standing() == Standing::Idle => (),
                    Undo::Nothing => return Err(self.failed(Fault::Server(said))),
                    Undo::Transaction(begin) => {
                        self.rollback()?;
                        self.begin_pending = Some(begin);
                    }
                    Undo::Savepoint => self.control(BACK_TO_SAVEPOINT)?,
                }
                Ok(false)
            }
            Err(fault) => Err(self.failed(fault).before_it_ran()),
        }
    }

    fn begin_copy(&mut self, sql: &str) -> Result<(), Fault> {
        let deadline = self.deadline();
        let out = self.session.begin(deadline)?;
        message::query(out, sql);
        self.session.send(1)?;
        self.session.await_copy()
    }
}

/// Sends rows until all are sent, one cannot be, or the server refused. A value that cannot be held is what is given.
fn send_rows(
    session: &mut Session,
    types: &[Type],
    rows: usize,
    write: WriteEach<'_>,
) -> Result<Option<Error>, Fault> {
    let mut chunk = Chunk::begin(session.out());
    session.out().extend_from_slice(HEADER);
    for row in 0..rows {
        if let Err(refused) = encode_row(types, session.out(), &mut |params| write(row, params)) {
            let refused = refused.at_row(row);
            session.out().clear();
            message::message(session.out(), b'f', |out| {
                message::push_cstr(out, "refused")
            });
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

fn copy_sql(table: &TableSql, names: &str) -> String {
    format!("COPY {} ({names}) FROM STDIN (FORMAT binary)", table.table)
}

fn column_list(table: &TableSql, columns: &ColumnSet) -> String {
    let names: Vec<&str> = columns.iter().map(|column| table.columns[column]).collect();
    names.join(", ")
}
