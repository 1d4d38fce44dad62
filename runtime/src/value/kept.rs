//! The values that are read of a row, kept: reading them again gives an equal row, without a statement.

use std::cell::{Cell, RefCell};

use super::of_column::Value;
use super::recorded::{RecordedValues, record};
use super::seen::Seen;

/// The values of a row that were read so far, each as it is recorded.
#[derive(Default)]
pub(crate) struct KeptValues {
    columns: RefCell<Vec<Option<RecordedValues>>>,
    /// A value cannot be recorded.
    is_partial: Cell<bool>,
}

impl KeptValues {
    /// All of them in the order of the columns, where they could be recorded; those that were not read are NULL.
    pub(crate) fn into_values(self) -> Option<Vec<u8>> {
        let mut null = RecordedValues::new();
        record(&mut null, Value::Null).ok()?;
        let columns = self.columns.into_inner();
        let bytes = columns
            .iter()
            .flat_map(|column| column.as_ref().unwrap_or(&null).bytes());
        (!self.is_partial.get()).then(|| bytes.copied().collect())
    }
}

impl Seen for KeptValues {
    fn value(&self, column: usize, value: Value<'_>) {
        let mut values = RecordedValues::new();
        let is_refused = record(&mut values, value).is_err();
        self.is_partial.set(self.is_partial.get() || is_refused);
        let mut columns = self.columns.borrow_mut();
        if columns.len() <= column {
            columns.resize_with(column + 1, || None);
        }
        columns[column] = Some(values);
    }

    fn array(&self, column: usize, length: usize, read: &mut dyn FnMut(&dyn Seen)) {
        let elements = Self::default();
        read(&elements);
        match elements.into_values() {
            Some(elements) => self.value(column, Value::Array(length, &elements)),
            None => self.is_partial.set(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::{AnyValue, FromColumn, Interval, ToColumn};
    use super::*;
    use crate::value::{ParamWriter, RowReader};

    fn again<T: ToColumn + FromColumn + PartialEq + std::fmt::Debug>(value: T) {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        params.push(&value);
        params.push(&Option::<i64>::None);
        params.push(&value);
        params.finish_recording().expect("it can be recorded");
        let read_three = |row: &mut RowReader<'_>| -> crate::error::Result<_> {
            Ok((T::read(row)?, Option::<T>::read(row)?, T::read(row)?))
        };
        let kept = KeptValues::default();
        let row = RowReader::of_recorded(values.bytes());
        let first = read_three(&mut row.seen_by(&kept)).expect("a row");
        assert_eq!(first.0, value);
        let kept = kept.into_values().expect("it can be kept");
        let second = read_three(&mut RowReader::of_recorded(&kept)).expect("the same row");
        assert_eq!(second, first);
    }

    #[test]
    fn a_row_that_is_kept_is_read_again_as_it_was() {
        again(-1_i16);
        again(u64::MAX);
        again(true);
        again(1.5_f32);
        again(-0.1_f64);
        again("tea".to_owned());
        again(vec![0_u8, 255]);
        again(vec![1_i64, 2]);
        again(Vec::<String>::new());
        again(AnyValue::Real(0.5));
        again(AnyValue::Blob(vec![1]));
        again(Interval {
            months: 1,
            days: -2,
            microseconds: 3,
        });
        #[cfg(feature = "uuid")]
        again(crate::types::Uuid::from_u128(7));
    }
}
