//! The values of a long record: their text in memory, or in files where they are long.

use std::io;

use super::Limits;
use crate::data::rows::{BadRow, Field, Written};
use crate::data::spilled::{SpillWriter, Spilled};
use crate::data::table::{DataColumn, DataTable, ValueType};
use crate::error::DataProblem;
use crate::value::hexadecimal;

/// The values of one record, of which one at a time is read.
pub(in crate::data) struct Values<'a> {
    table: &'a DataTable,
    limits: Limits,
    /// The text of all values that are in memory.
    pub(super) text: &'a mut String,
    /// The bytes that it may have at most, with what is kept beside it.
    longest: usize,
    beside: usize,
    /// Where the value at hand begins.
    start: usize,
    at_hand: Kept,
    spilled: Vec<(usize, Spilled)>,
    in_files: u64,
    /// The first value that is not of its column's type.
    refused: Option<BadRow>,
}

/// The place of the value at hand.
enum Kept {
    Nowhere,
    Memory,
    /// Memory, and where it is too long for that a file for this column.
    MemoryAtFirst(usize),
    File(usize, LongValue),
}

impl<'a> Values<'a> {
    /// Values of the table's columns. The text of those that are not long is appended to `text`, which may have `longest` bytes.
    pub(in crate::data) fn new(
        table: &'a DataTable,
        limits: Limits,
        (text, longest): (&'a mut String, usize),
    ) -> Self {
        Self {
            table,
            limits,
            start: text.len(),
            text,
            longest,
            beside: 0,
            at_hand: Kept::Nowhere,
            spilled: Vec::new(),
            in_files: 0,
            refused: None,
        }
    }

    pub(super) fn columns(&self) -> &'a [DataColumn] {
        &self.table.columns
    }

    /// Begins the value of a column.
    pub(super) fn begin(&mut self, column: usize) {
        self.begin_at(match self.columns()[column].stored_in_parts {
            true => Kept::MemoryAtFirst(column),
            false => Kept::Memory,
        });
    }

    /// Begins a text that is wanted whole, and is taken by [`cut`](Self::cut).
    pub(super) fn begin_kept(&mut self) {
        self.begin_at(Kept::Memory);
    }

    /// Begins a value that is not kept.
    pub(super) fn begin_skipped(&mut self) {
        self.begin_at(Kept::Nowhere);
    }

    fn begin_at(&mut self, kept: Kept) {
        self.start = self.text.len();
        self.at_hand = kept;
    }

    /// Appends a part of the value at hand.
    pub(super) fn push(&mut self, part: &str) -> Result<(), BadRow> {
        match &mut self.at_hand {
            Kept::Nowhere => Ok(()),
            Kept::Memory => {
                self.text.push_str(part);
                self.ensure_room(0)
            }
            Kept::MemoryAtFirst(column) => {
                let column = *column;
                self.text.push_str(part);
                if self.text.len() - self.start > self.limits.value {
                    self.spill(column)?;
                }
                self.ensure_room(0)
            }
            Kept::File(..) => self.push_to_file(part),
        }
    }

    pub(super) fn push_char(&mut self, character: char) -> Result<(), BadRow> {
        self.push(character.encode_utf8(&mut [0; 4]))
    }

    /// Ends the value at hand.
    pub(super) fn end(&mut self, written: Written) -> Result<Field, BadRow> {
        let (column, value) = match std::mem::replace(&mut self.at_hand, Kept::Nowhere) {
            Kept::File(column, value) => (column, value),
            Kept::Nowhere | Kept::Memory | Kept::MemoryAtFirst(_) => {
                return Ok(self.field(written));
            }
        };
        self.in_files += value.file.length();
        let written = value.written();
        match value.finish(&self.table.name, &self.columns()[column].name) {
            Ok(spilled) => self.spilled.push((column, spilled)),
            Err(problem) => self.refuse(column, problem)?,
        }
        Ok(self.field(written))
    }

    fn field(&self, written: Written) -> Field {
        Field {
            start: self.start,
            end: self.text.len(),
            written,
        }
    }

    /// Takes the text at hand out of the values.
    pub(super) fn cut(&mut self) -> String {
        self.text.split_off(self.start)
    }

    /// That many bytes stay in memory beside the values.
    pub(super) fn keep_beside(&mut self, bytes: usize) {
        self.beside += bytes;
    }

    /// Refuses a row that takes more memory than a row may, with so much more.
    pub(super) fn ensure_room(&self, more: usize) -> Result<(), BadRow> {
        let limit = self.longest;
        if self.text.len() + self.beside + more > limit {
            return Err(BadRow::new(DataProblem::TooLong { limit }));
        }
        Ok(())
    }

    /// The values in files, after the end of the record.
    pub(in crate::data) fn finish(self) -> Result<Vec<(usize, Spilled)>, BadRow> {
        match self.refused {
            Some(bad) => Err(bad),
            None => Ok(self.spilled),
        }
    }

    /// Moves the value at hand into a file.
    #[cold]
    fn spill(&mut self, column: usize) -> Result<(), BadRow> {
        let is_bytes = self.columns()[column].value == ValueType::Bytes;
        let value = LongValue::create(is_bytes);
        let value = value.map_err(|error| self.of_column(column, failed(&error)))?;
        let begun = self.cut();
        self.at_hand = Kept::File(column, value);
        let begun = match is_bytes {
            true => begun.strip_prefix("\\x").unwrap_or(&begun),
            false => &begun,
        };
        self.push_to_file(begun)
    }

    fn push_to_file(&mut self, part: &str) -> Result<(), BadRow> {
        let Kept::File(column, value) = &mut self.at_hand else {
            return Ok(());
        };
        let (column, pushed) = (*column, value.push(part));
        let bytes = self.in_files + value.file.length();
        if let Err(problem) = pushed {
            return self.refuse(column, problem);
        }
        let limit = self.limits.files.max(self.longest as u64);
        if bytes > limit {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            return Err(self.of_column(column, DataProblem::TooLong { limit }));
        }
        Ok(())
    }

    /// A value that is not of its type is refused after the record is read, as for records that are read whole: what is wrong with its
    /// form comes first.
    fn refuse(&mut self, column: usize, problem: DataProblem) -> Result<(), BadRow> {
        let bad = self.of_column(column, problem);
        if bad.ends_reading() {
            return Err(bad);
        }
        self.at_hand = Kept::Nowhere;
        self.refused.get_or_insert(bad);
        Ok(())
    }

    fn of_column(&self, column: usize, problem: DataProblem) -> BadRow {
        let mut bad = BadRow::new(problem);
        bad.column = Some(self.columns()[column].name.clone());
        bad
    }
}

/// A value that is written to a file.
struct LongValue {
    file: SpillWriter,
    /// Of bytes the digit whose second is still to come.
    digits: Option<String>,
}

impl LongValue {
    fn create(is_bytes: bool) -> io::Result<Self> {
        Ok(Self {
            file: SpillWriter::create()?,
            digits: is_bytes.then(String::new),
        })
    }

    fn written(&self) -> Written {
        match self.digits {
            Some(_) => Written::Bare,
            None => Written::Quoted,
        }
    }

    fn push(&mut self, part: &str) -> Result<(), DataProblem> {
        let pushed = match &mut self.digits {
            None => self.file.push(part.as_bytes()),
            Some(digits) => {
                digits.push_str(part);
                let bytes = take_bytes(digits).ok_or(NOT_DIGITS)?;
                self.file.push(&bytes)
            }
        };
        pushed.map_err(|error| failed(&error))
    }

    fn finish(self, table: &str, column: &str) -> Result<Spilled, DataProblem> {
        if self.digits.is_some_and(|digits| !digits.is_empty()) {
            return Err(NOT_DIGITS);
        }
        let finished = self.file.finish(table, column);
        finished.map_err(|error| failed(&error))
    }
}

const NOT_DIGITS: DataProblem = DataProblem::Value("not hexadecimal digits");

/// Takes the digits but the last of an odd number.
fn take_bytes(digits: &mut String) -> Option<Vec<u8>> {
    let pairs = digits.len() / 2 * 2;
    let bytes = hexadecimal::parse(digits.get(..pairs)?)?;
    *digits = digits.split_off(pairs);
    Some(bytes)
}

#[cold]
fn failed(error: &io::Error) -> DataProblem {
    DataProblem::Temporary(error.kind())
}
