//! The rows of `_bindery_migrations` of an engine's database: one for each migration that was applied or begun. `stage` is a [`Stage`].

use crate::driver::Physical;
pub(super) use crate::driver::migration_stage::{Stage, stage};
use crate::driver::own_tables::MIGRATIONS;
use crate::error::Result;
use crate::value::ParamWriter;
use bindery_core::migrations::Migration;
use bindery_core::sql_writer::SqlWriter;

const SELECT: &str = "SELECT version, name, checksum, stage, at_work, done, duration_ms, CAST(applied_at AS CHAR(19)) \
    FROM _bindery_migrations ORDER BY version";

/// One row of the history table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) version: String,
    pub(super) name: String,
    pub(super) checksum: String,
    pub(super) stage: Stage,
    pub(super) at_work: usize,
    pub(super) done: usize,
    pub(super) duration_ms: u64,
    pub(super) applied_at: String,
}

/// Makes the table where there is none. Another process may make it at the same time.
pub(super) fn create(physical: &mut Physical) -> Result<()> {
    if physical.table_exists(None, MIGRATIONS.name)? {
        return Ok(());
    }
    let mut statements = MIGRATIONS.create(physical.dialect()).iter();
    match statements.try_for_each(|sql| physical.define(sql)) {
        Err(_) if physical.table_exists(None, MIGRATIONS.name)? => Ok(()),
        outcome => outcome,
    }
}

/// All rows; none where there is no table.
pub(super) fn read_history(physical: &mut Physical) -> Result<Vec<Recorded>> {
    let mut rows = Vec::new();
    if !physical.table_exists(None, MIGRATIONS.name)? {
        return Ok(rows);
    }
    physical.query(SELECT, &mut |_| (), &mut |row| {
        rows.push(Recorded {
            version: row.next()?,
            name: row.next()?,
            checksum: row.next()?,
            stage: Stage::named(&row.next::<String>()?),
            at_work: number(row.next()?),
            done: number(row.next()?),
            duration_ms: row.next::<i64>()?.unsigned_abs(),
            applied_at: row.next()?,
        });
        Ok(true)
    })?;
    Ok(rows)
}

fn number(value: i64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

/// The progress of a migration.
#[derive(Clone, Copy)]
pub(super) struct Progress {
    pub(super) stage: Stage,
    pub(super) at_work: usize,
    pub(super) done: usize,
    pub(super) duration_ms: u64,
}

/// Adds the row of a migration.
pub(super) fn insert(
    physical: &mut Physical,
    migration: &Migration,
    progress: Progress,
) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("INSERT INTO _bindery_migrations (version, name, checksum, bindery, stage, at_work, done, duration_ms, applied_at) VALUES (");
    for _ in 0..8 {
        sql.placeholder().push(", ");
    }
    sql.push("CURRENT_TIMESTAMP)");
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(&migration.version);
        params.text(&migration.name);
        params.text(&migration.checksum);
        params.text(env!("CARGO_PKG_VERSION"));
        progress.write(params);
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// Changes the progress of a migration.
pub(super) fn update(physical: &mut Physical, version: &str, progress: Progress) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("UPDATE _bindery_migrations SET stage = ")
        .placeholder();
    for column in ["at_work", "done", "duration_ms"] {
        sql.push(", ").push(column).push(" = ").placeholder();
    }
    sql.push(", applied_at = CURRENT_TIMESTAMP WHERE version = ")
        .placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        progress.write(params);
        params.text(version);
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// Changes the progress of a migration, and the file that it is of.
pub(super) fn amend(
    physical: &mut Physical,
    migration: &Migration,
    progress: Progress,
) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("UPDATE _bindery_migrations SET ");
    for column in [
        "name",
        "checksum",
        "bindery",
        "stage",
        "at_work",
        "done",
        "duration_ms",
    ] {
        sql.push(column).push(" = ").placeholder().push(", ");
    }
    sql.push("applied_at = CURRENT_TIMESTAMP WHERE version = ")
        .placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(&migration.name);
        params.text(&migration.checksum);
        params.text(env!("CARGO_PKG_VERSION"));
        progress.write(params);
        params.text(&migration.version);
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// Takes the row of a migration away.
pub(super) fn delete(physical: &mut Physical, version: &str) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM _bindery_migrations WHERE version = ")
        .placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(version);
    physical.execute(&sql.finish(), write).map(drop)
}

impl Progress {
    fn write(self, params: &mut ParamWriter<'_>) {
        params.text(self.stage.name());
        for number in [self.at_work as u64, self.done as u64, self.duration_ms] {
            params.i64(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}
