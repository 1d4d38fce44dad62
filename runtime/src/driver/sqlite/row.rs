//! Values of a row.

use std::cell::Cell;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::calendar_text;
use crate::driver::{RowReader, decimal, uuid_text};
use crate::types::Interval;

/// One row.
pub(in crate::driver) struct RowRef<'a> {
    row: &'a Row<'a>,
    /// The column that was last asked for being NULL, and its value: taking it from SQLite again costs as much.
    peeked: Cell<(usize, ValueRef<'a>)>,
}

impl<'a> RowRef<'a> {
    pub(super) fn new(row: &'a Row<'a>) -> Self {
        Self {
            row,
            peeked: Cell::new((usize::MAX, ValueRef::Null)),
        }
    }

    #[inline]
    fn value(&self, column: usize) -> ValueRef<'a> {
        let (peeked, value) = self.peeked.get();
        if peeked == column {
            value
        } else {
            self.row.get_ref(column).unwrap_or(ValueRef::Null)
        }
    }

    #[inline]
    pub(in crate::driver) fn is_null(&self, column: usize) -> bool {
        let value = self.value(column);
        self.peeked.set((column, value));
        matches!(value, ValueRef::Null)
    }

    #[inline]
    pub(in crate::driver) fn i64(&self, column: usize) -> Option<i64> {
        match self.value(column) {
            ValueRef::Integer(value) => Some(value),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    pub(in crate::driver) fn u64(&self, column: usize) -> Option<u64> {
        self.i64(column).and_then(|value| u64::try_from(value).ok())
    }

    pub(in crate::driver) fn bool(&self, column: usize) -> Option<bool> {
        match self.i64(column)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(in crate::driver) fn f32(&self, column: usize) -> Option<f32> {
        self.f64(column).map(|value| value as f32)
    }

    /// A whole number in a NUMERIC column is stored as an integer.
    pub(in crate::driver) fn f64(&self, column: usize) -> Option<f64> {
        match self.value(column) {
            ValueRef::Real(value) => Some(value),
            ValueRef::Integer(value) => Some(value as f64),
            ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => None,
        }
    }

    #[inline]
    pub(in crate::driver) fn text(&self, column: usize) -> Option<&str> {
        match self.value(column) {
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
        }
    }

    pub(in crate::driver) fn bytes(&self, column: usize) -> Option<&[u8]> {
        match self.value(column) {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Some(bytes),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }

    pub(in crate::driver) fn date(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar_text::read_date)
    }

    pub(in crate::driver) fn time(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar_text::read_time)
    }

    pub(in crate::driver) fn datetime(&self, column: usize) -> Option<i64> {
        self.text(column).and_then(calendar_text::read_datetime)
    }

    pub(in crate::driver) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }

    pub(in crate::driver) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        match self.value(column) {
            ValueRef::Blob(bytes) => bytes.try_into().ok(),
            ValueRef::Text(_) => self.text(column).and_then(uuid_text::read),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
        }
    }

    pub(in crate::driver) fn json(&self, column: usize) -> Option<&str> {
        self.text(column)
    }

    /// A NUMERIC column turns text into a number where it keeps the first 15 digits; the shortest text that gives the
    /// same number has those digits again.
    pub(in crate::driver) fn decimal(&self, column: usize) -> Option<String> {
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

    pub(in crate::driver) fn interval(&self, column: usize) -> Option<Interval> {
        self.text(column)?.parse().ok()
    }

    /// There are none.
    pub(in crate::driver) fn array(
        &self,
        _column: usize,
        _take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        None
    }
}
