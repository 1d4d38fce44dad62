//! A row as the database gives it, read column by column in order.

use std::borrow::Cow;

use super::calendar;
use super::decimal::without_trailing_zeros;
use super::types::{AnyValue, FromColumn, Interval};
use crate::error::{Error, ErrorKind, Result};

/// A key, or an optional one, that takes its engine from the row it is read from.
pub trait ReadKey<E>: Sized {
    /// Reads the next column.
    ///
    /// # Errors
    /// The stored value is NULL or of another type.
    fn read_on(row: &mut RowReader<'_>, engine: E) -> Result<Self>;
}

impl<E, K: ReadKey<E>> ReadKey<E> for Option<K> {
    fn read_on(row: &mut RowReader<'_>, engine: E) -> Result<Self> {
        if row.skip_null() {
            Ok(None)
        } else {
            K::read_on(row, engine).map(Some)
        }
    }
}

/// Reads the columns of one row in their order. Every method takes the next column.
pub struct RowReader<'a> {
    source: RowSource<'a>,
    column: usize,
    /// The value that is read now was computed by the database.
    is_computed: bool,
}

pub(crate) enum RowSource<'a> {
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::RowRef<'a>),
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::RowRef<'a>),
    #[cfg(feature = "mysql")]
    Mysql(super::mysql::RowRef<'a>),
    /// Columns in an order of the reader's own.
    Mapped(super::mapped::MappedRow<'a>),
    /// Values that are read are seen by another, too.
    Seen(super::seen::SeenRow<'a>),
    /// Values that were recorded.
    Recorded(super::recorded_row::RecordedRow<'a>),
    /// Keeps the type inhabited and its lifetime used without any database.
    #[allow(dead_code, reason = "the only variant when no database is chosen")]
    None(std::marker::PhantomData<&'a ()>),
}

/// Calls the method of the same name of whichever database the row is from.
macro_rules! each {
    ($source:expr, $name:ident($($argument:expr),*), $none:expr) => {
        match $source {
            #[cfg(feature = "sqlite")]
            RowSource::Sqlite(row) => row.$name($($argument),*),
            #[cfg(feature = "postgres")]
            RowSource::Postgres(row) => row.$name($($argument),*),
            #[cfg(feature = "mysql")]
            RowSource::Mysql(row) => row.$name($($argument),*),
            RowSource::Mapped(row) => row.$name($($argument),*),
            RowSource::Seen(row) => row.$name($($argument),*),
            RowSource::Recorded(row) => row.$name($($argument),*),
            RowSource::None(_) => $none,
        }
    };
}

macro_rules! forward {
    ($($(#[$attribute:meta])+ $name:ident -> $type:ty, $expected:literal;)*) => {$(
        $(#[$attribute])+
        ///
        /// # Errors
        /// The column is NULL or holds something else.
        pub fn $name(&mut self) -> Result<$type> {
            let column = self.column;
            self.column += 1;
            let value: Option<$type> = each!(&self.source, $name(column), None);
            value.ok_or_else(|| self.decode_error(column, $expected))
        }
    )*};
}

/// The same for days and microseconds, which databases differ about: PostgreSQL alone has years outside, and infinities.
macro_rules! forward_times {
    ($(#[$doc:meta] $name:ident, $expected:literal, $is_kept:path;)*) => {$(
        #[$doc]
        ///
        /// # Errors
        /// The column is NULL or holds something else, or what not every database keeps.
        pub fn $name(&mut self) -> Result<i64> {
            let column = self.column;
            self.column += 1;
            let value: Option<i64> = each!(&self.source, $name(column), None);
            value
                .filter(|&value| $is_kept(value))
                .ok_or_else(|| self.decode_error(column, $expected))
        }
    )*};
}

fn is_representable(micros: i64) -> bool {
    calendar::is_representable(calendar::split(micros).0)
}

fn is_of_a_day(micros: i64) -> bool {
    (0..calendar::MICROS_PER_DAY).contains(&micros)
}

impl<'a> RowReader<'a> {
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "called by the databases")
    )]
    pub(crate) fn new(source: RowSource<'a>) -> Self {
        Self {
            source,
            column: 0,
            is_computed: false,
        }
    }

    /// The same row with its columns in another order: for each that is read, the one of the row.
    pub(crate) fn in_order<'r>(&'r self, order: &'r [usize]) -> RowReader<'r> {
        let row = super::mapped::MappedRow {
            row: &self.source,
            order,
        };
        RowReader {
            source: RowSource::Mapped(row),
            column: 0,
            is_computed: false,
        }
    }

    /// The same row, from its first column, with what is read of it seen by another.
    pub(crate) fn seen_by<'r>(&'r self, seen: &'r dyn super::seen::Seen) -> RowReader<'r> {
        let row = super::seen::SeenRow {
            row: &self.source,
            seen,
        };
        RowReader {
            source: RowSource::Seen(row),
            column: 0,
            is_computed: false,
        }
    }

    forward! {
        /// An integer.
        // As most columns are: one call reads such a column, from the type down to the database's own function.
        #[inline(always)]
        i64 -> i64, "integer";
        /// An unsigned integer.
        u64 -> u64, "unsigned integer";
        /// A boolean.
        bool -> bool, "boolean";
        /// A 32-bit float.
        f32 -> f32, "float";
        /// A 64-bit float.
        f64 -> f64, "float";
        /// Text.
        #[inline(always)]
        text -> &str, "text";
        /// Bytes.
        bytes -> &[u8], "bytes";
        /// A 128-bit identifier, its most significant byte first.
        uuid -> [u8; 16], "UUID";
        /// JSON as text.
        json -> Cow<'_, str>, "JSON";
        /// A value of any type, by how SQLite stores it.
        any -> AnyValue, "value of SQLite";
        /// Floats of 32 bits.
        vector -> Vec<f32>, "vector";
        /// A span of time as PostgreSQL counts it.
        interval -> Interval, "interval";
    }

    /// A decimal as text: digits with a minus and a point where there is one.
    ///
    /// # Errors
    /// The column is NULL or holds something else.
    pub fn decimal(&mut self) -> Result<String> {
        let column = self.column;
        self.column += 1;
        let value: Option<String> = each!(&self.source, decimal(column), None);
        let value = value.ok_or_else(|| self.decode_error(column, "decimal"))?;
        Ok(if self.is_computed {
            without_trailing_zeros(&value).to_owned()
        } else {
            value
        })
    }

    /// Runs `read`, which reads what the database computed. Each fills decimals up with another number of zeros: they are left out.
    pub(crate) fn computed<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.is_computed = true;
        let value = read(self);
        self.is_computed = false;
        value
    }

    forward_times! {
        /// A date, in days since 1970-01-01.
        date, "date of the years 1 to 9999", calendar::is_representable;
        /// A time of day, in microseconds since midnight.
        time, "time of day", is_of_a_day;
        /// A date and time, in microseconds since 1970-01-01 00:00.
        datetime, "date and time of the years 1 to 9999", is_representable;
        /// A point in time, in microseconds since 1970-01-01 00:00 UTC.
        timestamp, "timestamp of the years 1 to 9999", is_representable;
    }

    /// The elements of an array, each read by `read`.
    ///
    /// # Errors
    /// The column is NULL, no array of one dimension, or an element does not fit.
    pub fn array<T>(
        &mut self,
        mut read: impl FnMut(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let column = self.column;
        self.column += 1;
        let mut values = Vec::new();
        let mut fits = true;
        let mut take = |elements: &mut RowReader<'_>, length: usize| {
            for _ in 0..length {
                match read(elements) {
                    Ok(value) => values.push(value),
                    // The element's error would name its position in the array as the column.
                    Err(_) => fits = false,
                }
            }
        };
        let found: Option<()> = each!(&self.source, array(column, &mut take), {
            let _ = &mut take;
            None
        });
        match found {
            Some(()) if fits => Ok(values),
            _ => Err(self.decode_error(column, "array of such elements")),
        }
    }

    /// The next column as a Rust value.
    ///
    /// # Errors
    /// The stored value does not fit the type.
    #[allow(
        clippy::should_implement_trait,
        reason = "columns differ in type, so this cannot be an iterator"
    )]
    pub fn next<T: FromColumn>(&mut self) -> Result<T> {
        T::read(self)
    }

    /// The next column as the key of a row on `engine`; `Option<Key<…>>` where it may be NULL.
    ///
    /// # Errors
    /// The stored value does not fit the type.
    pub fn next_key<E, K: ReadKey<E>>(&mut self, engine: E) -> Result<K> {
        K::read_on(self, engine)
    }

    /// The integer in the column at this position, where it holds one. The next column stays the next.
    pub(crate) fn integer_at(&self, column: usize) -> Option<i64> {
        each!(&self.source, i64(column), None)
    }

    /// Takes the next columns without reading them.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.column += columns;
    }

    /// If the next columns are all NULL, takes them and says so.
    pub(crate) fn skip_nulls(&mut self, columns: usize) -> bool {
        let mut next = self.column..self.column + columns;
        let are_null = next.all(|column| each!(&self.source, is_null(column), true));
        self.column += if are_null { columns } else { 0 };
        are_null
    }

    /// If the next column is NULL, takes it and says so.
    pub fn skip_null(&mut self) -> bool {
        let is_null = each!(&self.source, is_null(self.column), true);
        self.column += usize::from(is_null);
        is_null
    }

    /// If the next column is a date of zeros (`0000-00-00`), takes it and says so.
    pub fn skip_zero_date(&mut self) -> bool {
        let is_zero = each!(&self.source, is_zero_date(self.column), false);
        self.column += usize::from(is_zero);
        is_zero
    }

    /// If the next column is `infinity` or `-infinity` of a date or timestamp of PostgreSQL, takes it and says whether it is the
    /// negative one.
    #[cfg(feature = "data")]
    pub(crate) fn skip_infinite_moment(&mut self) -> Option<bool> {
        let infinite = match &self.source {
            #[cfg(feature = "postgres")]
            RowSource::Postgres(row) => row.infinite_moment(self.column),
            #[cfg(feature = "sqlite")]
            RowSource::Sqlite(_) => None,
            #[cfg(feature = "mysql")]
            RowSource::Mysql(_) => None,
            RowSource::Recorded(row) => row.infinite_moment(self.column),
            RowSource::Mapped(_) | RowSource::Seen(_) | RowSource::None(_) => None,
        };
        self.column += usize::from(infinite.is_some());
        infinite
    }

    /// The place of the next column.
    #[cfg(feature = "data")]
    pub(crate) fn position(&self) -> usize {
        self.column
    }

    /// Takes the column at this place as its own database has it, where no other may hold such a value.
    #[cfg(feature = "data")]
    pub(crate) fn take_own(&mut self, column: usize) -> Option<super::OwnValue> {
        self.column = column + 1;
        match &self.source {
            #[cfg(feature = "sqlite")]
            RowSource::Sqlite(row) => row.any(column).map(super::OwnValue::Stored),
            #[cfg(feature = "postgres")]
            RowSource::Postgres(row) => row.own_value(column),
            #[cfg(feature = "mysql")]
            RowSource::Mysql(row) => row.own_value(column),
            RowSource::Mapped(_)
            | RowSource::Seen(_)
            | RowSource::Recorded(_)
            | RowSource::None(_) => None,
        }
    }

    /// Whether it is of SQLite, which looks at no value's form.
    #[cfg(feature = "data")]
    pub(crate) fn is_unchecked(&self) -> bool {
        #[cfg(feature = "sqlite")]
        let is_unchecked = matches!(self.source, RowSource::Sqlite(_));
        #[cfg(not(feature = "sqlite"))]
        let is_unchecked = false;
        is_unchecked
    }

    /// Takes an array of several dimensions: `read` reads each of its elements, with its number and the length of each dimension.
    /// `false` where the next column is none.
    ///
    /// # Errors
    /// An element does not fit.
    #[cfg(feature = "data")]
    #[cfg_attr(
        not(feature = "postgres"),
        allow(unused_variables, reason = "no other database has arrays")
    )]
    pub(crate) fn nested_array(
        &mut self,
        read: &mut impl FnMut(&mut RowReader<'_>, usize, &[usize]) -> Result<()>,
    ) -> Result<bool> {
        #[cfg(feature = "postgres")]
        if let RowSource::Postgres(row) = &self.source {
            let column = self.column;
            let mut outcome = Ok(());
            let found = row.nested_array(column, &mut |elements, lengths| {
                let mut numbers = 0..lengths.iter().product();
                outcome = numbers.try_for_each(|at| read(elements, at, lengths));
            });
            if found.is_some() {
                self.column += 1;
                return outcome
                    .map(|()| true)
                    .map_err(|_| self.decode_error(column, "array of such elements"));
            }
        }
        Ok(false)
    }

    /// The error of a column that was just read but does not fit its Rust type.
    #[cold]
    pub fn mismatch(&self, expected: &'static str) -> Error {
        self.decode_error(self.column.saturating_sub(1), expected)
    }

    #[cold]
    fn decode_error(&self, column: usize, expected: &'static str) -> Error {
        Error::new(ErrorKind::Decode {
            column,
            expected,
            is_null: each!(&self.source, is_null(column), true),
        })
    }
}
