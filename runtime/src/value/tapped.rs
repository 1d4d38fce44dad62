//! A row that keeps, as text, what is read of it: whatever reads a model's row reads what an export writes.

use std::borrow::Cow;
use std::cell::RefCell;

use super::mapped::Columns;
use super::types::{AnyValue, Interval};
use super::{RowReader, calendar_text, uuid_text};

/// A value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    /// A number or boolean, as JSON has it too.
    Bare(String),
    Text(String),
    /// JSON, on one line.
    Json(String),
}

/// The values of a row that were read so far.
#[derive(Debug, Default)]
pub(crate) struct Cells(RefCell<Vec<Cell>>);

impl Cells {
    /// Takes the values of this number of columns; those that were not read are NULL.
    pub(crate) fn take(&self, columns: usize) -> Vec<Cell> {
        let mut cells = self.0.take();
        cells.resize(columns, Cell::Null);
        cells
    }

    /// The last reading of a column counts: a type may try several.
    fn set(&self, column: usize, cell: Cell) {
        let mut cells = self.0.borrow_mut();
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Null);
        }
        cells[column] = cell;
    }
}

/// A row, and what is read of it.
pub(crate) struct TappedRow<'a> {
    pub(super) row: &'a (dyn Columns + 'a),
    pub(super) cells: &'a Cells,
}

impl TappedRow<'_> {
    fn keep<T>(&self, column: usize, value: Option<T>, cell: impl FnOnce(&T) -> Cell) -> Option<T> {
        if let Some(value) = &value {
            self.cells.set(column, cell(value));
        }
        value
    }

    fn keep_micros(
        &self,
        column: usize,
        micros: Option<i64>,
        write: fn(i64, &mut String),
    ) -> Option<i64> {
        self.keep(column, micros, |&micros| {
            let mut text = String::new();
            write(micros, &mut text);
            Cell::Text(text)
        })
    }

    pub(super) fn i64(&self, column: usize) -> Option<i64> {
        self.keep(column, self.row.i64(column), bare)
    }

    pub(super) fn u64(&self, column: usize) -> Option<u64> {
        self.keep(column, self.row.u64(column), bare)
    }

    pub(super) fn bool(&self, column: usize) -> Option<bool> {
        self.keep(column, self.row.bool(column), bare)
    }

    pub(super) fn f32(&self, column: usize) -> Option<f32> {
        self.keep(column, self.row.f32(column), |value| {
            float((*value).into(), value)
        })
    }

    pub(super) fn f64(&self, column: usize) -> Option<f64> {
        self.keep(column, self.row.f64(column), |value| float(*value, value))
    }

    pub(super) fn text(&self, column: usize) -> Option<&str> {
        self.keep(column, self.row.text(column), text)
    }

    pub(super) fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.keep(column, self.row.bytes(column), |bytes| hexadecimal(bytes))
    }

    pub(super) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        let uuid = self.row.uuid(column);
        self.keep(column, uuid, |uuid| Cell::Text(uuid_text::write(uuid)))
    }

    pub(super) fn json(&self, column: usize) -> Option<Cow<'_, str>> {
        // Between its values only: within a text JSON writes a new line as `\n`.
        let one_line = |json: &Cow<'_, str>| Cell::Json(json.replace(['\n', '\r'], " "));
        self.keep(column, self.row.json(column), one_line)
    }

    pub(super) fn any(&self, column: usize) -> Option<AnyValue> {
        self.keep(column, self.row.any(column), |value| match value {
            AnyValue::Integer(value) => bare(value),
            AnyValue::Real(value) => float(*value, value),
            AnyValue::Text(value) => text(&value.as_str()),
            AnyValue::Blob(value) => hexadecimal(value),
        })
    }

    pub(super) fn vector(&self, column: usize) -> Option<Vec<f32>> {
        self.keep(column, self.row.vector(column), |values| {
            let cells = values.iter().map(|value| float((*value).into(), value));
            Cell::Json(list(&cells.collect::<Vec<_>>()))
        })
    }

    pub(super) fn decimal(&self, column: usize) -> Option<String> {
        let decimal = self.row.decimal(column);
        self.keep(column, decimal, |decimal| {
            Cell::Text(without_trailing_zeros(decimal).to_owned())
        })
    }

    pub(super) fn interval(&self, column: usize) -> Option<Interval> {
        let interval = self.row.interval(column);
        self.keep(column, interval, |interval| {
            Cell::Text(interval.to_string())
        })
    }

    pub(super) fn date(&self, column: usize) -> Option<i64> {
        self.keep_micros(column, self.row.date(column), calendar_text::write_date)
    }

    pub(super) fn time(&self, column: usize) -> Option<i64> {
        self.keep_micros(column, self.row.time(column), calendar_text::write_time)
    }

    pub(super) fn datetime(&self, column: usize) -> Option<i64> {
        let write = |micros, out: &mut String| {
            calendar_text::write_datetime(micros, out);
            *out = out.replace(' ', "T");
        };
        self.keep_micros(column, self.row.datetime(column), write)
    }

    pub(super) fn timestamp(&self, column: usize) -> Option<i64> {
        let write = |micros, out: &mut String| {
            calendar_text::write_datetime(micros, out);
            *out = out.replace(' ', "T") + "Z";
        };
        self.keep_micros(column, self.row.timestamp(column), write)
    }

    pub(super) fn is_null(&self, column: usize) -> bool {
        let is_null = self.row.is_null(column);
        if is_null {
            self.cells.set(column, Cell::Null);
        }
        is_null
    }

    pub(super) fn is_zero_date(&self, column: usize) -> bool {
        let is_zero = self.row.is_zero_date(column);
        if is_zero {
            self.cells.set(column, Cell::Text("0000-00-00".to_owned()));
        }
        is_zero
    }

    pub(super) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        self.row.array(column, &mut |elements, length| {
            let cells = Cells::default();
            take(&mut elements.tapped(&cells), length);
            self.cells
                .set(column, Cell::Json(list(&cells.take(length))));
        })
    }
}

/// Servers fill a decimal up to the column's digits, and files keep it as it was given.
fn without_trailing_zeros(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

fn bare(value: &impl std::fmt::Display) -> Cell {
    Cell::Bare(value.to_string())
}

fn text(value: &&str) -> Cell {
    Cell::Text((*value).to_owned())
}

/// The shortest text that is read as the same number; JSON has no others.
fn float(value: f64, shown: &impl std::fmt::Debug) -> Cell {
    if value.is_finite() {
        Cell::Bare(format!("{shown:?}"))
    } else if value.is_nan() {
        Cell::Text("NaN".to_owned())
    } else {
        let sign = if value < 0.0 { "-" } else { "" };
        Cell::Text(format!("{sign}Infinity"))
    }
}

fn hexadecimal(bytes: &[u8]) -> Cell {
    Cell::Text(super::hexadecimal::write(bytes))
}

fn list(cells: &[Cell]) -> String {
    let mut list = String::from("[");
    for (at, cell) in cells.iter().enumerate() {
        list.push_str(if at == 0 { "" } else { "," });
        push_json(cell, &mut list);
    }
    list.push(']');
    list
}

/// Writes a value as JSON.
pub(crate) fn push_json(cell: &Cell, out: &mut String) {
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Bare(text) | Cell::Json(text) => out.push_str(text),
        Cell::Text(text) => push_json_text(text, out),
    }
}

/// Writes a text as JSON.
pub(crate) fn push_json_text(text: &str, out: &mut String) {
    out.push('"');
    super::json_list::escape(text, out);
    out.push('"');
}
