//! A row whose columns are taken in another order than the database gives them.

use std::borrow::Cow;

use super::RowReader;
use super::reader::RowSource;
use super::types::{AnyValue, Interval};

/// A row, and for each column that is read the one of the row.
pub(crate) struct MappedRow<'a> {
    pub(super) row: &'a (dyn Columns + 'a),
    pub(super) order: &'a [usize],
}

impl MappedRow<'_> {
    /// No row has a column of the last number.
    fn place(&self, column: usize) -> usize {
        self.order.get(column).copied().unwrap_or(usize::MAX)
    }

    pub(super) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        self.row.array(self.place(column), take)
    }
}

macro_rules! columns {
    ($($name:ident -> $type:ty, $none:expr;)*) => {
        /// Columns by their places, whatever else the row borrows from.
        pub(crate) trait Columns {
            $(fn $name(&self, column: usize) -> $type;)*

            fn array(
                &self,
                column: usize,
                take: &mut dyn FnMut(&mut RowReader<'_>, usize),
            ) -> Option<()>;
        }

        impl MappedRow<'_> {
            $(pub(super) fn $name(&self, column: usize) -> $type {
                self.row.$name(self.place(column))
            })*
        }

        impl Columns for RowSource<'_> {
            $(fn $name(&self, column: usize) -> $type {
                each!(self, $name(column), $none)
            })*

            fn array(
                &self,
                column: usize,
                take: &mut dyn FnMut(&mut RowReader<'_>, usize),
            ) -> Option<()> {
                each!(self, array(column, take), None)
            }
        }
    };
}

/// Calls the method of the same name of whichever database the row is from.
macro_rules! each {
    ($source:expr, $name:ident($column:expr $(, $argument:expr)?), $none:expr) => {
        match $source {
            #[cfg(feature = "sqlite")]
            RowSource::Sqlite(row) => row.$name($column $(, $argument)?),
            #[cfg(feature = "postgres")]
            RowSource::Postgres(row) => row.$name($column $(, $argument)?),
            #[cfg(feature = "mysql")]
            RowSource::Mysql(row) => row.$name($column $(, $argument)?),
            RowSource::Mapped(row) => row.$name($column $(, $argument)?),
            RowSource::Seen(row) => row.$name($column $(, $argument)?),
            RowSource::Recorded(row) => row.$name($column $(, $argument)?),
            RowSource::None(_) => {
                let _ = ($column $(, $argument)?);
                $none
            }
        }
    };
}

columns! {
    i64 -> Option<i64>, None;
    u64 -> Option<u64>, None;
    bool -> Option<bool>, None;
    f32 -> Option<f32>, None;
    f64 -> Option<f64>, None;
    text -> Option<&str>, None;
    bytes -> Option<&[u8]>, None;
    uuid -> Option<[u8; 16]>, None;
    json -> Option<Cow<'_, str>>, None;
    any -> Option<AnyValue>, None;
    vector -> Option<Vec<f32>>, None;
    decimal -> Option<String>, None;
    interval -> Option<Interval>, None;
    date -> Option<i64>, None;
    time -> Option<i64>, None;
    datetime -> Option<i64>, None;
    timestamp -> Option<i64>, None;
    is_null -> bool, true;
    is_zero_date -> bool, false;
}
