//! The tables themselves: what makes them, and the error where one is missing.

use bindery_core::dialect::Dialect;

use crate::databases::kept;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result, SagaError};

/// The statements that make the tables; those of the log on the engine that keeps it, the marks on others.
pub(in crate::saga) fn statements(
    dialect: Dialect,
    keeps_log: bool,
) -> impl Iterator<Item = &'static str> {
    let tables = kept::of_sagas(keeps_log).iter();
    tables.flat_map(move |table| table.create(dialect)).copied()
}

/// Makes the tables where there are none.
pub(in crate::saga) fn create(physical: &mut Physical, keeps_log: bool) -> Result<()> {
    kept::ensure_all(physical, kept::of_sagas(keeps_log))
}

/// Says in words that a table is missing, where that is why something failed.
pub(in crate::saga) fn explained(
    physical: &mut Physical,
    table: &'static str,
    error: Error,
) -> Error {
    let is_missing = *error.kind() == ErrorKind::SchemaMismatch
        && !physical.in_transaction()
        && matches!(physical.table_exists(None, table), Ok(false));
    if is_missing {
        Error::new(ErrorKind::Saga(SagaError::NoTable { table }))
    } else {
        error
    }
}
