//! Keys of rows as people read them, and as the table of rejected rows keeps them.

use std::fmt::Write as _;

use crate::error::Result;
use crate::value::recorded::{split, value_kind};
use crate::value::{RowReader, calendar_text, uuid_text};
use bindery_core::dialect::ValueKind;

/// `17`, or `(17, "tea")` for a key of several columns.
pub(super) fn shown(key: &[u8]) -> String {
    let parts: Vec<String> = split(key)
        .into_iter()
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
        ValueKind::Bytes => text = hex(row.bytes()?),
        ValueKind::Date => calendar_text::write_date(row.date()?, &mut text),
        ValueKind::Time => calendar_text::write_time(row.time()?, &mut text),
        ValueKind::DateTime => calendar_text::write_datetime(row.datetime()?, &mut text),
        ValueKind::Timestamp => calendar_text::write_datetime(row.timestamp()?, &mut text),
        ValueKind::Uuid => text = uuid_text::write(&row.uuid()?),
        ValueKind::Float | ValueKind::Other => text.push('?'),
    }
    Ok(text)
}

/// Hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of hexadecimal digits; `None` where they are none.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}
