//! Rows of a file that are read and compared with their table as if they were loaded. Nothing is connected to.

use super::reader::{Next, Reader, RowsSource};
use super::rows::{BadRow, Rows, Written};
use super::table::DataTable;
use crate::error::{DataProblem, Error, Result};
use crate::value::ParamWriter;
use crate::value::recorded::RecordedValues;
use bindery_core::dialect::Dialect;

/// Returns the number of rows. At most one of them is in memory at a time.
///
/// # Errors
/// Those of a load, but for what only the database can know.
pub(super) fn check_rows(
    source: RowsSource<'_>,
    table: &DataTable,
    dialect: Dialect,
) -> Result<u64> {
    let mut reader = Reader::new(source, table, false);
    let (mut rows, mut number) = (Rows::default(), 0);
    reader.begin()?;
    loop {
        rows.clear();
        match reader.next(&mut rows)? {
            Next::Taken => {
                check_row(&rows, table, dialect)
                    .map_err(|(bad, error)| located(&reader, (bad, error), rows.lines[0]))?;
                number += 1;
            }
            Next::OtherColumns => {}
            Next::Bad(bad, line) => return Err(reader.fail_at(bad, line)),
            Next::End => return Ok(number),
        }
    }
}

/// The problem of a row, and the refusal of its value where there is one.
type Bad = (BadRow, Option<Error>);

fn check_row(rows: &Rows, table: &DataTable, dialect: Dialect) -> Result<(), Bad> {
    let fields = rows.columns.iter().zip(rows.row(0));
    let mut missing = fields.filter(|(at, (written, _))| {
        *written == Written::Null && table.columns[**at].is_required()
    });
    if let Some((at, _)) = missing.next() {
        let mut bad = BadRow::new(DataProblem::Value("NULL, which the column does not take"));
        bad.column = Some(table.columns[*at].name.clone());
        return Err((bad, None));
    }
    check_values(rows, table, dialect).map_err(|error| {
        let mut bad = BadRow::new(DataProblem::Value("the value does not fit the column"));
        bad.column = error.column().map(str::to_owned);
        (bad, Some(error))
    })
}

#[cold]
fn located(reader: &Reader<'_, '_>, (bad, error): Bad, line: u64) -> Error {
    let located = reader.fail_at(bad, line);
    match error {
        Some(error) => located.with_source(error.of_no_row()),
        None => located,
    }
}

/// Gives the values of one row to nothing: those that are not of their column's type are refused. One in a file is of its type by then,
/// and an empty one is given in its place.
fn check_values(rows: &Rows, table: &DataTable, dialect: Dialect) -> Result<()> {
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording_for(&mut values, dialect);
    let columns = rows.columns.iter().copied();
    params.of_columns(table.sql.names(), columns, |params| {
        rows.give(0, table, params);
    });
    params.finish_recording()
}
