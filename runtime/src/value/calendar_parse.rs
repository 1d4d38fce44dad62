//! Dates and times from text (ISO 8601): SQLite stores them so, and files of rows hold them so.

use crate::value::calendar::{MICROS_PER_DAY, days};
#[cfg(feature = "sqlite")]
use crate::value::calendar::{is_representable, split};

/// Reads `2026-11-20` as the days since 1970-01-01; `None` where it is no date.
pub(crate) fn read_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let small = |digits| u8::try_from(number(digits)?).ok();
    days(
        i64::from(number(&bytes[..4])?),
        small(&bytes[5..7])?,
        small(&bytes[8..])?,
    )
}

/// Reads `13:45`, `13:45:00` and `13:45:00.5`.
pub(crate) fn read_time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut seconds = 0;
    let mut parts = 0;
    for (part, limit) in clock.split(':').zip([24, 60, 60]) {
        let value = (part.len() == 2)
            .then(|| number(part.as_bytes()))
            .flatten()
            .filter(|&value| value < limit)?;
        seconds = seconds * 60 + i64::from(value);
        parts += 1;
    }
    if clock.split(':').count() != parts || parts < 2 {
        return None;
    }
    let seconds = if parts == 2 { seconds * 60 } else { seconds };
    Some(seconds * 1_000_000 + read_fraction(fraction)?)
}

fn read_fraction(digits: &str) -> Option<i64> {
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    let valid = digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| padded.fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// Reads a date with or without a time, `T` or a blank between them, and a zone (`Z`, `+02`, `+02:00`) that is taken into account.
pub(crate) fn read_datetime(text: &str) -> Option<i64> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let midnight = read_date(date)?.checked_mul(MICROS_PER_DAY)?;
    let Some(rest) = rest.strip_prefix([' ', 'T']) else {
        return rest.is_empty().then_some(midnight);
    };
    let (clock, offset) = split_zone(rest)?;
    Some(midnight + read_time(clock)? - offset)
}

/// Seconds since 1970 as microseconds, within the years 1 to 9999.
#[cfg(feature = "sqlite")]
pub(crate) fn read_seconds(seconds: i64) -> Option<i64> {
    let micros = seconds.checked_mul(1_000_000)?;
    is_representable(split(micros).0).then_some(micros)
}

/// Days since noon of -4713-11-24 (Gregorian) as microseconds since 1970. A float keeps milliseconds of them, and
/// SQLite's own functions keep no more.
#[cfg(feature = "sqlite")]
pub(crate) fn read_julian(days: f64) -> Option<i64> {
    const EPOCH: f64 = 2_440_587.5;
    let millis = ((days - EPOCH) * 86_400_000.0).round();
    // So far a float counts exactly, and years end long before.
    if millis.is_nan() || millis.abs() > 9.0e15 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number in range")]
    let micros = millis as i64 * 1_000;
    is_representable(split(micros).0).then_some(micros)
}

/// The time and the zone's offset in microseconds.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let (clock, zone) = text.split_at(at);
    let digits = &zone[1..];
    let offset = if digits.len() == 2 {
        read_time(&format!("{digits}:00"))?
    } else {
        read_time(digits)?
    };
    Some((
        clock,
        if zone.starts_with('-') {
            -offset
        } else {
            offset
        },
    ))
}

fn number(digits: &[u8]) -> Option<u32> {
    let valid = digits.iter().all(u8::is_ascii_digit);
    valid.then(|| {
        digits
            .iter()
            .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::calendar_text::write_date;

    #[test]
    fn dates_survive_the_round_trip_over_all_years() {
        for day in (-719_162..=2_932_896).step_by(17) {
            let mut text = String::new();
            write_date(day, &mut text);
            assert_eq!(read_date(&text), Some(day), "{text}");
        }
    }

    #[test]
    fn what_other_programs_write_is_read() {
        let noon = read_datetime("2026-11-20 12:00:00").expect("a date and time");
        for text in [
            "2026-11-20T12:00:00Z",
            "2026-11-20 12:00",
            "2026-11-20 14:00:00+02:00",
            "2026-11-20 07:00:00.000-05",
        ] {
            assert_eq!(read_datetime(text), Some(noon), "{text}");
        }
        for text in [
            "2026-02-30",
            "2026-11-20 24:00:00",
            "2026-11-20 12",
            "yesterday",
            "",
            "2026-11-20 12:00:00.x",
        ] {
            assert_eq!(read_datetime(text), None, "{text}");
        }
    }
}
