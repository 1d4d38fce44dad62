//! Rows that were read from a file and wait to be stored: one text, and where each field stands in it.

use super::give::give_column;
use super::spilled::Spilled;
use super::table::DataTable;
use crate::error::{DataError, DataProblem, Error, ErrorKind};
use crate::value::ParamWriter;

/// The form in which a field was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    /// Nothing in CSV, `null` in JSON.
    Null,
    /// Without quotes: a number, a boolean, JSON; any value in CSV.
    Bare,
    /// With quotes, which are taken off.
    Quoted,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) written: Written,
}

/// A number of rows with the same columns.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) text: String,
    /// Those of one row after those of another, each row in the order of `columns`.
    pub(super) fields: Vec<Field>,
    /// Positions of the table's columns, in ascending order.
    pub(super) columns: Vec<usize>,
    /// The line that each row begins at.
    pub(super) lines: Vec<u64>,
    /// Each row as it stands in the file, where that is wanted.
    pub(super) records: Vec<String>,
    /// The values that are in files, each with the position of its column. A row with such values is the only one; their fields are
    /// not NULL and have no text.
    pub(super) spilled: Vec<(usize, Spilled)>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The fields of a row, in the order of the columns.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (Written, &str)> {
        let width = self.columns.len();
        let fields = &self.fields[row * width..(row + 1) * width];
        fields
            .iter()
            .map(|field| (field.written, &self.text[field.start..field.end]))
    }

    /// Gives the values of a row.
    pub(super) fn give(&self, row: usize, table: &DataTable, params: &mut ParamWriter<'_>) {
        for (&at, (written, text)) in self.columns.iter().zip(self.row(row)) {
            give_column(&table.columns[at], written, text, params);
        }
    }

    /// Forgets the rows, and keeps the columns.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
        self.lines.clear();
        self.records.clear();
        self.spilled.clear();
    }

    /// The bytes that it holds.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }
}

/// A row that cannot be taken, and the reading goes on after it.
#[derive(Debug)]
pub(super) struct BadRow {
    pub(super) problem: DataProblem,
    pub(super) column: Option<String>,
}

impl BadRow {
    pub(super) fn new(problem: DataProblem) -> Self {
        let column = None;
        Self { problem, column }
    }

    pub(super) fn syntax(why: &'static str) -> Self {
        Self::new(DataProblem::Syntax(why))
    }

    pub(super) fn ends_reading(&self) -> bool {
        matches!(
            self.problem,
            DataProblem::Input(_) | DataProblem::Temporary(_) | DataProblem::TooLong { .. }
        )
    }

    pub(super) fn at(self, table: &str, line: u64) -> DataError {
        let mut error = DataError::new(table, self.problem);
        error.line = Some(line);
        error.column = self.column;
        error
    }
}

/// The error of rows that are not loaded.
#[cold]
pub(super) fn refused(error: DataError) -> Error {
    Error::new(ErrorKind::Data(error))
}
