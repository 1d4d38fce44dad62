//! Calls while something in the process listens.

use std::time::Instant;

use super::{Cursor, Physical};
use crate::driver::{Request, RowsOf, TakeRow, WriteParams};
use crate::error::Result;
use crate::observe::{EventKind, Running, Sent, TransactionOutcome};

impl Physical {
    #[cold]
    pub(super) fn execute_observed(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.call_observed(&mut Request::Execute { sql, write })
    }

    #[cold]
    pub(super) fn query_observed(
        &mut self,
        sql: &str,
        of: RowsOf<'_>,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let mut request = Request::Query {
            sql,
            of,
            write,
            take,
        };
        self.call_observed(&mut request).map(drop)
    }

    #[cold]
    pub(super) fn call_observed(&mut self, request: &mut Request<'_>) -> Result<u64> {
        let running = request.sent().and_then(|sent| self.start(sent));
        let outcome = match running {
            Some(running) => self.call_counted(request, running),
            None => self.0.driver.call(request),
        };
        if let Some(kind) = request.boundary() {
            self.note_transaction(kind, &outcome);
        }
        outcome
    }

    /// Begins what is observed; `None` where nothing listens to this pool.
    fn start<'s>(&mut self, sent: Sent<'s>) -> Option<Running<'s>> {
        let watched = self.listened_to()?;
        let call = watched.own.take().or(watched.call);
        Some(Running::begin(&watched.observer, call, sent).noted(&watched.notes))
    }

    fn call_counted(&mut self, request: &mut Request<'_>, mut running: Running<'_>) -> Result<u64> {
        let driver = &mut self.0.driver;
        running.rows = request.only_reads().then_some(0);
        let outcome = request.counted(driver, &mut running);
        if outcome.is_ok() && request.was_left() {
            running.forget();
            return outcome;
        }
        if let Some(write) = request.values() {
            running.record(driver.dialect(), write);
        }
        if let Some(text) = request.text_sent(driver) {
            running.was_sent_as(text);
        }
        if !request.only_reads() {
            let counted = running.rows.unwrap_or(0);
            let written = request.rows_written(counted, outcome.as_ref().ok().copied());
            if let Some(watched) = &mut self.0.watched {
                watched.written += written.unwrap_or(0);
            }
            running.rows = written.filter(|_| outcome.is_ok());
        }
        running.end(outcome.as_ref().err());
        outcome
    }

    fn note_transaction(&mut self, kind: EventKind, outcome: &Result<u64>) {
        let Some(watched) = &mut self.0.watched else {
            return;
        };
        let ended = match kind {
            EventKind::Begin => {
                if outcome.is_ok() {
                    watched.transaction = Some(Instant::now());
                }
                return;
            }
            EventKind::Commit => TransactionOutcome::of_commit(outcome.as_ref().err()),
            _ => TransactionOutcome::RolledBack,
        };
        watched.end_of_transaction(ended);
        self.log_plans();
    }

    #[cold]
    pub(super) fn cursor_observed(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
    ) -> Result<Cursor<'_>> {
        let dialect = self.dialect();
        let running = self.listened_to().map(|watched| {
            let sent = Sent::statement(sql.to_owned());
            let call = watched.own.take().or(watched.call);
            let running = Running::begin_beside(&watched.observer, call, sent);
            let mut running = running.noted(&watched.notes);
            running.rows = Some(0);
            running.record(dialect, write);
            Box::new(running)
        });
        match self.0.driver.cursor(sql, write) {
            Ok(cursor) => Ok(Cursor { cursor, running }),
            Err(error) => {
                if let Some(running) = running {
                    running.end(Some(&error));
                }
                Err(error)
            }
        }
    }
}
