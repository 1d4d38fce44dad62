//! Values that one database alone holds, in the text form of that database: times past a day, dates with parts that are zero, years
//! before the first and after 9999, numbers that are none.

#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::fmt::Write as _;

use super::calendar;
use super::calendar_parse::read_time;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use super::calendar_text::write_time;
use super::types::AnyValue;

/// A value as its own database has it.
pub(crate) enum OwnValue {
    /// Its text: digits, letters, points, colons and blanks between them.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "SQLite has none")
    )]
    Plain(String),
    /// A boolean that is neither 0 nor 1.
    #[cfg_attr(not(feature = "mysql"), allow(dead_code, reason = "MySQL's"))]
    Number(i64),
    /// A value of SQLite in a column of another type.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "SQLite's"))]
    Stored(AnyValue),
}

/// A number of PostgreSQL that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoNumber {
    Nan,
    Infinity,
    NegativeInfinity,
}

/// Reads a number that is none.
pub(crate) fn special(text: &str) -> Option<NoNumber> {
    match text {
        "NaN" => Some(NoNumber::Nan),
        "Infinity" => Some(NoNumber::Infinity),
        "-Infinity" => Some(NoNumber::NegativeInfinity),
        _ => None,
    }
}

impl NoNumber {
    #[cfg(feature = "postgres")]
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Nan => "NaN",
            Self::Infinity => "Infinity",
            Self::NegativeInfinity => "-Infinity",
        }
    }
}

/// A date of MySQL whose parts may be zero, with the microseconds of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateParts {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) micros: i64,
}

/// Writes microseconds as `-12:00:00` or `838:59:59.500000`.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn write_span(micros: i64) -> String {
    let mut text = String::new();
    let absolute = micros.unsigned_abs();
    let hour = 3_600_000_000;
    let hours = absolute / hour;
    let mut rest = String::new();
    write_time(
        i64::try_from(absolute % hour).unwrap_or_default(),
        &mut rest,
    );
    let sign = if micros < 0 { "-" } else { "" };
    write!(text, "{sign}{hours:02}{}", &rest[2..]).expect("writing to a String cannot fail");
    text
}

/// Reads what [`write_span`] writes.
pub(crate) fn read_span(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (hours, rest) = rest.split_once(':')?;
    let is_number = !hours.is_empty() && hours.bytes().all(|byte| byte.is_ascii_digit());
    let hours: i64 = hours.parse().ok().filter(|_| is_number)?;
    let micros = read_time(&format!("00:{rest}"))?;
    Some(sign * (hours.checked_mul(3_600_000_000)?.checked_add(micros)?))
}

/// Writes a date of any year, `0044-03-15 BC` before the first.
#[cfg(feature = "postgres")]
pub(crate) fn write_far_date(days: i64) -> String {
    let (date, era) = far_date(days);
    date + era
}

/// The same with the microseconds of the day.
#[cfg(feature = "postgres")]
pub(crate) fn write_far_moment((days, micros): (i64, i64), is_utc: bool) -> String {
    let (mut text, era) = far_date(days);
    text.push(' ');
    write_time(micros, &mut text);
    text + if is_utc { "+00" } else { "" } + era
}

#[cfg(feature = "postgres")]
fn far_date(days: i64) -> (String, &'static str) {
    let (year, month, day) = calendar::civil(days);
    let (year, era) = if year > 0 {
        (year, "")
    } else {
        (1 - year, " BC")
    };
    (format!("{year:04}-{month:02}-{day:02}"), era)
}

/// Reads what [`write_far_date`] writes.
pub(crate) fn read_far_date(text: &str) -> Option<i64> {
    let (text, is_before) = era(text);
    let (year, month, day) = parts(text)?;
    let year = Some(i64::from(year)).filter(|year| *year > 0)?;
    let year = if is_before { 1 - year } else { year };
    calendar::days(year, month, day)
}

/// Reads what [`write_far_moment`] writes.
pub(crate) fn read_far_moment(text: &str) -> Option<(i64, i64)> {
    let (text, is_before) = era(text);
    let (date, clock) = text.split_once(' ')?;
    let micros = read_time(clock.strip_suffix("+00").unwrap_or(clock))?;
    let date = if is_before {
        format!("{date} BC")
    } else {
        date.to_owned()
    };
    Some((read_far_date(&date)?, micros))
}

fn era(text: &str) -> (&str, bool) {
    match text.strip_suffix(" BC") {
        Some(before) => (before, true),
        None => (text, false),
    }
}

/// Writes a date whose parts may be zero, with the time where there is one.
#[cfg(feature = "mysql")]
pub(crate) fn write_parts(parts: DateParts, has_time: bool) -> String {
    let DateParts {
        year,
        month,
        day,
        micros,
    } = parts;
    let mut text = format!("{year:04}-{month:02}-{day:02}");
    if has_time {
        text.push(' ');
        write_time(micros, &mut text);
    }
    text
}

/// Reads what [`write_parts`] writes.
pub(crate) fn read_parts(text: &str) -> Option<DateParts> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, "00:00"));
    let (year, month, day) = parts(date)?;
    let has_zero = year == 0 || month == 0 || day == 0;
    (has_zero && month <= 12 && day <= 31).then_some(())?;
    Some(DateParts {
        year: u16::try_from(year).ok().filter(|year| *year <= 9999)?,
        month,
        day,
        micros: read_time(clock)?,
    })
}

/// Year, month and day of a date.
fn parts(text: &str) -> Option<(u32, u8, u8)> {
    let mut parts = text.split('-');
    let mut next = |least: usize, most: usize| {
        let part = parts.next()?;
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (least..=most).contains(&part.len());
        part.parse::<u32>().ok().filter(|_| is_number && fits)
    };
    let (year, month, day) = (next(4, 7)?, next(2, 2)?, next(2, 2)?);
    let is_all = parts.next().is_none();
    let small = |part: u32| u8::try_from(part).ok();
    Some((year, small(month)?, small(day)?)).filter(|_| is_all)
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod tests {
    use super::*;

    #[test]
    fn what_one_database_alone_holds_is_read_as_it_is_written() {
        for micros in [-1, -43_200_000_000, 86_400_000_000, 3_020_399_000_001, 0] {
            assert_eq!(read_span(&write_span(micros)), Some(micros), "{micros}");
        }
        assert_eq!(write_span(-43_200_000_000), "-12:00:00");
        assert_eq!(write_span(3_020_399_500_000), "838:59:59.500000");
        for days in [-735_160, -719_529, 2_932_897, 100_000_000] {
            let text = write_far_date(days);
            assert_eq!(read_far_date(&text), Some(days), "{text}");
            let moment = (days, 43_200_000_001);
            for is_utc in [true, false] {
                let text = write_far_moment(moment, is_utc);
                assert_eq!(read_far_moment(&text), Some(moment), "{text}");
            }
        }
        assert_eq!(write_far_date(-735_160), "0044-03-15 BC");
        for (year, month, day, micros) in [(2026, 0, 0, 0), (0, 5, 1, 0), (2026, 2, 0, 1_000_000)] {
            let parts = DateParts {
                year,
                month,
                day,
                micros,
            };
            let text = write_parts(parts, micros > 0);
            assert_eq!(read_parts(&text), Some(parts), "{text}");
        }
        for text in [
            "2026-01-01",
            "2026-13-00",
            "26-00-00",
            "2026-00",
            "2026-00-00-00",
            "",
        ] {
            assert_eq!(read_parts(text), None, "{text}");
        }
        for special_number in [
            NoNumber::Nan,
            NoNumber::Infinity,
            NoNumber::NegativeInfinity,
        ] {
            assert_eq!(special(special_number.text()), Some(special_number));
        }
    }
}
