//! Keys in the form that bindery stores them in, in which they are found again and come in the order of their values.

use super::rows::refused;
use super::snapshot::Snapshot;
use super::table::{DataTable, ValueType};
use crate::driver::Physical;
use crate::driver::stored_form::own_form;
use crate::error::{DataError, DataProblem, Error, Operation, Result};
use bindery_core::dialect::ValueKind;

impl Snapshot {
    /// Refuses a table of SQLite with a key that another program wrote in another form than bindery's: such a row is not found by the
    /// value of its key, so a repair would insert it once more, or take it for one that is not there.
    ///
    /// # Errors
    /// [`DataProblem::Value`] with the column; the database fails.
    pub fn ensure_own_keys(&mut self, table: &DataTable) -> Result<()> {
        let (engine, physical) = (self.engine, &mut self.physical);
        let other = key_in_other_form(physical, table).and_then(|other| match other {
            Some(at) => Err(other_form(table, at)),
            None => Ok(()),
        });
        other.map_err(|error| error.during(Operation::Dump).on_engine(engine))
    }
}

/// The column of a key that has values in another form than bindery's; `None` where there is none.
pub(super) fn key_in_other_form(
    physical: &mut Physical,
    table: &DataTable,
) -> Result<Option<usize>> {
    let dialect = physical.dialect();
    for &at in table.sql.key {
        let column = table.sql.columns[at];
        let kind = kind(&table.columns[at].value);
        let Some(is_own) = kind.and_then(|kind| own_form(dialect, column, kind)) else {
            continue;
        };
        let sql = format!(
            "SELECT 1 FROM {} WHERE NOT ({is_own}) LIMIT 1",
            table.sql.table
        );
        let mut is_other = false;
        physical.query(&sql, &mut |_| (), &mut |_| {
            is_other = true;
            Ok(true)
        })?;
        if is_other {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

#[cold]
fn other_form(table: &DataTable, at: usize) -> Error {
    let problem =
        "a key is stored in another form than bindery's, so its row would not be found again";
    let mut data = DataError::new(table.name.as_str(), DataProblem::Value(problem));
    data.column = Some(table.columns[at].name.clone());
    refused(data)
}

/// The kind of values that have an order.
pub(super) fn kind(value: &ValueType) -> Option<ValueKind> {
    match value {
        ValueType::Boolean => Some(ValueKind::Boolean),
        ValueType::Integer => Some(ValueKind::Integer),
        ValueType::Unsigned => Some(ValueKind::Unsigned),
        ValueType::Text => Some(ValueKind::Text),
        ValueType::Bytes => Some(ValueKind::Bytes),
        ValueType::Date => Some(ValueKind::Date),
        ValueType::Time => Some(ValueKind::Time),
        ValueType::DateTime => Some(ValueKind::DateTime),
        ValueType::Timestamp => Some(ValueKind::Timestamp),
        ValueType::Uuid => Some(ValueKind::Uuid),
        ValueType::Float32
        | ValueType::Float64
        | ValueType::Decimal
        | ValueType::Interval
        | ValueType::Json
        | ValueType::Any
        | ValueType::Array(_) => None,
    }
}
