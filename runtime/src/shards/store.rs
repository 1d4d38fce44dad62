//! The tables of maps: `_bindery_shard_maps` has the number of slots and the version of each set, `_bindery_shard_slots` which of them are
//! where. Whoever changes a map takes the lock of its row in the former first, so that changes follow one another.

use std::ops::Range;

use super::ShardSet;
use super::map;
use crate::databases::Registry;
use crate::databases::shard_maps::{KnownMap, Slots};
use crate::driver::own_tables::statements::shards as statements;
use crate::driver::{Isolation, Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Connection;
use crate::link::dialect::Several;
use crate::link::engine::Engine;
use crate::link::transaction::Transaction;
use bindery_core::dialect::Dialect;
use bindery_core::program::Program;

/// The engine that keeps a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct MapEngine {
    index: usize,
    name: &'static str,
    dialect: Dialect,
}

impl Engine for MapEngine {
    type Dialect = Several;

    fn index(self) -> usize {
        self.index
    }

    fn name(self) -> &'static str {
        self.name
    }

    fn dialect(self) -> Dialect {
        self.dialect
    }
}

impl MapEngine {
    pub(super) fn of(set: &ShardSet<'_>, program: &'static Program) -> Self {
        let info = &program.engines[set.map];
        Self {
            index: set.map,
            name: info.name(),
            dialect: info.dialect,
        }
    }
}

/// Reads a map: what is committed of it, also where a session of the caller's has the engine open.
pub(super) fn read_map(registry: &Registry, set: &ShardSet<'_>) -> Result<KnownMap> {
    let engine = MapEngine::of(set, registry.program);
    let mut connection = registry.outside_transaction(|| registry.connect(engine))?;
    // The version and the ranges are those of one moment.
    let options = TransactionOptions::new()
        .isolation(Isolation::RepeatableRead)
        .read_only();
    let read = connection.transaction_with(options, |tx| map_within(tx, set, registry.program));
    read.map_err(|error| {
        explained(
            set,
            error,
            "its tables, `_bindery_shard_maps` and `_bindery_shard_slots`, are",
        )
        .on_engine(engine.name)
    })
}

/// Gives slots that are on no engine to some: `added` says which ranges come to those that there are.
pub(super) fn change(
    registry: &Registry,
    set: &ShardSet<'_>,
    mut added: impl FnMut(&KnownMap) -> Result<Vec<Slots>>,
) -> Result<KnownMap> {
    let known = read_map(registry, set)?;
    if added(&known)?.is_empty() {
        return Ok(known);
    }
    within(registry, set, |tx, map| {
        let added = added(map)?;
        if !added.is_empty() {
            for range in added {
                insert(tx, set, range, registry.program)?;
            }
            grow(tx, set)?;
        }
        map_within(tx, set, registry.program)
    })
}

/// Works on a map, which none changes meanwhile.
pub(super) fn within<T>(
    registry: &Registry,
    set: &ShardSet<'_>,
    mut work: impl FnMut(&mut Transaction<'_, MapEngine>, &KnownMap) -> Result<T>,
) -> Result<T> {
    let engine = MapEngine::of(set, registry.program);
    let mut connection = registry.connect(engine)?;
    begin_map(&mut connection, set)?;
    connection.transaction(|tx| {
        // Others wait for the lock of this row.
        written(tx, |physical| statements::lock_map(physical, set.name))?;
        let map = map_within(tx, set, registry.program)?;
        work(tx, &map)
    })
}

/// Runs a statement over the tables of maps.
pub(super) fn on<T>(
    connection: &mut Connection<MapEngine>,
    operation: Operation,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    let engine = connection.engine.name();
    let outcome = connection.link.call(operation, |link| {
        work(link.ready()?).inspect_err(|error| link.heed(error))
    });
    outcome.map_err(|error| error.on_engine(engine).during(operation))
}

/// Runs one that writes.
pub(super) fn written(
    tx: &mut Transaction<'_, MapEngine>,
    work: impl FnOnce(&mut Physical) -> Result<()>,
) -> Result<()> {
    on(tx, Operation::Update, work)
}

/// Writes the ranges of a map anew.
pub(super) fn replace(
    tx: &mut Transaction<'_, MapEngine>,
    set: &ShardSet<'_>,
    ranges: Vec<Slots>,
    program: &'static Program,
) -> Result<()> {
    written(tx, |physical| statements::forget_ranges(physical, set.name))?;
    for range in ranges {
        insert(tx, set, range, program)?;
    }
    grow(tx, set)
}

fn grow(tx: &mut Transaction<'_, MapEngine>, set: &ShardSet<'_>) -> Result<()> {
    written(tx, |physical| statements::grow_map(physical, set.name))
}

/// The slots of a range that come to an engine.
pub(super) fn assigned(
    registry: &Registry,
    set: &ShardSet<'_>,
    (known, slots): (&KnownMap, &Range<u32>),
    engine: usize,
) -> Result<Vec<Slots>> {
    let given = map::assigned(known, set.slots, slots, engine);
    given.map_err(|why| {
        let why = match why {
            map::Refused::Beyond => {
                format!(
                    "the shards `{}` have slots from 0 to {}",
                    set.name, set.slots
                )
            }
            map::Refused::Taken { slot, engine } => {
                let name = registry.program.engines[engine].name();
                format!(
                    "slot {slot} of the shards `{}` is on `{name}`, and so are its rows",
                    set.name
                )
            }
        };
        Error::new(ErrorKind::Config(why)).during(Operation::Choose)
    })
}

/// Makes the row of a map where there is none.
fn begin_map(connection: &mut Connection<MapEngine>, set: &ShardSet<'_>) -> Result<()> {
    let slots = i64::from(set.slots);
    connection.transaction(|tx| {
        written(tx, |physical| {
            statements::begin_map(physical, set.name, slots)
        })
    })
}

fn insert(
    tx: &mut Transaction<'_, MapEngine>,
    set: &ShardSet<'_>,
    range: Slots,
    program: &'static Program,
) -> Result<()> {
    let (first, past) = (i64::from(range.first), i64::from(range.past));
    let name = program.engines[range.engine].name();
    written(tx, |physical| {
        statements::add_range(physical, set.name, first, past, name)
    })
}

fn map_within(
    tx: &mut Transaction<'_, MapEngine>,
    set: &ShardSet<'_>,
    program: &'static Program,
) -> Result<KnownMap> {
    let head = on(tx, Operation::Select, |physical| {
        statements::map(physical, set.name)
    })?;
    let Some(statements::MapRow { slots, version }) = head else {
        return Ok(KnownMap::default());
    };
    if slots != i64::from(set.slots) {
        return Err(refused(
            set,
            &format!(
                "it has {slots} slots, and the program was compiled for {}",
                set.slots
            ),
        ));
    }
    let rows = on(tx, Operation::Select, |physical| {
        statements::ranges(physical, set.name)
    })?;
    let mut found: Vec<Slots> = Vec::with_capacity(rows.len());
    for row in rows {
        let (first, past, name) = (row.first_slot, row.past_slot, row.engine);
        let engine = program.engine_names().position(|known| known == name);
        let engine = engine.ok_or_else(|| {
            refused(
                set,
                &format!("it names the engine `{name}`, which the program does not have"),
            )
        })?;
        let least = found.last().map_or(0, |range| i64::from(range.past));
        if first < least || past <= first || past > slots {
            return Err(refused(
                set,
                &format!("its slots from {first} to {past} overlap others or are none"),
            ));
        }
        found.push(Slots {
            first: first as u32,
            past: past as u32,
            engine,
        });
    }
    Ok(KnownMap {
        version,
        ranges: found,
    })
}

/// Says in words that tables are missing, where that is why something failed. Whoever changes a map has read it before.
#[cold]
pub(super) fn explained(set: &ShardSet<'_>, error: Error, tables: &str) -> Error {
    match error.kind() {
        ErrorKind::SchemaMismatch => refused(
            set,
            &format!(
                "{tables} not there: `create_missing()`, `bindery create` or a run of migrations makes what is missing"
            ),
        ),
        _ => error,
    }
}

/// A map that the program cannot use.
#[cold]
fn refused(set: &ShardSet<'_>, why: &str) -> Error {
    Error::new(ErrorKind::Config(format!(
        "the map of the shards `{}` cannot be used: {why}",
        set.name
    )))
}
