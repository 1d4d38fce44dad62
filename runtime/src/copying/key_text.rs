//! Keys of rows as people read them, and as the table of rejected rows keeps them.

use crate::value::of_column::Value;
use crate::value::recorded::recorded_values;
use crate::value::{calendar_text, hexadecimal, uuid_text};

/// `17`, or `(17, "tea")` for a key of several columns.
pub(crate) fn shown(key: &[u8]) -> String {
    let parts: Vec<String> = recorded_values(key).map(part).collect();
    match parts.as_slice() {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

fn part(value: Value<'_>) -> String {
    let mut text = String::new();
    match value {
        Value::Integer(value) => text = value.to_string(),
        Value::Unsigned(value) => text = value.to_string(),
        Value::Boolean(value) => text = value.to_string(),
        Value::Text(value) | Value::Json(value) | Value::Decimal(value) => {
            text = format!("{value:?}");
        }
        Value::Bytes(value) => text = hexadecimal::write(value),
        Value::Date(days) => calendar_text::write_date(days, &mut text),
        Value::Time(micros) => calendar_text::write_time(micros, &mut text),
        Value::DateTime(micros) | Value::Timestamp(micros) => {
            calendar_text::write_datetime(micros, &mut text);
        }
        Value::Uuid(value) => text = uuid_text::write(value),
        _ => text.push('?'),
    }
    text
}
