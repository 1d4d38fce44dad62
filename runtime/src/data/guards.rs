//! The guards of shards, which refuse rows whose slot is elsewhere, let a loading pass that moves these rows.

use super::table::DataTable;
use crate::driver::Physical;
use crate::driver::own_tables::statements::moves;
use crate::error::Result;
use bindery_core::dialect::Dialect;

/// Has the guards of these tables let the transaction write. A session of a server has a name for that, which no other has; in SQLite it is in
/// the table of fences until the transaction ends, and none but the transaction sees it.
pub(super) fn pass(physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
    if tables.iter().all(|table| table.slots.is_none()) {
        return Ok(());
    }
    physical.batch(match physical.dialect() {
        Dialect::Postgres => "SET LOCAL bindery.moves = 'on'",
        Dialect::Mysql => "SET @bindery_moves = 1",
        Dialect::Sqlite => moves::BEGIN,
    })
}

/// Ends that.
pub(super) fn close(physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite if tables.iter().any(|table| table.slots.is_some()) => {
            physical.batch(moves::END)
        }
        Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => Ok(()),
    }
}
