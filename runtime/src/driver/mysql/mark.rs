//! Outcomes of transactions, where the engine is set to keep them: a row for each connection counts its transactions, and
//! is the last thing that each changes before COMMIT. A session that can lock the row knows that the transaction has
//! ended.

use std::time::Duration;

use super::error::statement_error;
use super::session::Fault;
use super::{Deadline, MysqlConnection, Transaction, settle};
use crate::driver::TransactionOptions;
use crate::driver::own_tables::{COMMITS, statements::outcomes};
use crate::error::Written;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::error::{Mark, Resolution};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

const NAME: &str = "SET @bindery_session = UUID()";
const ASK: &str = "SELECT @bindery_session";

/// The row of a connection.
pub(super) struct Marker {
    session: String,
    /// Of the last transaction that was to be committed.
    number: u64,
}

impl MysqlConnection {
    /// Makes a row for this connection, and the table where there is none.
    pub(super) fn keep_outcomes(&mut self, deadline: Deadline) -> Result<()> {
        let session = self.add_row(deadline).map_err(|fault| {
            statement_error(fault)
                .during(Operation::Connect)
                .with_advice(
                    "`resolve-commits` needs the table `_bindery_commits`, and the right to read and write it: `bindery migrate run` or \
                     `bindery create` makes it with an account that may create tables",
                )
        })?;
        self.marker = Some(Marker { session, number: 0 });
        Ok(())
    }

    fn add_row(&mut self, deadline: Deadline) -> Result<String, Fault> {
        let session = &mut self.session;
        settle::run_statement(session, deadline, NAME)?;
        match settle::run_statement(session, deadline, outcomes::ADD) {
            Err(Fault::Server(said)) if said.is_missing_table() => {
                for sql in COMMITS.create(Dialect::Mysql) {
                    settle::run_statement(session, deadline, sql)?;
                }
                settle::run_statement(session, deadline, outcomes::ADD)?;
            }
            outcome => outcome?,
        }
        settle::run_statement(session, deadline, outcomes::TIDY)?;
        settle::ask(session, deadline, ASK)
            .map(|texts| texts.into_iter().next().unwrap_or_default())
    }

    /// A statement that writes comes next, in a transaction.
    pub(crate) fn will_write(&mut self) {
        self.wrote = !self.only_reads;
    }

    /// The write is over; it is marked before COMMIT.
    pub(crate) fn has_written(&mut self) {}

    /// Returns what COMMIT would make permanent.
    pub(crate) fn written(&self) -> Written {
        match &self.marker {
            _ if !self.wrote => Written::Nothing,
            None => Written::Unmarked(Some(
                "set `resolve-commits = true` for the engine to be able to find out",
            )),
            Some(marker) => Written::Marked(Mark::Counted {
                session: marker.session.clone(),
                number: marker.number + 1,
            }),
        }
    }

    /// Counts the transaction at hand, as its last change.
    pub(super) fn mark(&mut self) -> Result<()> {
        let Some(marker) = self.marker.as_mut().filter(|_| self.wrote) else {
            return Ok(());
        };
        marker.number += 1;
        let (session, number) = (marker.session.clone(), marker.number);
        self.execute(outcomes::COUNT, &mut |params| {
            params.text(&session);
            params.u64(number);
        })
        .map(drop)
    }

    /// Returns the outcome of the transaction with this number of a session. The row is locked until the transaction
    /// ends.
    pub(crate) fn look_up(
        &mut self,
        session: &str,
        number: u64,
        limit: Duration,
    ) -> Result<Resolution> {
        let kept = self.limits.set_statement(Some(limit));
        let found = if self.is_node {
            self.fence(session)
        } else {
            self.last_number(session)
        };
        self.limits.set_statement(kept);
        match found {
            Err(error) if matches!(error.kind(), ErrorKind::Busy | ErrorKind::Conflict) => {
                Ok(Resolution::StillRunning)
            }
            Err(error) => Err(error),
            Ok(found) => match found {
                Some(last) if last >= number => Ok(Resolution::Committed),
                Some(_) => Ok(Resolution::Aborted),
                None => Err(Error::new(ErrorKind::OutcomeUnknown)
                    .with_advice("the session's row in `_bindery_commits` is gone")),
            },
        }
    }

    /// The last transaction of a session that was committed.
    fn last_number(&mut self, session: &str) -> Result<Option<u64>> {
        let mut found = None;
        let write = &mut |params: &mut ParamWriter<'_>| params.text(session);
        self.query(outcomes::LOOK_UP, write, &mut |row| {
            found = Some(row.u64()?);
            Ok(true)
        })?;
        Ok(found)
    }

    /// The same on a Galera cluster, where a lock on the row is of this node alone and the transaction may be on its way from another one. The row
    /// is changed: of two transactions that change it the cluster commits the first, so that none without this change can be committed after.
    fn fence(&mut self, session: &str) -> Result<Option<u64>> {
        self.begin(&TransactionOptions::new())?;
        let fenced = self.last_number(session).and_then(|found| {
            let write = &mut |params: &mut ParamWriter<'_>| params.text(session);
            self.execute(outcomes::FENCE, write)?;
            self.command("COMMIT")?;
            Ok(found)
        });
        match fenced {
            Ok(_) => self.transaction = Transaction::None,
            // The first error matters more; a connection whose rollback failed is closed.
            Err(_) => drop(self.rollback()),
        }
        fenced
    }
}
