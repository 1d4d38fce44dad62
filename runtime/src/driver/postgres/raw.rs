//! Statements that the program wrote itself. The server says by the tag of each and by its ReadyForQuery what became of
//! the transaction; what they leave in the session is taken away when the connection is given back.

use std::sync::Arc;

use super::answer::{Expected, count};
use super::decode;
use super::error::is_stale_plan;
use super::number::can_tell;
use super::session::{Fault, Standing};
use super::statement::Statement;
use super::{PostgresConnection, Sent};
use crate::driver::raw::{began_transaction, ended_transaction};
use crate::driver::{DROP_LIMIT, RawText, TakeColumns, TakeRow, WriteParams};
use crate::error::{DatabaseError, Error, ErrorKind, Result};
use crate::value::postgres::bytes;

/// The tags of ended statements.
#[derive(Default)]
struct Ended {
    changed: u64,
    /// One of them has ended a transaction.
    transaction: bool,
    /// The server has forgotten every prepared statement.
    statements: bool,
}

impl Ended {
    fn see(&mut self, tag: &[u8], returns: bool) -> Result<(), &'static str> {
        let rows = count(tag)?;
        let word = tag.strip_suffix(&[0]).unwrap_or(tag);
        match word {
            b"COMMIT" | b"ROLLBACK" | b"PREPARE TRANSACTION" => self.transaction = true,
            b"DISCARD ALL" | b"DEALLOCATE ALL" => self.statements = true,
            _ => (),
        }
        // A SELECT that returns rows has changed none; one that makes a table has.
        let has_only_read = returns && !is_write(word);
        self.changed = rows.filter(|_| !has_only_read).unwrap_or(0);
        Ok(())
    }
}

fn is_write(tag: &[u8]) -> bool {
    let first = tag.split(|&byte| byte == b' ').next().unwrap_or_default();
    [&b"INSERT"[..], b"UPDATE", b"DELETE", b"MERGE"].contains(&first)
}

impl PostgresConnection {
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        self.raw_ran = true;
        self.watch_reads()?;
        let was_in_transaction = self.in_transaction();
        let begins = self.begin_pending;
        let mut may_retry = begins.is_some() || self.session.standing() == Standing::Idle;
        let mut ended = Ended::default();
        let outcome = loop {
            let sent = self.send_raw(raw, write, columns)?;
            let (was_bound, answer) = self.read_raw(&sent, &mut ended, take);
            if !raw.is_kept {
                self.statements.drop_unkept(Arc::clone(&sent.statement));
            }
            self.learn_number();
            match answer {
                Err(Fault::Server(said)) if !was_bound && is_stale_plan(&said) => {
                    if !self.renew(raw.sql, begins, &mut may_retry)? {
                        break Err(self.failed(Fault::Server(said)));
                    }
                }
                Err(fault) => break Err(self.failed(fault)),
                Ok(taken) => break taken.map_err(|error| self.unread(was_in_transaction, error)),
            }
        };
        let outcome = outcome.and_then(|()| self.ensure_only_read());
        let outcome = outcome.map(|()| ended.changed);
        self.after_raw(was_in_transaction, &ended, outcome)
    }

    /// In a transaction that was begun to read only, the statement queries the transaction's number: the server refuses there
    /// neither `lo_create` before version 16 nor `pg_logical_emit_message`. Once one has taken a number, nothing more is run.
    fn watch_reads(&mut self) -> Result<()> {
        if !self.only_reads || !self.in_transaction() {
            return Ok(());
        }
        if self.numbering.has_number() {
            return Err(has_number());
        }
        if can_tell(&self.info.version) {
            self.numbering.want();
        }
        Ok(())
    }

    fn ensure_only_read(&self) -> Result<()> {
        if self.only_reads && self.in_transaction() && self.numbering.has_number() {
            Err(has_number())
        } else {
            Ok(())
        }
    }

    /// A row was not taken. What the statement did besides giving rows, the server does not say.
    #[cold]
    fn unread(&self, was_in_transaction: bool, error: Error) -> Error {
        if was_in_transaction {
            error
        } else {
            error.perhaps_applied()
        }
    }

    fn send_raw(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
    ) -> Result<Sent> {
        if let Some(statement) = self.statements.get(raw.sql).filter(|_| raw.is_kept) {
            if columns(&statement.names).is_ok() && self.bind(&statement, write).is_ok() {
                return self.sent(statement);
            }
            self.statements.forget(raw.sql);
        }
        let statement = Arc::new(self.prepare(raw.sql)?);
        if raw.is_kept {
            self.statements.insert(raw.sql, Arc::clone(&statement));
        }
        let bound = columns(&statement.names).and_then(|()| self.bind(&statement, write));
        if let Err(error) = bound {
            self.drop_raw(raw, statement);
            return Err(error);
        }
        self.sent(statement)
    }

    fn drop_raw(&mut self, raw: RawText<'_>, statement: Arc<Statement>) {
        if !raw.is_kept {
            self.statements.drop_unkept(statement);
        }
    }

    /// Reads the answer. Also says whether the statement had its parameters: until then nothing of it was done.
    fn read_raw(
        &mut self,
        sent: &Sent,
        ended: &mut Ended,
        take: TakeRow<'_>,
    ) -> (bool, Result<Result<()>, Fault>) {
        let statement = &sent.statement;
        let (mut bound, mut ends) = (0, 0);
        let mut taken = Ok(true);
        let fields = &mut self.fields;
        let expected = Expected::one(sent.begins, statement.returns);
        let answer = self.session.answer(expected, |tag, body| {
            match tag {
                b'2' => bound += 1,
                // Those of what begins the transaction come first.
                b'C' if ends < sent.begins => ends += 1,
                b'C' => ended.see(body, statement.returns)?,
                b'D' if matches!(taken, Ok(true)) => {
                    fields.read(body, statement.columns.len())?;
                    taken = take(&mut decode::reader(&statement.columns, body, fields));
                }
                _ => (),
            }
            Ok(())
        });
        (bound > sent.begins, answer.map(|()| taken.map(drop)))
    }

    pub(crate) fn raw_batch(&mut self, sql: &str) -> Result<()> {
        self.raw_ran = true;
        self.watch_reads()?;
        let was_in_transaction = self.in_transaction();
        if self.begin_pending.is_some() {
            // Alone, so that places in the text stay what they are.
            self.control("")?;
        }
        let mut ended = Ended::default();
        let deadline = self.deadline();
        let answer = self.batch_answer(deadline, sql, &mut ended);
        self.ask_number_alone();
        let outcome = answer.map_err(|fault| {
            let is_refused = matches!(fault, Fault::Server(_));
            let error = self.failed(fault).of_text_if_names();
            // Commits before it in the same text stay.
            if ended.transaction && is_refused {
                error.perhaps_applied()
            } else {
                error
            }
        });
        let outcome = outcome.and_then(|()| self.ensure_only_read());
        self.after_raw(was_in_transaction, &ended, outcome)
    }

    fn batch_answer(
        &mut self,
        deadline: super::Deadline,
        sql: &str,
        ended: &mut Ended,
    ) -> Result<(), Fault> {
        super::message::query(self.session.begin(deadline)?, sql);
        self.session.send(1)?;
        self.session.answer(Expected::Text, |tag, body| match tag {
            b'C' => ended.see(body, false),
            _ => Ok(()),
        })
    }

    /// Makes sure that the transaction is as it was: its own still open, and no other.
    fn after_raw<T>(
        &mut self,
        was_in_transaction: bool,
        ended: &Ended,
        outcome: Result<T>,
    ) -> Result<T> {
        if ended.statements {
            self.statements = super::Statements::default();
        }
        if self.is_broken() {
            return outcome;
        }
        let is_idle = self.session.standing() == Standing::Idle;
        if was_in_transaction {
            let is_ended = ended.transaction || is_idle;
            return if is_ended {
                Err(ended_transaction())
            } else {
                outcome
            };
        }
        if is_idle {
            return outcome;
        }
        if self.rollback().is_err() {
            self.session.give_up();
        }
        match outcome {
            Ok(_) if ended.transaction => Err(began_transaction().perhaps_applied()),
            Ok(_) => Err(began_transaction()),
            Err(error) => Err(error),
        }
    }

    /// Takes away what raw statements may have left. The server does it now: a lock must not wait for the next user.
    #[cold]
    pub(super) fn clean(&mut self) -> Result<()> {
        self.limits.hurry(Some(DROP_LIMIT));
        let cleaned = self.reset_now();
        self.limits.hurry(None);
        self.raw_ran = false;
        cleaned
    }

    fn reset_now(&mut self) -> Result<()> {
        /// Those that a text prepared; the others are this side's and stay.
        const PREPARED: &str = "SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql";
        let Some(reset) = self.session.reset() else {
            return Err(Error::new(ErrorKind::ConnectionLost));
        };
        let sql = format!("{reset}; {PREPARED}");
        let mut rows = Vec::new();
        self.simple(&sql, |tag, body| {
            if tag == b'D' {
                rows.push(first_text(body));
            }
        })
        .map_err(|fault| self.failed(fault))?;
        // The first row is that of the function which releases locks.
        let names = rows.into_iter().skip(1).flatten();
        let deallocate: Vec<String> = names.map(|name| deallocate(&name)).collect();
        if deallocate.is_empty() {
            return Ok(());
        }
        self.control(&deallocate.join("; "))
    }
}

/// The transaction has a number where nothing may be written. What writes takes one; so does `txid_current()`.
#[cold]
fn has_number() -> Error {
    let why = "the statement took a transaction number, as what writes does, and the transaction was begun to read only: nothing of it \
               is kept";
    let source = DatabaseError::new(DatabaseError::CLIENT, Some(why));
    Error::new(ErrorKind::ReadOnly).with_source(source)
}

fn deallocate(name: &str) -> String {
    let mut sql =
        bindery_core::sql_writer::SqlWriter::new(bindery_core::dialect::Dialect::Postgres);
    sql.push("DEALLOCATE ").identifier(name);
    sql.finish()
}

/// The text of a row of one column.
fn first_text(row: &[u8]) -> Option<String> {
    let mut rest = row;
    bytes::take_u16(&mut rest)?;
    let length = usize::try_from(bytes::take_i32(&mut rest)?).ok()?;
    let text = rest.get(..length)?;
    Some(String::from_utf8_lossy(text).into_owned())
}
