//! Functions and operators of queries, and how each dialect writes them.

use super::Dialect;

/// A text that is a number, as a regular expression that PostgreSQL, MySQL and MariaDB read alike.
macro_rules! number_pattern {
    () => {
        "[+-]?[0-9]{1,35}(?:[.][0-9]{1,30})?"
    };
}

/// A text that is a date: days of each month, and the 29th of February in years that have it. The year 0 is none on PostgreSQL.
macro_rules! date_pattern {
    () => {
        "(?!0000)(?:[0-9][0-9][0-9][0-9]-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))\
         |(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
    };
}

/// The rest of a text that is a date with a time, after the date.
macro_rules! time_pattern {
    () => {
        "[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?"
    };
}

pub(super) use {date_pattern, number_pattern, time_pattern};

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident $arity:literal;)*) => {
        /// A function or operator over expressions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Function {
            $($(#[$doc])* $name),*
        }

        impl Function {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            /// How many arguments it takes.
            pub const fn arity(self) -> usize {
                match self {
                    $(Self::$name => $arity),*
                }
            }
        }
    };
}

functions! {
    /// A sum.
    Plus 2;
    /// A difference.
    Minus 2;
    /// A product.
    Times 2;
    /// A quotient of integers, cut off toward zero; NULL where the divisor is 0.
    DivideIntegers 2;
    /// A quotient of floats; NULL where the divisor is 0.
    DivideFloats 2;
    /// The remainder of an integer, with the sign of what is divided; NULL where the divisor is 0.
    Remainder 2;
    /// A sum of decimals: what a database computes as a float is rounded to 15 digits.
    PlusDecimals 2;
    /// A difference of decimals.
    MinusDecimals 2;
    /// A product of decimals.
    TimesDecimals 2;
    /// An integer of 32 bits or less that is computed with as one of 64.
    Widened 1;
    /// The number as a float.
    ToFloat 1;
    /// An integer as one of 64 bits.
    ToInteger 1;
    /// An integer that may be past the greatest signed one, as one of 64 bits; an error where it is.
    UnsignedToInteger 1;
    /// A boolean as 1 or 0.
    BooleanToInteger 1;
    /// A float, cut off toward zero; an error beyond 64 bits.
    FloatToInteger 1;
    /// A decimal, cut off toward zero; an error beyond 64 bits.
    DecimalToInteger 1;
    /// An integer as a decimal.
    ToDecimal 1;
    /// The digits of an integer.
    IntegerToText 1;
    /// The integer that a text is, of up to 18 digits; NULL where it is something else.
    TextToInteger 1;
    /// The number that a text is, as a float; NULL where it is something else.
    TextToFloat 1;
    /// The number that a text is, as a decimal; NULL where it is something else.
    TextToDecimal 1;
    /// A date as `2026-11-28`.
    DateToText 1;
    /// The date that a text is; NULL where it is something else.
    TextToDate 1;
    /// The date with a time that a text is; NULL where it is something else.
    TextToMoment 1;
    /// The beginning of a day.
    DateToMoment 1;
    /// The day of a date with a time.
    MomentToDate 1;
    /// The day in UTC of a point in time.
    MomentToDateUtc 1;
    /// The number without its sign.
    Abs 1;
    /// A float rounded to a number of digits, halves away from zero.
    RoundFloat 2;
    /// A decimal rounded to a number of digits, halves away from zero.
    RoundDecimal 2;
    /// A date with a time, with a number of digits of its second; the rest is cut off toward the past.
    CutMoment 2;
    /// A time of day, with a number of digits of its second.
    CutTime 2;
    /// The text in lower case.
    Lower 1;
    /// The text in upper case.
    Upper 1;
    /// The number of characters.
    Length 1;
    /// The text without blanks at its ends.
    Trim 1;
    /// One text after the other.
    Concat 2;
    /// The first that is not NULL.
    Coalesce 2;
    /// The year of a date.
    Year 1;
    /// The month of a date.
    Month 1;
    /// The day of the month.
    Day 1;
    /// The quarter of a date.
    Quarter 1;
    /// The week of ISO 8601 of a date.
    Week 1;
    /// The day of the week, from 1 for Monday.
    Weekday 1;
    /// The hour of a time.
    Hour 1;
    /// The minute of a time.
    Minute 1;
    /// The second of a time, without its fraction.
    Second 1;
    /// A point in time as a date with a time in UTC, or the other way round.
    AtUtc 1;
    /// A point in time as a date with a time in a named time zone.
    AtTimeZone 2;
    /// The beginning of the year.
    TruncYear 1;
    /// The beginning of the quarter.
    TruncQuarter 1;
    /// The beginning of the month.
    TruncMonth 1;
    /// The beginning of the week, which is a Monday.
    TruncWeek 1;
    /// The beginning of the day.
    TruncDay 1;
    /// The beginning of the hour.
    TruncHour 1;
    /// The beginning of the minute.
    TruncMinute 1;
    /// The beginning of the second.
    TruncSecond 1;
    /// A number of months later, on the last day of a month that has no such day; NULL outside of the years 1 to 9999.
    AddMonths 2;
    /// A number of days later.
    AddDays 2;
    /// A number of hours later.
    AddHours 2;
    /// A number of minutes later.
    AddMinutes 2;
    /// A number of seconds later.
    AddSeconds 2;
    /// The days from the second date to the first.
    DaysBetween 2;
    /// The seconds from the second time to the first, cut off toward zero.
    SecondsBetween 2;
    /// The number of rows.
    CountRows 0;
    /// The number of values.
    Count 1;
    /// The number of different values.
    CountDistinct 1;
    /// The sum of integers of 64 bits, as an integer: one that fits, whatever the sums of fewer rows are.
    SumIntegers 1;
    /// The sum of integers of 32 bits or less, as an integer.
    SumSmallIntegers 1;
    /// The sum of floats.
    SumFloats 1;
    /// The sum of decimals.
    SumDecimals 1;
    /// The least value.
    Min 1;
    /// The greatest value.
    Max 1;
    /// The mean of integers or floats, as a float.
    Average 1;
    /// The mean of decimals, as a float.
    AverageDecimals 1;
    /// A number by chance.
    Random 0;
    /// The place of a row in an order, from 1.
    RowNumber 0;
    /// The same, equal for equal rows; those after them go on by their number.
    Rank 0;
    /// The same, equal for equal rows; those after them have the next one.
    DenseRank 0;
    /// The value in the row that is a number of rows before.
    Lag 2;
    /// The value in the row that is a number of rows after.
    Lead 2;
    /// The value in the first row of a window.
    FirstValue 1;
    /// The value in the last row of a window.
    LastValue 1;
    /// Integer operators whose result may be beyond 64 bits: an error then.
    CheckedInteger 1;
    /// Matches a pattern of LIKE, whatever the case.
    Ilike 2;
    /// Matches a regular expression.
    Matches 2;
    /// Matches a pattern of GLOB.
    Glob 2;
    /// The JSON value contains another.
    JsonContains 2;
    /// The JSON object has a key.
    JsonHasKey 2;
    /// The array contains all elements of another.
    ArrayContains 2;
    /// The array has an element in common with another.
    ArrayOverlaps 2;
    /// The text has the words of a query.
    MatchesWords 2;
    /// The text of what is at a path of a JSON value, `$."a"[0]`; NULL where nothing or a JSON null is.
    JsonText 2;
    /// The number at a path of a JSON value, cut off toward zero; NULL where something else is, an error beyond 64 bits.
    JsonInteger 2;
    /// The number at a path of a JSON value as a float; NULL where something else is.
    JsonFloat 2;
}

impl Function {
    /// The function of this number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Returns whether it is computed of many rows.
    pub const fn is_aggregate(self) -> bool {
        self as u8 >= Self::CountRows as u8 && self as u8 <= Self::AverageDecimals as u8
    }
}

impl Dialect {
    /// How it is written: `{}` stands for the arguments, in order, and `{0}` for the first of them once more, where the dialect can
    /// refer to a placeholder again; `{over}` is the place of a window, where it can be over one. Braces with more than a digit are text. `None` where the dialect has no
    /// such function.
    pub const fn function(self, function: Function) -> Option<&'static str> {
        match self {
            Self::Sqlite => super::sqlite::function(function),
            Self::Postgres => super::postgres::function(function),
            Self::Mysql => super::mysql::function(function),
        }
    }

    /// The same of a value over a window, which no query within the text may compute: its rows are those of the query around it.
    pub fn function_of_window(self, function: Function) -> Option<&'static str> {
        let of_window = match self {
            Self::Sqlite => super::sqlite::function_of_window(function),
            Self::Postgres | Self::Mysql => None,
        };
        of_window.or_else(|| {
            self.function(function)
                .filter(|text| !text.contains("SELECT"))
        })
    }
}

/// The kind of a value within an expression, where the dialect may have to be told its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ValueKind {
    /// An integer.
    Integer,
    /// An integer that may be past the greatest signed one.
    Unsigned,
    /// A boolean.
    Boolean,
    /// A float.
    Float,
    /// A decimal.
    Decimal,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date with a time.
    DateTime,
    /// A point in time.
    Timestamp,
    /// A UUID.
    Uuid,
    /// A JSON value.
    Json,
    /// Anything else, whose type the database infers.
    Other,
}

impl ValueKind {
    const ALL: [Self; 14] = [
        Self::Integer,
        Self::Unsigned,
        Self::Boolean,
        Self::Float,
        Self::Decimal,
        Self::Text,
        Self::Bytes,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Timestamp,
        Self::Uuid,
        Self::Json,
        Self::Other,
    ];

    /// The kind of this number.
    pub fn of_number(number: u8) -> Self {
        let at = usize::from(number);
        Self::ALL.get(at).copied().unwrap_or(Self::Other)
    }
}

impl Dialect {
    /// The text before and after a placeholder within an expression, so that it has the type of its value.
    pub const fn typed_value(self, kind: ValueKind) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => super::sqlite::typed_value(kind),
            Self::Postgres => super::postgres::typed_value(kind),
            Self::Mysql => super::mysql::typed_value(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_its_arguments() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
            for (number, &function) in Function::ALL.iter().enumerate() {
                assert_eq!(Function::of_number(number as u8), Some(function));
                if let Some(template) = dialect.function(function) {
                    let count = template.matches("{}").count();
                    let repeats = function.arity() == 1 && dialect == Dialect::Sqlite;
                    assert!(
                        count == function.arity() || (repeats && count > 1),
                        "{dialect:?} {function:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn kinds_have_their_numbers() {
        for (number, kind) in ValueKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(ValueKind::of_number(number as u8), kind);
        }
    }
}
