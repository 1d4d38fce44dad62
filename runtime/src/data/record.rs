//! Rows as recorded values: those that are compared, looked for and copied without the types of a program. Their texts are made where
//! they are written or shown.

use super::line::Line;
use super::push::{push_taken, push_value};
use super::rows::Written;
use super::snapshot::unredacted;
use super::table::{DataColumn, DataTable};
use super::take::{is_of_type, take_value};
use super::{DataFormat, give, own};
use crate::error::{ErrorKind, Result};
use crate::value::decimal::without_trailing_zeros;
use crate::value::of_column::Value;
use crate::value::recorded::{RecordedValues, Recorder, recorded_values, split};
use crate::value::{ParamWriter, RowReader};

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
    let put = |value: Value<'_>| match value {
        // Servers fill it up with zeros.
        Value::Decimal(text) if column.fraction.is_some() => {
            out.put(Value::Decimal(without_trailing_zeros(text)))
        }
        value => out.put(value),
    };
    let own = match take_value(row, &column.value, put) {
        Ok(Some(recorded)) => return recorded,
        Ok(None) => None,
        Err(error) if !matches!(error.kind(), ErrorKind::Decode { .. }) => return Err(error),
        Err(error) => Some(row.take_own(at).ok_or(error)?),
    };
    let mut line = Line::bare_values();
    match own {
        Some(own) => own::push(own, &column.value, &mut line),
        None => push_value(row, &column.value, &mut line)?,
    }
    out.put(Value::Written(&line.text))
}

/// Gives a recorded value to a column, which may be one of another table than that it was read from.
pub(super) fn give_recorded(column: &DataColumn, value: &[u8], params: &mut ParamWriter<'_>) {
    for value in recorded_values(value) {
        if !is_of_type(&value, &column.value) {
            give::give_column(column, Written::Bare, &bare_text(&value), params);
            continue;
        }
        let text = value.text().unwrap_or_default();
        let is_letter = own::is_letter(text, params.dialect());
        give::in_form(column, is_letter, params, |params| value.write(params));
    }
}

/// Whether a recorded value is one of another type than the column's, or of none.
pub(super) fn is_of_another(column: &DataColumn, value: &[u8]) -> bool {
    !recorded_values(value).all(|value| is_of_type(&value, &column.value))
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

/// Writes a recorded value, for a column that may have any type or for another.
pub(super) fn push_recorded(value: &[u8], is_any: bool, line: &mut Line) {
    recorded_values(value).for_each(|value| push_taken(&value, is_any, line));
}

/// The text of a recorded value, without quotes.
pub(super) fn recorded_text(value: &[u8]) -> String {
    recorded_values(value)
        .map(|value| bare_text(&value))
        .collect()
}

fn bare_text(value: &Value<'_>) -> String {
    let mut line = Line::bare_values();
    push_taken(value, false, &mut line);
    line.text
}

/// A recorded value as JSON lines have it.
pub(super) fn json(value: &[u8]) -> String {
    let mut line = Line::of_values(DataFormat::JsonLines);
    push_recorded(value, false, &mut line);
    line.text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ValueType;
    use crate::value::recorded::recorded;
    use bindery_core::dialect::Dialect;

    /// The value that a column of this type gets in SQLite.
    fn given(column: ValueType, value: &Value<'_>) -> Vec<u8> {
        let value = recorded(value.clone()).expect("it is recorded");
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording_for(&mut values, Dialect::Sqlite);
        give_recorded(&DataColumn::new("value", column), &value, &mut params);
        params.finish_recording().expect("the column takes it");
        values.bytes().to_vec()
    }

    #[test]
    fn values_of_a_columns_own_type_stay_as_they_are() {
        for (column, value) in [
            (ValueType::Text, Value::Text("x'00'")),
            (ValueType::Text, Value::Text("")),
            (ValueType::Any, Value::Text("7")),
            (ValueType::Any, Value::Integer(7)),
            (ValueType::Any, Value::Double(f64::INFINITY)),
            (ValueType::Float32, Value::Single(0.1)),
            (ValueType::Date, Value::ZeroDate),
            (ValueType::Timestamp, Value::InfiniteMoment(true)),
            (ValueType::Json, Value::Json("[1, \"a\"]")),
            (ValueType::Bytes, Value::Null),
        ] {
            let recorded = recorded(value.clone()).expect("it is recorded");
            assert_eq!(given(column, &value), recorded, "{value:?}");
        }
    }

    #[test]
    fn values_of_other_types_are_given_by_their_texts() {
        for (column, value, wanted) in [
            (ValueType::Integer, Value::Unsigned(7), Value::Integer(7)),
            (ValueType::Float32, Value::Double(0.1), Value::Single(0.1)),
            (ValueType::Any, Value::Decimal("1.5"), Value::Double(1.5)),
            (ValueType::Text, Value::Written("x'00'"), Value::Bytes(&[0])),
            (ValueType::Uuid, Value::Text(UUID), Value::Uuid(&[7; 16])),
        ] {
            let wanted = recorded(wanted).expect("it is recorded");
            assert_eq!(given(column, &value), wanted, "{value:?}");
        }
    }

    const UUID: &str = "07070707-0707-0707-0707-070707070707";
}
