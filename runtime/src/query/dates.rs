//! Dates and times: their parts, truncated, moved by a span of time, and the difference of two.

use super::column::Column;
use super::computed_on::Anywhere;
use super::expression::{Everywhere, Expr, Term};
use super::nullability::{Either, Nullability, Nullable};
use super::operand::Operand;
use crate::value::types::{DateTime, NaiveDate, NaiveDateTime, Utc};
use bindery_core::dialect::Function;

/// Dates, with a time or without.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` has no year, month and day",
    label = "expected a column or expression of dates"
)]
pub trait Calendar {
    /// The functions from it to a date with a time, in UTC, and back.
    #[doc(hidden)]
    const THERE_AND_BACK: Option<[Function; 2]>;
    /// The SQL must state that years and days are those of UTC.
    #[doc(hidden)]
    const IN_UTC: bool = false;
}

impl Calendar for NaiveDate {
    const THERE_AND_BACK: Option<[Function; 2]> =
        Some([Function::DateToMoment, Function::MomentToDate]);
}

impl Calendar for NaiveDateTime {
    const THERE_AND_BACK: Option<[Function; 2]> = None;
}

impl Calendar for DateTime<Utc> {
    const THERE_AND_BACK: Option<[Function; 2]> = Some([Function::AtUtc, Function::AtUtc]);
    const IN_UTC: bool = true;
}

/// Dates with a time, and points in time.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` has no time of day",
    label = "expected a column or expression of dates with times",
    note = "a date becomes the beginning of its day by `.cast::<NaiveDateTime>()`"
)]
pub trait Timed: Calendar {}

impl Timed for NaiveDateTime {}
impl Timed for DateTime<Utc> {}

/// The beginning of which span of time [`trunc`](crate::Column::trunc) gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// January 1st.
    Year,
    /// The first day of January, April, July or October.
    Quarter,
    /// The first day of the month.
    Month,
    /// Monday.
    Week,
    /// Midnight.
    Day,
    /// The full hour. Of a date it is the date itself.
    Hour,
    /// The full minute.
    Minute,
    /// The full second.
    Second,
}

impl Unit {
    const fn function(self) -> Function {
        match self {
            Self::Year => Function::TruncYear,
            Self::Quarter => Function::TruncQuarter,
            Self::Month => Function::TruncMonth,
            Self::Week => Function::TruncWeek,
            Self::Day => Function::TruncDay,
            Self::Hour => Function::TruncHour,
            Self::Minute => Function::TruncMinute,
            Self::Second => Function::TruncSecond,
        }
    }
}

impl<M, T: Calendar, K, R> Expr<M, T, K, R> {
    /// A part of it, in UTC.
    fn part<L>(self, function: Function) -> Expr<M, i64, L, R> {
        let moment = if T::IN_UTC {
            self.call(Function::AtUtc)
        } else {
            self
        };
        moment.call(function)
    }

    /// A function of it as a date with a time, in UTC.
    fn through_moment<L>(self, of: impl FnOnce(Self) -> Self) -> Expr<M, T, L, R> {
        let moved = match T::THERE_AND_BACK {
            Some([there, back]) => of(self.call(there)).call(back),
            None => of(self),
        };
        Expr::new(moved.predicate, false)
    }

    fn moved<L>(self, span: impl Operand<M, i64, Everywhere>, by: Function) -> Expr<M, T, L, R> {
        self.through_moment(|moment| moment.with(span, by))
    }
}

macro_rules! parts {
    ($on:ty; $($(#[$doc:meta])* $name:ident of $bound:ident by $function:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Expr<M, i64, K::Plain, $on>
        where
            T: $bound,
        {
            self.term().part(Function::$function)
        }
    )+};
}

macro_rules! spans {
    ($on:ty; $($(#[$doc:meta])* $name:ident of $bound:ident by $function:ident;)+) => {$(
        $(#[$doc])*
        ///
        /// A negative number goes back. NULL before the year 1 and after the year 9999.
        pub fn $name(self, number: impl Operand<M, i64, Everywhere, On = Anywhere>) -> Expr<M, T, Nullable, $on>
        where
            T: $bound,
        {
            self.term().moved(number, Function::$function)
        }
    )+};
}

macro_rules! dates {
    ($of:ty $(, $where:ident)?; $on:ty; $itself:ty) => {
        impl<M, T, K: Nullability $(, $where)?> $of {
            parts! { $on;
                /// The year; in UTC for a point in time, as all parts are.
                year of Calendar by Year;
                /// The quarter, 1 to 4.
                quarter of Calendar by Quarter;
                /// The month, 1 to 12.
                month of Calendar by Month;
                /// The week of ISO 8601, 1 to 53: from Monday, the first one with four days of the year.
                iso_week of Calendar by Week;
                /// The day of the month.
                day of Calendar by Day;
                /// The day of the week, from 1 for Monday to 7 for Sunday.
                iso_weekday of Calendar by Weekday;
                /// The hour, 0 to 23.
                hour of Timed by Hour;
                /// The minute of the hour.
                minute of Timed by Minute;
                /// The second of the minute, without its fraction.
                second of Timed by Second;
            }

            spans! { $on;
                /// That number of months later. Where the month does not have the day, it is the last one of the month: a month after
                /// January 31st is February 28th, or 29th.
                add_months of Calendar by AddMonths;
                /// That number of days later, at the same time.
                add_days of Calendar by AddDays;
                /// That number of hours later.
                add_hours of Timed by AddHours;
                /// That number of minutes later.
                add_minutes of Timed by AddMinutes;
                /// That number of seconds later.
                add_seconds of Timed by AddSeconds;
            }

            /// The beginning of the year, month, hour … that it is in; in UTC for a point in time.
            pub fn trunc(self, unit: Unit) -> Expr<M, T, K::Plain, $on>
            where
                T: Calendar,
            {
                self.term().through_moment(|moment| moment.call(unit.function()))
            }

            /// The number of seconds from the other time to this one, cut off toward zero.
            pub fn seconds_since<O: Operand<M, T, Everywhere, On = Anywhere>>(self, other: O) -> Expr<M, i64, Either<K, O::Nullability>, $on>
            where
                T: Timed,
            {
                self.term().with(other, Function::SecondsBetween)
            }
        }

        impl<M, K: Nullability $(, $where)?> $itself {
            /// The number of days from the other date to this one.
            pub fn days_since<O: Operand<M, NaiveDate, Everywhere, On = Anywhere>>(self, other: O) -> Expr<M, i64, Either<K, O::Nullability>, $on> {
                self.term().with(other, Function::DaysBetween)
            }
        }
    };
}

dates! { Column<M, T, K>; Anywhere; Column<M, NaiveDate, K> }
dates! { Expr<M, T, K, R>, R; R; Expr<M, NaiveDate, K, R> }
