//! Keys in the form that bindery stores them in, in which they are found again and come in the order of their values.

use super::rows::refused;
use super::snapshot::Snapshot;
use super::table::{DataTable, ValueType};
use crate::driver::stored_form::own_form;
use crate::error::{DataError, DataProblem, Operation, Result};
use bindery_core::dialect::ValueKind;

impl Snapshot {
    /// Refuses a table of SQLite with a key that another program wrote in another form than bindery's: such a row is not found by the
    /// value of its key, so a repair would insert it once more, or take it for one that is not there.
    ///
    /// # Errors
    /// [`DataProblem::Value`] with the column; the database fails.
    pub fn ensure_own_keys(&mut self, table: &DataTable) -> Result<()> {
        let (dialect, engine) = (self.physical.dialect(), self.engine);
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
            let read = self.physical.query(&sql, &mut |_| (), &mut |_| {
                is_other = true;
                Ok(true)
            });
            read.and_then(|()| match is_other {
                true => Err(other_form(table, at)),
                false => Ok(()),
            })
            .map_err(|error| error.during(Operation::Dump).on_engine(engine))?;
        }
        Ok(())
    }
}

#[cold]
fn other_form(table: &DataTable, at: usize) -> crate::error::Error {
    let problem =
        "a key is stored in another form than bindery's, so its row would not be found again";
    let mut data = DataError::new(table.name.as_str(), DataProblem::Value(problem));
    data.column = Some(table.columns[at].name.clone());
    refused(data)
}

/// The kind of values that have an order.
fn kind(value: &ValueType) -> Option<ValueKind> {
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
