//! Values of a row of a prepared statement, read where they came in.

use std::borrow::Cow;

use super::bytes::{take_number, take_u8, take_u16};
use super::column::{Column, Fields, Form};
use crate::value::RowSource;
use crate::value::types::{AnyValue, Interval};
use crate::value::utf8::utf8;
use crate::value::{RowReader, calendar, decimal, uuid_text, vector};

/// A row of an answer, as it stands in the buffer.
pub(crate) struct RowRef<'a> {
    columns: &'a [Column],
    body: &'a [u8],
    fields: &'a Fields,
}

/// A reader of the row in a payload whose values were found.
pub(crate) fn reader<'a>(
    columns: &'a [Column],
    body: &'a [u8],
    fields: &'a Fields,
) -> RowReader<'a> {
    RowReader::new(RowSource::Mysql(RowRef {
        columns,
        body,
        fields,
    }))
}

impl<'a> RowRef<'a> {
    fn value(&self, column: usize) -> Option<(Column, &'a [u8])> {
        let (start, end) = (*self.fields.0.get(column)?)?;
        let column = *self.columns.get(column)?;
        let bytes = self.body.get(start as usize..end as usize)?;
        (column.form != Form::Null).then_some((column, bytes))
    }

    /// Bytes of text, decimals and bit fields.
    fn raw(&self, column: usize) -> Option<&'a [u8]> {
        match self.value(column)? {
            (column, bytes) if is_counted(column.form) => Some(bytes),
            _ => None,
        }
    }

    fn of(&self, column: usize, form: Form) -> Option<&'a [u8]> {
        let (column, bytes) = self.value(column)?;
        (column.form == form).then_some(bytes)
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        self.value(column).is_none()
    }

    /// A sum of integers is a decimal; a bit field is an integer whose most significant byte comes first.
    fn integer(&self, column: usize) -> Option<i128> {
        let (column, bytes) = self.value(column)?;
        match column.form {
            Form::Integer(_) if column.unsigned => number(bytes).map(i128::from),
            Form::Integer(length) => {
                let shift = 64 - 8 * length;
                number(bytes).map(|value| i128::from((value << shift).cast_signed() >> shift))
            }
            Form::Decimal => decimal::to_integer(std::str::from_utf8(bytes).ok()?),
            Form::Bits => {
                let bits = |value, byte: &u8| value << 8 | i128::from(*byte);
                (bytes.len() <= 8).then(|| bytes.iter().fold(0, bits))
            }
            Form::Float | Form::Double | Form::Date | Form::Time | Form::Null | Form::Text => None,
        }
    }

    pub(crate) fn i64(&self, column: usize) -> Option<i64> {
        self.integer(column)?.try_into().ok()
    }

    pub(crate) fn u64(&self, column: usize) -> Option<u64> {
        self.integer(column)?.try_into().ok()
    }

    /// `TINYINT(1)` and `BIT(1)`.
    pub(crate) fn bool(&self, column: usize) -> Option<bool> {
        match self.integer(column)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn f32(&self, column: usize) -> Option<f32> {
        let bytes = self.of(column, Form::Float)?;
        bytes.try_into().ok().map(f32::from_le_bytes)
    }

    pub(crate) fn f64(&self, column: usize) -> Option<f64> {
        match self.of(column, Form::Double) {
            Some(bytes) => bytes.try_into().ok().map(f64::from_le_bytes),
            None => self.f32(column).map(f64::from),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        match self.value(column)? {
            (column, bytes) if matches!(column.form, Form::Text | Form::Decimal) => utf8(bytes),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.raw(column)
    }

    pub(crate) fn date(&self, column: usize) -> Option<i64> {
        let (days, micros) = calendar::split(self.datetime(column)?);
        (micros == 0).then_some(days)
    }

    /// MySQL's TIME is a duration of up to 838 hours; only those of a day are times of day.
    pub(crate) fn time(&self, column: usize) -> Option<i64> {
        let mut rest = self.of(column, Form::Time)?;
        if rest.is_empty() {
            return Some(0);
        }
        let (negative, days) = (take_number(&mut rest, 1)?, take_number(&mut rest, 4)?);
        let micros = clock(&mut rest)?;
        (negative == 0 && days == 0).then_some(micros)
    }

    /// Zero dates (`0000-00-00`, `2024-02-00`) are none.
    pub(crate) fn datetime(&self, column: usize) -> Option<i64> {
        let mut rest = self.of(column, Form::Date)?;
        let year = take_u16(&mut rest)?;
        let (month, day) = (take_u8(&mut rest)?, take_u8(&mut rest)?);
        let days = calendar::days(year.into(), month, day)
            .filter(|&days| calendar::is_representable(days))?;
        let micros = if rest.is_empty() {
            0
        } else {
            clock(&mut rest)?
        };
        Some(days * calendar::MICROS_PER_DAY + micros)
    }

    /// A time past a day, a date with parts that are zero, a boolean that is neither 0 nor 1.
    #[cfg(feature = "data")]
    pub(crate) fn own_value(&self, column: usize) -> Option<crate::value::OwnValue> {
        use crate::value::OwnValue;
        use crate::value::own_text::{write_parts, write_span};
        match self.value(column)?.0.form {
            Form::Time => self.span(column).map(write_span).map(OwnValue::Plain),
            Form::Date => {
                let (parts, has_time) = self.date_parts(column)?;
                Some(OwnValue::Plain(write_parts(parts, has_time)))
            }
            Form::Integer(_) => self.i64(column).map(OwnValue::Number),
            Form::Float | Form::Double | Form::Null | Form::Decimal | Form::Bits | Form::Text => {
                None
            }
        }
    }

    #[cfg(feature = "data")]
    fn span(&self, column: usize) -> Option<i64> {
        let mut rest = self.of(column, Form::Time)?;
        let (negative, days) = (take_number(&mut rest, 1)?, take_number(&mut rest, 4)?);
        let micros = i64::try_from(days).ok()? * calendar::MICROS_PER_DAY + clock(&mut rest)?;
        Some(if negative == 0 { micros } else { -micros })
    }

    /// Also whether it has a time.
    #[cfg(feature = "data")]
    fn date_parts(&self, column: usize) -> Option<(crate::value::own_text::DateParts, bool)> {
        let mut rest = self.of(column, Form::Date)?;
        let year = take_u16(&mut rest)?;
        let (month, day) = (take_u8(&mut rest)?, take_u8(&mut rest)?);
        let has_time = !rest.is_empty();
        let micros = if has_time { clock(&mut rest)? } else { 0 };
        let parts = crate::value::own_text::DateParts {
            year,
            month,
            day,
            micros,
        };
        Some((parts, has_time))
    }

    pub(crate) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }

    /// `BINARY(16)`, or text of 32 or 36 characters.
    pub(crate) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        let bytes = self.raw(column)?;
        bytes
            .try_into()
            .ok()
            .or_else(|| uuid_text::parse(std::str::from_utf8(bytes).ok()?))
    }

    pub(crate) fn is_zero_date(&self, column: usize) -> bool {
        // Parts that are zero need not be sent.
        self.of(column, Form::Date)
            .is_some_and(|parts| parts.iter().all(|part| *part == 0))
    }

    pub(crate) fn json(&self, column: usize) -> Option<Cow<'_, str>> {
        self.text(column).map(Cow::Borrowed)
    }

    /// A column has one type here.
    pub(crate) fn any(&self, _column: usize) -> Option<AnyValue> {
        None
    }

    pub(crate) fn vector(&self, column: usize) -> Option<Vec<f32>> {
        vector::from_bytes(self.bytes(column)?)
    }

    pub(crate) fn decimal(&self, column: usize) -> Option<String> {
        match self.value(column)?.0.form {
            Form::Integer(_) | Form::Bits => self.integer(column).map(|whole| whole.to_string()),
            _ => self
                .text(column)
                .filter(|text| decimal::is_valid(text))
                .map(str::to_owned),
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

fn is_counted(form: Form) -> bool {
    match form {
        Form::Decimal | Form::Bits | Form::Text => true,
        Form::Integer(_) | Form::Float | Form::Double | Form::Date | Form::Time | Form::Null => {
            false
        }
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes;
    take_number(&mut rest, bytes.len())
}

/// Hour, minute, second, and microseconds where there are any.
fn clock(rest: &mut &[u8]) -> Option<i64> {
    let hours = take_number(rest, 1)?;
    let minutes = hours * 60 + take_number(rest, 1)?;
    let seconds = minutes * 60 + take_number(rest, 1)?;
    let micros = if rest.is_empty() {
        0
    } else {
        take_number(rest, 4)?
    };
    i64::try_from(seconds * 1_000_000 + micros).ok()
}
