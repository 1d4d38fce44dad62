//! Values of a row of a prepared statement.

use mysql::consts::ColumnType;
use mysql::{Row, Value};

use crate::driver::{RowReader, calendar, decimal, uuid_text};
use crate::types::Interval;

/// One row.
pub(in crate::driver) struct RowRef<'a>(pub(super) &'a Row);

impl RowRef<'_> {
    fn value(&self, column: usize) -> Option<&Value> {
        self.0.as_ref(column)
    }

    fn raw(&self, column: usize) -> Option<&[u8]> {
        match self.value(column)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::NULL
            | Value::Int(_)
            | Value::UInt(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Date(..)
            | Value::Time(..) => None,
        }
    }

    fn is(&self, column: usize, column_type: ColumnType) -> bool {
        self.0.columns_ref()[column].column_type() == column_type
    }

    pub(in crate::driver) fn is_null(&self, column: usize) -> bool {
        matches!(self.value(column), None | Some(Value::NULL))
    }

    /// A sum of integers is a decimal; a bit field is an integer whose most significant byte comes first.
    fn integer(&self, column: usize) -> Option<i128> {
        match self.value(column)? {
            Value::Int(value) => Some((*value).into()),
            Value::UInt(value) => Some((*value).into()),
            Value::Bytes(digits) if self.is(column, ColumnType::MYSQL_TYPE_NEWDECIMAL) => {
                decimal::to_integer(std::str::from_utf8(digits).ok()?)
            }
            Value::Bytes(bytes) if self.is(column, ColumnType::MYSQL_TYPE_BIT) => {
                let bits = |value, byte: &u8| value << 8 | i128::from(*byte);
                (bytes.len() <= 8).then(|| bytes.iter().fold(0, bits))
            }
            Value::NULL
            | Value::Bytes(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Date(..)
            | Value::Time(..) => None,
        }
    }

    pub(in crate::driver) fn i64(&self, column: usize) -> Option<i64> {
        self.integer(column)?.try_into().ok()
    }

    pub(in crate::driver) fn u64(&self, column: usize) -> Option<u64> {
        self.integer(column)?.try_into().ok()
    }

    /// `TINYINT(1)` and `BIT(1)`.
    pub(in crate::driver) fn bool(&self, column: usize) -> Option<bool> {
        match self.integer(column)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(in crate::driver) fn f32(&self, column: usize) -> Option<f32> {
        match self.value(column)? {
            Value::Float(value) => Some(*value),
            Value::NULL
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::UInt(_)
            | Value::Double(_)
            | Value::Date(..)
            | Value::Time(..) => None,
        }
    }

    pub(in crate::driver) fn f64(&self, column: usize) -> Option<f64> {
        match self.value(column)? {
            Value::Double(value) => Some(*value),
            Value::Float(value) => Some((*value).into()),
            Value::NULL
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::UInt(_)
            | Value::Date(..)
            | Value::Time(..) => None,
        }
    }

    pub(in crate::driver) fn text(&self, column: usize) -> Option<&str> {
        let bytes = self.raw(column)?;
        if self.is(column, ColumnType::MYSQL_TYPE_BIT) {
            return None;
        }
        std::str::from_utf8(bytes).ok()
    }

    pub(in crate::driver) fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.raw(column)
    }

    pub(in crate::driver) fn date(&self, column: usize) -> Option<i64> {
        let (days, micros) = calendar::split(self.datetime(column)?);
        (micros == 0).then_some(days)
    }

    /// MySQL's TIME is a duration of up to 838 hours; only those of a day are times of day.
    pub(in crate::driver) fn time(&self, column: usize) -> Option<i64> {
        match *self.value(column)? {
            Value::Time(false, 0, hour, minute, second, micros) => {
                Some(micros_of(hour, minute, second, micros))
            }
            Value::Time(..)
            | Value::NULL
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::UInt(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Date(..) => None,
        }
    }

    /// Zero dates (`0000-00-00`, `2024-02-00`) are none.
    pub(in crate::driver) fn datetime(&self, column: usize) -> Option<i64> {
        match *self.value(column)? {
            Value::Date(year, month, day, hour, minute, second, micros) => {
                let days = calendar::days(year.into(), month.into(), day.into())
                    .filter(|&days| calendar::is_representable(days))?;
                Some(days * calendar::MICROS_PER_DAY + micros_of(hour, minute, second, micros))
            }
            Value::NULL
            | Value::Bytes(_)
            | Value::Int(_)
            | Value::UInt(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Time(..) => None,
        }
    }

    pub(in crate::driver) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }

    /// `BINARY(16)`, or text of 32 or 36 characters.
    pub(in crate::driver) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        let bytes = self.raw(column)?;
        bytes
            .try_into()
            .ok()
            .or_else(|| uuid_text::read(std::str::from_utf8(bytes).ok()?))
    }

    pub(in crate::driver) fn json(&self, column: usize) -> Option<&str> {
        self.text(column)
    }

    pub(in crate::driver) fn decimal(&self, column: usize) -> Option<String> {
        match self.integer(column) {
            Some(whole) if !self.is(column, ColumnType::MYSQL_TYPE_NEWDECIMAL) => {
                Some(whole.to_string())
            }
            Some(_) | None => self
                .text(column)
                .filter(|text| decimal::is_valid(text))
                .map(str::to_owned),
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

fn micros_of(hour: u8, minute: u8, second: u8, micros: u32) -> i64 {
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    seconds * 1_000_000 + i64::from(micros)
}
