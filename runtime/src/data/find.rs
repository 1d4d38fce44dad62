//! Rows of a snapshot by the values of some columns, for a dump of one record and of what belongs to it.

use super::line::Line;
use super::loading::Loading;
use super::rows::{Field, Written, refused};
use super::snapshot::{Snapshot, of_table, push_row};
use super::table::{DataTable, Which, select};
use super::{DataFormat, csv, give};
use crate::driver::Physical;
use crate::error::{DataError, Operation, Result};
use crate::value::ParamWriter;
use crate::value::recorded::RecordedValues;
use bindery_core::dialect::Dialect;

/// A value in its text form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataValue {
    pub(super) written: Written,
    pub(super) text: String,
}

impl DataValue {
    /// A value as CSV has it without quotes.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            written: Written::Bare,
            text: text.into(),
        }
    }

    /// Returns the text of the value, without quotes.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A row that was found.
#[derive(Debug, Clone)]
pub struct DataRow {
    line: String,
    values: Vec<DataValue>,
}

impl DataRow {
    /// The row as a line of CSV, with its end.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The value of a column, by its place; none where it is NULL.
    pub fn value(&self, column: usize) -> Option<&DataValue> {
        let value = self.values.get(column)?;
        (value.written != Written::Null).then_some(value)
    }

    fn of(line: String, table: &DataTable) -> Result<Self> {
        let values = values_of(&line, table, table.columns.len())?;
        Ok(Self { line, values })
    }
}

impl Snapshot {
    /// The rows of a table whose columns, named by their places, have these values, in the order of the key. They are in memory.
    ///
    /// # Errors
    /// A value is not one of its column's type; a row has a value that no other database could hold; the database fails.
    pub fn find(
        &mut self,
        table: &DataTable,
        columns: &[usize],
        values: &[&DataValue],
    ) -> Result<Vec<DataRow>> {
        let engine = self.engine;
        let from = (table.sql, table.rows.as_str());
        let which = Which::With(columns);
        let sql = select(self.physical.dialect(), from, (&table.columns, &[]), which);
        found(&mut self.physical, &sql, table, (columns, values))
            .map_err(|error| error.during(Operation::Dump).on_engine(engine))
    }
}

impl Loading {
    /// The row with this key, which others cannot write before the end of the transaction; `None` where there is none.
    ///
    /// # Errors
    /// As of [`Snapshot::find`].
    pub fn find_locked(&mut self, table: &DataTable, key: &[DataValue]) -> Result<Option<DataRow>> {
        let (engine, dialect) = (self.engine, self.physical.dialect());
        let from = (table.sql, table.rows.as_str());
        let which = Which::With(table.sql.key);
        let mut sql = select(dialect, from, (&table.columns, &[]), which);
        sql += match dialect {
            Dialect::Postgres | Dialect::Mysql => " FOR UPDATE",
            // The transaction is the only one that writes.
            Dialect::Sqlite => "",
        };
        let values: Vec<&DataValue> = key.iter().collect();
        let rows = found(&mut self.physical, &sql, table, (table.sql.key, &values));
        let mut rows = rows.map_err(|error| error.during(Operation::LoadRows).on_engine(engine))?;
        Ok(rows.pop())
    }
}

impl DataTable {
    /// The recorded values of a key, as the program records those of a row.
    ///
    /// # Errors
    /// A value is not one of its column's type.
    #[doc(hidden)]
    pub fn recorded_key(&self, key: &[DataValue]) -> Result<Vec<u8>> {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording_for(&mut values, Dialect::Sqlite);
        for (&at, value) in self.sql.key.iter().zip(key) {
            give::give(&self.columns[at], value.written, &value.text, &mut params);
        }
        params.finish_recording()?;
        Ok(values.bytes().to_vec())
    }
}

/// The values of a line of CSV.
pub(super) fn values_of(line: &str, table: &DataTable, number: usize) -> Result<Vec<DataValue>> {
    let (mut text, mut fields) = (String::new(), Vec::new());
    let record = line.strip_suffix('\n').unwrap_or(line);
    csv::split(record, number, &mut text, &mut fields)
        .map_err(|bad| refused(DataError::new(table.name.as_str(), bad.problem)))?;
    let value = |field: &Field| DataValue {
        written: field.written,
        text: text[field.start..field.end].to_owned(),
    };
    Ok(fields.iter().map(value).collect())
}

fn found(
    physical: &mut Physical,
    sql: &str,
    table: &DataTable,
    (columns, values): (&[usize], &[&DataValue]),
) -> Result<Vec<DataRow>> {
    let write = &mut |params: &mut ParamWriter<'_>| {
        for (&at, value) in columns.iter().zip(values) {
            give::give(&table.columns[at], value.written, &value.text, params);
        }
    };
    let mut line = Line::new(DataFormat::Csv, &[]);
    line.text.clear();
    let mut lines = Vec::new();
    let read = physical.query(sql, write, &mut |row| {
        // References are followed by their values.
        push_row(row, table, None, &mut line)?;
        lines.push(std::mem::take(&mut line.text));
        Ok(true)
    });
    read.map_err(|error| of_table(error, table, lines.len() as u64))?;
    let rows = lines.into_iter().map(|line| DataRow::of(line, table));
    rows.collect()
}
