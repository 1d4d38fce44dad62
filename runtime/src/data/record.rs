//! Rows as recorded values: those that are compared, looked for and copied without the types of a program. Their texts are made where
//! they are written or shown.

use super::form::kind;
use super::line::Line;
use super::push::push_value;
use super::rows::{Field, Written};
use super::snapshot::unredacted;
use super::table::{DataColumn, DataTable, ValueType};
use super::{DataFormat, csv, give, own, push};
use crate::error::{ErrorKind, Result};
use crate::value::decimal::without_trailing_zeros;
use crate::value::of_column::Value;
use crate::value::recorded::{
    RecordedValues, Recorder, is_null, replay, split, value_kind, written,
};
use crate::value::types::AnyValue;
use crate::value::{ParamWriter, RowReader};
use bindery_core::dialect::ValueKind;

/// Records all columns of a row of the table.
pub(super) fn record_row(row: &mut RowReader<'_>, table: &DataTable) -> Result<Vec<u8>> {
    let mut values = RecordedValues::new();
    for column in &table.columns {
        if column.redaction.is_some() {
            return Err(unredacted(table, column));
        }
        record(row, column, &mut values)?;
    }
    Ok(values.bytes().to_vec())
}

/// Records the next value of a row. One that no other database may hold, and an array, is recorded by its text.
pub(super) fn record(
    row: &mut RowReader<'_>,
    column: &DataColumn,
    values: &mut RecordedValues,
) -> Result<()> {
    let at = row.position();
    let mut out = Recorder::of_row(values);
    let own = match record_typed(row, column, &mut out) {
        Ok(true) => return Ok(()),
        Ok(false) => None,
        Err(error) if !matches!(error.kind(), ErrorKind::Decode { .. }) => return Err(error),
        Err(error) => Some(row.take_own(at).ok_or(error)?),
    };
    let mut line = Line::of_values(DataFormat::Csv);
    match own {
        Some(own) => own::push(own, &column.value, &mut line),
        None => push_value(row, &column.value, &mut line)?,
    }
    out.put(Value::Written(&content(&line.text)))
}

/// `false` where the value is recorded by its text.
fn record_typed(
    row: &mut RowReader<'_>,
    column: &DataColumn,
    out: &mut Recorder<'_>,
) -> Result<bool> {
    if row.skip_null() {
        return out.put(Value::Null).map(|()| true);
    }
    match &column.value {
        ValueType::Boolean => out.put(Value::Boolean(row.bool()?)),
        ValueType::Integer => out.put(Value::Integer(row.i64()?)),
        ValueType::Unsigned => out.put(Value::Unsigned(row.u64()?)),
        ValueType::Float32 => out.put(Value::Single(row.f32()?)),
        ValueType::Float64 => out.put(Value::Double(row.f64()?)),
        ValueType::Decimal => {
            let decimal = row.decimal()?;
            out.put(Value::Decimal(match column.fraction {
                // Servers fill it up with zeros.
                Some(_) => without_trailing_zeros(&decimal),
                None => &decimal,
            }))
        }
        ValueType::Text => out.put(Value::Text(row.text()?)),
        ValueType::Bytes => out.put(Value::Bytes(row.bytes()?)),
        ValueType::Date | ValueType::DateTime | ValueType::Timestamp => {
            moment(row, &column.value, out)
        }
        ValueType::Time => out.put(Value::Time(row.time()?)),
        ValueType::Interval => out.put(Value::Interval(row.interval()?)),
        ValueType::Uuid => out.put(Value::Uuid(&row.uuid()?)),
        ValueType::Json => push::json(row, |document| out.put(Value::Json(document)))?,
        ValueType::Any => match row.any()? {
            AnyValue::Integer(value) => out.put(Value::Integer(value)),
            AnyValue::Real(value) => out.put(Value::Double(value)),
            AnyValue::Text(text) => out.put(Value::Text(&text)),
            AnyValue::Blob(bytes) => out.put(Value::Bytes(&bytes)),
        },
        ValueType::Array(_) => return Ok(false),
    }
    .map(|()| true)
}

fn moment(row: &mut RowReader<'_>, value: &ValueType, out: &mut Recorder<'_>) -> Result<()> {
    if row.skip_zero_date() {
        return out.put(Value::ZeroDate);
    }
    if let Some(is_negative) = row.skip_infinite_moment() {
        return out.put(Value::InfiniteMoment(is_negative));
    }
    match value {
        ValueType::Date => out.put(Value::Date(row.date()?)),
        ValueType::Timestamp => out.put(Value::Timestamp(row.timestamp()?)),
        _ => out.put(Value::DateTime(row.datetime()?)),
    }
}

/// Gives a recorded value to a column, which may be one of another table than that it was read from.
pub(super) fn give_recorded(column: &DataColumn, value: &[u8], params: &mut ParamWriter<'_>) {
    match is_of_another(column, value) {
        true => give::give_column(column, Written::Bare, &recorded_text(value), params),
        false => give::in_form(column, false, params, |params| replay(value, params)),
    }
}

/// Whether a recorded value is one of another type than the column's, or of none.
pub(super) fn is_of_another(column: &DataColumn, value: &[u8]) -> bool {
    let is_other = kind(&column.value).is_some_and(|kind| kind != value_kind(value));
    !is_null(value) && (is_other || written(value).is_some())
}

/// Gives the recorded values of these columns of a table.
pub(super) fn give_all(
    table: &DataTable,
    columns: &[usize],
    values: &[u8],
    params: &mut ParamWriter<'_>,
) {
    for (&at, value) in columns.iter().zip(split(values)) {
        give_recorded(&table.columns[at], value, params);
    }
}

/// Writes a recorded value of a column.
pub(super) fn push_recorded(value: &[u8], column: &ValueType, line: &mut Line) {
    if let Some(text) = written(value) {
        return line.text(text);
    }
    let begin = line.text.len();
    let types = match column {
        ValueType::Any => [ValueType::Any, ValueType::Any],
        _ => [own_type(value), ValueType::Interval],
    };
    for own in &types {
        line.text.truncate(begin);
        if push_value(&mut RowReader::of_recorded(value), own, line).is_ok() {
            return;
        }
    }
}

/// The text of a recorded value, without quotes.
pub(super) fn recorded_text(value: &[u8]) -> String {
    let mut line = Line::of_values(DataFormat::Csv);
    push_recorded(value, &own_type(value), &mut line);
    content(&line.text)
}

/// A recorded value as JSON lines have it.
pub(super) fn json(value: &[u8]) -> String {
    let mut line = Line::of_values(DataFormat::JsonLines);
    push_recorded(value, &own_type(value), &mut line);
    line.text
}

/// The text of the only field of a line of CSV.
fn content(field: &str) -> String {
    let (mut text, mut fields) = (String::new(), Vec::<Field>::new());
    csv::split(field, 1, &mut text, &mut fields).expect("a field was written");
    text
}

/// The type that a value was recorded with, but for intervals.
fn own_type(value: &[u8]) -> ValueType {
    match value_kind(value) {
        ValueKind::Integer => ValueType::Integer,
        ValueKind::Unsigned => ValueType::Unsigned,
        ValueKind::Boolean => ValueType::Boolean,
        ValueKind::Float if RowReader::of_recorded(value).f32().is_ok() => ValueType::Float32,
        ValueKind::Float => ValueType::Float64,
        ValueKind::Decimal => ValueType::Decimal,
        ValueKind::Text => ValueType::Text,
        ValueKind::Bytes => ValueType::Bytes,
        ValueKind::Time => ValueType::Time,
        ValueKind::DateTime => ValueType::DateTime,
        ValueKind::Timestamp => ValueType::Timestamp,
        ValueKind::Uuid => ValueType::Uuid,
        ValueKind::Json => ValueType::Json,
        // Dates that are none, and NULL, are of no kind.
        ValueKind::Date | ValueKind::Other => ValueType::Date,
    }
}
