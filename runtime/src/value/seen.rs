//! A row whose values are seen by another as they are read: reading it gives its model, and its values besides.

use std::borrow::Cow;

use super::RowReader;
use super::mapped::{Columns, each_reading};
use super::of_column::{Value, value};
use super::types::{AnyValue, Interval};

/// Sees the values of a row. The last reading of a column counts: a type may try several.
pub(crate) trait Seen {
    /// The value of this column.
    fn value(&self, column: usize, value: Value<'_>);

    /// The array in this column: `read` reads its elements, which are the columns of another one.
    fn array(&self, column: usize, length: usize, read: &mut dyn FnMut(&dyn Seen));
}

/// A row, and who sees what is read of it.
pub(crate) struct SeenRow<'a> {
    pub(super) row: &'a (dyn Columns + 'a),
    pub(super) seen: &'a dyn Seen,
}

macro_rules! seen {
    ($($name:ident -> $type:ty;)*) => {
        impl SeenRow<'_> {
            $(pub(super) fn $name(&self, column: usize) -> Option<$type> {
                let found = self.row.$name(column);
                if let Some(found) = &found {
                    self.seen.value(column, value!($name found));
                }
                found
            })*
        }
    };
}

each_reading!(seen);

impl SeenRow<'_> {
    pub(super) fn is_null(&self, column: usize) -> bool {
        let is_null = self.row.is_null(column);
        if is_null {
            self.seen.value(column, Value::Null);
        }
        is_null
    }

    pub(super) fn is_zero_date(&self, column: usize) -> bool {
        let is_zero = self.row.is_zero_date(column);
        if is_zero {
            self.seen.value(column, Value::ZeroDate);
        }
        is_zero
    }

    pub(super) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        self.row.array(column, &mut |elements, length| {
            self.seen.array(column, length, &mut |seen| {
                take(&mut elements.seen_by(seen), length);
            });
        })
    }
}
