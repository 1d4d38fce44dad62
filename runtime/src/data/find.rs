//! Rows of a snapshot by the values of some columns: for a dump of one record and of what belongs to it, and for the repair of a copy.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::line::Line;
use super::loading::Loading;
use super::record::{self, give_all, give_recorded, is_of_another, push_recorded, record_row};
use super::rows::Written;
use super::same::is_same;
use super::snapshot::{Snapshot, of_table};
use super::table::{DataTable, ValueType, Which, select};
use super::{DataFormat, give};
use crate::copying::{compare, shown};
use crate::driver::{Physical, WriteParams};
use crate::error::{Operation, Result};
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, is_null, split};
use bindery_core::dialect::Dialect;

/// The values of some columns of a row, as those of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataKey(pub(super) Vec<u8>);

impl DataKey {
    /// A key of these recorded values.
    #[doc(hidden)]
    pub fn of_recorded(values: Vec<u8>) -> Self {
        Self(values)
    }

    /// The recorded values, as the program records those of a row.
    #[doc(hidden)]
    pub fn recorded(&self) -> &[u8] {
        &self.0
    }

    /// The values as JSON, with commas between them.
    #[doc(hidden)]
    pub fn json(&self) -> String {
        let values: Vec<String> = split(&self.0).map(record::json).collect();
        values.join(", ")
    }

    /// The values as rejected rows are shown: `17`, or `(17, "tea")` where there are several.
    #[doc(hidden)]
    pub fn shown(&self) -> String {
        shown(&self.0)
    }

    /// The text of each value, without quotes.
    pub fn texts(&self) -> Vec<String> {
        split(&self.0).map(record::recorded_text).collect()
    }

    /// The order of two keys by their values; `None` where databases have them in no one order.
    #[doc(hidden)]
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        compare(&self.0, &other.0)
    }
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataRow(pub(super) Vec<u8>);

impl DataRow {
    /// The values of these columns, by their places; none where one of them is NULL.
    pub fn values(&self, columns: &[usize]) -> Option<DataKey> {
        let values: Vec<&[u8]> = split(&self.0).collect();
        let values = columns.iter().map(|&at| values.get(at).copied());
        let values: Option<Vec<&[u8]>> = values
            .map(|value| value.filter(|value| !is_null(value)))
            .collect();
        Some(DataKey(values?.concat()))
    }

    /// The bytes that it takes in memory.
    #[doc(hidden)]
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

impl DataTable {
    /// A row of the table as a line of CSV, with its end.
    pub fn csv_line(&self, row: &DataRow) -> String {
        let mut line = Line::of_values(DataFormat::Csv);
        for (at, (column, value)) in self.columns.iter().zip(split(&row.0)).enumerate() {
            line.begin_value(at);
            push_recorded(value, column.value == ValueType::Any, &mut line);
        }
        line.end_row();
        line.text
    }

    /// The key of a row of this table, or of another one with the same columns: in the types that this table has.
    ///
    /// # Errors
    /// A value of another table is not one of the type that the column has here.
    #[doc(hidden)]
    pub fn key_of(&self, row: &DataRow) -> Result<DataKey> {
        let mut values = RecordedValues::new();
        for &at in self.sql.key {
            let column = &self.columns[at];
            for value in split(&row.0).skip(at).take(1) {
                if !is_of_another(column, value) {
                    values.extend(value);
                    continue;
                }
                let mut params = ParamWriter::recording_for(&mut values, Dialect::Sqlite);
                give_recorded(column, value, &mut params);
                params.finish_recording()?;
            }
        }
        Ok(DataKey(values.bytes().to_vec()))
    }

    /// Whether a row of another table with the same columns is the same as one of this table, as this one keeps it: times have the
    /// digits that the column has, and what is finer is cut off where a value is written.
    #[doc(hidden)]
    pub fn is_same(&self, one: &DataRow, other: &DataRow) -> bool {
        is_same(&self.columns, &one.0, &other.0)
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
        values: &DataKey,
    ) -> Result<Vec<DataRow>> {
        let engine = self.engine;
        let which = Which::With(columns);
        let sql = select(table, &[], which);
        let mut rows = Vec::new();
        let give = &mut |params: &mut ParamWriter<'_>| give_all(table, columns, &values.0, params);
        read_rows(&mut self.physical, table, (&sql, give), &mut |row| {
            rows.push(row);
            Ok(true)
        })
        .map_err(|error| error.during(Operation::Dump).on_engine(engine))?;
        Ok(rows)
    }

    /// The rows with these keys, each in the place of its key.
    ///
    /// # Errors
    /// As of [`find`](Self::find).
    pub fn find_each(
        &mut self,
        table: &DataTable,
        keys: &[DataKey],
    ) -> Result<Vec<Option<DataRow>>> {
        let found = find_each(&mut self.physical, (table, keys), "");
        found.map_err(|error| error.during(Operation::Dump).on_engine(self.engine))
    }

    /// The key of a row of a table with these values, as CSV has them without quotes.
    ///
    /// # Errors
    /// A value is not one of its column's type.
    pub fn key_of_texts<'t>(
        &self,
        table: &DataTable,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<DataKey> {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording_for(&mut values, Dialect::Sqlite);
        for (&at, text) in table.sql.key.iter().zip(texts) {
            give::give_column(&table.columns[at], Written::Bare, text, &mut params);
        }
        let recorded = params.finish_recording();
        recorded.map_err(|error| error.during(Operation::Dump).on_engine(self.engine))?;
        Ok(DataKey(values.bytes().to_vec()))
    }

    /// Hands all rows of a table over in the order of its key, until `take` returns `false`.
    ///
    /// # Errors
    /// That of `take`; a row has a value that no other database could hold; the database fails.
    #[doc(hidden)]
    pub fn each_row(
        &mut self,
        table: &DataTable,
        take: &mut dyn FnMut(DataRow) -> Result<bool>,
    ) -> Result<()> {
        let engine = self.engine;
        let sql = table.select.as_str();
        read_rows(&mut self.physical, table, (sql, &mut |_| ()), take)
            .map_err(|error| error.during(Operation::Dump).on_engine(engine))
    }
}

impl Loading {
    /// The row with this key, which others cannot write before the end of the transaction; `None` where there is none.
    ///
    /// # Errors
    /// As of [`Snapshot::find`].
    pub fn find_locked(&mut self, table: &DataTable, key: &DataKey) -> Result<Option<DataRow>> {
        let mut found = self.find_locked_each(table, std::slice::from_ref(key))?;
        Ok(found.pop().flatten())
    }

    /// The rows with these keys, each in the place of its key, which others cannot write before the end of the transaction.
    ///
    /// # Errors
    /// As of [`Snapshot::find`].
    pub fn find_locked_each(
        &mut self,
        table: &DataTable,
        keys: &[DataKey],
    ) -> Result<Vec<Option<DataRow>>> {
        let locking = match self.physical.dialect() {
            Dialect::Postgres | Dialect::Mysql => " FOR UPDATE",
            // The transaction is the only one that writes.
            Dialect::Sqlite => "",
        };
        let found = find_each(&mut self.physical, (table, keys), locking);
        found.map_err(|error| error.during(Operation::LoadRows).on_engine(self.engine))
    }
}

/// Keys that a query looks for; the last one fills a query up, so that few texts are prepared.
const KEYS: usize = 100;

/// The rows with these keys, each in the place of its key: many by one query, and those one by one that have their key in another form.
fn find_each(
    physical: &mut Physical,
    (table, keys): (&DataTable, &[DataKey]),
    locking: &str,
) -> Result<Vec<Option<DataRow>>> {
    let mut found = HashMap::new();
    for keys in keys.chunks(KEYS).filter(|keys| keys.len() > 1) {
        let which = Which::OneOf(table.sql.key, KEYS);
        let sql = select(table, &[], which) + locking;
        let (last, missing) = (&keys[keys.len() - 1], KEYS - keys.len());
        let give = &mut |params: &mut ParamWriter<'_>| {
            for key in keys.iter().chain(std::iter::repeat_n(last, missing)) {
                give_all(table, table.sql.key, &key.0, params);
            }
        };
        read_rows(physical, table, (&sql, give), &mut |row| {
            found.insert(table.key_of(&row)?, row);
            Ok(true)
        })?;
    }
    let sql = select(table, &[], Which::With(table.sql.key)) + locking;
    let one = |key: &DataKey| {
        let mut row = found.get(key).cloned();
        if row.is_none() {
            let give =
                &mut |params: &mut ParamWriter<'_>| give_all(table, table.sql.key, &key.0, params);
            read_rows(physical, table, (&sql, give), &mut |read| {
                row = Some(read);
                Ok(true)
            })?;
        }
        Ok(row)
    };
    keys.iter().map(one).collect()
}

/// Reads the rows of a query.
fn read_rows(
    physical: &mut Physical,
    table: &DataTable,
    (sql, give): (&str, WriteParams<'_>),
    take: &mut dyn FnMut(DataRow) -> Result<bool>,
) -> Result<()> {
    let mut number = 0;
    let read = physical.query(sql, give, &mut |row| {
        let row = DataRow(record_row(row, table)?);
        number += 1;
        take(row)
    });
    read.map_err(|error| of_table(error, table, number))
}
