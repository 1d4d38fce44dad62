//! Dates and times as text (ISO 8601).

use super::calendar::{civil, split};

/// `2026-11-20`.
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

/// `2026-11-20 13:45:00`.
pub(crate) fn write_datetime(micros: i64, out: &mut String) {
    let (day, time) = split(micros);
    write_date(day, out);
    out.push(' ');
    write_time(time, out);
}

fn push_digits(value: i64, width: u32, out: &mut String) {
    for position in (0..width).rev() {
        let digit = u32::try_from(value / 10_i64.pow(position) % 10).ok();
        out.extend(digit.and_then(|digit| char::from_digit(digit, 10)));
    }
}
