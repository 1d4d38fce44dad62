//! Rows of a running query, pulled from the socket one at a time.

use std::sync::Arc;

use super::decode::{self, Fields};
use super::error::{ServerError, is_stale_plan, statement_error};
use super::session::{Fault, Message};
use super::statement::Statement;
use super::{PostgresConnection, Standing};
use crate::driver::wire::Deadline;
use crate::driver::{DROP_LIMIT, RowReader, WriteParams};
use crate::error::{Error, Result};

/// Reading on costs more than a new connection beyond this.
const READ_AWAY: usize = 4 * 1024 * 1024;

/// Rows one after the other. Dropped early it reads the rest away, or gives the connection up where that is long.
pub(crate) struct PostgresCursor<'c> {
    connection: &'c mut PostgresConnection,
    statement: Arc<Statement>,
    fields: Fields,
    finished: bool,
    /// It belongs to a transaction, which may have begun with it.
    is_bound: bool,
}

impl PostgresConnection {
    pub(crate) fn cursor(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
    ) -> Result<PostgresCursor<'_>> {
        self.numbering.put_off();
        let is_bound = self.in_transaction();
        let begins = self.begin_pending;
        let mut may_retry = begins.is_some() || self.session.standing() == Standing::Idle;
        let statement = loop {
            let statement = self.send(sql, write)?;
            match self.await_bound() {
                Ok(()) => break statement,
                Err(Fault::Server(said)) if is_stale_plan(&said) => {
                    if !self.renew(sql, begins, &mut may_retry)? {
                        return Err(self.failed(Fault::Server(said)));
                    }
                }
                Err(fault) => return Err(self.failed(fault)),
            }
        };
        Ok(PostgresCursor {
            connection: self,
            statement,
            fields: Fields::default(),
            finished: false,
            is_bound,
        })
    }

    /// Reads until the statement has its parameters: until then nothing was done, so it can be made anew.
    fn await_bound(&mut self) -> Result<(), Fault> {
        let session = &mut self.session;
        let mut is_begin = false;
        loop {
            let message = session.next()?;
            match message.tag {
                // Only BEGIN is prepared on the way.
                b'1' => is_begin = true,
                b'2' if is_begin => is_begin = false,
                b'2' => return Ok(()),
                b'E' => {
                    let said = Box::new(ServerError::read(session.body(&message)));
                    return session.answer(|_, _| Ok(())).and(Err(Fault::Server(said)));
                }
                b'Z' => return Err(session.broken("an end before the beginning")),
                _ => (),
            }
        }
    }
}

impl PostgresCursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        self.await_row();
        let Some(row) = self.next_row()? else {
            return Ok(None);
        };
        let columns = &self.statement.columns;
        let body = self.connection.session.body(&row);
        if let Err(why) = self.fields.read(body, columns.len()) {
            let fault = self.connection.session.broken(why);
            return Err(self.failed(fault));
        }
        let body = self.connection.session.body(&row);
        Ok(Some(decode::reader(
            &self.statement.columns,
            body,
            &self.fields,
        )))
    }

    /// Each row has the whole time: between two of them the caller may take its own.
    fn await_row(&mut self) {
        if !self.connection.session.has_row() {
            self.renew_deadline();
        }
    }

    fn renew_deadline(&mut self) {
        let deadline = self.connection.deadline();
        self.connection.session.set_deadline(deadline);
    }

    fn next_row(&mut self) -> Result<Option<Message>> {
        while !self.finished {
            let session = &mut self.connection.session;
            let message = match session.next() {
                Ok(message) => message,
                Err(fault) => return Err(self.failed(fault)),
            };
            match message.tag {
                b'D' => return Ok(Some(message)),
                b'Z' => self.finished = true,
                b'E' => {
                    let said = ServerError::read(session.body(&message));
                    return Err(self.refused(Box::new(said)));
                }
                _ => (),
            }
        }
        Ok(None)
    }

    /// The server's error ends the rows; the statement is prepared anew the next time, should its plan be the reason.
    #[cold]
    fn refused(&mut self, said: Box<ServerError>) -> Error {
        if is_stale_plan(&said) {
            self.connection.statements.forget_statement(&self.statement);
        }
        if let Err(worse) = self.read_away(self.connection.deadline()) {
            return self.failed(worse);
        }
        statement_error(Fault::Server(said))
    }

    #[cold]
    fn failed(&mut self, fault: Fault) -> Error {
        self.finished = true;
        self.connection.failed(fault)
    }

    /// `whole` is the time for all of it, where it is read to the end.
    fn read_away(&mut self, whole: Deadline) -> Result<(), Fault> {
        self.finished = true;
        let mut read = 0;
        self.renew_deadline();
        loop {
            let session = &mut self.connection.session;
            let message = session.next()?;
            read += session.body(&message).len();
            if message.tag == b'Z' {
                return Ok(());
            }
            // A transaction lives and dies with its connection, so there it is read to the end.
            let gives_up = if self.is_bound {
                self.await_row();
                whole.left().is_err()
            } else {
                read > READ_AWAY
            };
            if gives_up {
                return Ok(());
            }
        }
    }
}

impl Drop for PostgresCursor<'_> {
    fn drop(&mut self) {
        if !self.finished {
            let whole = self.connection.deadline();
            self.connection.hurry(Some(DROP_LIMIT));
            // A session that was not read to the end is never used again.
            let _ = self.read_away(whole);
            self.connection.hurry(None);
        }
    }
}
