//! Syncs that run while faults strike: the entries of each engine are copied to the next one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bindery::sync::{SyncJob, SyncReport, SyncRow};

use crate::Failure;
use crate::generated::{Databases, Duplicate, Entry, engine};
use crate::nemesis::rest;
use crate::verify::Verified;

/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(200);
const BATCH: usize = 200;

/// The runs of all syncs.
#[derive(Debug, Default)]
pub(crate) struct CopyReport {
    pub(crate) runs: u64,
    pub(crate) failed: u64,
    pub(crate) rows: u64,
}

fn copy<S: SyncRow + 'static, T: SyncRow + 'static>(db: &Databases) -> SyncJob<'_, S, T> {
    db.registry()
        .sync_columns::<S, T>()
        .full()
        .batch_size(BATCH)
}

fn round(db: &Databases) -> [bindery::Result<SyncReport>; 3] {
    [
        copy::<Entry<engine::Lite>, Duplicate<engine::Pg>>(db).run(),
        copy::<Entry<engine::Pg>, Duplicate<engine::Maria>>(db).run(),
        copy::<Entry<engine::Maria>, Duplicate<engine::Lite>>(db).run(),
    ]
}

/// Makes the tables in which syncs are kept.
pub(crate) fn prepare(db: &Databases) -> bindery::Result<()> {
    db.registry().create_sync_tables(engine::Lite)?;
    db.registry().create_sync_tables(engine::Pg)?;
    db.registry().create_sync_tables(engine::Maria)
}

/// Runs the syncs until the run is over. One that a fault ends goes on with the next.
pub(crate) fn keep_up(db: &Databases, over: &AtomicBool) -> CopyReport {
    let mut report = CopyReport::default();
    while !over.load(Ordering::Relaxed) {
        for outcome in round(db) {
            report.runs += 1;
            match outcome {
                Ok(run) => report.rows += run.rows.written(),
                Err(_) => report.failed += 1,
            }
        }
        rest(PAUSE, over);
    }
    report
}

/// After a last run each copy is as its source.
pub(crate) fn verify(db: &Databases, verified: &mut Verified) -> Result<(), Failure> {
    for outcome in round(db) {
        outcome?;
    }
    let compared = [
        db.registry()
            .sync_columns::<Entry<engine::Lite>, Duplicate<engine::Pg>>()
            .verify()?,
        db.registry()
            .sync_columns::<Entry<engine::Pg>, Duplicate<engine::Maria>>()
            .verify()?,
        db.registry()
            .sync_columns::<Entry<engine::Maria>, Duplicate<engine::Lite>>()
            .verify()?,
    ];
    for copy in compared {
        verified.copied += copy.same;
        if !copy.is_equal() {
            verified
                .broken
                .push(format!("a copy is not as its source: {copy:?}"));
        }
    }
    Ok(())
}
