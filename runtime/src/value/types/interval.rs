//! Spans of time as PostgreSQL counts them: months and days have no fixed length, so they are counted apart.

use std::fmt;
use std::str::FromStr;

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// A span of time. Two are equal only if all three parts are: a month is not 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Months; twelve are a year.
    pub months: i32,
    /// Whole days, of whatever length: a day is not 24 hours where clocks change. They may be negative.
    pub days: i32,
    /// Microseconds beside months and days; they may be negative, and more than a day.
    pub microseconds: i64,
}

/// The text is not an interval as [`Interval`] writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseIntervalError;

impl fmt::Display for ParseIntervalError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not an interval: expected months, days and seconds as in `P14M3DT5.25S`")
    }
}

impl std::error::Error for ParseIntervalError {}

/// ISO 8601 with months, days and seconds: `P14M-3DT5.25S`. The empty one is `PT0S`.
impl fmt::Display for Interval {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("P")?;
        if self.months != 0 {
            write!(out, "{}M", self.months)?;
        }
        if self.days != 0 {
            write!(out, "{}D", self.days)?;
        }
        if self.microseconds != 0 || (self.months == 0 && self.days == 0) {
            write_seconds(self.microseconds, out)?;
        }
        Ok(())
    }
}

fn write_seconds(microseconds: i64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if microseconds < 0 { "-" } else { "" };
    let magnitude = microseconds.unsigned_abs();
    write!(out, "T{sign}{}", magnitude / 1_000_000)?;
    let fraction = magnitude % 1_000_000;
    if fraction != 0 {
        let digits = format!("{fraction:06}");
        write!(out, ".{}", digits.trim_end_matches('0'))?;
    }
    out.write_str("S")
}

/// Reads what [`Display`](fmt::Display) writes.
impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        parse(text).ok_or(ParseIntervalError)
    }
}

fn parse(text: &str) -> Option<Interval> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('S')?)),
        None => (rest, None),
    };
    if date.is_empty() && time.is_none() {
        return None;
    }
    let (months, days) = match date.split_once('M') {
        Some((months, days)) => (integer(months)?, days),
        None => (0, date),
    };
    let days = match days.strip_suffix('D') {
        Some(days) => integer(days)?,
        None if days.is_empty() => 0,
        None => return None,
    };
    Some(Interval {
        months,
        days,
        microseconds: time.map_or(Some(0), microseconds)?,
    })
}

/// An integer without the plus that Rust would accept.
fn integer(text: &str) -> Option<i32> {
    (!text.starts_with('+'))
        .then(|| text.parse().ok())
        .flatten()
}

fn microseconds(text: &str) -> Option<i64> {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (true, magnitude),
        None => (false, text),
    };
    let (seconds, fraction) = magnitude.split_once('.').unwrap_or((magnitude, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(seconds) || !all_digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let fraction = format!("{fraction:0<6}").parse::<i128>().ok()?;
    let magnitude = seconds.parse::<i64>().ok().map(i128::from)? * 1_000_000 + fraction;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

impl ToColumn for Interval {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.interval(*self);
    }
}

impl FromColumn for Interval {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.interval()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interval_survives_its_text() {
        let extremes = [
            (0, 0, 0),
            (14, -3, 5_250_000),
            (i32::MIN, i32::MAX, i64::MIN),
            (-1, 0, i64::MAX),
            (0, 1, -1),
        ];
        for (months, days, microseconds) in extremes {
            let interval = Interval {
                months,
                days,
                microseconds,
            };
            assert_eq!(interval.to_string().parse(), Ok(interval), "{interval}");
        }
        assert_eq!(Interval::default().to_string(), "PT0S");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "P",
            "PT",
            "PT1",
            "P1",
            "1M",
            "P1M2",
            "PT1.S",
            "PT1.1234567S",
            "P+1M",
            "PT--1S",
            "PT99999999999999999999S",
            "P1YT1S",
            "P99999999999M",
        ] {
            assert_eq!(text.parse::<Interval>(), Err(ParseIntervalError), "{text}");
        }
    }
}
