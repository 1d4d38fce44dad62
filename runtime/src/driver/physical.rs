//! One open database connection, whichever database it is.

use std::time::{Duration, Instant};

use super::catalogue::{Relation, Wanted};
use super::position::{Position, Replay};
use super::{
    Changed, Cutter, Leaving, RawText, Request, RowsOf, TakeColumns, TakeEach, TakeRow, WriteEach,
    WriteParams,
};
use crate::driver::TableSql;
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, Result, TimeoutPhase};
use crate::error::{Mark, Resolution};
use crate::value::ColumnSet;
use crate::value::RowReader;
use bindery_core::dialect::Dialect;

/// An open connection. Every method that fails with a lost connection leaves it broken, and the pool throws it away.
pub(crate) enum AnyDriver {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<super::sqlite::SqliteConnection>),
    #[cfg(feature = "postgres")]
    Postgres(Box<super::postgres::PostgresConnection>),
    #[cfg(feature = "mysql")]
    Mysql(Box<super::mysql::MysqlConnection>),
    /// Without any database no connection can exist.
    #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    #[allow(dead_code, reason = "a value cannot be made")]
    None(Box<std::convert::Infallible>),
}

#[cfg(feature = "sqlite")]
impl From<Box<super::sqlite::SqliteConnection>> for AnyDriver {
    fn from(connection: Box<super::sqlite::SqliteConnection>) -> Self {
        Self::Sqlite(connection)
    }
}

#[cfg(feature = "postgres")]
impl From<Box<super::postgres::PostgresConnection>> for AnyDriver {
    fn from(connection: Box<super::postgres::PostgresConnection>) -> Self {
        Self::Postgres(connection)
    }
}

#[cfg(feature = "mysql")]
impl From<Box<super::mysql::MysqlConnection>> for AnyDriver {
    fn from(connection: Box<super::mysql::MysqlConnection>) -> Self {
        Self::Mysql(connection)
    }
}

/// Rows of a running query, pulled one at a time.
pub(crate) enum AnyCursor<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::SqliteCursor<'c>),
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::PostgresCursor<'c>),
    #[cfg(feature = "mysql")]
    Mysql(super::mysql::MysqlCursor<'c>),
    #[allow(dead_code, reason = "the only variant when no database is chosen")]
    None(std::marker::PhantomData<&'c ()>),
}

/// Calls the same method of whichever database it is, or one for each.
macro_rules! each {
    ($self:ident, $connection:ident => $call:expr) => {
        each!($self, $connection; sqlite => $call, postgres => $call, mysql => $call)
    };
    ($self:ident, $connection:ident;
            sqlite => $sqlite:expr, postgres => $postgres:expr, mysql => $mysql:expr $(,)?) => {
        match $self {
            #[cfg(feature = "sqlite")]
            AnyDriver::Sqlite($connection) => {
                let _ = &$connection;
                $sqlite
            }
            #[cfg(feature = "postgres")]
            AnyDriver::Postgres($connection) => {
                let _ = &$connection;
                $postgres
            }
            #[cfg(feature = "mysql")]
            AnyDriver::Mysql($connection) => {
                let _ = &$connection;
                $mysql
            }
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            AnyDriver::None(never) => match **never {},
        }
    };
}
pub(super) use each;

impl AnyDriver {
    /// Whether DDL is part of the transaction around it. Elsewhere it commits.
    pub(crate) fn undoes_ddl(&self) -> bool {
        self.dialect().capabilities(None).transactional_ddl
    }

    /// The SQL family it speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        each!(self, _connection;
            sqlite => Dialect::Sqlite,
            postgres => Dialect::Postgres,
            mysql => Dialect::Mysql,
        )
    }

    /// The connection to a file of SQLite, where it is one.
    #[cfg(all(feature = "data", feature = "sqlite"))]
    pub(crate) fn sqlite(&mut self) -> Option<&mut super::sqlite::SqliteConnection> {
        match self {
            Self::Sqlite(connection) => Some(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => None,
        }
    }

    /// Does what is requested.
    pub(crate) fn call(&mut self, request: &mut Request<'_>) -> Result<u64> {
        if request.writes() {
            self.writing(|this| this.send(request))
        } else {
            self.send(request)
        }
    }

    /// Runs one statement that writes, and gives the number of rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.writing(|this| each!(this, connection => connection.execute(sql, write)))
    }

    /// Runs one query that only reads, and hands over its rows until `take` says enough.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        each!(self, connection => connection.query(sql, write, take))
    }

    /// Runs one statement that writes, and hands over the rows it returns.
    pub(crate) fn returning(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.writing(|this| each!(this, connection => connection.query(sql, write, take)))
    }

    /// Inserts one row by a statement that returns it, and hands it over as stored. Of a table whose inserts return rows.
    pub(crate) fn insert_row(
        &mut self,
        table: &'static TableSql,
        texts: (&str, Option<&str>),
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.writing(|this| this.send_row(table, texts, write, take))
    }

    fn send_row(
        &mut self,
        table: &'static TableSql,
        (sql, plain): (&str, Option<&str>),
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        #[cfg(not(feature = "sqlite"))]
        let _ = (table, plain);
        each!(self, connection;
            sqlite => connection.insert_row(table, (sql, plain), write, take),
            postgres => connection.query(sql, write, take),
            mysql => connection.query(sql, write, take),
        )
    }

    fn send(&mut self, request: &mut Request<'_>) -> Result<u64> {
        let done = match request {
            Request::Execute { sql, write } => return each!(self, it => it.execute(sql, *write)),
            Request::Query {
                sql,
                of: RowsOf::Inserting(table, plain),
                write,
                take,
            } => self.send_row(table, (sql, *plain), *write, *take),
            Request::Query {
                sql, write, take, ..
            } => self.query(sql, *write, *take),
            Request::ExecuteEach {
                sql,
                times,
                write,
                changed,
            } => self.execute_each(sql, *times, *write, *changed),
            Request::QueryEach {
                sql,
                times,
                write,
                take,
            } => self.query_each(sql, *times, *write, *take),
            Request::InsertRows {
                table,
                columns,
                rows,
                write,
            } => return each!(self, it => it.insert_rows(table, columns, *rows, *write)),
            Request::InsertReturning {
                table,
                columns,
                rows,
                write,
                take,
            } => self.insert_returning((table, columns), *rows, *write, *take),
            #[cfg(feature = "mysql")]
            Request::UpsertRows {
                table,
                columns,
                after,
                rows,
                write,
                taken,
            } => {
                let insert = (*table, *columns, *after);
                return self.upsert_rows(insert, rows.clone(), *write, taken);
            }
            Request::Batch { sql, .. } => self.batch(sql),
            Request::RawQuery {
                raw,
                write,
                columns,
                take,
            } => return self.send_raw(*raw, *write, *columns, *take),
            Request::RawBatch { sql, .. } => each!(self, it => it.raw_batch(sql)),
            Request::Begin(options) => self.begin(options),
            Request::Commit => self.commit(),
            Request::Rollback => self.rollback(),
        };
        done.map(|()| 0)
    }

    /// All in one go where the database takes them so, else one after the other: one call of a library for many gains nothing, and
    /// with MySQL and MariaDB statements after a failed one would run, outside of the transaction where it has ended that.
    fn execute_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        each!(self, connection;
            sqlite => self.execute_in_turn(sql, times, write, changed),
            postgres => connection.execute_each(sql, times, write, changed),
            mysql => self.execute_in_turn(sql, times, write, changed),
        )
    }

    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    fn execute_in_turn(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        (0..times).try_for_each(|at| {
            let rows = self.execute(sql, &mut |params| write(at, params));
            changed(at, rows.map_err(|error| error.at_row(at))?);
            Ok(())
        })
    }

    fn query_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        each!(self, connection;
            sqlite => connection.query_each(sql, times, write, take),
            postgres => connection.query_each(sql, times, write, take),
            mysql => self.query_in_turn(sql, times, write, take),
        )
    }

    #[cfg(feature = "mysql")]
    fn query_in_turn(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        (0..times).try_for_each(|at| {
            let take = &mut |row: &mut RowReader<'_>| take(at, row).map(|()| true);
            self.query(sql, &mut |params| write(at, params), take)
                .map_err(|error| error.at_row(at))
        })
    }

    fn insert_returning(
        &mut self,
        (table, columns): (&'static TableSql, &ColumnSet),
        rows: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        each!(self, connection;
            sqlite => connection.insert_returning(table, columns, rows, write, take),
            postgres => table.with_insert(Dialect::Postgres, columns, |text| {
                connection.query_each(text, rows, write, take)
            }),
            mysql => connection.insert_returning(table, columns, rows, write, take),
        )
    }

    #[cfg(feature = "mysql")]
    fn upsert_rows(
        &mut self,
        (table, columns, after): (&TableSql, &ColumnSet, &str),
        rows: std::ops::Range<usize>,
        write: WriteEach<'_>,
        taken: &mut usize,
    ) -> Result<u64> {
        let counted: Result<(usize, u64)> = each!(self, connection;
            sqlite => Ok((0, 0)),
            postgres => Ok((0, 0)),
            mysql => connection.upsert_rows(table, (columns, after), rows, write),
        );
        counted.map(|(sent, there)| {
            *taken = sent;
            there
        })
    }

    /// Runs one statement of the program's own, hands over its columns and its rows, and gives the number of rows it changed.
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        self.writing(|this| this.send_raw(raw, write, columns, take))
    }

    fn send_raw(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        let answer: Result<u64> =
            each!(self, connection => connection.raw_query(raw, write, columns, take));
        answer.map_err(Error::of_parameters)
    }

    /// Runs statements without parameters, unobserved.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        each!(self, connection => connection.batch(sql))
    }

    /// Runs DDL, unobserved.
    pub(crate) fn define(&mut self, sql: &str) -> Result<()> {
        self.writing(|this| this.batch(sql))
    }

    fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        let begun: Result<()> = each!(self, connection => connection.begin(options));
        begun.map_err(|error| error.in_phase(TimeoutPhase::Begin))
    }

    fn rollback(&mut self) -> Result<()> {
        let undone: Result<()> = each!(self, connection => connection.rollback());
        undone.map_err(|error| error.in_phase(TimeoutPhase::Rollback))
    }

    fn commit(&mut self) -> Result<()> {
        let written = each!(self, connection => connection.written());
        let committed: Result<()> = each!(self, connection => connection.commit());
        committed.map_err(|error| error.in_phase(TimeoutPhase::Commit).of_commit(written))
    }

    /// A query that always has a row came back without one: whatever answered, its next answer is worth as little.
    #[cold]
    pub(crate) fn without_row(&mut self) -> Error {
        each!(self, connection => connection.without_row())
    }

    /// Whether columns are described by a server, whose description may have been misread.
    pub(crate) fn is_described_by_server(&self) -> bool {
        match self.dialect() {
            Dialect::Sqlite => false,
            Dialect::Postgres | Dialect::Mysql => true,
        }
    }

    /// Starts one query whose rows are pulled.
    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<AnyCursor<'_>> {
        each!(self, connection;
            sqlite => connection.cursor(sql, write).map(AnyCursor::Sqlite),
            postgres => connection.cursor(sql, write).map(AnyCursor::Postgres),
            mysql => connection.cursor(sql, write).map(AnyCursor::Mysql),
        )
    }

    /// The first statement of the last [`insert_rows`](Self::insert_rows), which was of this table and these columns.
    pub(crate) fn sent_insert(&self, table: &TableSql, columns: &ColumnSet) -> String {
        each!(self, connection => connection.sent_insert(table, columns))
    }

    /// Whether the row that was inserted last was read by a query of its own, though the text returns it.
    pub(crate) fn reads_back(&self) -> bool {
        each!(self, connection;
            sqlite => connection.reads_back(),
            postgres => false,
            mysql => false,
        )
    }

    /// How many rows the first statement of the last insert of many rows had, where the driver decided that by their size.
    pub(crate) fn rows_in_statement(&self) -> usize {
        each!(self, connection;
            sqlite => 1,
            postgres => 1,
            mysql => connection.rows_in_statement(),
        )
    }

    /// A lost answer to what is written outside a transaction leaves open whether it was done; within one it was not.
    pub(super) fn writing<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let in_transaction = self.in_transaction();
        if in_transaction {
            each!(self, connection => connection.will_write());
        }
        let outcome = work(self);
        if in_transaction {
            each!(self, connection => connection.has_written());
        }
        outcome.map_err(|error| {
            if in_transaction {
                error
            } else {
                error.of_write()
            }
        })
    }

    /// Whether nothing has come in since the last answer. A server that ends a session says so or closes the socket.
    pub(crate) fn is_quiet(&mut self) -> bool {
        each!(self, connection => connection.is_quiet())
    }

    /// Asks whether the database answers, within a time.
    pub(crate) fn ping(&mut self, limit: Duration) -> Result<()> {
        each!(self, connection => connection.ping(limit))
    }

    /// Returns how far a primary has written; `None` where its database keeps no log of that, or needs none.
    pub(crate) fn log_position(&mut self) -> Result<Option<Position>> {
        each!(self, connection;
            sqlite => Ok(None),
            postgres => connection.log_position(),
            mysql => connection.log_position(),
        )
    }

    /// Returns how far a replica has applied what was written on its primary. A second way to an SQLite file always has
    /// everything.
    pub(crate) fn applied(&mut self) -> Result<Replay> {
        each!(self, connection;
            sqlite => Ok(Replay {
                        position: None,
                        is_promoted: false,
                    }),
            postgres => connection.applied(),
            mysql => connection.applied(),
        )
    }

    /// Waits until a replica has applied everything up to a position; `false` where it has not within the time.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(unused_variables, reason = "an SQLite file has no positions")
    )]
    pub(crate) fn wait_for(&mut self, position: &Position, limit: Duration) -> Result<bool> {
        each!(self, connection;
            sqlite => Ok(true),
            postgres => connection.wait_for(position, limit),
            mysql => connection.wait_for(position, limit),
        )
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        each!(self, connection => connection.table_exists(schema, table))
    }

    /// Returns the catalogue's description of these tables, in their order.
    pub(crate) fn relations(&mut self, wanted: &[Wanted]) -> Result<Vec<Option<Relation>>> {
        each!(self, connection => connection.relations(wanted))
    }

    /// The value the database counted for the last inserted row.
    pub(crate) fn last_insert_id(&mut self) -> u64 {
        each!(self, connection => connection.last_insert_id())
    }

    /// Whether settings of the session are changed that the next user relies on, or the server may be ending it.
    pub(crate) fn is_spoiled(&self) -> bool {
        each!(self, connection => connection.is_spoiled())
    }

    /// Its user has given it back: the next one finds the session as new, where raw statements ran in it or the engine is
    /// set to that. `false` where it cannot be made so.
    pub(crate) fn given_back(&mut self) -> bool {
        each!(self, connection => connection.given_back())
    }

    /// Whether it leads to a node of a Galera cluster, whose named locks are this node's alone.
    pub(crate) fn is_node(&self) -> bool {
        match self {
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.is_node(),
            #[allow(unreachable_patterns, reason = "not where one database is chosen")]
            _ => false,
        }
    }

    /// Whether tables of its engine have their rows on several servers, as on a Citus cluster.
    #[inline]
    pub(crate) fn has_shards(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.has_shards(),
            #[allow(unreachable_patterns, reason = "not where one database is chosen")]
            _ => false,
        }
    }

    /// Whether the server answered that it takes no statements: a node that is not in its cluster.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn is_of_unfit_host(&self) -> bool {
        match self {
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.is_of_unfit_node(),
            #[allow(unreachable_patterns, reason = "not where one database is chosen")]
            _ => false,
        }
    }

    /// Ends the session, as far as that is this side's matter, and reports when the server has ended it.
    pub(crate) fn leave(&mut self) -> Option<Leaving> {
        each!(self, connection => connection.leave())
    }

    /// Returns the handle by which another thread can cut it off.
    pub(crate) fn cutter(&self) -> Cutter {
        each!(self, connection => connection.cutter())
    }

    pub(crate) fn is_broken(&self) -> bool {
        each!(self, connection => connection.is_broken())
    }

    /// Returns the outcome of a transaction that was to be committed, as far as the database can report it within the
    /// limit.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(unused_variables, reason = "a file keeps no outcomes")
    )]
    pub(crate) fn look_up(&mut self, mark: &Mark, limit: Duration) -> Result<Resolution> {
        let outcome = match (self, mark) {
            #[cfg(feature = "postgres")]
            (Self::Postgres(connection), &Mark::Transaction { number, era }) => {
                Some(connection.look_up(number, era, limit))
            }
            #[cfg(feature = "mysql")]
            (Self::Mysql(connection), Mark::Counted { session, number }) => {
                Some(connection.look_up(session, *number, limit))
            }
            #[allow(unreachable_patterns, reason = "not where one database is chosen")]
            (_, Mark::Transaction { .. }) | (_, Mark::Counted { .. }) => None,
        };
        outcome.unwrap_or_else(|| {
            let why = "the outcome is of another kind of database than the engine".to_owned();
            Err(Error::new(ErrorKind::UnsupportedValue(why)))
        })
    }

    /// Has every wait for the server end after this time, also where it may take longer otherwise; `None` as otherwise.
    pub(crate) fn hurry(&mut self, limit: Option<Duration>) {
        each!(self, connection => connection.limits().hurry(limit));
    }

    /// A call begins: its statements have the time of one together. `false` within another call, or where there is no limit.
    pub(crate) fn begin_call(&mut self) -> bool {
        each!(self, connection => connection.limits().begin_call())
    }

    /// Sets when all has to be over, and gives what was set before; nothing once the call is over.
    pub(crate) fn set_until(&mut self, until: Option<Instant>) -> Option<Instant> {
        each!(self, connection => connection.limits().set_until(until))
    }

    /// Has everything end by this moment, too, until its user gives it back; `None` as otherwise.
    pub(crate) fn set_bound(&mut self, bound: Option<Instant>) {
        each!(self, connection => connection.set_bound(bound));
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.in_transaction() && each!(self, connection => connection.only_reads())
    }

    /// Whether a transaction is open that has to be ended. One that the database rolled back by itself may count as open; its
    /// statements and its commit are refused then.
    pub(crate) fn in_transaction(&self) -> bool {
        each!(self, connection => connection.in_transaction())
    }
}

impl AnyCursor<'_> {
    /// Has the reading of all rows be over by then.
    pub(crate) fn end_by(&mut self, moment: Instant) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(cursor) => cursor.end_by(moment),
            #[cfg(feature = "postgres")]
            Self::Postgres(cursor) => cursor.end_by(moment),
            #[cfg(feature = "mysql")]
            Self::Mysql(cursor) => cursor.end_by(moment),
            Self::None(_) => {
                let _ = moment;
            }
        }
    }

    /// The next row.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(cursor) => cursor.next(),
            #[cfg(feature = "postgres")]
            Self::Postgres(cursor) => cursor.next(),
            #[cfg(feature = "mysql")]
            Self::Mysql(cursor) => cursor.next(),
            Self::None(_) => Ok(None),
        }
    }
}
