//! The readers of recorded changes, for monitoring.

use std::time::Duration;

use crate::driver::Physical;
use crate::driver::own_tables::statements::changes;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::observe::{is_recorded, record_reader};
use crate::sync::run::on_physical;

/// How often readers of an engine set its metrics.
const NOTE: Duration = Duration::from_secs(20);

/// A reader of the recorded changes of a table, and how far it is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeReader {
    /// Its name: that of the sync, or the program's own.
    pub name: String,
    /// The name of the table whose changes it reads.
    pub table: String,
    /// The number of changes that it has not passed.
    pub behind: u64,
    /// The age of the first of them, by the database's clock.
    pub oldest: Option<Duration>,
    /// The age of its saved position.
    pub saved: Duration,
}

impl ChangeReader {
    pub(super) fn record(&self, engine: &'static str) {
        let oldest = self.oldest.unwrap_or_default();
        record_reader(engine, (&self.name, &self.table), (self.behind, oldest));
    }
}

/// Sets the metrics of an engine's readers, where metrics are recorded and it was not done a moment ago.
pub(super) fn note<E: Engine>(source: &mut Connection<E>) {
    let engine = source.engine.name();
    if !is_recorded() || !source.link.pool().may_count_readers(NOTE) {
        return;
    }
    match on_physical(source, read_change_readers) {
        Ok(readers) => readers.iter().for_each(|reader| reader.record(engine)),
        Err(error) => tracing::debug!(engine, %error, "readers of changes cannot be counted"),
    }
}

const TABLE: &str = "_bindery_change_readers";

pub(super) fn read_change_readers(physical: &mut Physical) -> Result<Vec<ChangeReader>> {
    if !physical.table_exists(None, TABLE)? {
        return Ok(Vec::new());
    }
    let found = changes::readers(physical)?.into_iter();
    let found = found.map(|row| ChangeReader {
        name: row.reader,
        table: row.table_name,
        behind: row.behind.unsigned_abs(),
        oldest: row.oldest.map(age),
        saved: age(row.saved),
    });
    Ok(found.collect())
}

fn age(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default())
}
