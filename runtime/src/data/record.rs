//! Rows as recorded values: those that are compared, looked for and copied without the types of a program. Their texts are made where
//! they are written or shown.

use super::form::kind;
use super::line::Line;
use super::push::{push_taken, push_value};
use super::rows::{Field, Written};
use super::snapshot::unredacted;
use super::table::{DataColumn, DataTable};
use super::take::take_value;
use super::{DataFormat, csv, give, own};
use crate::error::{ErrorKind, Result};
use crate::value::decimal::without_trailing_zeros;
use crate::value::of_column::Value;
use crate::value::recorded::{
    RecordedValues, Recorder, is_null, recorded_values, replay, split, value_kind, written,
};
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
    let mut line = Line::of_values(DataFormat::Csv);
    match own {
        Some(own) => own::push(own, &column.value, &mut line),
        None => push_value(row, &column.value, &mut line)?,
    }
    out.put(Value::Written(&content(&line.text)))
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

/// Writes a recorded value, for a column that may have any type or for another.
pub(super) fn push_recorded(value: &[u8], is_any: bool, line: &mut Line) {
    recorded_values(value).for_each(|value| push_taken(&value, is_any, line));
}

/// The text of a recorded value, without quotes.
pub(super) fn recorded_text(value: &[u8]) -> String {
    let mut line = Line::of_values(DataFormat::Csv);
    push_recorded(value, false, &mut line);
    content(&line.text)
}

/// A recorded value as JSON lines have it.
pub(super) fn json(value: &[u8]) -> String {
    let mut line = Line::of_values(DataFormat::JsonLines);
    push_recorded(value, false, &mut line);
    line.text
}

/// The text of the only field of a line of CSV.
fn content(field: &str) -> String {
    let (mut text, mut fields) = (String::new(), Vec::<Field>::new());
    csv::split(field, 1, &mut text, &mut fields).expect("a field was written");
    text
}
