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

    pub(super) fn is_null(&self, column: usize) -> bool {
        self.row.is_null(self.place(column))
    }

    pub(super) fn is_zero_date(&self, column: usize) -> bool {
        self.row.is_zero_date(self.place(column))
    }

    pub(super) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        self.row.array(self.place(column), take)
    }
}

/// Each type that a column is read as, by the name of its method.
macro_rules! each_reading {
    ($apply:ident) => {
        $apply! {
            i64 -> i64;
            u64 -> u64;
            bool -> bool;
            f32 -> f32;
            f64 -> f64;
            text -> &str;
            bytes -> &[u8];
            uuid -> [u8; 16];
            json -> Cow<'_, str>;
            any -> AnyValue;
            vector -> Vec<f32>;
            decimal -> String;
            interval -> Interval;
            date -> i64;
            time -> i64;
            datetime -> i64;
            timestamp -> i64;
        }
    };
}
pub(super) use each_reading;

macro_rules! columns {
    ($($name:ident -> $type:ty;)*) => {
        /// Columns by their places, whatever else the row borrows from.
        pub(crate) trait Columns {
            $(fn $name(&self, column: usize) -> Option<$type>;)*

            fn is_null(&self, column: usize) -> bool;

            fn is_zero_date(&self, column: usize) -> bool;

            fn array(
                &self,
                column: usize,
                take: &mut dyn FnMut(&mut RowReader<'_>, usize),
            ) -> Option<()>;
        }

        impl MappedRow<'_> {
            $(pub(super) fn $name(&self, column: usize) -> Option<$type> {
                self.row.$name(self.place(column))
            })*
        }

        impl Columns for RowSource<'_> {
            $(fn $name(&self, column: usize) -> Option<$type> {
                each!(self, $name(column), None)
            })*

            fn is_null(&self, column: usize) -> bool {
                each!(self, is_null(column), true)
            }

            fn is_zero_date(&self, column: usize) -> bool {
                each!(self, is_zero_date(column), false)
            }

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

each_reading!(columns);
