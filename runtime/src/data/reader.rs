//! From a file to rows: records of bounded length, their lines counted, their columns found.

use std::io::{BufRead, Read as _};

use super::long_record::{self, Limits, RecordText, Values};
use super::rows::{BadRow, Field, Rows, refused};
use super::table::{DataColumn, DataTable};
use super::{DataFormat, LONGEST_ROW, csv, json_lines};
use crate::error::{DataProblem, Error, Result};

/// A file of rows that is read.
pub struct RowsSource<'r> {
    input: &'r mut dyn BufRead,
    format: DataFormat,
    /// Shown in errors.
    file: Option<String>,
    longest_row: usize,
}

impl<'r> RowsSource<'r> {
    /// Rows of this format.
    pub fn new(input: &'r mut dyn BufRead, format: DataFormat) -> Self {
        Self {
            input,
            format,
            file: None,
            longest_row: LONGEST_ROW,
        }
    }

    /// Names the file, for errors.
    #[must_use]
    pub fn named(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Refuses rows with more bytes than this: that much is in memory at a time. Texts and bytes of more than 16 MiB do not count
    /// where no rows are left out: they are in files until their row is stored.
    #[must_use]
    pub fn longest_row(mut self, bytes: usize) -> Self {
        self.longest_row = bytes;
        self
    }

    pub(super) fn file(&self) -> Option<&String> {
        self.file.as_ref()
    }

    pub(super) fn longest(&self) -> usize {
        self.longest_row
    }
}

/// The next row of a file.
pub(super) enum Next {
    /// It is among the rows.
    Taken,
    /// It has other columns than the rows: it comes again when they are stored.
    OtherColumns,
    /// It cannot be taken; what comes after it can.
    Bad(BadRow, u64),
    End,
}

/// So many names that no column has are reported; more would fill the memory.
pub(super) const MOST_UNKNOWN: usize = 10;

pub(super) struct Reader<'r, 't> {
    source: RowsSource<'r>,
    table: &'t DataTable,
    /// Of the record at hand.
    record: Vec<u8>,
    line: u64,
    /// Lines that were read.
    lines: u64,
    /// The record at hand was read and not taken.
    is_pending: bool,
    /// Of the record at hand only the beginning was read: the rest is read when it is taken.
    is_long: bool,
    pub(super) limits: Limits,
    /// For each field of CSV its column; none before the line of names.
    header: Option<Vec<usize>>,
    fields: Vec<Field>,
    found: Vec<Option<Field>>,
    keeps_records: bool,
}

impl<'r, 't> Reader<'r, 't> {
    pub(super) fn new(source: RowsSource<'r>, table: &'t DataTable, keeps_records: bool) -> Self {
        Self {
            source,
            table,
            record: Vec::new(),
            line: 0,
            lines: 0,
            is_pending: false,
            is_long: false,
            limits: Limits::USUAL,
            header: None,
            fields: Vec::new(),
            found: Vec::new(),
            keeps_records,
        }
    }

    pub(super) fn source(&self) -> &RowsSource<'r> {
        &self.source
    }

    /// The names of the columns as the file has them, for a file of rows that were not taken.
    pub(super) fn header_line(&self) -> Option<String> {
        let header = self.header.as_ref()?;
        let names: Vec<&str> = header
            .iter()
            .map(|&at| self.table.columns[at].name.as_str())
            .collect();
        Some(super::line::Line::new(DataFormat::Csv, &names).text)
    }

    /// The record at hand, where it is text.
    pub(super) fn record(&self) -> String {
        String::from_utf8_lossy(&self.record).into_owned()
    }

    /// Reads the line of names, where the format has one.
    pub(super) fn begin(&mut self) -> Result<()> {
        match self.source.format {
            DataFormat::JsonLines => Ok(()),
            DataFormat::Csv => self.read_header(),
        }
    }

    fn read_header(&mut self) -> Result<()> {
        let (mut names, mut fields) = (String::new(), Vec::new());
        if !self.next_record(self.source.longest_row)? {
            return Err(self.fail(BadRow::syntax(
                "there is no line with the names of the columns",
            )));
        }
        // Some more than there are, so that a wrong name is reported as one.
        let most = self.table.columns.len() + MOST_UNKNOWN;
        let split = self
            .text()
            .and_then(|line| csv::split(line, most, &mut names, &mut fields));
        if split.map_err(|bad| self.fail(bad))? > most {
            let why = "the line of names has more of them than the table has columns";
            return Err(self.fail(BadRow::syntax(why)));
        }
        let names: Vec<&str> = fields
            .iter()
            .map(|field| &names[field.start..field.end])
            .collect();
        let header = header(&names, &self.table.columns).map_err(|bad| self.fail(bad))?;
        self.header = Some(header);
        Ok(())
    }

    /// Reads the next row.
    pub(super) fn next(&mut self, rows: &mut Rows) -> Result<Next> {
        if !std::mem::take(&mut self.is_pending) && !self.next_filled_record()? {
            return Ok(Next::End);
        }
        if self.is_long && !rows.is_empty() {
            self.is_pending = true;
            return Ok(Next::OtherColumns);
        }
        let (text, fields) = (rows.text.len(), rows.fields.len());
        match self.take(rows) {
            Ok(true) => {
                rows.lines.push(self.line);
                if self.keeps_records {
                    rows.records.push(self.record());
                }
                Ok(Next::Taken)
            }
            Ok(false) => {
                rows.text.truncate(text);
                self.is_pending = true;
                Ok(Next::OtherColumns)
            }
            Err(bad) if bad.ends_reading() => Err(self.fail(bad)),
            Err(bad) => {
                rows.text.truncate(text);
                rows.fields.truncate(fields);
                Ok(Next::Bad(bad, self.line))
            }
        }
    }

    /// Takes the record at hand; `false` where its columns are not those of the rows.
    fn take(&mut self, rows: &mut Rows) -> Result<bool, BadRow> {
        if self.is_long {
            return self.take_long(rows);
        }
        let record = text_of(&self.record)?;
        match &self.header {
            Some(header) => {
                self.fields.clear();
                let number = csv::split(record, header.len(), &mut rows.text, &mut self.fields)?;
                place_fields(
                    header,
                    (&self.fields, number),
                    self.table.columns.len(),
                    &mut self.found,
                )?;
            }
            None => json_lines::read(record, &self.table.columns, &mut rows.text, &mut self.found)?,
        }
        self.put(rows)
    }

    /// Takes a record of which only the beginning was read, into no other rows. It is not at hand afterwards.
    fn take_long(&mut self, rows: &mut Rows) -> Result<bool, BadRow> {
        self.is_long = false;
        let beginning = std::mem::take(&mut self.record);
        let (format, size) = (self.source.format, self.limits.part);
        let mut record = RecordText::new(
            self.without_mark(&beginning),
            self.source.input,
            format,
            size,
        );
        let memory = (&mut rows.text, self.source.longest_row);
        let mut values = Values::new(self.table, self.limits, memory);
        let header = self.header.as_deref();
        let read = long_record::read(&mut record, header, &mut values, &mut self.found);
        self.lines = self.line - 1 + record.lines();
        read?;
        let spilled = values.finish();
        self.put(rows)?;
        rows.spilled = spilled?;
        Ok(true)
    }

    fn put(&mut self, rows: &mut Rows) -> Result<bool, BadRow> {
        let given = || self.found.iter().enumerate();
        let given = || given().filter_map(|(at, field)| field.map(|field| (at, field)));
        if rows.is_empty() {
            rows.columns.clear();
            rows.columns.extend(given().map(|(at, _)| at));
            if self.header.is_none() {
                ensure_given(&rows.columns, &self.table.columns)?;
            }
        } else if !given().map(|(at, _)| at).eq(rows.columns.iter().copied()) {
            return Ok(false);
        }
        rows.fields.extend(given().map(|(_, field)| field));
        Ok(true)
    }

    fn text(&self) -> Result<&str, BadRow> {
        text_of(&self.record)
    }

    /// Empty lines are none but where a row has one column, which is NULL then.
    fn next_filled_record(&mut self) -> Result<bool> {
        let one_column = self.header.as_ref().is_some_and(|header| header.len() == 1);
        let most = match self.keeps_records {
            true => self.source.longest_row,
            false => self.source.longest_row.min(self.limits.record),
        };
        while self.next_record(most)? {
            if one_column || !self.record.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the next record without its end of line; of one of more than `most` bytes only the beginning, where rows may be longer.
    fn next_record(&mut self, most: usize) -> Result<bool> {
        self.record.clear();
        self.line = self.lines + 1;
        let mut quotes = 0;
        loop {
            let before = self.record.len();
            let room = most - before;
            let mut input = (&mut *self.source.input).take(room as u64 + 1);
            let read = input.read_until(b'\n', &mut self.record);
            let read =
                read.map_err(|error| self.fail(BadRow::new(DataProblem::Input(error.kind()))))?;
            if self.record.len() > most && most < self.source.longest_row {
                self.is_long = true;
                return Ok(true);
            }
            if self.record.len() > most {
                let limit = self.source.longest_row;
                self.record = Vec::new();
                return Err(self.fail(BadRow::new(DataProblem::TooLong { limit })));
            }
            self.lines += u64::from(read > 0);
            let is_csv = self.source.format == DataFormat::Csv;
            quotes += csv::quotes(&self.record[before..]);
            if read > 0 && is_csv && quotes % 2 == 1 {
                continue;
            }
            let mark = self.record.len() - self.without_mark(&self.record).len();
            self.record.drain(..mark);
            let is_there = !self.record.is_empty() || read > 0;
            for end in [b'\n', b'\r'] {
                self.record.pop_if(|last| *last == end);
            }
            return Ok(is_there);
        }
    }

    /// The record without the byte order mark at the beginning of the file.
    fn without_mark<'d>(&self, record: &'d [u8]) -> &'d [u8] {
        match record.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if self.line == 1 => rest,
            _ => record,
        }
    }

    /// The error of the record at hand.
    #[cold]
    pub(super) fn fail(&self, bad: BadRow) -> Error {
        self.fail_at(bad, self.line)
    }

    /// The error of a row that begins at a line.
    #[cold]
    pub(super) fn fail_at(&self, bad: BadRow, line: u64) -> Error {
        let mut error = bad.at(&self.table.name, line);
        error.file = self.source.file.clone();
        refused(error)
    }
}

pub(super) fn text_of(record: &[u8]) -> Result<&str, BadRow> {
    let why = "the line is not UTF-8: convert the file, as by `iconv`";
    std::str::from_utf8(record).map_err(|_| BadRow::syntax(why))
}

/// The column of each field of CSV.
fn header(names: &[&str], columns: &[DataColumn]) -> Result<Vec<usize>, BadRow> {
    let find = |name: &&str| columns.iter().position(|column| column.name == **name);
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| find(name).is_none())
        .map(|&name| name.to_owned())
        .collect();
    let header: Vec<usize> = names.iter().filter_map(find).collect();
    let is_twice = |at: usize| header[..at].contains(&header[at]);
    if unknown.is_empty() && (0..header.len()).any(is_twice) {
        return Err(BadRow::syntax("a column is named twice"));
    }
    let missing = missing(&header, columns);
    if unknown.is_empty() && missing.is_empty() {
        Ok(header)
    } else {
        Err(BadRow::new(DataProblem::Columns { unknown, missing }))
    }
}

fn missing(given: &[usize], columns: &[DataColumn]) -> Vec<String> {
    let columns = columns.iter().enumerate();
    columns
        .filter(|(at, column)| column.is_required() && !given.contains(at))
        .map(|(_, column)| column.name.clone())
        .collect()
}

fn ensure_given(given: &[usize], columns: &[DataColumn]) -> Result<(), BadRow> {
    let missing = missing(given, columns);
    if missing.is_empty() {
        return Ok(());
    }
    let unknown = Vec::new();
    Err(BadRow::new(DataProblem::Columns { unknown, missing }))
}

/// The fields of CSV in the order of the table's columns.
pub(super) fn place_fields(
    header: &[usize],
    (fields, number): (&[Field], usize),
    columns: usize,
    found: &mut Vec<Option<Field>>,
) -> Result<(), BadRow> {
    if number != header.len() {
        return Err(BadRow::new(DataProblem::Fields {
            expected: header.len(),
            found: number,
        }));
    }
    found.clear();
    found.resize(columns, None);
    for (&at, field) in header.iter().zip(fields) {
        found[at] = Some(*field);
    }
    Ok(())
}
