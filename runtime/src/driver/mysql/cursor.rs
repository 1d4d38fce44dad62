//! Rows of a running query, pulled from the socket one at a time.

use std::time::Instant;

use super::session::{Answer, Fault};
use super::{BROKEN_ROW, MysqlConnection, Transaction};
use crate::driver::wire::Deadline;
use crate::driver::{DROP_LIMIT, WriteParams};
use crate::error::{Error, Result};
use crate::value::RowReader;
use crate::value::mysql::column::{Column, Fields};
use crate::value::mysql::row;

/// Reading on costs more than a new connection beyond this.
const READ_AWAY: usize = 4 * 1024 * 1024;

/// Rows one after the other. Dropped early it reads the rest away, or gives the connection up where that is long.
pub(crate) struct MysqlCursor<'c> {
    connection: &'c mut MysqlConnection,
    columns: Vec<Column>,
    fields: Fields,
    finished: bool,
}

impl MysqlConnection {
    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<MysqlCursor<'_>> {
        self.encode(write)?;
        let mut columns = Vec::new();
        let mut finished = false;
        self.run(sql, |session, statement, _| {
            match session.answer()? {
                Answer::Rows(found) => columns = found,
                Answer::Done(_) if statement.returns => {
                    return Err(session.broken(super::NO_ROWS));
                }
                Answer::Done(done) => {
                    super::rest_away(session, done)?;
                    finished = true;
                }
            }
            Ok(())
        })?;
        Ok(MysqlCursor {
            connection: self,
            columns,
            fields: Fields::default(),
            finished,
        })
    }
}

impl MysqlCursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        if self.finished {
            return Ok(None);
        }
        self.await_row();
        let session = &mut self.connection.session;
        let payload = match session.row() {
            Ok(Ok(payload)) => payload,
            Ok(Err(done)) => {
                let ended = super::rest_away(session, done);
                return self.ended(ended).map(|()| None);
            }
            Err(fault) => return self.ended(Err(fault)).map(|()| None),
        };
        let body = session.bytes(&payload);
        if self.fields.read(body, &self.columns).is_none() {
            let fault = self.connection.session.broken(BROKEN_ROW);
            return self.ended(Err(fault)).map(|()| None);
        }
        let body = self.connection.session.bytes(&payload);
        Ok(Some(row::reader(&self.columns, body, &self.fields)))
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

    fn ended(&mut self, outcome: Result<(), Fault>) -> Result<()> {
        self.finished = true;
        outcome.map_err(|fault| self.failed(fault))
    }

    #[cold]
    fn failed(&mut self, fault: Fault) -> Error {
        self.connection.failed(fault)
    }

    /// `whole` is the time for all of it, where it is read to the end.
    fn read_away(&mut self, whole: Deadline) -> Result<(), Fault> {
        let is_bound = self.connection.transaction != Transaction::None;
        let mut read = 0;
        self.renew_deadline();
        loop {
            let session = &mut self.connection.session;
            match session.row()? {
                Ok(payload) => read += session.bytes(&payload).len(),
                Err(done) => return super::rest_away(session, done),
            }
            // A transaction lives and dies with its connection, so there it is read to the end.
            let gives_up = if is_bound {
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

impl Drop for MysqlCursor<'_> {
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
