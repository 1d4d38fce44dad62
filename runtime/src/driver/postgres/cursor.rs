//! Rows of a running query, pulled from the socket one at a time.

use std::sync::Arc;
use std::time::Instant;

use super::answer::Tally;
use super::error::{ServerError, is_stale_plan, statement_error};
use super::session::{Fault, Message};
use super::statement::Statement;
use super::{PostgresConnection, Standing};
use crate::driver::wire::Deadline;
use crate::driver::{DROP_LIMIT, WriteParams};
use crate::error::{Error, Result};
use crate::value::RowReader;
use crate::value::postgres::decode::{self, Fields};

/// Reading on costs more than a new connection beyond this.
const READ_AWAY: usize = 4 * 1024 * 1024;

/// Rows one after the other. Dropped early it reads the rest away, or gives the connection up where that is long.
pub(crate) struct PostgresCursor<'c> {
    connection: &'c mut PostgresConnection,
    statement: Arc<Statement>,
    /// The messages of the answer so far.
    tally: Tally,
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
        let (statement, tally) = loop {
            let sent = self.send(sql, write)?;
            let mut tally = Tally::new(sent.expected());
            match self.await_bound(&mut tally) {
                Ok(()) => break (sent.statement, tally),
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
            tally,
            fields: Fields::default(),
            finished: false,
            is_bound,
        })
    }

    /// Reads until the statement has its parameters: until then nothing was done, so it can be made anew.
    fn await_bound(&mut self, tally: &mut Tally) -> Result<(), Fault> {
        let session = &mut self.session;
        loop {
            let message = session.next()?;
            let body = session.body(&message);
            match message.tag {
                // Those of what begins the transaction come before its own.
                b'2' if tally.at().is_some() => return Ok(()),
                b'E' => {
                    let said = Box::new(ServerError::parse(body));
                    return Err(session.after_refusal(said));
                }
                // A row before them would be lost.
                b'D' | b'Z' => return Err(session.broken("an end before the beginning")),
                tag => {
                    if let Err(why) = tally.see(tag, body) {
                        return Err(session.broken(why));
                    }
                }
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

    /// Has the reading of all rows be over by then.
    pub(crate) fn end_by(&mut self, moment: Instant) {
        self.connection.limits.set_until(Some(moment));
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
            let body = session.body(&message);
            let seen = match message.tag {
                b'Z' => self.tally.ensure_whole(),
                b'E' => {
                    let said = ServerError::parse(body);
                    return Err(self.refused(Box::new(said)));
                }
                tag => self.tally.see(tag, body),
            };
            if let Err(why) = seen {
                let fault = session.broken(why);
                return Err(self.failed(fault));
            }
            match message.tag {
                b'D' => return Ok(Some(message)),
                b'Z' => self.finished = true,
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
        self.finished = true;
        match self.connection.session.after_refusal(said) {
            Fault::Server(said) => statement_error(Fault::Server(said)),
            worse => self.failed(worse),
        }
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
            let body = session.body(&message);
            read += body.len();
            let seen = match message.tag {
                b'Z' => self.tally.ensure_whole(),
                b'E' => {
                    self.tally.refuse();
                    Ok(())
                }
                tag => self.tally.see(tag, body),
            };
            match (seen, message.tag) {
                (Err(why), _) => return Err(session.broken(why)),
                (Ok(()), b'Z') => return Ok(()),
                (Ok(()), _) => (),
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
            self.connection.limits.hurry(Some(DROP_LIMIT));
            // A session that was not read to the end is never used again.
            let _ = self.read_away(whole);
            self.connection.limits.hurry(None);
        }
        self.connection.limits.set_until(None);
    }
}
