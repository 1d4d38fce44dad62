//! How many sagas are not over, for `bindery status` and for alarms.

use std::time::Duration;

use super::store::{self, SagaState};
use crate::databases::{Configured, Registry};
use crate::error::{Operation, Result};
use crate::link::engine::Engine;

/// The sagas of one name that are not over, in the log of one engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SagaSummary {
    /// The engine that keeps the log.
    pub engine: &'static str,
    /// The name of the saga.
    pub saga: String,
    /// How many go forward or wait for a worker.
    pub running: u64,
    /// How many are being undone.
    pub compensating: u64,
    /// How many have a compensation that failed and is tried again.
    pub compensation_pending: u64,
    /// How many wait for a person.
    pub parked: u64,
    /// How many of those that are not over have lost their process, and no worker has gone on with them.
    pub lost: u64,
    /// The age of the oldest.
    pub oldest: Duration,
}

/// Counts the sagas that are not over, on every engine that has a log of sagas, whatever program they are of.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// for (engine, sagas) in bindery::saga::summary(&db) {
///     for one in sagas? {
///         println!("{engine}: {} {}", one.saga, one.compensation_pending);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub fn summary(db: &impl AsRef<Registry>) -> Vec<(&'static str, Result<Vec<SagaSummary>>)> {
    let engines = db.as_ref().own_engines();
    engines
        .map(|engine| (engine.info.name(), count(engine)))
        .collect()
}

/// Counts the sagas that are not over, in the log on one engine; none where there is no such table.
///
/// # Errors
/// The engine cannot be reached, or its table is of another version.
pub fn summary_on<E: Engine>(db: &impl AsRef<Registry>, engine: E) -> Result<Vec<SagaSummary>> {
    count(&db.as_ref().engines[engine.index()])
}

fn count(engine: &Configured) -> Result<Vec<SagaSummary>> {
    let name = engine.info.name();
    let counted = engine.pool.acquire().and_then(|mut link| {
        link.protocol(|physical| {
            if physical.table_exists(None, store::SAGAS)? {
                store::waiting(physical)
            } else {
                Ok(Vec::new())
            }
        })
    });
    let counted = counted.map(|waiting| collected(name, waiting));
    counted.map_err(|error| error.on_engine(name).during(Operation::Saga))
}

fn collected(engine: &'static str, waiting: Vec<store::Waiting>) -> Vec<SagaSummary> {
    let mut found: Vec<SagaSummary> = Vec::new();
    for row in waiting {
        if found.last().is_none_or(|last| last.saga != row.saga) {
            let saga = row.saga.clone();
            found.push(SagaSummary {
                engine,
                saga,
                ..SagaSummary::default()
            });
        }
        if let Some(last) = found.last_mut() {
            match row.state {
                SagaState::Running => last.running += row.count,
                SagaState::Compensating => last.compensating += row.count,
                SagaState::Pending => last.compensation_pending += row.count,
                SagaState::ParkedForward | SagaState::ParkedBack => last.parked += row.count,
                SagaState::Completed | SagaState::Failed => {}
            }
            last.lost += row.lost;
            last.oldest = last.oldest.max(Duration::from_millis(row.oldest_ms));
        }
    }
    found
}
