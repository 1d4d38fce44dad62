//! Whether the last migration that a program was compiled with is applied.

use bindery_core::sql_writer::TableName;

use super::record::is_readable;
use crate::driver::migration_stage::{self, Stage};
use crate::driver::{AnyDriver, own_tables};
use crate::error::{PendingHead, Result};
use bindery_core::program::EngineInfo;

/// The migration, unless it is applied.
pub(super) fn pending(
    physical: &mut AnyDriver,
    engine: &'static EngineInfo,
) -> Result<Option<PendingHead>> {
    let head = engine.head.as_deref();
    let is_applied = match head {
        Some(version) => is_applied(physical, version)?,
        None => false,
    };
    let pending = PendingHead {
        engine: engine.name(),
        version: head,
    };
    Ok((!is_applied).then_some(pending))
}

fn is_applied(physical: &mut AnyDriver, version: &str) -> Result<bool> {
    let table = TableName {
        schema: None,
        name: own_tables::MIGRATIONS.name.to_owned(),
    };
    if !is_readable(physical, &table)? {
        return Ok(false);
    }
    Ok(migration_stage::stage(physical, version)? == Some(Stage::Applied))
}
