//! A row that keeps the values that are read of it: reading them again gives an equal row, without a statement.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use super::mapped::Columns;
use super::recorded::{RecordedValues, replay};
use super::types::{AnyValue, Interval};
use super::{ParamWriter, RowReader};

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
        ParamWriter::recording(&mut null).null();
        let columns = self.columns.into_inner();
        let bytes = columns
            .iter()
            .flat_map(|column| column.as_ref().unwrap_or(&null).bytes());
        (!self.is_partial.get()).then(|| bytes.copied().collect())
    }

    /// The last reading of a column counts: a type may try several.
    fn set(&self, column: usize, write: impl FnOnce(&mut ParamWriter<'_>)) {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        write(&mut params);
        let is_refused = params.finish_recording().is_err();
        self.is_partial.set(self.is_partial.get() || is_refused);
        let mut columns = self.columns.borrow_mut();
        if columns.len() <= column {
            columns.resize_with(column + 1, || None);
        }
        columns[column] = Some(values);
    }
}

/// A row, and what is read of it.
pub(crate) struct KeptRow<'a> {
    pub(super) row: &'a (dyn Columns + 'a),
    pub(super) values: &'a KeptValues,
}

macro_rules! kept {
    ($($name:ident -> $type:ty, |$value:ident, $params:ident| $write:expr;)*) => {
        impl KeptRow<'_> {
            $(pub(super) fn $name(&self, column: usize) -> Option<$type> {
                let found = self.row.$name(column);
                if let Some($value) = &found {
                    self.values.set(column, |$params| $write);
                }
                found
            })*
        }
    };
}

kept! {
    i64 -> i64, |value, params| params.i64(*value);
    u64 -> u64, |value, params| params.u64(*value);
    bool -> bool, |value, params| params.bool(*value);
    f32 -> f32, |value, params| params.f32(*value);
    f64 -> f64, |value, params| params.f64(*value);
    text -> &str, |value, params| params.text(value);
    bytes -> &[u8], |value, params| params.bytes(value);
    uuid -> [u8; 16], |value, params| params.uuid(value);
    json -> Cow<'_, str>, |value, params| params.json(value);
    vector -> Vec<f32>, |value, params| params.vector(value);
    decimal -> String, |value, params| params.decimal(value);
    interval -> Interval, |value, params| params.interval(*value);
    date -> i64, |value, params| params.date(*value);
    time -> i64, |value, params| params.time(*value);
    datetime -> i64, |value, params| params.datetime(*value);
    timestamp -> i64, |value, params| params.timestamp(*value);
    any -> AnyValue, |value, params| match value {
        AnyValue::Integer(value) => params.i64(*value),
        AnyValue::Real(value) => params.f64(*value),
        AnyValue::Text(value) => params.text(value),
        AnyValue::Blob(value) => params.bytes(value),
    };
}

impl KeptRow<'_> {
    pub(super) fn is_null(&self, column: usize) -> bool {
        let is_null = self.row.is_null(column);
        if is_null {
            self.values.set(column, |params| params.null());
        }
        is_null
    }

    pub(super) fn is_zero_date(&self, column: usize) -> bool {
        let is_zero = self.row.is_zero_date(column);
        if is_zero {
            self.values.set(column, |params| params.zero_date());
        }
        is_zero
    }

    pub(super) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        self.row.array(column, &mut |elements, length| {
            let values = KeptValues::default();
            take(&mut elements.keeping(&values), length);
            let Some(values) = values.into_values() else {
                return self.values.is_partial.set(true);
            };
            self.values.set(column, |params| {
                params.array(length, &mut |params| replay(&values, params));
            });
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::{FromColumn, ToColumn};
    use super::*;

    fn again<T: ToColumn + FromColumn + PartialEq + std::fmt::Debug>(value: T) {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        params.push(&value);
        params.push(&Option::<i64>::None);
        params.push(&value);
        params.finish_recording().expect("it can be recorded");
        let read = |row: &mut RowReader<'_>| -> crate::error::Result<_> {
            Ok((T::read(row)?, Option::<T>::read(row)?, T::read(row)?))
        };
        let kept = KeptValues::default();
        let row = RowReader::of_recorded(values.bytes());
        let first = read(&mut row.keeping(&kept)).expect("a row");
        assert_eq!(first.0, value);
        let kept = kept.into_values().expect("it can be kept");
        let second = read(&mut RowReader::of_recorded(&kept)).expect("the same row");
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
