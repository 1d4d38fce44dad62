//! One state of an engine's database, and its tables written from it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::DataFormat;
use super::line::Line;
use super::push::push_value;
use super::redact::{Redactor, ValueHash};
use super::table::{DataColumn, DataTable, ValueType};
use crate::databases::Registry;
use crate::driver::{Isolation, Physical, TransactionOptions, WriteParams};
use crate::error::{DataError, DataProblem, Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::pool::Pool;
use crate::value::RowReader;
use bindery_core::dialect::Dialect;

/// Written away at a time.
const CHUNK: usize = 64 * 1024;
/// A dump waits this long for a lock, as of a table that is being changed.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// Policies of PostgreSQL would leave rows out, and what is left would be taken for the whole: with this the server refuses to
/// read such a table (PostgreSQL, "Row Security Policies"; `pg_dump` does the same).
pub(super) fn refuse_hidden_rows(physical: &mut Physical) -> Result<()> {
    match physical.dialect() {
        Dialect::Postgres => physical.batch("SET LOCAL row_security = off"),
        Dialect::Sqlite | Dialect::Mysql => Ok(()),
    }
}

/// One state of an engine's database: every table that is written from it is as at the moment of the first, whatever others
/// write meanwhile. A read-only transaction on a connection of its own.
pub struct Snapshot {
    pub(super) physical: Physical,
    pub(super) engine: &'static str,
    redactor: Option<Redactor>,
    _pool: Arc<Pool>,
}

impl Snapshot {
    /// Begins one.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn begin(db: &impl AsRef<Registry>, engine: impl Engine) -> Result<Self> {
        let name = engine.name();
        let begun = db
            .as_ref()
            .connect_for_ddl(engine.index(), LOCK_TIMEOUT)
            .and_then(|(mut physical, pool, _)| {
                let options = TransactionOptions::new().read_only();
                physical.begin_with(&options.isolation(Isolation::RepeatableRead))?;
                refuse_hidden_rows(&mut physical)?;
                Ok((physical, pool))
            });
        let (physical, pool) = begun.map_err(|error| located(error, name))?;
        Ok(Self {
            physical,
            engine: name,
            redactor: None,
            _pool: pool,
        })
    }

    /// Replaces the values of columns that have a [`Redaction`](super::Redaction) in all tables that are written from now on. Two
    /// snapshots with one `hash` replace equal values by equal ones.
    #[must_use]
    pub fn redacting(mut self, hash: ValueHash) -> Self {
        self.redactor = Some(Redactor::new(hash));
        self
    }

    /// Writes all rows of a table, in the order of its key, and returns their number. `progress` gets the number so far now and
    /// then. One row is in memory at a time, and of a value of more than 16 MiB a part, where its column
    /// [may be so long](DataColumn::may_be_long).
    ///
    /// # Errors
    /// [`ErrorKind::Output`](crate::ErrorKind::Output) where `out` cannot be written; a value is none that other databases could
    /// hold, or not one of the column's type; a column has a [`Redaction`](super::Redaction) and the snapshot replaces no values; the
    /// database fails.
    pub fn write(
        &mut self,
        table: &DataTable,
        format: DataFormat,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64> {
        let names: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let mut writing = Writing {
            physical: &mut self.physical,
            redactor: self.redactor.as_mut(),
            table,
            line: Line::new(format, &names),
            rows: 0,
            out,
            progress,
        };
        let written = writing.all();
        let rows = writing.rows;
        written.map_err(|error| located(of_table(error, table, rows), self.engine))?;
        progress(rows);
        Ok(rows)
    }
}

/// A table that is being written.
pub(super) struct Writing<'w> {
    pub(super) physical: &'w mut Physical,
    redactor: Option<&'w mut Redactor>,
    pub(super) table: &'w DataTable,
    pub(super) line: Line,
    rows: u64,
    out: &'w mut dyn Write,
    progress: &'w mut dyn FnMut(u64),
}

impl Writing<'_> {
    fn all(&mut self) -> Result<()> {
        self.all_rows()?;
        self.write_away()
    }

    /// Writes the rows of a query.
    pub(super) fn rows(&mut self, sql: &str, values: WriteParams<'_>) -> Result<()> {
        self.rows_until(sql, values, |_| Ok(false)).map(drop)
    }

    /// Writes the rows of a query up to the first that is the end, by what follows its columns; that one and those after it are not
    /// written. Returns whether all were.
    pub(super) fn rows_until(
        &mut self,
        sql: &str,
        values: WriteParams<'_>,
        is_end: impl Fn(&mut RowReader<'_>) -> Result<bool>,
    ) -> Result<bool> {
        let Self {
            physical,
            redactor,
            table,
            line,
            rows,
            out,
            progress,
        } = self;
        let mut are_all = true;
        physical.query(sql, values, &mut |row| {
            let begin = line.text.len();
            push_row(row, table, redactor.as_deref_mut(), line)?;
            if is_end(row)? {
                line.text.truncate(begin);
                are_all = false;
                return Ok(false);
            }
            *rows += 1;
            if line.text.len() >= CHUNK {
                write_away(line, *out)?;
                progress(*rows);
            }
            Ok(true)
        })?;
        Ok(are_all)
    }

    /// Writes one row, whose values at `left_out` stand elsewhere. Returns the text before the first of them, between them, and after the
    /// last.
    pub(super) fn row_around(
        &mut self,
        (sql, values): (&str, WriteParams<'_>),
        left_out: &[usize],
    ) -> Result<Vec<String>> {
        self.write_away()?;
        let mut texts = Vec::new();
        let Self {
            physical,
            redactor,
            table,
            line,
            ..
        } = self;
        physical.query(sql, values, &mut |row| {
            for (at, column) in table.columns.iter().enumerate() {
                if left_out.contains(&at) {
                    line.begin_value(at);
                    row.skip(1);
                    texts.push(std::mem::take(&mut line.text));
                } else {
                    push_column(row, table, (at, column), redactor.as_deref_mut(), line)?;
                }
            }
            line.end_row();
            texts.push(std::mem::take(&mut line.text));
            Ok(true)
        })?;
        self.rows += 1;
        Ok(texts)
    }

    /// The connection, the text, and what writes it away where it is much.
    #[cfg(feature = "sqlite")]
    pub(super) fn split(
        &mut self,
    ) -> (
        &mut Physical,
        &mut Line,
        impl FnMut(&mut Line) -> Result<()> + '_,
    ) {
        let (out, progress, rows) = (&mut *self.out, &mut *self.progress, self.rows);
        let go_on = move |line: &mut Line| {
            if line.text.len() < CHUNK {
                return Ok(());
            }
            progress(rows);
            write_away(line, out)
        };
        (self.physical, &mut self.line, go_on)
    }

    /// Writes away what is there, where that is much.
    pub(super) fn go_on(&mut self) -> Result<()> {
        if self.line.text.len() < CHUNK {
            return Ok(());
        }
        (self.progress)(self.rows);
        self.write_away()
    }

    fn write_away(&mut self) -> Result<()> {
        write_away(&mut self.line, self.out)
    }
}

fn push_row(
    row: &mut RowReader<'_>,
    table: &DataTable,
    mut redactor: Option<&mut Redactor>,
    line: &mut Line,
) -> Result<()> {
    for column in table.columns.iter().enumerate() {
        push_column(row, table, column, redactor.as_deref_mut(), line)?;
    }
    line.end_row();
    Ok(())
}

fn push_column(
    row: &mut RowReader<'_>,
    table: &DataTable,
    (at, column): (usize, &DataColumn),
    redactor: Option<&mut Redactor>,
    line: &mut Line,
) -> Result<()> {
    line.begin_value(at);
    match (redactor, column.redaction) {
        (Some(redactor), Some(redaction)) => redactor.push(row, (column, redaction), line),
        (None, Some(_)) => Err(unredacted(table, column)),
        (_, None) => {
            let begin = line.text.len();
            push_value(row, &column.value, line)?;
            if column.value == ValueType::Decimal && column.fraction.is_some() {
                line.trim_decimal(begin);
            }
            Ok(())
        }
    }
}

/// The error of a column whose values are to be replaced, and are not.
#[cold]
pub(super) fn unredacted(table: &DataTable, column: &DataColumn) -> Error {
    let mut data = DataError::new(table.name.as_str(), DataProblem::Unredacted);
    data.column = Some(column.name.clone());
    Error::new(ErrorKind::Data(data))
}

fn write_away(line: &mut Line, out: &mut dyn Write) -> Result<()> {
    let written = out.write_all(line.text.as_bytes());
    line.text.clear();
    written.map_err(|error| Error::new(ErrorKind::Output(error.kind())))
}

/// A value that cannot be dumped names its table, its row and its column; what the database reports, its table.
#[cold]
pub(super) fn of_table(error: Error, table: &DataTable, row: u64) -> Error {
    let ErrorKind::Decode {
        column, expected, ..
    } = *error.kind()
    else {
        let has_said = matches!(error.kind(), ErrorKind::Data(_) | ErrorKind::Output(_));
        return if has_said {
            error
        } else {
            error.in_table(&table.name)
        };
    };
    let mut data = DataError::new(
        table.name.as_str(),
        DataProblem::Value(expected_value(expected)),
    );
    data.column = table.columns.get(column).map(|column| column.name.clone());
    let row = usize::try_from(row).unwrap_or(usize::MAX);
    Error::new(ErrorKind::Data(data)).at_row(row)
}

/// The sentence for a value that is not the expected one.
fn expected_value(expected: &'static str) -> &'static str {
    match expected {
        "integer" | "unsigned integer" => "the value is not an integer",
        "text" => "the value is not UTF-8 text",
        "boolean" => "the value is not a boolean",
        "decimal" => "the value is not a decimal that every database has",
        "time of day" => "the value is not a time of day from 00:00 to before 24:00",
        "JSON" => "the value is not JSON",
        "float" => "the value is not a number",
        "bytes" => "the value is not bytes",
        "UUID" => "the value is not a UUID",
        _ if expected.contains("years") => "the value is not within the years 1 to 9999",
        _ => "the value is not one of the column's type",
    }
}

#[cold]
fn located(error: Error, engine: &'static str) -> Error {
    error.during(Operation::Dump).on_engine(engine)
}
