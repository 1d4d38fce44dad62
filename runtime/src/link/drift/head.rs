//! The last migration that a program was compiled with: is it applied?

use bindery_core::sql_writer::{SqlWriter, TableName};

use super::record::is_readable;
use crate::driver::{AnyDriver, own_tables};
use crate::error::{PendingHead, Result};
use crate::link::program::EngineInfo;
use crate::value::ParamWriter;

/// The migration, unless it is applied.
pub(super) fn pending(
    physical: &mut AnyDriver,
    engine: &'static EngineInfo,
) -> Result<Option<PendingHead>> {
    let is_applied = match engine.head {
        Some(version) => is_applied(physical, version)?,
        None => false,
    };
    let pending = PendingHead {
        engine: engine.name,
        version: engine.head,
    };
    Ok((!is_applied).then_some(pending))
}

fn is_applied(physical: &mut AnyDriver, version: &str) -> Result<bool> {
    let table = TableName {
        schema: None,
        name: own_tables::MIGRATIONS.to_owned(),
    };
    if !is_readable(physical, &table)? {
        return Ok(false);
    }
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("SELECT 1 FROM ")
        .table(&table)
        .push(" WHERE version = ");
    sql.placeholder().push(" AND stage = 'applied'");
    let mut is_applied = false;
    let write = &mut |params: &mut ParamWriter<'_>| params.text(version);
    physical.query(&sql.finish(), write, &mut |_| {
        is_applied = true;
        Ok(true)
    })?;
    Ok(is_applied)
}
