//! Recorded values, read as the columns of a row: the key of a row that was sent can be read as a typed value again.

use std::borrow::Cow;

#[cfg(feature = "data")]
use super::recorded::INFINITE_MOMENT;
use super::recorded::{
    ARRAY, BOOL, BYTES, DATE, DATETIME, DECIMAL, F32, F64, I64, INTERVAL, JSON, NULL, TEXT, TIME,
    TIMESTAMP, Tape, U64, UUID, VECTOR, ZERO_DATE, floats, skip,
};
use super::types::{AnyValue, Interval};
use super::{RowReader, reader::RowSource};

/// Recorded values, one for each column.
pub(crate) struct RecordedRow<'a>(&'a [u8]);

impl<'a> RowReader<'a> {
    /// A reader of these recorded values.
    pub(crate) fn of_recorded(values: &'a [u8]) -> Self {
        Self::new(RowSource::Recorded(RecordedRow(values)))
    }
}

impl<'a> RecordedRow<'a> {
    /// The tag of a value, and its bytes on.
    fn value(&self, column: usize) -> (u8, Tape<'a>) {
        let mut tape = Tape(self.0);
        let mut before = 0;
        while before < column && !tape.0.is_empty() {
            skip(&mut tape);
            before += 1;
        }
        match tape.0.split_first() {
            Some((tag, rest)) => (*tag, Tape(rest)),
            None => (NULL, tape),
        }
    }

    fn number(&self, column: usize, wanted: u8) -> Option<i64> {
        let (tag, mut tape) = self.value(column);
        (tag == wanted).then(|| tape.i64())
    }

    fn sized(&self, column: usize, wanted: &[u8]) -> Option<&'a [u8]> {
        let (tag, mut tape) = self.value(column);
        wanted.contains(&tag).then(|| tape.sized())
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        self.value(column).0 == NULL
    }

    pub(crate) fn is_zero_date(&self, column: usize) -> bool {
        self.value(column).0 == ZERO_DATE
    }

    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&self, column: usize) -> Option<bool> {
        let (tag, mut tape) = self.value(column);
        (tag == INFINITE_MOMENT).then(|| tape.fixed() == [1])
    }

    pub(crate) fn i64(&self, column: usize) -> Option<i64> {
        match self.value(column) {
            (I64, mut tape) => Some(tape.i64()),
            (U64, mut tape) => u64::from_le_bytes(tape.fixed()).try_into().ok(),
            _ => None,
        }
    }

    pub(crate) fn u64(&self, column: usize) -> Option<u64> {
        match self.value(column) {
            (I64, mut tape) => tape.i64().try_into().ok(),
            (U64, mut tape) => Some(u64::from_le_bytes(tape.fixed())),
            _ => None,
        }
    }

    pub(crate) fn bool(&self, column: usize) -> Option<bool> {
        let (tag, mut tape) = self.value(column);
        (tag == BOOL).then(|| tape.fixed() == [1])
    }

    pub(crate) fn f32(&self, column: usize) -> Option<f32> {
        let (tag, mut tape) = self.value(column);
        (tag == F32).then(|| f32::from_le_bytes(tape.fixed()))
    }

    pub(crate) fn f64(&self, column: usize) -> Option<f64> {
        match self.value(column) {
            (F64, mut tape) => Some(f64::from_le_bytes(tape.fixed())),
            _ => self.f32(column).map(f64::from),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Option<&'a str> {
        let bytes = self.sized(column, &[TEXT])?;
        std::str::from_utf8(bytes).ok()
    }

    pub(crate) fn bytes(&self, column: usize) -> Option<&'a [u8]> {
        self.sized(column, &[BYTES, TEXT])
    }

    pub(crate) fn date(&self, column: usize) -> Option<i64> {
        self.number(column, DATE)
    }

    pub(crate) fn time(&self, column: usize) -> Option<i64> {
        self.number(column, TIME)
    }

    pub(crate) fn datetime(&self, column: usize) -> Option<i64> {
        self.number(column, DATETIME)
            .or_else(|| self.number(column, TIMESTAMP))
    }

    pub(crate) fn timestamp(&self, column: usize) -> Option<i64> {
        self.datetime(column)
    }

    pub(crate) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        match self.value(column) {
            (UUID, mut tape) => Some(tape.fixed()),
            (BYTES, mut tape) => tape.sized().try_into().ok(),
            _ => None,
        }
    }

    pub(crate) fn json(&self, column: usize) -> Option<Cow<'a, str>> {
        let bytes = self.sized(column, &[JSON, TEXT])?;
        std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
    }

    pub(crate) fn any(&self, column: usize) -> Option<AnyValue> {
        match self.value(column) {
            (I64, mut tape) => Some(AnyValue::Integer(tape.i64())),
            (F64, mut tape) => Some(AnyValue::Real(f64::from_le_bytes(tape.fixed()))),
            (TEXT, mut tape) => Some(AnyValue::Text(tape.text().to_owned())),
            (BYTES, mut tape) => Some(AnyValue::Blob(tape.sized().to_vec())),
            _ => None,
        }
    }

    pub(crate) fn vector(&self, column: usize) -> Option<Vec<f32>> {
        self.sized(column, &[VECTOR]).map(floats)
    }

    pub(crate) fn decimal(&self, column: usize) -> Option<String> {
        let bytes = self.sized(column, &[DECIMAL])?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }

    pub(crate) fn interval(&self, column: usize) -> Option<Interval> {
        let (tag, mut tape) = self.value(column);
        (tag == INTERVAL).then(|| tape.interval())
    }

    pub(crate) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        let (tag, mut tape) = self.value(column);
        if tag != ARRAY {
            return None;
        }
        let (length, size) = (tape.length(), tape.length());
        take(&mut RowReader::of_recorded(tape.take(size)), length);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorded::RecordedValues;
    use super::super::types::{FromColumn, ToColumn};
    use super::*;
    use crate::value::ParamWriter;

    fn again<T: ToColumn + FromColumn + PartialEq + std::fmt::Debug>(value: T) {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        params.push(&7_i64);
        params.push(&value);
        params.finish_recording().expect("it can be recorded");
        let mut row = RowReader::of_recorded(values.bytes());
        assert_eq!(row.i64().expect("the first column"), 7);
        assert_eq!(T::read(&mut row).expect("the second"), value);
        assert!(row.skip_null(), "there is no third");
    }

    #[test]
    fn values_are_read_as_they_were_recorded() {
        again(-1_i16);
        again(u64::MAX);
        again(true);
        again(1.5_f32);
        again(-0.1_f64);
        again("tea".to_owned());
        again(vec![0_u8, 255]);
        again(vec![1_i64, 2]);
        again(AnyValue::Text("x".to_owned()));
        again(Interval {
            months: 1,
            days: -2,
            microseconds: 3,
        });
        #[cfg(feature = "uuid")]
        again(crate::types::Uuid::from_u128(7));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let mut values = RecordedValues::new();
        ParamWriter::recording(&mut values).push("tea");
        assert!(RowReader::of_recorded(values.bytes()).i64().is_err());
    }
}
