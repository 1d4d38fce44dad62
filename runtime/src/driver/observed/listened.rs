//! Statements while something in the process listens.

use std::time::Instant;

use super::{Cursor, Physical};
use crate::driver::{
    Changed, RawText, TableSql, TakeColumns, TakeEach, TakeRow, TransactionOptions, WriteEach,
    WriteParams,
};
use crate::error::Result;
use crate::observe::{EventKind, Running, Sent, TransactionOutcome};
use crate::value::{ColumnSet, ParamWriter};

impl Physical {
    /// With the values that were bound, where the log needs them.
    fn recorded<'s>(
        &self,
        running: Option<Running<'s>>,
        write: WriteParams<'_>,
    ) -> Option<Running<'s>> {
        running.map(|mut running| {
            running.record(self.dialect(), write);
            running
        })
    }

    fn end_of_transaction(&mut self, outcome: TransactionOutcome) {
        let watched = self.0.watched.as_mut();
        watched
            .into_iter()
            .for_each(|it| it.end_of_transaction(outcome));
    }

    #[cold]
    pub(super) fn execute_observed(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        let running = self.start(|| Sent::statement(sql));
        let outcome = self.0.driver.execute(sql, write);
        let running = self.recorded(running, write);
        let rows = outcome.as_ref().ok().copied();
        self.end_of_write(running, rows, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn returning_observed(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let Some(running) = self.start(|| Sent::statement(sql)) else {
            return self.0.driver.returning(sql, write, take);
        };
        let mut rows = 0;
        let outcome = self.0.driver.returning(sql, write, &mut |row| {
            rows += 1;
            take(row)
        });
        let running = self.recorded(Some(running), write);
        self.end_of_write(running, Some(rows), &outcome);
        outcome
    }

    #[cold]
    pub(super) fn query_observed(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let Some(mut running) = self.start(|| Sent::statement(sql)) else {
            return self.0.driver.query(sql, write, take);
        };
        running.rows = Some(0);
        let outcome = self.0.driver.query(sql, write, &mut |row| {
            running.count_row();
            take(row)
        });
        let running = self.recorded(Some(running), write);
        Self::end(running, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn execute_each_observed(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        let Some(running) = self.start(|| Sent::statement(sql).times(times)) else {
            return self.0.driver.execute_each(sql, times, write, changed);
        };
        let mut rows = 0;
        let outcome = self
            .0
            .driver
            .execute_each(sql, times, write, &mut |at, count| {
                rows += count;
                changed(at, count);
            });
        self.end_of_write(Some(running), Some(rows), &outcome);
        outcome
    }

    #[cold]
    pub(super) fn query_each_observed(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        let Some(mut running) = self.start(|| Sent::statement(sql).times(times)) else {
            return self.0.driver.query_each(sql, times, write, take);
        };
        running.rows = Some(0);
        let outcome = self.0.driver.query_each(sql, times, write, &mut |at, row| {
            running.count_row();
            take(at, row)
        });
        Self::end(Some(running), &outcome);
        outcome
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

    #[cold]
    pub(super) fn insert_rows_observed(
        &mut self,
        table: &'static TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        let Some(mut running) = self.start(|| Sent::rows(rows)) else {
            return self.0.driver.insert_rows(table, columns, rows, write);
        };
        let outcome = self.0.driver.insert_rows(table, columns, rows, write);
        running.was_sent_as(self.0.driver.sent_insert(table, columns));
        let rows = outcome.as_ref().ok().copied();
        self.end_of_write(Some(running), rows, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn insert_returning_observed(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        let running = self.start(|| Sent::rows(rows));
        let driver = &mut self.0.driver;
        let outcome = driver.insert_returning(table, columns, rows, write, take);
        let running = running.map(|mut running| {
            let taken = driver.rows_in_statement();
            running.was_sent_as(table.insert_sql(driver.dialect(), columns, taken, true));
            running
        });
        self.end_of_write(running, Some(rows as u64), &outcome);
        outcome
    }

    #[cfg(feature = "mysql")]
    #[cold]
    pub(super) fn upsert_rows_observed(
        &mut self,
        table: &TableSql,
        (columns, after): (&ColumnSet, &str),
        rows: std::ops::Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<(usize, u64)> {
        let driver = &mut self.0.driver;
        if !driver.upserts_rows() || rows.len() < 2 {
            return driver.upsert_rows(table, (columns, after), rows, write);
        }
        let running = self.start(|| Sent::rows(rows.len()));
        let driver = &mut self.0.driver;
        let outcome = driver.upsert_rows(table, (columns, after), rows, write);
        let Some(mut running) = running else {
            return outcome;
        };
        let taken = match &outcome {
            Ok((0, _)) => {
                running.forget();
                return outcome;
            }
            Ok((taken, _)) => Some(*taken as u64),
            Err(_) => None,
        };
        let in_statement = driver.rows_in_statement();
        let sql = table.insert_sql(driver.dialect(), columns, in_statement, false);
        running.was_sent_as(sql + after);
        self.end_of_write(Some(running), taken, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn define_observed(&mut self, sql: &str) -> Result<()> {
        let running = self.start(|| Sent::statement(sql));
        let outcome = self.0.driver.define(sql);
        Self::end(running, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn batch_observed(&mut self, sql: &str) -> Result<()> {
        let running = self.start(|| Sent::statement(sql).own());
        let outcome = self.0.driver.batch(sql);
        Self::end(running, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn raw_query_observed(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        let Some(running) = self.start(|| Sent::statement(raw.sql).fixed(raw.is_kept)) else {
            return self.0.driver.raw_query(raw, write, columns, take);
        };
        let mut returned = 0;
        let outcome = self.0.driver.raw_query(raw, write, columns, &mut |row| {
            returned += 1;
            take(row)
        });
        let changed = outcome.as_ref().ok().copied().filter(|_| returned == 0);
        let running = self.recorded(Some(running), write);
        self.end_of_write(running, changed.or(Some(returned)), &outcome);
        outcome
    }

    #[cold]
    pub(super) fn raw_batch_observed(&mut self, sql: &str, is_fixed: bool) -> Result<()> {
        let running = self.start(|| Sent::statement(sql).fixed(is_fixed));
        let outcome = self.0.driver.raw_batch(sql);
        Self::end(running, &outcome);
        outcome
    }

    #[cold]
    pub(super) fn begin_with_observed(&mut self, options: &TransactionOptions) -> Result<()> {
        let running = self.start(|| Sent::other(EventKind::Begin));
        let outcome = self.0.driver.begin_with(options);
        Self::end(running, &outcome);
        if let (Ok(()), Some(watched)) = (&outcome, &mut self.0.watched) {
            watched.transaction = Some(Instant::now());
        }
        outcome
    }

    #[cold]
    pub(super) fn commit_observed(&mut self) -> Result<()> {
        let running = self.start(|| Sent::other(EventKind::Commit));
        let outcome = self.0.driver.commit();
        Self::end(running, &outcome);
        let ended = TransactionOutcome::of_commit(outcome.as_ref().err());
        self.end_of_transaction(ended);
        self.log_plans();
        outcome
    }

    #[cold]
    pub(super) fn rollback_observed(&mut self) -> Result<()> {
        let running = self.start(|| Sent::other(EventKind::Rollback));
        let outcome = self.0.driver.rollback();
        Self::end(running, &outcome);
        self.end_of_transaction(TransactionOutcome::RolledBack);
        self.log_plans();
        outcome
    }
}
