//! The values by which rows refer to each other, read from rows as the database would get them.

use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, is_null, same_number};

/// The values of these columns of a row; `None` where one is NULL.
///
/// # Errors
/// The row is of another engine.
pub(super) fn key_of<M: Model, E: Engine>(
    row: &M::Row<E>,
    engine: E,
    (table, columns): (&TableSql, &[usize]),
) -> Result<Option<KeyValues>> {
    if !M::row_belongs_to(row, engine) {
        return Err(Error::new(ErrorKind::WrongEngine).on_engine(engine.name()));
    }
    KeyReader::new(table, columns).read(&|params| M::write_row(row, params))
}

/// Reads the values of some columns of rows of one table.
pub(super) struct KeyReader {
    /// For each of the columns, which of the values that a row writes is its own.
    picks: Vec<Vec<bool>>,
}

impl KeyReader {
    pub(super) fn new(table: &TableSql, columns: &[usize]) -> Self {
        let pick = |column: &usize| table.writable.iter().map(|at| at == column).collect();
        Self {
            picks: columns.iter().map(pick).collect(),
        }
    }

    /// The values of a row; `None` where one is NULL: such a row refers to none.
    pub(super) fn read(
        &mut self,
        write: &dyn Fn(&mut ParamWriter<'_>),
    ) -> Result<Option<KeyValues>> {
        let mut key = KeyValues::default();
        for pick in &mut self.picks {
            let mut value = RecordedValues::new();
            let mut params = ParamWriter::recording(&mut value);
            *pick = params.pick_given(std::mem::take(pick), write);
            params.finish_recording()?;
            if is_null(value.bytes()) {
                return Ok(None);
            }
            key.bound.extend(value.bytes());
            key.compared.extend(&same_number(value.bytes()));
        }
        Ok(Some(key))
    }
}

/// The values of a key.
pub(super) struct KeyValues {
    /// As they are bound.
    pub(super) bound: RecordedValues,
    /// In a form in which equal ones are equal bytes, whatever integer type they have.
    pub(super) compared: RecordedValues,
}

impl Default for KeyValues {
    fn default() -> Self {
        Self {
            bound: RecordedValues::new(),
            compared: RecordedValues::new(),
        }
    }
}
