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
    let mut reader = KeyReader::new(table, columns);
    let key = reader.read(&|params| M::write_row(row, params))?;
    Ok(key.cloned())
}

/// Reads the values of some columns of rows of one table.
pub(super) struct KeyReader {
    /// For each of the columns, which of the values that a row writes is its own.
    picks: Vec<Vec<bool>>,
    /// Of the last row.
    key: KeyValues,
}

impl KeyReader {
    pub(super) fn new(table: &TableSql, columns: &[usize]) -> Self {
        let pick = |column: &usize| table.writable.iter().map(|at| at == column).collect();
        Self {
            picks: columns.iter().map(pick).collect(),
            key: KeyValues::default(),
        }
    }

    /// Reads the value that is written at this place.
    pub(super) fn of_written(place: usize) -> Self {
        Self {
            picks: vec![(0..=place).map(|at| at == place).collect()],
            key: KeyValues::default(),
        }
    }

    /// Reads a column at this position of the table's rows.
    ///
    /// # Errors
    /// Rows do not write it.
    pub(super) fn of_column(table: &TableSql, column: usize) -> Result<Self> {
        if table.writable.contains(&column) {
            return Ok(Self::new(table, &[column]));
        }
        let why = "references to a computed column";
        Err(Error::new(ErrorKind::Unsupported(why)))
    }

    /// The values of a row; `None` where one is NULL: such a row refers to none.
    pub(super) fn read(
        &mut self,
        write: &dyn Fn(&mut ParamWriter<'_>),
    ) -> Result<Option<&KeyValues>> {
        let Self { picks, key } = self;
        key.bound.clear();
        key.compared.clear();
        for pick in picks {
            let before = key.bound.bytes().len();
            let mut params = ParamWriter::recording(&mut key.bound);
            params.pick_given(pick, write);
            params.finish_recording()?;
            let value = &key.bound.bytes()[before..];
            if is_null(value) {
                return Ok(None);
            }
            key.compared.extend(&same_number(value));
        }
        Ok(Some(key))
    }
}

/// The values of a key.
#[derive(Clone)]
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
