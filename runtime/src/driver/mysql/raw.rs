//! Statements that the program wrote itself. The server says by the status of each answer what became of the transaction;
//! what they leave in the session is taken away when the connection is given back.

use std::sync::Arc;

use super::error::is_stale_statement;
use super::session::{Answer, Done, Fault};
use super::{
    BROKEN_ROW, CLOSE, MysqlConnection, NO_ROWS, PING, Statement, Transaction, rest_away, row,
};
use crate::driver::raw::{began_transaction, ended_transaction};
use crate::driver::{DROP_LIMIT, RawText, TakeColumns, TakeRow, WriteParams};
use crate::error::wrong_count;
use crate::error::{Error, Result};

/// Raw statements ran since the connection was taken from the pool.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ran {
    #[default]
    Nothing,
    /// Statements, each by itself: what they leave goes with a reset.
    Statements,
    /// A text of several that had a transaction of its own: it may have left a prepared branch, which a reset would lose.
    Transactions,
}

impl Ran {
    pub(super) fn has_run(self) -> bool {
        self != Self::Nothing
    }
}

/// `COM_SET_OPTION`, and whether one text may hold several statements.
const SET_OPTION: u8 = 0x1b;
const SEVERAL: [u8; 2] = [0, 0];
const ONE: [u8; 2] = [1, 0];
const QUERY: u8 = 3;

impl MysqlConnection {
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        self.encode(write)?;
        self.ensure_usable()?;
        self.note_raw();
        let was_in_transaction = self.in_transaction();
        self.session.has_left_transaction();
        let outcome = self.run_raw(raw, columns, take);
        let outcome = outcome.and_then(|(changed, taken)| match taken {
            Ok(_) => Ok(changed),
            // The server does not say whether the statement did more than give rows.
            Err(error) if was_in_transaction => Err(error),
            Err(error) => Err(error.perhaps_applied()),
        });
        self.after_raw(was_in_transaction, outcome)
    }

    fn note_raw(&mut self) {
        if self.raw == Ran::Nothing {
            self.raw = Ran::Statements;
        }
    }

    fn run_raw(
        &mut self,
        raw: RawText<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<(u64, Result<bool>)> {
        let mut may_retry = self.transaction == Transaction::None;
        loop {
            let statement = match self.raw_statement(raw)? {
                Some(statement) => statement,
                None => return self.run_unprepared(raw.sql, columns),
            };
            let ready = self.ensure_fits(&statement, columns);
            let answer = match ready.and_then(|()| self.send(&statement)) {
                Ok(()) => self.read_raw(&statement, columns, take),
                Err(error) => {
                    self.done_with(raw, &statement)?;
                    return Err(error);
                }
            };
            match answer {
                Ok(read) => return self.done_with(raw, &statement).map(|()| read),
                Err(Fault::Server(said)) if is_stale_statement(&said) => {
                    self.statements.forget(raw.sql);
                    if !std::mem::take(&mut may_retry) {
                        return Err(self.failed(Fault::Server(said)));
                    }
                }
                Err(fault) => {
                    let error = self.failed(fault);
                    self.done_with(raw, &statement)?;
                    return Err(error);
                }
            }
        }
    }

    /// `None` for one that the server does not prepare, such as LOCK TABLES.
    fn raw_statement(&mut self, raw: RawText<'_>) -> Result<Option<Arc<Statement>>> {
        if let Some(statement) = self.statements.get(raw.sql).filter(|_| raw.is_kept) {
            return Ok(Some(statement));
        }
        let statement = match self.prepare(raw.sql) {
            Ok(statement) => Arc::new(statement),
            Err(Fault::Server(said)) if said.is_not_prepared() && self.values.count() == 0 => {
                return Ok(None);
            }
            Err(fault) => return Err(self.failed(fault).before_it_ran().of_text()),
        };
        if raw.is_kept {
            self.statements.insert(raw.sql, Arc::clone(&statement));
        }
        Ok(Some(statement))
    }

    /// Runs one statement as text. Whatever rows it returns, they are no matter where none are expected.
    fn run_unprepared(
        &mut self,
        sql: &str,
        columns: TakeColumns<'_>,
    ) -> Result<(u64, Result<bool>)> {
        columns(&[])?;
        let mut changed = 0;
        self.run_text(sql, |done| changed = done.changed)
            .map_err(|fault| self.failed(fault))?;
        Ok((changed, Ok(true)))
    }

    /// Has the server forget a statement that is not kept; nothing answers that.
    fn done_with(&mut self, raw: RawText<'_>, statement: &Statement) -> Result<()> {
        if raw.is_kept || self.is_broken() {
            return Ok(());
        }
        let deadline = self.deadline();
        let close = |this: &mut Self| {
            let out = this.session.begin(deadline)?;
            out.push(CLOSE);
            out.extend_from_slice(&statement.id.to_le_bytes());
            this.session.send()?;
            this.session.answered();
            Ok(())
        };
        close(self).map_err(|fault| self.failed(fault))
    }

    /// A statement that was not said to return rows may do so all the same, as CALL does.
    fn ensure_fits(&self, statement: &Statement, columns: TakeColumns<'_>) -> Result<()> {
        let given = self.values.count();
        if given != statement.params {
            return Err(wrong_count(given, statement.params));
        }
        if statement.returns {
            columns(&statement.names)?;
        }
        Ok(())
    }

    fn read_raw(
        &mut self,
        statement: &Statement,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<(u64, Result<bool>), Fault> {
        let session = &mut self.session;
        session.keep_names();
        let found = match session.answer()? {
            Answer::Rows(found) => found,
            Answer::Done(_) if statement.returns => return Err(session.broken(NO_ROWS)),
            Answer::Done(done) => {
                session.take_names();
                rest_away(session, done)?;
                self.last_insert_id = done.last_insert_id;
                return Ok((done.changed, late(columns(&[]))));
            }
        };
        let names = session.take_names();
        let mut taken = Ok(true);
        // The table may have changed since, and CALL describes its columns here.
        if names != statement.names {
            taken = late(columns(&names));
        }
        loop {
            let payload = match session.row()? {
                Ok(payload) => payload,
                Err(done) => {
                    rest_away(session, done)?;
                    return Ok((done.changed, taken));
                }
            };
            if !matches!(taken, Ok(true)) {
                continue;
            }
            let body = session.bytes(&payload);
            if self.fields.read(body, &found).is_none() {
                return Err(session.broken(BROKEN_ROW));
            }
            taken = take(&mut row::reader(&found, body, &self.fields));
        }
    }

    pub(crate) fn raw_batch(&mut self, sql: &str) -> Result<()> {
        self.ensure_usable()?;
        self.note_raw();
        let was_in_transaction = self.in_transaction();
        self.session.has_left_transaction();
        self.set_option(SEVERAL)?;
        let mut ran = 0_usize;
        let outcome = match self.run_text(sql, |_| ran += 1) {
            // The text is blank, or what comes after its last semicolon is.
            Err(Fault::Server(said)) if said.is_empty() => Ok(()),
            outcome => outcome,
        };
        let outcome = outcome.map_err(|fault| {
            let is_refused = matches!(fault, Fault::Server(_));
            let error = self.failed(fault).of_text_if_names();
            // Statements before one that failed stay.
            if is_refused && ran > 0 && !was_in_transaction {
                error.perhaps_applied()
            } else {
                error
            }
        });
        if !self.is_broken() {
            self.set_option(ONE)?;
        }
        self.after_raw(was_in_transaction, outcome)
    }

    fn set_option(&mut self, option: [u8; 2]) -> Result<()> {
        let deadline = self.deadline();
        let set = |this: &mut Self| {
            let out = this.session.begin(deadline)?;
            out.push(SET_OPTION);
            out.extend_from_slice(&option);
            this.session.send()?;
            let payload = this.session.payload()?;
            if this.session.bytes(&payload).first() == Some(&0xff) {
                return Err(this.session.refused(&payload));
            }
            this.session.answered();
            Ok(())
        };
        set(self).map_err(|fault| self.failed(fault))
    }

    fn run_text(&mut self, sql: &str, mut on_end: impl FnMut(Done)) -> Result<(), Fault> {
        let deadline = self.deadline();
        let session = &mut self.session;
        let out = session.begin(deadline)?;
        out.push(QUERY);
        out.extend_from_slice(sql.as_bytes());
        session.send()?;
        loop {
            let done = match session.answer()? {
                Answer::Done(done) => done,
                Answer::Rows(_) => session.rows_away()?,
            };
            on_end(done);
            if !done.more {
                return Ok(());
            }
        }
    }

    /// Makes sure that the transaction is as it was: its own still open, and no other.
    fn after_raw<T>(&mut self, was_in_transaction: bool, outcome: Result<T>) -> Result<T> {
        if self.is_broken() {
            return outcome;
        }
        if was_in_transaction {
            return self.after_raw_within(outcome);
        }
        let has_left = self.session.has_left_transaction();
        if has_left {
            self.raw = Ran::Transactions;
        }
        if !self.session.in_transaction() && self.session.autocommits() {
            return outcome;
        }
        let is_undone = self.leave_raw_transaction();
        let error = began_transaction();
        let is_kept = has_left || !is_undone;
        outcome.and(Err(if is_kept {
            error.perhaps_applied()
        } else {
            error
        }))
    }

    fn after_raw_within<T>(&mut self, outcome: Result<T>) -> Result<T> {
        // The server has ended it after a deadlock.
        if self.transaction != Transaction::Open {
            return outcome;
        }
        if !self.session.autocommits() {
            self.leave_raw_transaction();
            self.transaction = Transaction::Aborted;
            return outcome.and(Err(began_transaction()));
        }
        // DDL commits also where it fails, and an error does not tell of the transaction.
        if outcome.is_err() && self.ask_status().is_err() {
            return outcome;
        }
        if !self.session.has_left_transaction() && self.session.in_transaction() {
            return outcome;
        }
        self.transaction = Transaction::Aborted;
        Err(ended_transaction())
    }

    /// Rolls back what raw statements have begun. Where that cannot be, as with a branch of an XA transaction, which may be
    /// prepared, the connection is of no more use.
    fn leave_raw_transaction(&mut self) -> bool {
        let left = self
            .command("ROLLBACK")
            .and_then(|()| self.command("SET autocommit = 1"));
        if left.is_err() {
            self.session.give_up();
        }
        left.is_ok()
    }

    fn ask_status(&mut self) -> Result<(), Fault> {
        let deadline = self.deadline();
        self.session.begin(deadline)?.push(PING);
        self.session.send()?;
        self.session.read_away().map(drop)
    }

    /// Takes away what raw statements may have left. The server does it now: a lock must not wait for the next user.
    #[cold]
    pub(super) fn clean(&mut self) -> bool {
        let ran = std::mem::take(&mut self.raw);
        if ran == Ran::Transactions {
            return false;
        }
        self.limits.hurry(Some(DROP_LIMIT));
        let reset = self.reset();
        self.limits.hurry(None);
        reset.is_ok()
    }
}

/// Columns that do not fit, after the statement ran.
fn late(fit: Result<()>) -> Result<bool> {
    fit.map(|()| true).map_err(Error::perhaps_applied)
}
