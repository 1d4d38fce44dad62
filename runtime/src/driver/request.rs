//! One call of a driver as data: what stands between a caller and a driver handles all of them in one place.

use super::{
    AnyDriver, Changed, RawText, TakeColumns, TakeEach, TakeRow, TransactionOptions, WriteEach,
    WriteParams,
};
use crate::driver::TableSql;
use crate::error::Result;
use crate::observe::{EventKind, Running, Sent};
use crate::value::ColumnSet;

/// Its answer is a number of rows; 0 where the call has none to report.
pub(crate) enum Request<'r> {
    /// One statement that writes: how many rows it changed.
    Execute {
        sql: &'r str,
        write: WriteParams<'r>,
    },
    /// One statement whose rows are handed over until `take` says enough. One that writes does so whatever `take` says.
    Query {
        sql: &'r str,
        of: RowsOf<'r>,
        write: WriteParams<'r>,
        take: TakeRow<'r>,
    },
    /// One statement a number of times, each with parameters of its own. The work before one that fails stays, so it belongs
    /// into a transaction.
    ExecuteEach {
        sql: &'r str,
        times: usize,
        write: WriteEach<'r>,
        changed: Changed<'r>,
    },
    /// One query a number of times, each with parameters of its own.
    QueryEach {
        sql: &'r str,
        times: usize,
        write: WriteEach<'r>,
        take: TakeEach<'r>,
    },
    /// Inserts rows in the fastest way of the database: how many. `write` writes the given columns of one row.
    InsertRows {
        table: &'static TableSql,
        columns: &'r ColumnSet,
        rows: usize,
        write: WriteEach<'r>,
    },
    /// Inserts rows and hands over each as stored, in their order. For tables whose inserts return rows.
    InsertReturning {
        table: &'static TableSql,
        columns: &'r ColumnSet,
        rows: usize,
        write: WriteEach<'r>,
        take: TakeEach<'r>,
    },
    /// Inserts as many of these rows as go with one statement, which has `after` after its values, and sets `taken` to how many
    /// those are: how many of them were there. Only MySQL and MariaDB report that of a statement with many rows; others take none.
    #[cfg(feature = "mysql")]
    UpsertRows {
        table: &'r TableSql,
        columns: &'r ColumnSet,
        after: &'r str,
        rows: std::ops::Range<usize>,
        write: WriteEach<'r>,
        taken: &'r mut usize,
    },
    /// Statements without parameters: DDL where it writes, else savepoints and settings.
    Batch { sql: &'r str, writes: bool },
    /// One statement of the program's own, with its columns and its rows: how many rows it changed.
    RawQuery {
        raw: RawText<'r>,
        write: WriteParams<'r>,
        columns: TakeColumns<'r>,
        take: TakeRow<'r>,
    },
    /// The statements of a text of the program's own, one after the other.
    RawBatch { sql: &'r str, is_fixed: bool },
    /// Begins a transaction.
    Begin(&'r TransactionOptions),
    /// Commits, and makes sure that the database did.
    Commit,
    /// Rolls the whole transaction back, also one that the database has ended already.
    Rollback,
}

/// The rows of a statement.
#[derive(Clone, Copy)]
pub(crate) enum RowsOf<'r> {
    /// Those that it reads.
    Reading,
    /// Those that it has written.
    Writing,
    /// The row that it inserts into this table, and the text that inserts it and returns nothing, where the driver may read it back.
    Inserting(&'static TableSql, Option<&'r str>),
}

impl<'r> Request<'r> {
    /// The event of it; `None` where nothing will be sent.
    pub(super) fn sent(&self) -> Option<Sent<'r>> {
        Some(match self {
            Self::Execute { sql, .. } | Self::Query { sql, .. } => Sent::statement(*sql),
            Self::ExecuteEach { sql, times, .. } | Self::QueryEach { sql, times, .. } => {
                Sent::statement(*sql).times(*times)
            }
            Self::InsertRows { rows, .. } | Self::InsertReturning { rows, .. } => Sent::rows(*rows),
            #[cfg(feature = "mysql")]
            Self::UpsertRows { rows, .. } if rows.len() < 2 => return None,
            #[cfg(feature = "mysql")]
            Self::UpsertRows { rows, .. } => Sent::rows(rows.len()),
            Self::Batch { sql, writes: true } => Sent::statement(*sql),
            Self::Batch { sql, writes: false } => Sent::statement(*sql).own(),
            Self::RawQuery { raw, .. } => Sent::statement(raw.sql).fixed(raw.is_kept),
            Self::RawBatch { sql, is_fixed } => Sent::statement(*sql).fixed(*is_fixed),
            Self::Begin(_) => Sent::other(EventKind::Begin),
            Self::Commit => Sent::other(EventKind::Commit),
            Self::Rollback => Sent::other(EventKind::Rollback),
        })
    }

    /// Runs it with each row counted that is handed over, or changed by one of many statements.
    pub(super) fn counted(
        &mut self,
        driver: &mut AnyDriver,
        counts: &mut Running<'_>,
    ) -> Result<u64> {
        match self {
            Self::Query {
                sql,
                of,
                write,
                take,
            } => driver.call(&mut Request::Query {
                sql,
                of: *of,
                write: *write,
                take: &mut |row| {
                    counts.count_rows(1);
                    take(row)
                },
            }),
            Self::ExecuteEach {
                sql,
                times,
                write,
                changed,
            } => driver.call(&mut Request::ExecuteEach {
                sql,
                times: *times,
                write: *write,
                changed: &mut |at, rows| {
                    counts.count_rows(rows);
                    changed(at, rows);
                },
            }),
            Self::QueryEach {
                sql,
                times,
                write,
                take,
            } => driver.call(&mut Request::QueryEach {
                sql,
                times: *times,
                write: *write,
                take: &mut |at, row| {
                    counts.count_rows(1);
                    take(at, row)
                },
            }),
            Self::RawQuery {
                raw,
                write,
                columns,
                take,
            } => driver.call(&mut Request::RawQuery {
                raw: *raw,
                write: *write,
                columns: *columns,
                take: &mut |row| {
                    counts.count_rows(1);
                    take(row)
                },
            }),
            other => driver.call(other),
        }
    }

    /// How many rows it wrote; `None` where it writes none, or failed without saying.
    pub(super) fn rows_written(&self, counted: u64, answer: Option<u64>) -> Option<u64> {
        match self {
            Self::Execute { .. } | Self::InsertRows { .. } => answer,
            Self::ExecuteEach { .. } => Some(counted),
            Self::InsertReturning { rows, .. } => Some(*rows as u64),
            #[cfg(feature = "mysql")]
            Self::UpsertRows { taken, .. } => answer.map(|_| **taken as u64),
            Self::RawQuery { .. } => answer.filter(|_| counted == 0).or(Some(counted)),
            Self::Query { of, .. } => Some(counted).filter(|_| of.writes()),
            Self::QueryEach { .. } => None,
            Self::Batch { .. } | Self::RawBatch { .. } => None,
            Self::Begin(_) | Self::Commit | Self::Rollback => None,
        }
    }

    /// Whether a lost answer to it leaves open whether something was written.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::Query { of, .. } => of.writes(),
            Self::Batch { writes, .. } => *writes,
            Self::QueryEach { .. } => false,
            // Its writes are found out in a way of their own.
            Self::Commit => false,
            Self::Begin(_) | Self::Rollback => false,
            Self::Execute { .. } | Self::ExecuteEach { .. } => true,
            Self::InsertRows { .. } | Self::InsertReturning { .. } => true,
            #[cfg(feature = "mysql")]
            Self::UpsertRows { .. } => true,
            Self::RawQuery { .. } | Self::RawBatch { .. } => true,
        }
    }

    /// Whether its rows are those that it reads.
    pub(super) fn only_reads(&self) -> bool {
        match self {
            Self::Query { of, .. } => !of.writes(),
            Self::QueryEach { .. } => true,
            _ => false,
        }
    }

    /// Writes the values of its one statement.
    pub(super) fn values(&mut self) -> Option<WriteParams<'_>> {
        match self {
            Self::Execute { write, .. }
            | Self::Query { write, .. }
            | Self::RawQuery { write, .. } => Some(*write),
            _ => None,
        }
    }

    /// The text of a statement that the driver chose, once it has run; its first where it sent several.
    pub(super) fn text_sent(&self, driver: &AnyDriver) -> Option<String> {
        let insert = |table: &TableSql, columns, returns| {
            table.insert_sql(
                driver.dialect(),
                columns,
                driver.rows_in_statement(),
                returns,
            )
        };
        match self {
            Self::InsertRows { table, columns, .. } => Some(driver.sent_insert(table, columns)),
            Self::InsertReturning { table, columns, .. } => {
                Some(insert(table, columns, !driver.reads_back()))
            }
            Self::Query {
                of: RowsOf::Inserting(_, Some(plain)),
                ..
            } if driver.reads_back() => Some((*plain).to_owned()),
            #[cfg(feature = "mysql")]
            Self::UpsertRows {
                table,
                columns,
                after,
                ..
            } => Some(insert(table, columns, false) + after),
            _ => None,
        }
    }

    /// Whether the driver sent nothing after all: one row is not worth a statement of many.
    pub(super) fn was_left(&self) -> bool {
        match self {
            #[cfg(feature = "mysql")]
            Self::UpsertRows { taken, .. } => **taken == 0,
            _ => false,
        }
    }

    /// The beginning or end of a transaction that it is.
    pub(super) fn boundary(&self) -> Option<EventKind> {
        match self {
            Self::Begin(_) => Some(EventKind::Begin),
            Self::Commit => Some(EventKind::Commit),
            Self::Rollback => Some(EventKind::Rollback),
            _ => None,
        }
    }
}

impl RowsOf<'_> {
    fn writes(self) -> bool {
        !matches!(self, Self::Reading)
    }
}
