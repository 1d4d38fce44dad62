//! Dates and times as text (ISO 8601).

use super::calendar::{civil, split};

/// Those of microseconds.
const MOST_DIGITS: usize = 6;

/// Appends `2026-11-20` for the days since 1970-01-01.
pub(crate) fn write_date(days: i64, out: &mut String) {
    let (year, month, day) = civil(days);
    push_digits(year, 4, out);
    out.push('-');
    push_digits(month.into(), 2, out);
    out.push('-');
    push_digits(day.into(), 2, out);
}

/// `13:45:00`, with six more digits where there is a fraction of a second.
pub(crate) fn write_time(micros: i64, out: &mut String) {
    let seconds = micros / 1_000_000;
    for (index, part) in [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        .into_iter()
        .enumerate()
    {
        if index > 0 {
            out.push(':');
        }
        push_digits(part, 2, out);
    }
    if micros % 1_000_000 != 0 {
        out.push('.');
        push_digits(micros % 1_000_000, 6, out);
    }
}

/// Appends `2026-11-20 13:45:00`, with six digits of microseconds where there are any.
pub(crate) fn write_datetime(micros: i64, out: &mut String) {
    let (day, time) = split(micros);
    write_date(day, out);
    out.push(' ');
    write_time(time, out);
}

/// The last digits of a number that is not negative, with zeros before it. A dump of a million rows calls this ten million times.
fn push_digits(value: i64, width: usize, out: &mut String) {
    let mut digits = [b'0'; MOST_DIGITS];
    let digits = &mut digits[..width.min(MOST_DIGITS)];
    let mut rest = value.unsigned_abs();
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
}
