//! Whether the triggers that the program was compiled with are there and switched on. Their names hold a number made of what they do, so
//! one that another key or another table needs has another name.

use super::CaptureSql;
use crate::driver::Physical;
use crate::driver::own_tables::statements::with_words;
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::sync::run::on_physical;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

/// Fails where a change of the table would not be recorded.
pub(super) fn ensure<E: Engine>(
    source: &mut Connection<E>,
    capture: &CaptureSql<'_>,
) -> Result<()> {
    let found = on_physical(source, |physical| working(physical, capture))?;
    let missing = capture.triggers.iter();
    let Some(missing) = missing
        .copied()
        .find(|name| !found.iter().any(|one| one == name))
    else {
        return Ok(());
    };
    let (table, trigger) = (capture.table.to_owned(), missing.to_owned());
    let error = Error::new(ErrorKind::Sync(SyncError::NotRecorded { table, trigger }));
    Err(error.on_engine(source.engine.name()))
}

/// The triggers among these that fire for everybody's changes.
fn working(physical: &mut Physical, capture: &CaptureSql<'_>) -> Result<Vec<String>> {
    let places = vec!["?"; capture.triggers.len()].join(", ");
    let sql = match physical.dialect() {
        Dialect::Sqlite => {
            format!("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name IN ({places})")
        }
        Dialect::Postgres => format!(
            "SELECT CAST(tgname AS text) FROM pg_catalog.pg_trigger WHERE tgenabled = 'A' AND CAST(tgname AS text) IN ({places})"
        ),
        Dialect::Mysql => format!(
            "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database() AND trigger_name IN ({places})"
        ),
    };
    let mut found = Vec::new();
    let sql = with_words(physical.dialect(), &sql);
    let write = &mut |params: &mut ParamWriter<'_>| {
        capture.triggers.iter().for_each(|name| params.text(name))
    };
    physical.next_is_own();
    physical.query(&sql, write, &mut |row| {
        found.push(row.next()?);
        Ok(true)
    })?;
    Ok(found)
}
