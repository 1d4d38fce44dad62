//! Rows into a table, many at a time: those of a file, and recorded ones of another engine.

use std::ops::Range;

use super::find::DataRow;
use super::loading::{LoadMode, Loading, located};
use super::record::give_all;
use super::rows::refused;
use super::table::DataTable;
use crate::driver::{Physical, WriteEach};
use crate::error::{DataError, DataProblem, Error, ErrorKind, Result};
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

impl Loading {
    /// Stores rows that were read from a table with the same columns, and returns those that cannot be stored, by their numbers.
    ///
    /// # Errors
    /// The database fails.
    #[doc(hidden)]
    pub fn store(&mut self, table: &DataTable, rows: &[&DataRow]) -> Result<Vec<(usize, Error)>> {
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        let batch = Batch {
            table,
            mode: self.mode,
            columns: columns.iter().copied().collect(),
            rows: rows.len(),
        };
        let give = &mut |row: usize, params: &mut ParamWriter<'_>| {
            give_all(table, &columns, &rows[row].0, params);
        };
        let explained = |error| refusal(table, error, (None, None));
        match batch.store_fitting(&mut self.physical, give) {
            Ok(refused) => {
                let refused = refused.into_iter();
                Ok(refused
                    .map(|(row, error)| (row, explained(error)))
                    .collect())
            }
            Err(error) => Err(located(explained(error), self.engine)),
        }
    }
}

/// Rows of a table that are stored together.
pub(super) struct Batch<'t> {
    pub(super) table: &'t DataTable,
    pub(super) mode: LoadMode,
    /// Those that every row has values for.
    pub(super) columns: ColumnSet,
    pub(super) rows: usize,
}

impl Batch<'_> {
    /// Stores the rows that can be, whose values `give` gives, and returns the others by their numbers.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn store_fitting(
        &self,
        physical: &mut Physical,
        give: WriteEach<'_>,
    ) -> Result<Vec<(usize, Error)>> {
        let (mut first, mut end, mut refused) = (0, self.rows, Vec::new());
        let is_about_one = |error: &Error| error.row().is_some() && is_about_the_row(error);
        while first < self.rows {
            let tried = tried(physical, is_about_one, |physical| {
                self.insert(physical, first..end, &mut *give)
            })?;
            let Some(error) = tried else {
                (first, end) = (end, self.rows);
                continue;
            };
            let bad = first + error.row().unwrap_or_default();
            if bad > first {
                // One of those before it may be refused, too: a value that cannot be sent is found before them.
                end = bad;
                continue;
            }
            refused.push((bad, error));
            (first, end) = (bad + 1, self.rows);
        }
        Ok(refused)
    }

    /// Stores these of the rows in the fastest way of the database.
    pub(super) fn insert(
        &self,
        physical: &mut Physical,
        part: Range<usize>,
        give: WriteEach<'_>,
    ) -> Result<()> {
        let (table, columns) = (self.table, &self.columns);
        let write = &mut |row: usize, params: &mut ParamWriter<'_>| {
            params.of_columns(table.sql.names(), columns.iter(), |params| {
                give(part.start + row, params);
            });
        };
        let is_overridden = columns.iter().any(|at| table.columns[at].always_generated);
        let is_upsert = self.mode == LoadMode::Upsert;
        let says_so = is_overridden && physical.dialect() == Dialect::Postgres;
        if !is_upsert && !says_so {
            return physical
                .insert_rows(table.sql, columns, part.len(), write)
                .map(drop);
        }
        let placeholder = &mut |sql: &mut SqlWriter, _| {
            sql.placeholder();
        };
        let sql = insert_sql(physical.dialect(), table, (columns, is_upsert), placeholder);
        physical.execute_each(&sql, part.len(), write, &mut |_, _| ())
    }
}

/// Runs `write` in a transaction. An error that is one of a row undoes what was written, and is returned.
pub(super) fn tried(
    physical: &mut Physical,
    is_of_row: impl Fn(&Error) -> bool,
    write: impl FnOnce(&mut Physical) -> Result<()>,
) -> Result<Option<Error>> {
    physical.batch("SAVEPOINT bindery_rows")?;
    let failed = match write(physical) {
        Err(error) if !is_of_row(&error) => return Err(error),
        outcome => outcome.err(),
    };
    if failed.is_some() {
        physical.batch("ROLLBACK TO SAVEPOINT bindery_rows")?;
    }
    physical.batch("RELEASE SAVEPOINT bindery_rows")?;
    Ok(failed)
}

/// Whether other rows would not have the same error.
pub(super) fn is_about_the_row(error: &Error) -> bool {
    error.is_about_a_row() || matches!(error.kind(), ErrorKind::Database { .. })
}

/// The error of rows that are not stored, with the file and line of the one that it is about.
#[cold]
pub(super) fn refusal(
    table: &DataTable,
    error: Error,
    (file, line): (Option<String>, Option<u64>),
) -> Error {
    let mut data = DataError::new(table.name.as_str(), DataProblem::Refused);
    (data.file, data.line) = (file, line);
    // A message may quote a value where the column's name is looked for.
    let reported = error.reported_column();
    let reported = reported.filter(|name| table.has_column(name));
    data.column = error.column().or(reported).map(str::to_owned);
    refused(data).with_source(error.of_no_row())
}

/// The statement that stores one row, whose values `value` writes.
pub(super) fn insert_sql(
    dialect: Dialect,
    table: &DataTable,
    (columns, upsert): (&ColumnSet, bool),
    value: &mut dyn FnMut(&mut SqlWriter, usize),
) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("INSERT INTO ").push(table.sql.table).push(" (");
    sql.list(columns.iter(), ", ", |sql, at| {
        sql.push(table.sql.columns[at]);
    });
    sql.push(")");
    if columns.iter().any(|at| table.columns[at].always_generated) {
        sql.push(match dialect {
            Dialect::Postgres => " OVERRIDING SYSTEM VALUE",
            Dialect::Sqlite | Dialect::Mysql => "",
        });
    }
    sql.push(" VALUES (")
        .list(columns.iter(), ", ", |sql, at| value(sql, at));
    sql.push(")");
    let key = table.sql.key;
    // Every given value is stored, also of columns that updates of the program set by themselves.
    let set = table.sql.beside(key, columns);
    if upsert {
        sql.push(&match dialect {
            Dialect::Sqlite | Dialect::Postgres => table.sql.do_update_sql(dialect, key, &set),
            Dialect::Mysql => table.sql.on_duplicate_key_sql(dialect, key, &set),
        });
    }
    sql.finish()
}
