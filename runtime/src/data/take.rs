//! The next value of a row by the type of its column: the one reading of what is recorded and what is written as text.

use serde::de::IgnoredAny;

use super::table::ValueType;
use crate::error::Result;
use crate::value::RowReader;
use crate::value::of_column::Value;

/// Hands over the next value of a row; `None` where it is an array.
pub(super) fn take_value<T>(
    row: &mut RowReader<'_>,
    value: &ValueType,
    take: impl FnOnce(Value<'_>) -> T,
) -> Result<Option<T>> {
    if row.skip_null() {
        return Ok(Some(take(Value::Null)));
    }
    Ok(Some(match value {
        ValueType::Boolean => take(Value::Boolean(row.bool()?)),
        ValueType::Integer => take(Value::Integer(row.i64()?)),
        ValueType::Unsigned => take(Value::Unsigned(row.u64()?)),
        ValueType::Float32 => take(Value::Single(row.f32()?)),
        ValueType::Float64 => take(Value::Double(row.f64()?)),
        ValueType::Decimal => take(Value::Decimal(&row.decimal()?)),
        ValueType::Text => take(Value::Text(row.text()?)),
        ValueType::Bytes => take(Value::Bytes(row.bytes()?)),
        ValueType::Date | ValueType::DateTime | ValueType::Timestamp => take(moment(row, value)?),
        ValueType::Time => take(Value::Time(row.time()?)),
        ValueType::Interval => take(Value::Interval(row.interval()?)),
        ValueType::Uuid => take(Value::Uuid(&row.uuid()?)),
        ValueType::Json => return json(row, take).map(Some),
        ValueType::Any => take(Value::from(&row.any()?)),
        ValueType::Array(_) => return Ok(None),
    }))
}

/// Whether a value is one that a column of this type is read as.
pub(super) fn is_of_type(value: &Value<'_>, column: &ValueType) -> bool {
    use ValueType as Type;
    matches!(
        (column, value),
        (_, Value::Null)
            | (Type::Boolean, Value::Boolean(_))
            | (Type::Integer | Type::Any, Value::Integer(_))
            | (Type::Unsigned, Value::Unsigned(_))
            | (Type::Float32, Value::Single(_))
            | (Type::Float64 | Type::Any, Value::Double(_))
            | (Type::Decimal, Value::Decimal(_))
            | (Type::Text | Type::Any, Value::Text(_))
            | (Type::Bytes | Type::Any, Value::Bytes(_))
            | (
                Type::Date | Type::DateTime | Type::Timestamp,
                Value::ZeroDate | Value::InfiniteMoment(_)
            )
            | (Type::Date, Value::Date(_))
            | (Type::DateTime, Value::DateTime(_))
            | (Type::Timestamp, Value::Timestamp(_))
            | (Type::Time, Value::Time(_))
            | (Type::Interval, Value::Interval(_))
            | (Type::Uuid, Value::Uuid(_))
            | (Type::Json, Value::Json(_))
    )
}

fn moment(row: &mut RowReader<'_>, value: &ValueType) -> Result<Value<'static>> {
    if row.skip_zero_date() {
        return Ok(Value::ZeroDate);
    }
    if let Some(is_negative) = row.skip_infinite_moment() {
        return Ok(Value::InfiniteMoment(is_negative));
    }
    Ok(match value {
        ValueType::Date => Value::Date(row.date()?),
        ValueType::Timestamp => Value::Timestamp(row.timestamp()?),
        _ => Value::DateTime(row.datetime()?),
    })
}

/// SQLite looks at no document's form.
fn json<T>(row: &mut RowReader<'_>, take: impl FnOnce(Value<'_>) -> T) -> Result<T> {
    let is_unchecked = row.is_unchecked();
    let document = row.json()?;
    if is_unchecked && serde_json::from_str::<IgnoredAny>(&document).is_err() {
        drop(document);
        return Err(row.mismatch("JSON"));
    }
    Ok(take(Value::Json(&document)))
}
