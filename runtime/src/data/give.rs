//! From the text of a value to the database.

use serde_json::value::RawValue;

use super::json_lines;
use super::own;
use super::push::{BLOB_BEFORE_AND_AFTER, INFINITE_MOMENTS, ZERO_DATE};
use super::rows::Written;
use super::table::{DataColumn, ValueType};
use crate::value::{ParamWriter, calendar_parse, hexadecimal, own_text, uuid_text};

/// Gives the value of a column. One that is not of its type is refused, and nothing is sent.
pub(super) fn give_column(
    column: &DataColumn,
    written: Written,
    text: &str,
    params: &mut ParamWriter<'_>,
) {
    let is_letter = own::is_letter(text, params.dialect());
    in_form(column, is_letter, params, |params| {
        value(&column.value, written, text, params);
    });
}

/// Runs `write`, which gives the value of a column in the form that the column keeps; a letter has a length of its own.
pub(super) fn in_form(
    column: &DataColumn,
    is_letter: bool,
    params: &mut ParamWriter<'_>,
    write: impl FnOnce(&mut ParamWriter<'_>),
) {
    if column.is_year {
        return params.column().year().with(write);
    }
    let mut writer = params.column();
    if let Some(digits) = column.fraction {
        writer = writer.fraction(digits);
    }
    if let Some(digits) = column.digits {
        writer = writer.digits(digits);
    }
    if let Some(length) = column.text_length.filter(|_| !is_letter) {
        writer = writer.length(length);
    }
    writer.with(write);
}

fn value(value: &ValueType, written: Written, text: &str, params: &mut ParamWriter<'_>) {
    if written == Written::Null {
        return params.null();
    }
    if let Some(stored) = own::stored(value, written, text) {
        return own::give_stored(&stored, params);
    }
    match value {
        ValueType::Boolean => match text {
            "true" | "t" | "1" => params.bool(true),
            "false" | "f" | "0" => params.bool(false),
            _ => own::give(value, text, "not a boolean: `true` or `false`", params),
        },
        ValueType::Integer => integer(text, params),
        ValueType::Unsigned => or_refuse(
            text.parse().ok(),
            params,
            "not an unsigned integer of 64 bits",
            |value, params| params.u64(value),
        ),
        ValueType::Float32 => or_refuse(
            text.parse().ok(),
            params,
            "not a number",
            |value, params| params.f32(value),
        ),
        ValueType::Float64 => or_refuse(
            text.parse().ok(),
            params,
            "not a number",
            |value, params| params.f64(value),
        ),
        ValueType::Decimal if own_text::special(text).is_some() => {
            own::give(value, text, "not a decimal", params);
        }
        ValueType::Decimal => params.decimal(text),
        ValueType::Text => params.text(text),
        ValueType::Bytes => or_refuse(
            bytes(text),
            params,
            "not hexadecimal digits",
            |value, params| params.bytes(&value),
        ),
        ValueType::Date | ValueType::DateTime | ValueType::Timestamp if text == ZERO_DATE => {
            params.zero_date()
        }
        ValueType::Date | ValueType::DateTime | ValueType::Timestamp
            if INFINITE_MOMENTS.contains(&text) =>
        {
            params.infinite_moment(text == INFINITE_MOMENTS[1]);
        }
        ValueType::Date => match calendar_parse::read_date(text) {
            Some(days) => params.date(days),
            None => own::give(value, text, "not a date such as `2026-11-20`", params),
        },
        ValueType::Time => match calendar_parse::read_time(text) {
            Some(micros) => params.time(micros),
            None => own::give(value, text, "not a time of day such as `13:45:00`", params),
        },
        ValueType::DateTime => match calendar_parse::read_datetime(text) {
            Some(micros) => params.datetime(micros),
            None => own::give(
                value,
                text,
                "not a date and time such as `2026-11-20T13:45:00`",
                params,
            ),
        },
        ValueType::Timestamp => match calendar_parse::read_datetime(text) {
            Some(micros) => params.timestamp(micros),
            None => own::give(
                value,
                text,
                "not a timestamp such as `2026-11-20T13:45:00Z`",
                params,
            ),
        },
        ValueType::Interval => or_refuse(
            text.parse().ok(),
            params,
            "not an interval such as `P14M3DT5.25S`",
            |value, params| params.interval(value),
        ),
        ValueType::Uuid => or_refuse(
            uuid_text::parse(text),
            params,
            "not a UUID",
            |value, params| params.uuid(&value),
        ),
        ValueType::Json => match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => params.json(text),
            Err(_) => params.refuse("not JSON"),
        },
        ValueType::Any => any(written, text, params),
        ValueType::Array(element) => array(element, text, params),
    }
}

fn integer(text: &str, params: &mut ParamWriter<'_>) {
    match (text.parse(), text.parse()) {
        (Ok(value), _) => params.i64(value),
        (Err(_), Ok(value)) => params.u64(value),
        (Err(_), Err(_)) => params.refuse("not an integer of 64 bits"),
    }
}

fn or_refuse<T>(
    value: Option<T>,
    params: &mut ParamWriter<'_>,
    otherwise: &'static str,
    give: impl FnOnce(T, &mut ParamWriter<'_>),
) {
    match value {
        Some(value) => give(value, params),
        None => params.refuse(otherwise),
    }
}

fn any(written: Written, text: &str, params: &mut ParamWriter<'_>) {
    if written == Written::Quoted {
        return params.text(text);
    }
    let inner = BLOB_BEFORE_AND_AFTER.iter().find_map(|(before, after)| {
        text.strip_prefix(before)
            .and_then(|inner| inner.strip_suffix(after))
    });
    let is_integer = !text.contains(['.', 'e', 'E']);
    if let Some(digits) = inner {
        or_refuse(
            bytes(digits),
            params,
            "not hexadecimal digits",
            |value, params| params.bytes(&value),
        );
    } else if is_integer && let Ok(value) = text.parse() {
        params.i64(value);
    } else {
        or_refuse(
            text.parse().ok(),
            params,
            "not a number, a text in quotes, or bytes",
            |value, params| params.f64(value),
        );
    }
}

fn array(element: &ValueType, text: &str, params: &mut ParamWriter<'_>) {
    let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else {
        return params.refuse("not a JSON array");
    };
    let is_json = *element == ValueType::Json;
    if !is_json && elements.iter().any(|raw| raw.get().starts_with('[')) {
        return nested(element, text, params);
    }
    let mut content = String::new();
    params.array(elements.len(), &mut |params| {
        for raw in &elements {
            content.clear();
            match json_lines::take_field(raw.get(), is_json, &mut content) {
                Ok(field) => value(element, field.written, &content, params),
                Err(_) => params.refuse("not a JSON array"),
            }
        }
    });
}

/// An array of several dimensions, as arrays within arrays.
fn nested(element: &ValueType, text: &str, params: &mut ParamWriter<'_>) {
    let (mut lengths, mut elements) = (Vec::new(), Vec::new());
    if flatten(text, 0, &mut lengths, &mut elements).is_none() {
        return params.refuse("arrays within an array have one length in each dimension");
    }
    let mut content = String::new();
    params.nested_array(&lengths, &mut |params| {
        for raw in &elements {
            content.clear();
            match json_lines::take_field(raw.get(), false, &mut content) {
                Ok(field) => value(element, field.written, &content, params),
                Err(_) => params.refuse("not a JSON array"),
            }
        }
    });
}

/// PostgreSQL has no more dimensions.
const MOST_DIMENSIONS: usize = 6;

/// The length of each dimension, and the elements; `None` where arrays beside each other differ in length or depth.
fn flatten<'t>(
    text: &'t str,
    depth: usize,
    lengths: &mut Vec<usize>,
    elements: &mut Vec<&'t RawValue>,
) -> Option<()> {
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    if lengths.len() == depth {
        // A first element was there at this depth.
        lengths.push(Some(items.len()).filter(|_| elements.is_empty())?);
    }
    let is_inner = lengths.len() > depth + 1 || items[..].first()?.get().starts_with('[');
    if lengths[depth] != items.len() || depth >= MOST_DIMENSIONS {
        return None;
    }
    for item in items {
        if item.get().starts_with('[') != is_inner {
            return None;
        }
        match is_inner {
            true => flatten(item.get(), depth + 1, lengths, elements)?,
            false => elements.push(item),
        }
    }
    Some(())
}

/// Reads hexadecimal digits, with `\x` before them as PostgreSQL writes them or without.
fn bytes(text: &str) -> Option<Vec<u8>> {
    hexadecimal::parse(text.strip_prefix("\\x").unwrap_or(text))
}
