//! Keys of rows as people read them, and as the table of rejected rows keeps them.

use std::fmt::Write as _;

use crate::error::Result;
use crate::value::recorded::{split, value_kind};
use crate::value::{RowReader, calendar_text, hexadecimal, uuid_text};
use bindery_core::dialect::ValueKind;

/// `17`, or `(17, "tea")` for a key of several columns.
pub(crate) fn shown(key: &[u8]) -> String {
    let parts: Vec<String> = split(key)
        .map(|value| part(value).unwrap_or_else(|_| "?".to_owned()))
        .collect();
    match parts.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

fn part(value: &[u8]) -> Result<String> {
    let mut row = RowReader::of_recorded(value);
    let mut text = String::new();
    match value_kind(value) {
        ValueKind::Integer => text = row.i64()?.to_string(),
        ValueKind::Unsigned => text = row.u64()?.to_string(),
        ValueKind::Boolean => text = row.bool()?.to_string(),
        ValueKind::Text | ValueKind::Json | ValueKind::Decimal => {
            let _ = write!(text, "{:?}", row.text()?);
        }
        ValueKind::Bytes => text = hexadecimal::write(row.bytes()?),
        ValueKind::Date => calendar_text::write_date(row.date()?, &mut text),
        ValueKind::Time => calendar_text::write_time(row.time()?, &mut text),
        ValueKind::DateTime => calendar_text::write_datetime(row.datetime()?, &mut text),
        ValueKind::Timestamp => calendar_text::write_datetime(row.timestamp()?, &mut text),
        ValueKind::Uuid => text = uuid_text::write(&row.uuid()?),
        ValueKind::Float | ValueKind::Other => text.push('?'),
    }
    Ok(text)
}
