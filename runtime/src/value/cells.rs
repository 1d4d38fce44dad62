//! The values that are read of a row, as text: whatever reads a model's row reads what an export writes.

use std::cell::RefCell;

use super::decimal::without_trailing_zeros;
use super::of_column::Value;
use super::recorded::recorded_values;
use super::seen::Seen;
use super::{calendar_text, hexadecimal, uuid_text};

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

    fn set(&self, column: usize, cell: Cell) {
        let mut cells = self.0.borrow_mut();
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Null);
        }
        cells[column] = cell;
    }
}

impl Seen for Cells {
    fn value(&self, column: usize, value: Value<'_>) {
        self.set(column, Cell::of(value));
    }

    fn array(&self, column: usize, length: usize, read: &mut dyn FnMut(&dyn Seen)) {
        let elements = Self::default();
        read(&elements);
        self.set(column, Cell::Json(list(&elements.take(length))));
    }
}

impl Cell {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(value) => bare(&value),
            Value::Unsigned(value) => bare(&value),
            Value::Boolean(value) => bare(&value),
            Value::Single(value) => float(value.into(), &value),
            Value::Double(value) => float(value, &value),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bytes(bytes) => Self::Text(hexadecimal::write(bytes)),
            Value::Date(days) => written(|out| calendar_text::write_date(days, out)),
            Value::Time(micros) => written(|out| calendar_text::write_time(micros, out)),
            Value::DateTime(micros) => written(|out| write_moment(micros, out)),
            Value::Timestamp(micros) => written(|out| {
                write_moment(micros, out);
                out.push('Z');
            }),
            Value::ZeroDate => Self::Text("0000-00-00".to_owned()),
            #[cfg(feature = "data")]
            Value::InfiniteMoment(is_negative) => {
                Self::Text(if is_negative { "-infinity" } else { "infinity" }.to_owned())
            }
            Value::Vector(values) => {
                let cells = values.iter().map(|value| float((*value).into(), value));
                Self::Json(list(&cells.collect::<Vec<_>>()))
            }
            Value::Uuid(uuid) => Self::Text(uuid_text::write(uuid)),
            // Between its values only: within a text JSON writes a new line as `\n`.
            Value::Json(json) => Self::Json(json.replace(['\n', '\r'], " ")),
            Value::Decimal(decimal) => Self::Text(without_trailing_zeros(decimal).to_owned()),
            Value::Interval(interval) => Self::Text(interval.to_string()),
            #[cfg(feature = "data")]
            Value::Written(text) => Self::Text(text.to_owned()),
            Value::Array(_, elements) => {
                let cells = recorded_values(elements).map(Self::of);
                Self::Json(list(&cells.collect::<Vec<_>>()))
            }
        }
    }
}

fn written(write: impl FnOnce(&mut String)) -> Cell {
    let mut text = String::new();
    write(&mut text);
    Cell::Text(text)
}

fn write_moment(micros: i64, out: &mut String) {
    calendar_text::write_datetime(micros, out);
    *out = out.replace(' ', "T");
}

fn bare(value: &impl std::fmt::Display) -> Cell {
    Cell::Bare(value.to_string())
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
