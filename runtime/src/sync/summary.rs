//! The syncs that the tables of an engine know, for monitoring.

use std::time::Duration;

use super::{run, store};
use crate::databases::Registry;
use crate::driver::{Physical, own_tables};
use crate::error::{Operation, Result};
use crate::link::engine::Engine;

const SELECT: &str = "SELECT r.sync_name, r.source, r.target, r.run, r.status, r.started_ms, r.watermark, r.error, \
    r.rejected, (SELECT count(*) FROM _bindery_sync_rejects j WHERE j.sync_name = r.sync_name) \
    FROM _bindery_sync s JOIN _bindery_sync_runs r ON r.sync_name = s.sync_name AND r.run = s.run ORDER BY r.sync_name";

/// A sync to an engine, as its last run left it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncSummary {
    /// The name of the sync.
    pub name: String,
    /// Engine and model that it reads: `default.User`.
    pub source: String,
    /// Engine and model that it writes.
    pub target: String,
    /// The number of its last run, from 1.
    pub run: u64,
    /// `running`, `done` or `failed`. A run whose process was killed is `running` until the next one begins.
    pub status: String,
    /// How long ago that run began, by this process's clock.
    pub age: Duration,
    /// Up to where all rows were copied, where it went by a column.
    pub watermark: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Rows that wait to be tried again: those that the last run rejected, or that runs before it did where it failed.
    pub rejected: u64,
}

impl Registry {
    /// The syncs to an engine, in the order of their names; none where it has no tables of syncs.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn sync_summaries<E: Engine>(&self, engine: E) -> Result<Vec<SyncSummary>> {
        let mut connection = self.connect(engine)?;
        run::on_physical(&mut connection, read_summaries)
            .map_err(|error| error.during(Operation::Sync))
    }
}

fn read_summaries(physical: &mut Physical) -> Result<Vec<SyncSummary>> {
    let mut found = Vec::new();
    if !store::exist(physical)? {
        return Ok(found);
    }
    let now = own_tables::process_now_ms();
    physical.query(SELECT, &mut |_| (), &mut |row| {
        found.push(SyncSummary {
            name: row.next()?,
            source: row.next()?,
            target: row.next()?,
            run: row.next::<i64>()?.unsigned_abs(),
            status: row.next()?,
            age: Duration::from_millis(u64::try_from(now - row.next::<i64>()?).unwrap_or(0)),
            watermark: row.next()?,
            error: row.next()?,
            // A run of the command may reject more rows than are kept.
            rejected: row.u64()?.max(row.u64()?),
        });
        Ok(true)
    })?;
    Ok(found)
}
