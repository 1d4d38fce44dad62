//! The rows of `_bindery_migrations` of an engine's database: one for each migration that was applied or begun. `stage` is a [`Stage`].

use crate::driver::Physical;
pub(super) use crate::driver::migration_stage::{Stage, stage};
use crate::driver::own_tables::{MIGRATIONS, statements::migrations};
use crate::error::Result;
use bindery_core::migrations::Migration;

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
    if !physical.table_exists(None, MIGRATIONS.name)? {
        return Ok(Vec::new());
    }
    let rows = migrations::read(physical)?.into_iter();
    let rows = rows.map(|row| Recorded {
        version: row.version,
        name: row.name,
        checksum: row.checksum,
        stage: Stage::named(&row.stage),
        at_work: number(row.at_work),
        done: number(row.done),
        duration_ms: row.duration_ms.unsigned_abs(),
        applied_at: row.applied_at,
    });
    Ok(rows.collect())
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
    let values = migrations::AddValues {
        version: &migration.version,
        name: &migration.name,
        checksum: &migration.checksum,
        bindery: env!("CARGO_PKG_VERSION"),
        stage: progress.stage.name(),
        at_work: signed(progress.at_work as u64),
        done: signed(progress.done as u64),
        duration_ms: signed(progress.duration_ms),
    };
    migrations::add(physical, values)
}

/// Changes the progress of a migration.
pub(super) fn update(physical: &mut Physical, version: &str, progress: Progress) -> Result<()> {
    let stage = progress.stage.name();
    let [at_work, done] = [progress.at_work, progress.done].map(|number| signed(number as u64));
    let duration_ms = signed(progress.duration_ms);
    migrations::update(physical, stage, at_work, done, duration_ms, version)
}

/// Changes the progress of a migration, and the file that it is of.
pub(super) fn amend(
    physical: &mut Physical,
    migration: &Migration,
    progress: Progress,
) -> Result<()> {
    let values = migrations::AmendValues {
        name: &migration.name,
        checksum: &migration.checksum,
        bindery: env!("CARGO_PKG_VERSION"),
        stage: progress.stage.name(),
        at_work: signed(progress.at_work as u64),
        done: signed(progress.done as u64),
        duration_ms: signed(progress.duration_ms),
        version: &migration.version,
    };
    migrations::amend(physical, values)
}

/// Takes the row of a migration away.
pub(super) fn delete(physical: &mut Physical, version: &str) -> Result<()> {
    migrations::forget(physical, version)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
