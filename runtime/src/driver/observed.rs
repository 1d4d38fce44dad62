//! An open connection as all layers above see it: whatever is sent over it is observed here, and nowhere else. While
//! nothing listens, the database's own methods are called and nothing is measured.

mod listened;
mod plans;

use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::Arc;
use std::time::Instant;

#[cfg(any(feature = "postgres", feature = "mysql"))]
use super::HostOfConnection;
use super::{
    AnyCursor, AnyDriver, Changed, RawText, Request, RowsOf, TakeColumns, TakeEach, TakeRow,
    WriteEach, WriteParams,
};
use crate::driver::TableSql;
use crate::driver::TransactionOptions;
use crate::driver::shard_scope::{Bound, ShardScope};
use crate::error::{Error, Operation, Result};
use crate::observe::{self, Call, EventKind, Notes, Observer, Running, TransactionOutcome};
use crate::value::{ColumnSet, RowReader};

/// An open connection, and the observer of its pool. One pointer, as it is moved at each checkout.
pub(crate) struct Physical(Box<Observed>);

struct Observed {
    driver: AnyDriver,
    watched: Option<Watched>,
    /// The one of several hosts that it leads to.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    host: Option<HostOfConnection>,
    /// The engines that what is written came through, where it was caused by an event.
    #[cfg(feature = "messages")]
    origin: Option<String>,
    /// The shard that its holder is bound to.
    bound: Option<Bound>,
}

struct Watched {
    observer: Arc<Observer>,
    /// The call of the program that runs; of the last one where none does.
    call: Option<Call>,
    /// Rows that were written in it.
    written: u64,
    /// The one that the next statement is for, within a call or without one.
    own: Option<Call>,
    started: Option<Instant>,
    /// When the transaction was begun that is open.
    transaction: Option<Instant>,
    notes: Arc<Notes>,
}

impl Watched {
    #[cold]
    fn end_of_call(&mut self, error: Option<&Error>) {
        let Some(call) = self.call else { return };
        if let (Some(kind), Some(started)) = (EventKind::of_write(call.operation), self.started) {
            let rows = self.written;
            self.observer.emit_write(kind, call, rows, started, error);
        }
    }
}

impl Watched {
    fn end_of_transaction(&mut self, outcome: TransactionOutcome) {
        if let Some(started) = self.transaction.take() {
            self.observer.record_transaction(started, outcome);
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end_of_transaction(TransactionOutcome::Lost);
    }
}

impl<D: Into<AnyDriver>> From<D> for Physical {
    fn from(driver: D) -> Self {
        Self(Box::new(Observed {
            driver: driver.into(),
            watched: None,
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            host: None,
            #[cfg(feature = "messages")]
            origin: None,
            bound: None,
        }))
    }
}

impl Deref for Physical {
    type Target = AnyDriver;

    #[inline]
    fn deref(&self) -> &AnyDriver {
        &self.0.driver
    }
}

impl DerefMut for Physical {
    #[inline]
    fn deref_mut(&mut self) -> &mut AnyDriver {
        &mut self.0.driver
    }
}

impl Physical {
    /// The same connection, observed from now on.
    pub(crate) fn observed_by(mut self, observer: Arc<Observer>) -> Self {
        self.0.watched = Some(Watched {
            observer,
            call: None,
            written: 0,
            own: None,
            started: None,
            transaction: None,
            notes: Arc::default(),
        });
        self
    }

    /// The same connection, which leads to one of several hosts.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn on_host(mut self, host: HostOfConnection) -> Self {
        self.0.host = Some(host);
        self
    }

    #[inline]
    pub(crate) fn is_of_left_host(&self) -> bool {
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        return self.0.host.as_ref().is_some_and(|host| host.is_left());
        #[cfg(not(any(feature = "postgres", feature = "mysql")))]
        return false;
    }

    /// Whether it leads to a node of a cluster whose other nodes are used where this one is not synced any more.
    #[inline]
    pub(crate) fn has_other_nodes(&self) -> bool {
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        return self.0.host.is_some() && self.0.driver.is_node();
        #[cfg(not(any(feature = "postgres", feature = "mysql")))]
        return false;
    }

    /// It is to be closed: where its host takes no statements any more, no connection is opened there before the other hosts were tried.
    #[inline]
    pub(crate) fn leave_unfit_host(&self) {
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        if let Some(host) = self
            .0
            .host
            .as_ref()
            .filter(|_| self.0.driver.is_of_unfit_host())
        {
            host.abandon();
        }
    }

    /// The engines that what is written came through, where it was caused by an event.
    #[cfg(feature = "messages")]
    pub(crate) fn origin(&self) -> Option<&str> {
        self.0.origin.as_deref()
    }

    /// Says through which engines came what is written until the connection is given back.
    #[cfg(feature = "messages")]
    pub(crate) fn set_origin(&mut self, origin: Option<String>) {
        self.0.origin = origin;
    }

    /// Has it send what is of this shard alone, until it is given back.
    pub(crate) fn bind(&mut self, scope: &Arc<ShardScope>) {
        let bound = || Bound::to(Arc::clone(scope));
        self.0.bound.get_or_insert_with(bound);
    }

    /// The shard that it is bound to, where it is to one.
    #[inline]
    pub(crate) fn bound(&self) -> Option<&Bound> {
        self.0.bound.as_ref()
    }

    #[inline]
    fn ensure_bound(&self) -> Result<()> {
        self.bound().map_or(Ok(()), Bound::ensure_found)
    }

    #[cold]
    fn listened_to(&mut self) -> Option<&mut Watched> {
        let watched = self.0.watched.as_mut()?;
        watched.observer.is_listened_to().then_some(watched)
    }

    /// A call of the program begins: the statements that follow are part of it.
    #[inline]
    pub(crate) fn begin_observed(&mut self, call: impl FnOnce() -> Call) {
        if !observe::is_idle() {
            self.log_plans();
            self.note_call(call());
        }
    }

    /// A call that writes rows of a model is over.
    #[inline]
    pub(crate) fn end_observed(&mut self, error: Option<&Error>) {
        if !observe::is_idle()
            && let Some(watched) = self.listened_to()
        {
            watched.end_of_call(error);
        }
    }

    /// The next statement is not of the call at hand but of this one: it begins or ends a transaction, say.
    #[inline]
    pub(crate) fn next_is(&mut self, call: impl FnOnce() -> Call) {
        if !observe::is_idle()
            && let Some(watched) = self.listened_to()
        {
            watched.own = Some(call());
        }
    }

    /// The next statement begins a transaction or savepoint: at that place of the program, or where it made the call that runs.
    #[inline]
    pub(crate) fn next_begins(&mut self, begun_at: Option<&'static Location<'static>>) {
        if !observe::is_idle()
            && let Some(watched) = self.listened_to()
        {
            let place = begun_at.or(watched.call.and_then(|call| call.place));
            watched.own = Some(Call::of(Operation::Begin, place).own());
        }
    }

    /// The next statement is bindery's own, within the call at hand: it reads or writes a table of bindery's.
    #[cfg(any(
        feature = "atomic",
        feature = "migrations",
        feature = "outbox",
        feature = "saga",
        feature = "shards",
        feature = "sync"
    ))]
    #[inline]
    pub(crate) fn next_is_own(&mut self) {
        if !observe::is_idle()
            && let Some(watched) = self.listened_to()
        {
            watched.own = watched.call.map(Call::own);
        }
    }

    #[cold]
    fn note_call(&mut self, call: Call) {
        if let Some(watched) = self.listened_to() {
            watched.call = Some(call);
            watched.own = None;
            watched.written = 0;
            watched.started = Some(Instant::now());
        }
    }

    fn notes(&self) -> Option<Arc<Notes>> {
        let watched = self.0.watched.as_ref();
        watched.map(|watched| Arc::clone(&watched.notes))
    }

    /// Its user has given it back: the next one finds the session as new, where raw statements ran in it or the engine is
    /// set to that. `false` where it cannot be made so.
    pub(crate) fn given_back(&mut self) -> bool {
        if !observe::is_idle() {
            self.log_plans();
            if let Some(watched) = &mut self.0.watched {
                watched.call = None;
                watched.notes.clear();
            }
        }
        #[cfg(feature = "messages")]
        self.set_origin(None);
        self.0.bound = None;
        self.0.driver.given_back() && !self.is_broken()
    }

    fn call(&mut self, mut request: Request<'_>) -> Result<u64> {
        if observe::is_idle() {
            return self.0.driver.call(&mut request);
        }
        self.call_observed(&mut request)
    }

    /// Runs one statement that writes, and gives the number of rows it changed.
    #[inline]
    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return self.0.driver.execute(sql, write);
        }
        self.execute_observed(sql, write)
    }

    /// Runs one statement that writes, and hands over the rows it returns. It writes whatever `take` says.
    #[inline]
    pub(crate) fn returning(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return self.0.driver.returning(sql, write, take);
        }
        self.query_observed(sql, RowsOf::Writing, write, take)
    }

    /// Inserts one row by a statement that returns it, or by one that does not and a query of its own, and hands it over as stored. For
    /// tables whose inserts return rows.
    #[inline]
    pub(crate) fn insert_row(
        &mut self,
        table: &'static TableSql,
        (sql, plain): (&str, Option<&str>),
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return self.0.driver.insert_row(table, (sql, plain), write, take);
        }
        self.query_observed(sql, RowsOf::Inserting(table, plain), write, take)
    }

    /// Runs one query that only reads, and hands over its rows until `take` says enough.
    #[inline]
    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return self.0.driver.query(sql, write, take);
        }
        self.query_observed(sql, RowsOf::Reading, write, take)
    }

    /// Runs one statement a number of times, each with parameters of its own, and reports how many rows each changed.
    /// The work before one that fails stays, so it belongs into a transaction.
    pub(crate) fn execute_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        self.call(Request::ExecuteEach {
            sql,
            times,
            write,
            changed,
        })
        .map(drop)
    }

    /// Runs one query a number of times, each with parameters of its own, and hands over the rows of each.
    pub(crate) fn query_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        self.call(Request::QueryEach {
            sql,
            times,
            write,
            take,
        })
        .map(drop)
    }

    /// Starts one query whose rows are pulled.
    #[inline]
    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<Cursor<'_>> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return Ok(Cursor::unobserved(self.0.driver.cursor(sql, write)?));
        }
        self.cursor_observed(sql, write)
    }

    /// Inserts `rows` rows in the fastest way of this database; `write` writes the given columns of one row.
    pub(crate) fn insert_rows(
        &mut self,
        table: &'static TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        self.ensure_bound()?;
        self.call(Request::InsertRows {
            table,
            columns,
            rows,
            write,
        })
    }

    /// Inserts `rows` rows and hands over each as stored, in their order. For tables whose inserts return rows.
    pub(crate) fn insert_returning(
        &mut self,
        table: &'static TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        self.ensure_bound()?;
        self.call(Request::InsertReturning {
            table,
            columns,
            rows,
            write,
            take,
        })
        .map(drop)
    }

    /// Inserts as many of these rows as go with one statement, which has `after` after its values, and returns how many
    /// those are and how many of them were there. Only MySQL and MariaDB report that of a statement with many rows.
    #[cfg(feature = "mysql")]
    pub(crate) fn upsert_rows(
        &mut self,
        table: &TableSql,
        (columns, after): (&ColumnSet, &str),
        rows: std::ops::Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<(usize, u64)> {
        self.ensure_bound()?;
        let mut taken = 0;
        let there = self.call(Request::UpsertRows {
            table,
            columns,
            after,
            rows,
            write,
            taken: &mut taken,
        })?;
        Ok((taken, there))
    }

    /// A branch of an atomic group was finished, which ends the transaction that was prepared here.
    #[cfg(feature = "atomic")]
    pub(crate) fn note_branch(&mut self, commits: bool, outcome: &Result<bool>) {
        let Some(watched) = &mut self.0.watched else {
            return;
        };
        match (commits, outcome) {
            (true, Ok(_)) => watched.end_of_transaction(TransactionOutcome::Committed),
            (false, Ok(_)) => watched.end_of_transaction(TransactionOutcome::RolledBack),
            // Another connection finishes it, or recovery.
            (_, Err(_)) => watched.end_of_transaction(TransactionOutcome::Unknown),
        }
    }

    /// Runs DDL.
    pub(crate) fn define(&mut self, sql: &str) -> Result<()> {
        self.call(Request::Batch { sql, writes: true }).map(drop)
    }

    /// Runs one statement without parameters that stores nothing by itself: savepoints, settings.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.call(Request::Batch { sql, writes: false }).map(drop)
    }

    /// Runs one statement, hands over its columns and its rows, and gives the number of rows it changed.
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        self.ensure_bound()?;
        if observe::is_idle() {
            return self.0.driver.raw_query(raw, write, columns, take);
        }
        self.call(Request::RawQuery {
            raw,
            write,
            columns,
            take,
        })
    }

    /// Runs one statement whose rows are no matter.
    pub(crate) fn raw_execute(&mut self, raw: RawText<'_>, write: WriteParams<'_>) -> Result<u64> {
        let take = &mut |_: &mut RowReader<'_>| Ok(true);
        self.raw_query(raw, write, &mut |_| Ok(()), take)
    }

    /// Runs the statements of a text one after the other.
    pub(crate) fn raw_batch(&mut self, sql: &str, is_fixed: bool) -> Result<()> {
        self.call(Request::RawBatch { sql, is_fixed }).map(drop)
    }

    /// Begins a transaction.
    pub(crate) fn begin_with(&mut self, options: &TransactionOptions) -> Result<()> {
        self.call(Request::Begin(options)).map(drop)
    }

    /// Begins a transaction as the database does unasked.
    #[cfg(test)]
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.begin_with(&TransactionOptions::new())
    }

    /// Commits, and makes sure that the database did.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.call(Request::Commit).map(drop)
    }

    /// Rolls the whole transaction back, also one that the database has ended already.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.call(Request::Rollback).map(drop)
    }
}

/// Rows of a running query, pulled one at a time.
pub(crate) struct Cursor<'c> {
    cursor: AnyCursor<'c>,
    /// It ends with the cursor, or with its first error.
    running: Option<Box<Running<'static>>>,
}

impl<'c> Cursor<'c> {
    fn unobserved(cursor: AnyCursor<'c>) -> Self {
        Self {
            cursor,
            running: None,
        }
    }

    /// Has the reading of all rows be over by then.
    pub(crate) fn end_by(&mut self, moment: Instant) {
        self.cursor.end_by(moment);
    }

    /// The next row.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        let pulled = self.cursor.next();
        if let Some(running) = &mut self.running {
            match &pulled {
                Ok(Some(_)) => running.count_rows(1),
                Ok(None) => {}
                Err(error) => {
                    let running = self.running.take();
                    running.into_iter().for_each(|it| it.end(Some(error)));
                }
            }
        }
        pulled
    }
}
