//! The syncs that the tables of an engine know, for monitoring.

use std::time::Duration;

use super::{run, store};
use crate::databases::Registry;
use crate::driver::Physical;
use crate::driver::own_tables::{self, statements::sync};
use crate::error::{Operation, Result};
use crate::link::engine::Engine;

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
    if !store::exist(physical)? {
        return Ok(Vec::new());
    }
    let now = own_tables::process_now_ms();
    let found = sync::summaries(physical)?.into_iter();
    let found = found.map(|row| SyncSummary {
        name: row.sync_name,
        source: row.source,
        target: row.target,
        run: row.run.unsigned_abs(),
        status: row.status,
        age: Duration::from_millis(u64::try_from(now - row.started_ms).unwrap_or(0)),
        watermark: row.watermark,
        error: row.error,
        // A run of the command may reject more rows than are kept.
        rejected: row.rejected.max(row.waiting).unsigned_abs(),
    });
    Ok(found.collect())
}
