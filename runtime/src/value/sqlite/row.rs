//! Values of a row.

use std::borrow::Cow;
use std::cell::Cell;

use rusqlite::types::ValueRef;

use super::statement::{Statement, Stored};
use crate::value::calendar_parse;
use crate::value::types::{AnyValue, Interval};
use crate::value::{RowReader, decimal, uuid_text, vector};

/// A row that the statement stands at.
pub(crate) struct RowRef<'a> {
    row: &'a Statement,
    /// The column that was last tested for NULL, and its value: taking it from SQLite again costs as much.
    peeked: Cell<(usize, Stored<'a>)>,
}

impl<'a> RowRef<'a> {
    #[inline]
    pub(crate) fn new(row: &'a Statement) -> Self {
        Self {
            row,
            peeked: Cell::new((usize::MAX, Stored::NULL)),
        }
    }

    #[inline]
    fn stored(&self, column: usize) -> Stored<'a> {
        let (peeked, value) = self.peeked.get();
        if peeked == column {
            value
        } else {
            self.row.column(column)
        }
    }

    fn value(&self, column: usize) -> ValueRef<'a> {
        self.stored(column).get()
    }

    #[inline]
    pub(crate) fn is_null(&self, column: usize) -> bool {
        let value = self.stored(column);
        self.peeked.set((column, value));
        value.is_null()
    }

    #[inline]
    pub(crate) fn i64(&self, column: usize) -> Option<i64> {
        self.stored(column).integer()
    }

    pub(crate) fn u64(&self, column: usize) -> Option<u64> {
        self.i64(column).and_then(|value| u64::try_from(value).ok())
    }

    pub(crate) fn bool(&self, column: usize) -> Option<bool> {
        match self.i64(column)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn f32(&self, column: usize) -> Option<f32> {
        self.f64(column).and_then(narrowed)
    }

    /// A whole number in a NUMERIC column is stored as an integer.
    pub(crate) fn f64(&self, column: usize) -> Option<f64> {
        match self.value(column) {
            ValueRef::Real(value) => Some(value),
            ValueRef::Integer(value) => Some(value as f64),
            ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    #[inline]
    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        self.stored(column).text()
    }

    pub(crate) fn bytes(&self, column: usize) -> Option<&[u8]> {
        match self.value(column) {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Some(bytes),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }

    pub(crate) fn date(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar_parse::read_date)
    }

    pub(crate) fn time(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar_parse::read_time)
    }

    /// Text, seconds since 1970 or Julian days: the three forms that SQLite's own functions read ("Date And Time
    /// Functions", section 2).
    pub(crate) fn datetime(&self, column: usize) -> Option<i64> {
        match self.value(column) {
            ValueRef::Text(_) => self.text(column).and_then(calendar_parse::read_datetime),
            ValueRef::Integer(seconds) => calendar_parse::read_seconds(seconds),
            ValueRef::Real(days) => calendar_parse::read_julian(days),
            ValueRef::Null | ValueRef::Blob(_) => None,
        }
    }

    pub(crate) fn is_zero_date(&self, column: usize) -> bool {
        self.text(column).is_some_and(|text| {
            text.starts_with("0000-00-00")
                && text
                    .bytes()
                    .all(|byte| !byte.is_ascii_digit() || byte == b'0')
        })
    }

    pub(crate) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }

    pub(crate) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        match self.value(column) {
            ValueRef::Blob(bytes) => bytes.try_into().ok(),
            ValueRef::Text(_) => self.text(column).and_then(uuid_text::parse),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }

    /// A lone number is stored as one where the column is declared `JSON`.
    pub(crate) fn json(&self, column: usize) -> Option<Cow<'_, str>> {
        match self.value(column) {
            ValueRef::Integer(value) => Some(value.to_string().into()),
            ValueRef::Real(value) => value.is_finite().then(|| format!("{value:?}").into()),
            ValueRef::Text(_) => self.text(column).map(Cow::Borrowed),
            ValueRef::Null | ValueRef::Blob(_) => None,
        }
    }

    pub(crate) fn any(&self, column: usize) -> Option<AnyValue> {
        Some(match self.value(column) {
            ValueRef::Integer(value) => AnyValue::Integer(value),
            ValueRef::Real(value) => AnyValue::Real(value),
            ValueRef::Text(_) => AnyValue::Text(self.text(column)?.to_owned()),
            ValueRef::Blob(bytes) => AnyValue::Blob(bytes.to_vec()),
            ValueRef::Null => return None,
        })
    }

    pub(crate) fn vector(&self, column: usize) -> Option<Vec<f32>> {
        vector::from_bytes(self.bytes(column)?)
    }

    /// A NUMERIC column turns text into a number where it keeps the first 15 digits; the shortest text that gives the
    /// same number has those digits again.
    pub(crate) fn decimal(&self, column: usize) -> Option<String> {
        match self.value(column) {
            ValueRef::Integer(value) => Some(value.to_string()),
            ValueRef::Real(value) => value.is_finite().then(|| value.to_string()),
            ValueRef::Text(_) => self
                .text(column)
                .filter(|text| decimal::is_valid(text))
                .map(str::to_owned),
            ValueRef::Null | ValueRef::Blob(_) => None,
        }
    }

    pub(crate) fn interval(&self, column: usize) -> Option<Interval> {
        self.text(column)?.parse().ok()
    }

    /// There are none.
    pub(crate) fn array(
        &self,
        _column: usize,
        _take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        None
    }
}

/// The nearest float of 32 bits; none for a number that is past them.
fn narrowed(value: f64) -> Option<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "a float is rounded")]
    let near = value as f32;
    (near.is_finite() || !value.is_finite()).then_some(near)
}
