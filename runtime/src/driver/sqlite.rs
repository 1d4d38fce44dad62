//! SQLite through `rusqlite`. Dates and times are kept as ISO 8601 text, which sorts by time.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, Row, Rows, Statement, ffi};
use self_cell::{MutBorrow, self_cell};

use super::calendar;
use super::params::ParamTarget;
use super::row::RowSource;
use super::{ParamWriter, RowReader, TakeRow, WriteParams};
use crate::Dialect;
use crate::error::{Constraint, Error, ErrorKind, Result};
use crate::model::ColumnSet;
use crate::statements::TableSql;

/// Rows of one multi-row INSERT: between 32 and 128 are equally fast, more are slower.
const ROWS_PER_INSERT: usize = 64;
/// SQLite's own limit of placeholders in one statement.
const MAX_PARAMS: usize = 32_766;
const CACHED_STATEMENTS: usize = 256;

/// One open SQLite connection.
pub(crate) struct SqliteConnection {
    inner: rusqlite::Connection,
}

/// How a file is opened.
pub(crate) struct SqliteOptions<'a> {
    /// A path, or a `file:` URI.
    pub(crate) path: &'a str,
    pub(crate) busy_timeout: std::time::Duration,
}

impl SqliteConnection {
    pub(crate) fn open(options: &SqliteOptions<'_>) -> Result<Self> {
        let inner = rusqlite::Connection::open(options.path).map_err(sql_error)?;
        inner
            .busy_timeout(options.busy_timeout)
            .map_err(sql_error)?;
        inner.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        inner
            .execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
            )
            .map_err(sql_error)?;
        Ok(Self { inner })
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        let mut statement = self.inner.prepare_cached(sql).map_err(sql_error)?;
        bind(&mut statement, write)?;
        statement
            .raw_execute()
            .map(|rows| rows as u64)
            .map_err(sql_error)
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let mut statement = self.inner.prepare_cached(sql).map_err(sql_error)?;
        bind(&mut statement, write)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(sql_error)? {
            if !take(&mut reader(row))? {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<SqliteCursor<'_>> {
        let mut statement = self.inner.prepare_cached(sql).map_err(sql_error)?;
        bind(&mut statement, write)?;
        Ok(SqliteCursor(RunningQuery::new(
            MutBorrow::new(statement),
            |statement| statement.borrow_mut().raw_query(),
        )))
    }

    pub(crate) fn insert_rows(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        let per_statement = (MAX_PARAMS / columns.len().max(1)).clamp(1, ROWS_PER_INSERT);
        let mut inserted = 0;
        while inserted < rows {
            let count = per_statement.min(rows - inserted);
            let sql = table.insert_sql(Dialect::Sqlite, columns, count, false);
            self.execute(&sql, &mut |params| {
                (inserted..inserted + count).for_each(|row| write(row, params))
            })?;
            inserted += count;
        }
        Ok(inserted as u64)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.inner.execute_batch(sql).map_err(sql_error)
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        self.inner.table_exists(schema, table).map_err(sql_error)
    }

    pub(crate) fn last_insert_id(&mut self) -> u64 {
        self.inner.last_insert_rowid() as u64
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    /// A file cannot be lost as a server can: an error leaves the connection usable.
    pub(crate) fn is_broken(&self) -> bool {
        false
    }
}

self_cell! {
    struct RunningQuery<'c> {
        owner: MutBorrow<CachedStatement<'c>>,
        #[not_covariant]
        dependent: Rows,
    }
}

/// A running query; dropping it resets the statement.
pub(crate) struct SqliteCursor<'c>(RunningQuery<'c>);

impl SqliteCursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        self.0
            .with_dependent_mut(|_, rows| Ok(rows.next().map_err(sql_error)?.map(reader)))
    }
}

fn reader<'a>(row: &'a Row<'_>) -> RowReader<'a> {
    RowReader::new(RowSource::Sqlite(RowRef(row)))
}

fn bind(statement: &mut Statement<'_>, write: WriteParams<'_>) -> Result<()> {
    statement.clear_bindings();
    let mut params = ParamWriter::new(ParamTarget::Sqlite(Params {
        statement,
        next: 1,
        text: String::new(),
    }));
    write(&mut params);
    params.refused.map_or(Ok(()), Err)
}

/// What [`Params`] needs of a statement, free of its lifetime.
trait Bind {
    fn bind(&mut self, index: usize, value: ToSqlOutput<'_>) -> rusqlite::Result<()>;
}

impl Bind for Statement<'_> {
    fn bind(&mut self, index: usize, value: ToSqlOutput<'_>) -> rusqlite::Result<()> {
        self.raw_bind_parameter(index, value)
    }
}

/// Binds parameters to a statement.
pub(super) struct Params<'a> {
    statement: &'a mut dyn Bind,
    next: usize,
    /// For values that are kept as formatted text.
    text: String,
}

impl Params<'_> {
    fn put(&mut self, value: ValueRef<'_>) -> Result<()> {
        let index = self.next;
        self.next += 1;
        self.statement
            .bind(index, ToSqlOutput::Borrowed(value))
            .map_err(sql_error)
    }

    fn put_formatted(&mut self, format: impl FnOnce(&mut String)) -> Result<()> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        format(&mut text);
        let outcome = self.put(ValueRef::Text(text.as_bytes()));
        self.text = text;
        outcome
    }

    pub(super) fn null(&mut self) -> Result<()> {
        self.put(ValueRef::Null)
    }

    pub(super) fn i64(&mut self, value: i64) -> Result<()> {
        self.put(ValueRef::Integer(value))
    }

    pub(super) fn u64(&mut self, value: u64) -> Result<()> {
        let value = i64::try_from(value)
            .map_err(|_| unsupported("an unsigned integer past 9223372036854775807"))?;
        self.i64(value)
    }

    pub(super) fn bool(&mut self, value: bool) -> Result<()> {
        self.i64(i64::from(value))
    }

    pub(super) fn f32(&mut self, value: f32) -> Result<()> {
        self.f64(f64::from(value))
    }

    pub(super) fn f64(&mut self, value: f64) -> Result<()> {
        if value.is_nan() {
            return Err(unsupported("NaN, which SQLite would store as NULL"));
        }
        self.put(ValueRef::Real(value))
    }

    pub(super) fn text(&mut self, value: &str) -> Result<()> {
        self.put(ValueRef::Text(value.as_bytes()))
    }

    pub(super) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put(ValueRef::Blob(value))
    }

    pub(super) fn date(&mut self, days: i64) -> Result<()> {
        check_day(days)?;
        self.put_formatted(|out| calendar::write_date(days, out))
    }

    pub(super) fn time(&mut self, micros: i64) -> Result<()> {
        self.put_formatted(|out| calendar::write_time(micros, out))
    }

    pub(super) fn datetime(&mut self, micros: i64) -> Result<()> {
        check_day(calendar::split(micros).0)?;
        self.put_formatted(|out| calendar::write_datetime(micros, out))
    }

    pub(super) fn timestamp(&mut self, micros: i64) -> Result<()> {
        self.datetime(micros)
    }
}

fn check_day(days: i64) -> Result<()> {
    if calendar::is_representable(days) {
        Ok(())
    } else {
        Err(unsupported("a date outside the years 1 to 9999"))
    }
}

#[cold]
fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "SQLite cannot hold {what}"
    )))
}

/// One row.
pub(super) struct RowRef<'a>(&'a Row<'a>);

impl RowRef<'_> {
    fn value(&self, column: usize) -> ValueRef<'_> {
        self.0.get_ref(column).unwrap_or(ValueRef::Null)
    }

    pub(super) fn is_null(&self, column: usize) -> bool {
        matches!(self.value(column), ValueRef::Null)
    }

    pub(super) fn i64(&self, column: usize) -> Option<i64> {
        match self.value(column) {
            ValueRef::Integer(value) => Some(value),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    pub(super) fn u64(&self, column: usize) -> Option<u64> {
        self.i64(column).and_then(|value| u64::try_from(value).ok())
    }

    pub(super) fn bool(&self, column: usize) -> Option<bool> {
        match self.i64(column)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn f32(&self, column: usize) -> Option<f32> {
        self.f64(column).map(|value| value as f32)
    }

    /// A whole number in a NUMERIC column is stored as an integer.
    pub(super) fn f64(&self, column: usize) -> Option<f64> {
        match self.value(column) {
            ValueRef::Real(value) => Some(value),
            ValueRef::Integer(value) => Some(value as f64),
            ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    pub(super) fn text(&self, column: usize) -> Option<&str> {
        match self.value(column) {
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
        }
    }

    pub(super) fn bytes(&self, column: usize) -> Option<&[u8]> {
        match self.value(column) {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Some(bytes),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }

    pub(super) fn date(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar::read_date)
    }

    pub(super) fn time(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar::read_time)
    }

    pub(super) fn datetime(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar::read_datetime)
    }

    pub(super) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }
}

/// Sorts a driver error by SQLite's extended result code.
#[cold]
fn sql_error(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::new(ErrorKind::Database {
            code: "rusqlite".into(),
        });
    };
    let kind = match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => {
            ErrorKind::UniqueViolation(constraint(message.as_deref()))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation(Constraint::default()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            ErrorKind::NotNullViolation(constraint(message.as_deref()))
        }
        ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation(named(message.as_deref())),
        code => match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => ErrorKind::Conflict,
            ErrorCode::CannotOpen | ErrorCode::NotADatabase | ErrorCode::PermissionDenied => {
                ErrorKind::Unavailable
            }
            ErrorCode::TooBig => ErrorKind::ValueOutOfRange(Constraint::default()),
            _ => ErrorKind::Database {
                code: code.to_string(),
            },
        },
    };
    Error::new(kind).with_source(error)
}

/// `UNIQUE constraint failed: users.email, users.tenant` names columns, never values.
fn constraint(message: Option<&str>) -> Constraint {
    let first = message
        .and_then(|text| text.split_once(": "))
        .and_then(|(_, names)| names.split(", ").next());
    let Some((table, column)) = first.and_then(|name| name.split_once('.')) else {
        return Constraint::default();
    };
    Constraint {
        name: None,
        table: Some(table.to_owned()),
        column: Some(column.to_owned()),
    }
}

/// `CHECK constraint failed: name`.
fn named(message: Option<&str>) -> Constraint {
    let name = message
        .and_then(|text| text.split_once(": "))
        .map(|(_, name)| name.to_owned());
    Constraint {
        name,
        ..Constraint::default()
    }
}
