//! Texts that are values of PostgreSQL's types, as far as their characters show that.

use super::document::is_document;
use super::json_path::is_jsonpath;
use super::range;
use super::search::is_search;
use crate::lists::IntoVec as _;
use crate::typing::literal::{days_of_month, is_interval};
use crate::typing::postgres::PgType;

/// Whether a text is a value of PostgreSQL's type, as far as its characters show that.
pub(in crate::typing) fn is_value_of(text: &str, pg_type: PgType) -> bool {
    let lower = text.to_ascii_lowercase();
    match pg_type {
        PgType::INT2 => lower.parse::<i16>().is_ok(),
        PgType::INT4 => lower.parse::<i32>().is_ok(),
        PgType::INT8 => lower.parse::<i64>().is_ok(),
        PgType::NUMERIC | PgType::FLOAT4 | PgType::FLOAT8 => lower.parse::<f64>().is_ok(),
        PgType::BOOL => {
            let words = ["true", "false", "yes", "no", "on", "off", "1", "0"];
            let begins = words.iter().any(|word| word.starts_with(&lower));
            begins && !lower.is_empty() && lower != "o"
        }
        PgType::DATE | PgType::TIME | PgType::TIMESTAMP | PgType::TIMESTAMPTZ => {
            let words = [
                "now",
                "today",
                "tomorrow",
                "yesterday",
                "epoch",
                "infinity",
                "-infinity",
                "allballs",
            ];
            let word = lower.trim_end_matches("()");
            if pg_type != PgType::TIME && !is_date_of_calendar(&lower) {
                return false;
            }
            let time = match pg_type {
                PgType::TIME => Some(lower.as_str()),
                _ => (lower.split_once([' ', 't']))
                    .map(|(_, time)| time)
                    .filter(|time| time.contains(':')),
            };
            if time.is_some_and(|time| !is_time_of_day(time)) {
                return false;
            }
            lower.bytes().any(|byte| byte.is_ascii_digit()) || words.contains(&word)
        }
        PgType::INTERVAL => is_interval(&lower),
        PgType::UUID => lower.bytes().filter(u8::is_ascii_hexdigit).count() == 32,
        PgType::JSON | PgType::JSONB => is_document(text),
        array if array.element().is_some() => {
            let is_value = |one: &str| {
                let one = one.trim();
                let element = array.element();
                one == "null" || element.is_none_or(|element| is_value_of(one, element))
            };
            let is_flat = !lower.contains(['"', '\\', '[']) && lower.matches('{').count() == 1;
            let inner = lower
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            let elements = inner.filter(|inner| is_flat && !inner.trim().is_empty());
            is_array(&lower) && elements.is_none_or(|elements| elements.split(',').all(is_value))
        }
        other => is_text_of(text, other),
    }
}

/// Whether a text is a value of a type that has a syntax of its own.
fn is_text_of(text: &str, pg_type: PgType) -> bool {
    if let Some(bound) = pg_type.bound() {
        return range::is_range(text, bound);
    }
    if let Some(bound) = pg_type.range().and_then(PgType::bound) {
        return range::are_ranges(text, bound);
    }
    match pg_type.name().as_str() {
        "bytea" => is_bytes(text),
        "jsonpath" => is_jsonpath(text),
        "tsquery" => is_search(text),
        _ => true,
    }
}

/// Section "Binary Data Types" of the manual: two digits for each byte after `\x`, or a backslash before three digits.
fn is_bytes(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("\\x") {
        let is_digit = |one: char| one.is_ascii_hexdigit() || one.is_whitespace();
        let count = digits.matches(|one: char| one.is_ascii_hexdigit()).count();
        return digits.chars().all(is_digit) && count % 2 == 0;
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('\\') {
        let is_octal = |byte: u8| (b'0'..=b'7').contains(&byte);
        let number = after.as_bytes().get(..3);
        rest = match number {
            _ if after.starts_with('\\') => &after[1..],
            Some(number) if number.iter().copied().all(is_octal) => &after[3..],
            _ => return false,
        };
    }
    true
}

/// Whether MySQL and MariaDB read a text as a time: minutes and seconds are below 60, hours at most 838.
pub(in crate::typing) fn is_time_of_mysql(text: &str) -> bool {
    let text = text.trim();
    let time = text.rsplit_once(' ').map_or(text, |(_, time)| time);
    let time = time.split('.').next().unwrap_or_default();
    let parts = time.trim_start_matches('-').split(':');
    // A part with more than digits is the server's to read.
    let parts: Vec<u32> = parts.map(|part| part.parse().unwrap_or(0)).into_vec();
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    has_digits
        && match parts.as_slice() {
            [_] => true,
            [hour, minute] => *hour <= 838 && *minute < 60,
            [hour, minute, second] => *hour <= 838 && *minute < 60 && *second < 60,
            _ => false,
        }
}

/// Whether a text has the parentheses of an array, `{a,b}`; before them may be its bounds.
fn is_array(text: &str) -> bool {
    let plain = !text.contains(['"', '\\']);
    let count = |sign: char| text.matches(sign).count();
    text.starts_with(['{', '[']) && text.ends_with('}') && (!plain || count('{') == count('}'))
}

/// Whether a text that begins as `10:30` names a time of the day; others are left to the server.
fn is_time_of_day(text: &str) -> bool {
    let begins = text.starts_with(|sign: char| sign.is_ascii_digit());
    let mut parts = text.split(':');
    let hour = parts.next().map(str::parse::<u32>);
    let minute = parts
        .next()
        .and_then(|part| part.get(..2))
        .map(str::parse::<u32>);
    match (hour, minute) {
        (Some(Ok(hour)), Some(Ok(minute))) => hour <= 24 && minute < 60,
        _ => !begins || !text.contains(|sign: char| "'\\\"".contains(sign)),
    }
}

/// Whether a text that begins as `2026-01-31` names a day that there is.
fn is_date_of_calendar(text: &str) -> bool {
    let date = text.split(|sign: char| sign != '-' && !sign.is_ascii_digit());
    let parts: Vec<&str> = date.take(1).flat_map(|date| date.split('-')).into_vec();
    let [year, month, day] = parts.as_slice() else {
        return true;
    };
    let (Ok(of_year), Ok(month), Ok(day)) = (year.parse::<u32>(), month.parse(), day.parse())
    else {
        return true;
    };
    let days = days_of_month(of_year, month);
    year.len() != 4 || ((1..=12).contains(&month) && (1..=days).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::{is_bytes, is_time_of_mysql};

    #[test]
    fn bytes_have_two_digits_each() {
        for text in ["\\x", "\\x00fF", "\\x00 ff", "abc", "\\\\", "\\000a"] {
            assert!(is_bytes(text), "{text}");
        }
        for text in ["\\xzz", "\\x0", "a\\b", "\\9"] {
            assert!(!is_bytes(text), "{text}");
        }
    }

    #[test]
    fn times_are_those_of_a_clock() {
        for text in [
            "9",
            "10:00",
            "838:59:59",
            "2 10:00:00",
            "10:00:00.5",
            "2026-01-01 10:00:00",
            "-1:00",
        ] {
            assert!(is_time_of_mysql(text), "{text}");
        }
        for text in ["nine", "25:61:00", "900:00:00", "10:00:61", "1:2:3:4", ""] {
            assert!(!is_time_of_mysql(text), "{text}");
        }
    }
}
