//! From a row's values to their text.

use std::fmt::Write as _;

use serde::de::IgnoredAny;

use super::line::Line;
use super::own;
use super::table::ValueType;
use crate::error::{ErrorKind, Result};
use crate::value::types::AnyValue;
use crate::value::{RowReader, calendar_text, hexadecimal, uuid_text};

/// The date of zeros that old MySQL databases have.
pub(super) const ZERO_DATE: &str = "0000-00-00";

/// The dates and timestamps of PostgreSQL past all others.
pub(super) const INFINITE_MOMENTS: [&str; 2] = ["infinity", "-infinity"];

/// Writes the next value of a row; one that no other database may hold in the text form of its own.
pub(super) fn push_value(
    row: &mut RowReader<'_>,
    value: &ValueType,
    line: &mut Line,
) -> Result<()> {
    let (begin, column) = (line.text.len(), row.position());
    let pushed = push_typed(row, value, line);
    let Err(error) = pushed else { return Ok(()) };
    if !matches!(error.kind(), ErrorKind::Decode { .. }) {
        return Err(error);
    }
    let own = row.take_own(column).ok_or(error)?;
    line.text.truncate(begin);
    own::push(own, value, line);
    Ok(())
}

fn push_typed(row: &mut RowReader<'_>, value: &ValueType, line: &mut Line) -> Result<()> {
    if row.skip_null() {
        line.null();
        return Ok(());
    }
    match value {
        ValueType::Boolean => line.bare(row.bool()?),
        ValueType::Integer => line.bare(row.i64()?),
        ValueType::Unsigned => line.bare(row.u64()?),
        ValueType::Float32 => float(f64::from(row.f32()?), true, line),
        ValueType::Float64 => float(row.f64()?, false, line),
        ValueType::Decimal => {
            let decimal = row.decimal()?;
            line.plain(|out| out.push_str(&decimal));
        }
        ValueType::Text => push_text(row.text()?, line),
        ValueType::Bytes => {
            let bytes = row.bytes()?;
            if bytes.is_empty() {
                // Not nothing, which is NULL in CSV.
                line.quoted("");
                return Ok(());
            }
            line.plain(|out| hexadecimal::push(bytes, out));
        }
        ValueType::Date | ValueType::DateTime | ValueType::Timestamp => moment(row, value, line)?,
        ValueType::Time => {
            let micros = row.time()?;
            line.plain(|out| calendar_text::write_time(micros, out));
        }
        ValueType::Interval => {
            let interval = row.interval()?;
            line.plain(|out| write!(out, "{interval}").expect("writing to a String cannot fail"));
        }
        ValueType::Uuid => {
            let uuid = row.uuid()?;
            line.plain(|out| out.push_str(&uuid_text::write(&uuid)));
        }
        ValueType::Json => json(row, |document| line.json(document))?,
        ValueType::Any => any(&row.any()?, line),
        ValueType::Array(element) => array(row, element, line)?,
    }
    Ok(())
}

fn moment(row: &mut RowReader<'_>, value: &ValueType, line: &mut Line) -> Result<()> {
    if row.skip_zero_date() {
        line.plain(|out| out.push_str(ZERO_DATE));
        return Ok(());
    }
    if let Some(is_negative) = row.skip_infinite_moment() {
        line.plain(|out| out.push_str(INFINITE_MOMENTS[usize::from(is_negative)]));
        return Ok(());
    }
    if *value == ValueType::Date {
        let days = row.date()?;
        line.plain(|out| calendar_text::write_date(days, out));
        return Ok(());
    }
    let is_utc = *value == ValueType::Timestamp;
    let micros = if is_utc {
        row.timestamp()?
    } else {
        row.datetime()?
    };
    push_date_time(micros, is_utc, line);
    Ok(())
}

/// Writes microseconds since 1970.
pub(super) fn push_date_time(micros: i64, is_utc: bool, line: &mut Line) {
    line.plain(|out| {
        let start = out.len();
        calendar_text::write_datetime(micros, out);
        // A date has ten characters.
        out.replace_range(start + 10..start + 11, "T");
        out.push_str(if is_utc { "Z" } else { "" });
    });
}

/// With quotes where it would be taken for bytes of SQLite.
fn push_text(text: &str, line: &mut Line) {
    if own::is_like_bytes(text) {
        line.quoted(text);
    } else {
        line.text(text);
    }
}

/// Hands over the next value, a document.
pub(super) fn json<T>(row: &mut RowReader<'_>, take: impl FnOnce(&str) -> T) -> Result<T> {
    let is_unchecked = row.is_unchecked();
    let document = row.json()?;
    if is_unchecked && serde_json::from_str::<IgnoredAny>(&document).is_err() {
        drop(document);
        return Err(row.mismatch("JSON"));
    }
    Ok(take(&document))
}

fn array(row: &mut RowReader<'_>, element: &ValueType, line: &mut Line) -> Result<()> {
    // An array within one of JSON is a document.
    if *element != ValueType::Json && nested(row, element, line)? {
        return Ok(());
    }
    let mut is_first = true;
    line.list(|list| {
        row.array(|elements| {
            if !std::mem::take(&mut is_first) {
                list.text.push(',');
            }
            push_value(elements, element, list)
        })
    })
    .map(drop)
}

/// Writes an array of several dimensions as arrays within arrays; `false` where it is none.
fn nested(row: &mut RowReader<'_>, element: &ValueType, line: &mut Line) -> Result<bool> {
    let begin = line.text.len();
    let pushed = line.list(|list| {
        row.nested_array(&mut |elements, at, lengths| {
            // The elements that the arrays of each dimension but the first have.
            let sizes = (1..lengths.len()).map(|from| lengths[from..].iter().product::<usize>());
            let sizes: Vec<usize> = sizes.collect();
            if at > 0 {
                list.text.push(',');
            }
            let begun = sizes.iter().filter(|size| at % **size == 0);
            list.text.extend(begun.map(|_| '['));
            push_value(elements, element, list)?;
            let ended = sizes.iter().filter(|size| (at + 1) % **size == 0);
            list.text.extend(ended.map(|_| ']'));
            Ok(())
        })
    });
    if !matches!(pushed, Ok(true)) {
        line.text.truncate(begin);
    }
    pushed
}

/// Values of other types than text have no quotes in CSV, so that they can be distinguished.
fn any(value: &AnyValue, line: &mut Line) {
    match value {
        AnyValue::Integer(value) => line.bare(value),
        AnyValue::Real(value) if value.is_finite() => line.bare(format_args!("{value:?}")),
        AnyValue::Real(value) => line.bare(if *value > 0.0 { "9e999" } else { "-9e999" }),
        AnyValue::Text(value) => line.quoted(value),
        AnyValue::Blob(value) => {
            let (before, after) = BLOB_BEFORE_AND_AFTER[usize::from(line.is_json())];
            line.text.push_str(before);
            hexadecimal::push(value, &mut line.text);
            line.text.push_str(after);
        }
    }
}

/// Around the digits of bytes among values of any type, in CSV and in JSON.
pub(super) const BLOB_BEFORE_AND_AFTER: [(&str, &str); 2] =
    [("x'", "'"), ("{\"$bytes\":\"", "\"}")];

/// The shortest text that is read as the same number; JSON has none of those that are no numbers.
fn float(value: f64, is_single: bool, line: &mut Line) {
    if value.is_nan() {
        line.plain(|out| out.push_str("NaN"));
    } else if value.is_infinite() {
        let sign = if value < 0.0 { "-" } else { "" };
        line.plain(|out| out.extend([sign, "Infinity"]));
    } else if is_single {
        #[expect(clippy::cast_possible_truncation, reason = "it was a float of 32 bits")]
        line.bare(format_args!("{:?}", value as f32));
    } else {
        line.bare(format_args!("{value:?}"));
    }
}
