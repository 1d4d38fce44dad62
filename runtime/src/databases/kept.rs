//! Tables that bindery keeps in an engine's database beside those of the schema: which those are, by what the schema and the
//! configuration use. `create_missing` and migrations make them, and the commands look for them, all by this list. How they are made is
//! in `driver/own_tables`, and what they hold is the matter of the modules that use them.
//!
//! Not among them are the history of migrations, which a run makes before anything else, the record of the schema (`link::drift`), and the
//! tables that triggers of `@capture` write to, which are made with the triggers.

#[cfg(test)]
pub(crate) mod layout_tests;
mod upkeep;

use crate::driver::own_tables::{
    COMMITS, COORDINATORS, DECISIONS, EVENTS, INBOX, MESSAGES, MIRRORS, OUTBOX, OwnTableDdl,
    SAGA_MARKS, SAGA_STEPS, SAGAS, SCHEDULES, SHARD_FENCES, SHARD_MAPS, SHARD_MOVES, SHARD_SLOTS,
    SYNC, SYNC_REJECTS, SYNC_RUNS, VERSIONS,
};
use bindery_core::cluster::Cluster;
use bindery_core::dialect::Dialect;
use bindery_core::program::{EngineInfo, Keeps, TableDdl};

pub(crate) use self::upkeep::ensure;
#[cfg(any(feature = "atomic", feature = "saga", feature = "sync"))]
pub(crate) use self::upkeep::ensure_all;
pub use self::upkeep::{OwnTable, OwnTableState};
#[cfg(feature = "migrations")]
pub(crate) use self::upkeep::{states, whole};

/// Tables that are made together.
pub(crate) type Group = &'static [&'static OwnTableDdl];

/// Tasks, the last ticks of periodic ones, and events on their way.
static OF_OUTBOX: Group = &[&OUTBOX, &SCHEDULES, &EVENTS];
/// Effects that were had, versions of rows that were seen, and messages that came in.
static OF_INBOX: Group = &[&INBOX, &VERSIONS, &MESSAGES];
/// The home of atomic groups.
pub(crate) static OF_HOME: Group = &[&COORDINATORS, &DECISIONS];
/// A target of syncs.
pub(crate) static OF_SYNCS: Group = &[&SYNC, &SYNC_RUNS, &SYNC_REJECTS];
/// A copy that `bindery mirror` keeps up, which no program needs.
pub(crate) static OF_MIRRORS: Group = &[&MIRRORS];
static OF_SAGA_LOG: Group = &[&SAGAS, &SAGA_STEPS];
static OF_SAGA_STEPS: Group = &[&SAGA_MARKS];
/// The engine that keeps the maps of shards.
static OF_SHARD_MAPS: Group = &[&SHARD_MAPS, &SHARD_SLOTS, &SHARD_MOVES];
/// One of the shards.
static OF_SHARDS: Group = &[&SHARD_FENCES];
/// Outcomes of transactions, where the database does not keep them itself.
static OF_OUTCOMES: Group = &[&COMMITS];

/// The tables of an engine with the log of sagas, or with steps alone.
pub(crate) fn of_sagas(keeps_log: bool) -> Group {
    if keeps_log {
        OF_SAGA_LOG
    } else {
        OF_SAGA_STEPS
    }
}

/// The tables that bindery keeps on an engine; those of outcomes where transactions leave them.
pub fn own_tables(
    engine: &EngineInfo,
    keeps_outcomes: bool,
) -> impl Iterator<Item = &'static TableDdl> + use<> {
    let dialect = engine.dialect;
    let others = engine.keeps.to_vec().into_iter();
    let others = others.map(|keeps| match keeps {
        Keeps::Decisions => OF_HOME,
        Keeps::Syncs => OF_SYNCS,
        Keeps::SagaLog => of_sagas(true),
        Keeps::SagaSteps => of_sagas(false),
        Keeps::ShardMaps => OF_SHARD_MAPS,
        Keeps::Shard => OF_SHARDS,
    });
    let groups = [(engine.outbox, OF_OUTBOX), (engine.inbox, OF_INBOX)]
        .into_iter()
        .filter_map(|(is_kept, group)| is_kept.then_some(group))
        .chain(others)
        .chain((keeps_outcomes && !tells_outcomes(engine)).then_some(OF_OUTCOMES));
    groups.flatten().filter_map(move |table| table.on(dialect))
}

/// One server of PostgreSQL keeps the outcomes of transactions by itself.
fn tells_outcomes(engine: &EngineInfo) -> bool {
    engine.dialect == Dialect::Postgres && engine.cluster != Some(Cluster::Citus)
}
