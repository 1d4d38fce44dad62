//! Parameters of a statement, written one after the other in the order of the placeholders.

use super::column_form::{ColumnForm, ColumnWriter};
use super::of_column::value;
use super::types::{Interval, Now, ToColumn};
use super::{calendar, rounding};
use crate::error::{Constraint, Error, ErrorKind};
#[cfg(feature = "data")]
use bindery_core::dialect::Dialect;

/// Takes the values of a statement's placeholders in order and hands each to the database in the form it keeps.
///
/// A value the database cannot hold is recorded, and the statement is not sent.
pub struct ParamWriter<'a> {
    pub(crate) target: ParamTarget<'a>,
    /// How many values were given, refused ones too.
    given: usize,
    /// The first value that was refused: its place among those given, and why.
    refused: Option<(usize, Error)>,
    /// How the column at hand keeps its values.
    pub(super) form: ColumnForm,
}

pub(crate) enum ParamTarget<'a> {
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::Params<'a>),
    #[cfg(feature = "postgres")]
    Postgres(super::postgres::Encoder<'a>),
    #[cfg(feature = "mysql")]
    Mysql(super::mysql::Params<'a>),
    /// Records the values for a statement that does not exist yet.
    Recorder(super::recorded::Recorder<'a>),
    /// Writes the elements of a JSON array.
    Json(super::json_list::JsonList<'a>),
    /// Hands on some of the values.
    Picked(super::picked::Picked<'a>),
    /// Keeps the type inhabited and its lifetime used without any database.
    #[allow(dead_code, reason = "the only variant when no database is chosen")]
    None(std::marker::PhantomData<&'a ()>),
}

/// Calls the database's own method of the same name.
macro_rules! each {
    ($self:ident . $name:ident ( $($value:expr),* )) => {{
        $self.given += 1;
        let outcome = match &mut $self.target {
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(params) => params.$name($($value),*),
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(params) => params.$name($($value),*),
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(params) => params.$name($($value),*),
            ParamTarget::Recorder(params) => put!(params, $name, $($value),*),
            ParamTarget::Json(params) => put!(params, $name, $($value),*),
            ParamTarget::Picked(params) => put!(params, $name, $($value),*),
            ParamTarget::None(_) => { $(let _ = $value;)* Ok(()) }
        };
        $self.record(outcome);
    }};
}

/// A target that is no database takes every value by one method, and arrays by another.
macro_rules! put {
    ($params:ident, array, $length:expr, $write:expr) => {
        $params.array($length, $write)
    };
    ($params:ident, $name:ident, $($value:expr)?) => {
        $params.put(value!($name $(&$value)?))
    };
}

macro_rules! forward {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty);)*) => {$(
        $(#[$doc])*
        pub fn $name(&mut self, $value: $type) {
            each!(self.$name($value));
        }
    )*};
}

macro_rules! forward_times {
    ($($(#[$doc:meta])* $name:ident($micros:ident: $type:ty);)*) => {$(
        $(#[$doc])*
        pub fn $name(&mut self, $micros: $type) {
            if !calendar::is_representable(calendar::split($micros).0) {
                return self.refuse(FAR);
            }
            let cut = self.cut($micros);
            each!(self.$name(cut));
        }
    )*};
}

const FINER: &str = "the column keeps fewer digits after the point than the value has: round it first, by bigdecimal's `with_scale`";

const FINER_FLOAT: &str = "the column keeps fewer digits after the point than the value has, as `FLOAT(M,D)` and \
     `DOUBLE(M,D)` do: round it first, or declare the column without digits";

const NO_TIME_OF_DAY: &str = "a time of day is from 00:00 to before 24:00";

const FAR: &str = "a date is kept from the year 1 to the year 9999, on every database";

const MORE_DIGITS: &str = "the column keeps 15 digits of a number in SQLite, and the value has more: round it, or declare \
     the column `DECIMAL_TEXT` (JSON: `JSON_TEXT`)";

/// The values of a `YEAR` besides 0 (MySQL manual, "The YEAR Type").
const YEARS: std::ops::RangeInclusive<i64> = 1901..=2155;
const NO_YEAR: &str = "a column of type YEAR holds 0 and the years 1901 to 2155";

impl<'a> ParamWriter<'a> {
    #[inline]
    pub(crate) fn new(target: ParamTarget<'a>) -> Self {
        Self {
            target,
            given: 0,
            refused: None,
            form: ColumnForm::ANY,
        }
    }

    /// Ends the recording of values: returns the first refusal, if any.
    #[inline]
    pub(crate) fn finish_recording(self) -> crate::error::Result<()> {
        match self.refused {
            None => Ok(()),
            Some((_, refused)) => Err(refused),
        }
    }

    /// Ends the writing: the first refusal, if any.
    #[cfg(feature = "mysql")]
    pub(crate) fn finish(self) -> crate::error::Result<()> {
        self.refused.map_or(Ok(()), |(_, refused)| Err(refused))
    }

    /// Ends the writing: the first refusal, if any; else there must be a value for each place.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn finish_all(self, places: usize) -> crate::error::Result<()> {
        match self.refused {
            Some((_, refused)) => Err(refused),
            None if self.given == places => Ok(()),
            None => Err(crate::error::wrong_count(self.given, places)),
        }
    }
}

impl<'a> ParamWriter<'a> {
    /// Runs `write`, which writes values for these columns of a table, in this order: where one is refused, the error
    /// names its column.
    pub(crate) fn of_columns(
        &mut self,
        (table, names): (&str, &[&str]),
        mut columns: impl Iterator<Item = usize>,
        write: impl FnOnce(&mut Self),
    ) {
        self.explaining(write, |error, at| match columns.nth(at) {
            Some(column) => error.of_column(table, names, column),
            None => error,
        });
    }

    /// Runs `write`, which writes the values of one of many rows: where one is refused, the error names its row.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_row(&mut self, row: usize, write: impl FnOnce(&mut Self)) {
        self.explaining(write, |error, _| error.at_row(row));
    }

    /// `explain` gets the first refusal, and the position of its value among those that `write` gives.
    fn explaining(
        &mut self,
        write: impl FnOnce(&mut Self),
        explain: impl FnOnce(Error, usize) -> Error,
    ) {
        let first = self.given;
        let was_fine = self.refused.is_none();
        write(self);
        if was_fine && let Some((at, error)) = self.refused.take() {
            self.refused = Some((at, explain(error, at - first)));
        }
    }

    forward! {
        /// An unsigned integer; refused by databases without unsigned columns where it is past `i64::MAX`.
        u64(value: u64);
        /// A boolean.
        bool(value: bool);
        /// Bytes.
        bytes(value: &[u8]);
        /// Floats of 32 bits.
        vector(values: &[f32]);
        /// A span of time as PostgreSQL counts it.
        interval(value: Interval);
    }

    /// Text.
    pub fn text(&mut self, value: &str) {
        let is_longer = |most: u32| {
            let most = most as usize;
            value.len() > most && value.chars().nth(most).is_some()
        };
        if self.form.length.is_some_and(is_longer) {
            let constraint = Constraint::default();
            return self.refuse_with(Error::new(ErrorKind::ValueOutOfRange(constraint)));
        }
        each!(self.text(value));
    }

    /// A 32-bit float.
    pub fn f32(&mut self, value: f32) {
        let changes = |digits| !rounding::keeps_single(value, digits);
        if self.form.fraction.is_some_and(changes) {
            return self.refuse(FINER_FLOAT);
        }
        each!(self.f32(value));
    }

    /// A 64-bit float.
    pub fn f64(&mut self, value: f64) {
        let changes = |digits| !rounding::keeps(value, digits);
        if self.form.fraction.is_some_and(changes) {
            return self.refuse(FINER_FLOAT);
        }
        each!(self.f64(value));
    }

    forward_times! {
        /// A date and time without a zone, in microseconds since 1970-01-01 00:00; refused outside the years 1 to 9999.
        /// A value finer than the column is cut off toward the past.
        datetime(micros: i64);
        /// A point in time, in microseconds since 1970-01-01 00:00 UTC; refused outside the years 1 to 9999. What is finer
        /// than the column is cut off toward the past.
        timestamp(micros: i64);
    }

    /// A date, in days since 1970-01-01; refused outside the years 1 to 9999.
    pub fn date(&mut self, days: i64) {
        if !calendar::is_representable(days) {
            return self.refuse(FAR);
        }
        each!(self.date(days));
    }

    /// A time of day, in microseconds since midnight; refused where it is none, and cut like all times.
    pub fn time(&mut self, micros: i64) {
        if !(0..calendar::MICROS_PER_DAY).contains(&micros) {
            return self.refuse(NO_TIME_OF_DAY);
        }
        let cut = self.cut(micros);
        each!(self.time(cut));
    }

    /// A decimal as text: an optional minus, digits, and at most one point among them.
    pub fn decimal(&mut self, value: &str) {
        match super::decimal::scale(value) {
            None => self.refuse("a decimal must be written in digits with at most one point"),
            Some(scale) if self.form.fraction.is_some_and(|most| scale > most) => {
                self.refuse(FINER);
            }
            Some(_)
                if self
                    .form
                    .digits
                    .is_some_and(|most| super::decimal::digits(value) > most) =>
            {
                self.refuse(MORE_DIGITS);
            }
            Some(_) => each!(self.decimal(value)),
        }
    }

    /// A 128-bit identifier, its most significant byte first.
    pub fn uuid(&mut self, value: &[u8; 16]) {
        if self.form.is_binary {
            return self.bytes(value);
        }
        each!(self.uuid(value));
    }

    /// JSON as text.
    pub fn json(&mut self, value: &str) {
        let is_number = value.starts_with(|sign: char| sign.is_ascii_digit() || sign == '-');
        let digits = || value.bytes().filter(u8::is_ascii_digit).count();
        if is_number
            && self
                .form
                .digits
                .is_some_and(|most| digits() > most as usize)
        {
            return self.refuse(MORE_DIGITS);
        }
        each!(self.json(value));
    }

    /// A time with as many digits of its second as the column keeps. The rest is cut off toward the past: no time is
    /// stored that was not yet, and none becomes the next day. Left to the servers, PostgreSQL and MySQL would round, MariaDB
    /// would cut, and SQLite would keep all of it.
    fn cut(&self, micros: i64) -> i64 {
        let digits = self.form.fraction.unwrap_or(6).min(6);
        micros - micros.rem_euclid(10_i64.pow(6 - digits))
    }

    /// An array of `length` elements, which `write` writes; refused by databases without arrays.
    pub fn array(&mut self, length: usize, write: &mut dyn FnMut(&mut ParamWriter<'_>)) {
        let form = self.form;
        let write = &mut |elements: &mut ParamWriter<'_>| {
            elements.form = form;
            write(elements);
        };
        each!(self.array(length, write));
    }

    /// An integer.
    pub fn i64(&mut self, value: i64) {
        if self.form.is_year && value != 0 && !YEARS.contains(&value) {
            return self.refuse(NO_YEAR);
        }
        each!(self.i64(value));
    }

    /// A value of a column that keeps every value of its type.
    pub fn push<T: ToColumn + ?Sized>(&mut self, value: &T) {
        value.write(self);
    }

    /// A value if there is one, and nothing at all otherwise: for columns that may be left out.
    pub fn given<T: ToColumn>(&mut self, value: &Option<T>) {
        if let Some(value) = value {
            value.write(self);
        }
    }

    /// A value if there is one, else the current time: for new rows, where the database has no default.
    pub fn given_or_now<T: ToColumn + Now>(&mut self, value: &Option<T>) {
        self.column().given_or_now(value);
    }

    /// The writer to the next column, which takes how that keeps its values.
    pub fn column(&mut self) -> ColumnWriter<'_, 'a> {
        ColumnWriter::new(self)
    }

    /// The writer to a column that keeps this number of [digits after the point](ColumnWriter::fraction).
    pub fn fraction(&mut self, digits: u32) -> ColumnWriter<'_, 'a> {
        self.column().fraction(digits)
    }

    /// The writer to a column whose numbers have this number of [digits in all](ColumnWriter::digits).
    pub fn digits(&mut self, digits: u32) -> ColumnWriter<'_, 'a> {
        self.column().digits(digits)
    }

    /// The writer to a column whose texts have this number of [characters](ColumnWriter::length) at most.
    pub fn length(&mut self, characters: u32) -> ColumnWriter<'_, 'a> {
        self.column().length(characters)
    }

    /// The writer to a column of [bytes](ColumnWriter::binary).
    pub fn binary(&mut self) -> ColumnWriter<'_, 'a> {
        self.column().binary()
    }

    /// The writer to a column of [years](ColumnWriter::year).
    pub fn year(&mut self) -> ColumnWriter<'_, 'a> {
        self.column().year()
    }

    /// The date of zeros, `0000-00-00`; refused by PostgreSQL, and by MySQL unless its `sql_mode` takes it.
    pub fn zero_date(&mut self) {
        each!(self.zero_date());
    }

    /// `infinity` or `-infinity` of a date or timestamp; refused by all but PostgreSQL.
    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&mut self, is_negative: bool) {
        each!(self.infinite_moment(is_negative));
    }

    /// A date of any year, which PostgreSQL alone keeps.
    #[cfg(feature = "data")]
    pub(crate) fn far_date(&mut self, days: i64) {
        if self.dialect() != Dialect::Postgres {
            return self.refuse(FAR);
        }
        each!(self.date(days));
    }

    /// A moment of any year, as a day since 1970 and its microseconds, which PostgreSQL alone keeps.
    #[cfg(feature = "data")]
    pub(crate) fn far_moment(&mut self, (days, micros): (i64, i64)) {
        let moment = (days, self.cut(micros));
        self.given += 1;
        let outcome = match &mut self.target {
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(params) => params.far_moment(moment),
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(_) => Err(only(FAR)),
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(_) => Err(only(FAR)),
            ParamTarget::Recorder(_)
            | ParamTarget::Json(_)
            | ParamTarget::Picked(_)
            | ParamTarget::None(_) => {
                let _ = moment;
                Err(only(FAR))
            }
        };
        self.record(outcome);
    }

    /// A time that is not one of a day: MySQL and MariaDB keep up to 839 hours, PostgreSQL keeps 24:00.
    #[cfg(feature = "data")]
    pub(crate) fn span(&mut self, micros: i64) {
        const LONGEST: i64 = 839 * 3_600_000_000 - 1;
        let is_kept = match self.dialect() {
            Dialect::Postgres => micros == calendar::MICROS_PER_DAY,
            Dialect::Mysql => micros.abs() <= LONGEST,
            Dialect::Sqlite => false,
        };
        if !is_kept {
            return self.refuse(NO_TIME_OF_DAY);
        }
        let cut = self.cut(micros);
        each!(self.time(cut));
    }

    /// NaN or an infinity among decimals, which PostgreSQL alone keeps.
    #[cfg(feature = "data")]
    pub(crate) fn no_number(&mut self, value: super::own_text::NoNumber) {
        const REFUSED: &str = "NaN and infinities are no decimals but of PostgreSQL";
        self.given += 1;
        let outcome = match &mut self.target {
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(params) => params.no_number(value),
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(_) => Err(only(REFUSED)),
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(_) => Err(only(REFUSED)),
            ParamTarget::Recorder(_)
            | ParamTarget::Json(_)
            | ParamTarget::Picked(_)
            | ParamTarget::None(_) => {
                let _ = value;
                Err(only(REFUSED))
            }
        };
        self.record(outcome);
    }

    /// A date with parts that are zero, which MySQL and MariaDB alone keep.
    #[cfg(feature = "data")]
    pub(crate) fn date_parts(&mut self, parts: super::own_text::DateParts) {
        const REFUSED: &str = "a date with parts that are zero, as MySQL and MariaDB alone keep it";
        self.given += 1;
        let outcome = match &mut self.target {
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(params) => params.date_parts(parts),
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(_) => Err(only(REFUSED)),
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(_) => Err(only(REFUSED)),
            ParamTarget::Recorder(_)
            | ParamTarget::Json(_)
            | ParamTarget::Picked(_)
            | ParamTarget::None(_) => {
                let _ = parts;
                Err(only(REFUSED))
            }
        };
        self.record(outcome);
    }

    /// An array of several dimensions of these lengths, whose elements `write` writes; PostgreSQL alone has such.
    #[cfg(feature = "data")]
    pub(crate) fn nested_array(
        &mut self,
        lengths: &[usize],
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) {
        const REFUSED: &str = "an array, which PostgreSQL alone has";
        let form = self.form;
        let write = &mut |elements: &mut ParamWriter<'_>| {
            elements.form = form;
            write(elements);
        };
        self.given += 1;
        let outcome = match &mut self.target {
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(params) => params.nested_array(lengths, write),
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(_) => Err(only(REFUSED)),
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(_) => Err(only(REFUSED)),
            ParamTarget::Recorder(_)
            | ParamTarget::Json(_)
            | ParamTarget::Picked(_)
            | ParamTarget::None(_) => {
                let _ = (lengths, write);
                Err(only(REFUSED))
            }
        };
        self.record(outcome);
    }

    /// NULL.
    pub fn null(&mut self) {
        each!(self.null());
    }

    /// In place of a value: refuses the statement because of it. The reason must not contain it.
    pub fn refuse(&mut self, reason: impl Into<String>) {
        self.refuse_with(Error::new(ErrorKind::UnsupportedValue(reason.into())));
    }

    /// In place of a value: refuses the statement with this error.
    pub(crate) fn refuse_with(&mut self, error: Error) {
        self.given += 1;
        match &mut self.target {
            ParamTarget::Picked(params) => params.refuse(error),
            _ => self.record(Err(error)),
        }
    }

    fn record(&mut self, outcome: crate::error::Result<()>) {
        if let Err(error) = outcome {
            self.refused.get_or_insert((self.given - 1, error));
        }
    }
}

/// The error of a value that other databases alone hold.
#[cfg(feature = "data")]
#[cold]
fn only(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(what.to_owned()))
}
