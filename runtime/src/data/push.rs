//! From a row's values to their text.

use std::fmt::Write as _;

use super::line::Line;
use super::own;
use super::table::ValueType;
use super::take::take_value;
use crate::error::{ErrorKind, Result};
use crate::value::of_column::Value;
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
    let is_any = *value == ValueType::Any;
    let taken = take_value(row, value, |value| push_taken(&value, is_any, line));
    let pushed = match (taken, value) {
        (Ok(None), ValueType::Array(element)) => array(row, element, line),
        (taken, _) => taken.map(drop),
    };
    let Err(error) = pushed else { return Ok(()) };
    if !matches!(error.kind(), ErrorKind::Decode { .. }) {
        return Err(error);
    }
    let own = row.take_own(column).ok_or(error)?;
    line.text.truncate(begin);
    own::push(own, value, line);
    Ok(())
}

/// Writes a value. Where a column may have any type, texts have quotes in CSV and others have none, so that they can be distinguished.
#[inline]
pub(super) fn push_taken(value: &Value<'_>, is_any: bool, line: &mut Line) {
    match *value {
        Value::Null => line.null(),
        Value::Integer(value) => line.bare(value),
        Value::Unsigned(value) => line.bare(value),
        Value::Boolean(value) => line.bare(value),
        Value::Single(value) => float(value.into(), true, line),
        Value::Double(value) if is_any && !value.is_finite() => {
            line.bare(if value > 0.0 { "9e999" } else { "-9e999" });
        }
        Value::Double(value) => float(value, false, line),
        // It would be taken for bytes of SQLite.
        Value::Text(value) if is_any || own::is_like_bytes(value) => line.quoted(value),
        Value::Text(value) | Value::Written(value) => line.text(value),
        Value::Bytes(value) if is_any => {
            let (before, after) = BLOB_BEFORE_AND_AFTER[usize::from(line.is_json())];
            line.text.push_str(before);
            hexadecimal::push(value, &mut line.text);
            line.text.push_str(after);
        }
        // Not nothing, which is NULL in CSV.
        Value::Bytes([]) => line.quoted(""),
        Value::Bytes(value) => line.plain(|out| hexadecimal::push(value, out)),
        Value::Date(days) => line.plain(|out| calendar_text::write_date(days, out)),
        Value::Time(micros) => line.plain(|out| calendar_text::write_time(micros, out)),
        Value::DateTime(micros) => push_date_time(micros, false, line),
        Value::Timestamp(micros) => push_date_time(micros, true, line),
        Value::ZeroDate => line.plain(|out| out.push_str(ZERO_DATE)),
        Value::InfiniteMoment(is_negative) => {
            line.plain(|out| out.push_str(INFINITE_MOMENTS[usize::from(is_negative)]));
        }
        Value::Uuid(value) => line.plain(|out| out.push_str(&uuid_text::write(value))),
        Value::Json(document) => line.json(document),
        Value::Decimal(value) => line.plain(|out| out.push_str(value)),
        Value::Interval(value) => {
            line.plain(|out| write!(out, "{value}").expect("writing to a String cannot fail"));
        }
        // Arrays are recorded by their text, and vectors are read as such.
        Value::Vector(_) | Value::Array(..) => {}
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataFormat;

    #[test]
    fn columns_of_any_type_distinguish_texts_and_bytes_from_numbers() {
        let values = [
            Value::Text("7"),
            Value::Bytes(&[7]),
            Value::Bytes(&[]),
            Value::Double(f64::INFINITY),
            Value::Decimal("1.5"),
            Value::Date(0),
        ];
        let written = |is_any| {
            let texts = values.iter().map(|value| {
                let mut line = Line::of_values(DataFormat::Csv);
                push_taken(value, is_any, &mut line);
                line.text
            });
            texts.collect::<Vec<_>>().join(",")
        };
        assert_eq!(written(true), "\"7\",x'07',x'',9e999,1.5,1970-01-01");
        assert_eq!(written(false), "7,07,\"\",Infinity,1.5,1970-01-01");
    }
}
