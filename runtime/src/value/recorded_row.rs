//! Recorded values, read as the columns of a row: the key of a row that was sent can be read as a typed value again.

use std::borrow::Cow;

use super::mapped::each_reading;
use super::of_column::Value;
use super::recorded::recorded_values;
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
    /// NULL where there are fewer values.
    fn value(&self, column: usize) -> Value<'a> {
        recorded_values(self.0).nth(column).unwrap_or(Value::Null)
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        matches!(self.value(column), Value::Null)
    }

    pub(crate) fn is_zero_date(&self, column: usize) -> bool {
        matches!(self.value(column), Value::ZeroDate)
    }

    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&self, column: usize) -> Option<bool> {
        match self.value(column) {
            Value::InfiniteMoment(is_negative) => Some(is_negative),
            _ => None,
        }
    }

    pub(crate) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        let Value::Array(length, elements) = self.value(column) else {
            return None;
        };
        take(&mut RowReader::of_recorded(elements), length);
        Some(())
    }
}

macro_rules! recorded {
    ($($name:ident -> $type:ty;)*) => {
        impl RecordedRow<'_> {
            $(pub(crate) fn $name(&self, column: usize) -> Option<$type> {
                self.value(column).$name()
            })*
        }
    };
}

each_reading!(recorded);

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
