//! Slots on their way from one shard to another, for the command: what the engine with the map knows of it, and what each shard says of its
//! slots. The rows themselves are copied and removed by the command.
//!
//! The order is what keeps them whole. The target says that they come; they are copied, and changes after them. The source says that they
//! leave, from when on its guards refuse writes; the last changes are copied. When no program goes by an earlier word of the source any more, the
//! target says that they are its own, and then the map does. Then they are removed from the source.

use std::ops::Range;
use std::time::Duration;

use super::map::{self, ShardMap};
use super::store::{self, MapEngine};
use super::{ShardSet, Sharded, Shards};
use crate::databases::Registry;
use crate::databases::shard_maps::KnownMap;
use crate::driver::own_tables::statements::shards as statements;
use crate::driver::{Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::transaction::Transaction;
use bindery_core::slots::OWN;

/// How long a change of what a shard says waits for transactions that write there, and others for it.
const LOCK_TIMEOUT: Duration = Duration::from_millis(300);

/// How far slots are on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveStage {
    /// Their rows are copied.
    Copying,
    /// The map has them on the target, and rows are removed from the source.
    Moved,
}

/// Slots on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardMove {
    /// The slots.
    pub slots: Range<u32>,
    /// The engine that they leave.
    pub source: String,
    /// The engine that they come to.
    pub target: String,
    /// How far they are.
    pub stage: MoveStage,
}

impl Registry {
    /// The map of a set, and which of its slots are on their way.
    ///
    /// # Errors
    /// The engine with the map cannot be reached, or the map is none of this program's.
    #[doc(hidden)]
    pub fn shard_map(&self, set: &ShardSet<'_>) -> Result<(ShardMap, Option<ShardMove>)> {
        let map = store::read_map(self, set)?;
        let engine = MapEngine::of(set, self.program);
        let mut connection = self.connect(engine)?;
        let moving = connection.transaction(|tx| move_within(tx, set))?;
        Ok((ShardMap::of(&map, set.slots, self.program), moving))
    }

    /// Gives slots to engines: those of a range to one, or all that are on none to several.
    ///
    /// # Errors
    /// As of [`Shards::assign`].
    #[doc(hidden)]
    pub fn assign_slots(
        &self,
        set: &ShardSet<'_>,
        range: Option<Range<u32>>,
        engines: &[usize],
    ) -> Result<ShardMap> {
        let changed = store::change(self, set, |known| match (&range, engines) {
            (Some(range), [engine]) => store::assigned(self, set, (known, range), *engine),
            _ => Ok(map::divided(known, set.slots, engines)),
        })?;
        Ok(ShardMap::of(&changed, set.slots, self.program))
    }

    /// Notes that slots are about to move.
    ///
    /// # Errors
    /// They are not all on one engine, or on that already; others are on their way.
    #[doc(hidden)]
    pub fn begin_move(
        &self,
        set: &ShardSet<'_>,
        slots: &Range<u32>,
        target: &str,
    ) -> Result<ShardMove> {
        store::within(self, set, |tx, known| {
            if let Some(other) = move_within(tx, set)? {
                let Range { start, end } = other.slots;
                let why = format!(
                    "slots {start}..{end} are on their way to `{}`",
                    other.target
                );
                return Err(refused(set, &why));
            }
            let source = self.owner(set, known, slots, target)?;
            let (first, past) = (i64::from(slots.start), i64::from(slots.end));
            store::written(tx, |physical| {
                statements::begin_move(physical, set.name, first, past, source, target)
            })?;
            Ok(ShardMove {
                slots: slots.clone(),
                source: source.to_owned(),
                target: target.to_owned(),
                stage: MoveStage::Copying,
            })
        })
    }

    /// The engine that has all of these slots, which could move to another one.
    ///
    /// # Errors
    /// They are not all on one engine, or on that already.
    #[doc(hidden)]
    pub fn owner_of_slots(
        &self,
        set: &ShardSet<'_>,
        slots: &Range<u32>,
        target: &str,
    ) -> Result<&'static str> {
        self.owner(set, &store::read_map(self, set)?, slots, target)
    }

    fn owner(
        &self,
        set: &ShardSet<'_>,
        map: &KnownMap,
        slots: &Range<u32>,
        target: &str,
    ) -> Result<&'static str> {
        if slots.is_empty() || slots.end > set.slots {
            let why = format!("it has the slots from 0 to {}", set.slots);
            return Err(refused(set, &why));
        }
        let mut owners = slots.clone().map(|slot| map.engine_of(slot));
        let first = owners.next().flatten();
        match first {
            Some(engine) if owners.all(|owner| owner == first) => {
                match self.program.engines[engine].name() {
                    name if name == target => {
                        Err(refused(set, &format!("these slots are on `{target}`")))
                    }
                    name => Ok(name),
                }
            }
            _ => Err(refused(
                set,
                "not all of these slots are on one shard: move them apart",
            )),
        }
    }

    /// Has the map say that the slots on their way are on their target.
    ///
    /// # Errors
    /// None are; the engine with the map cannot be reached.
    #[doc(hidden)]
    pub fn switch_map(&self, set: &ShardSet<'_>) -> Result<()> {
        store::within(self, set, |tx, known| {
            let moving =
                move_within(tx, set)?.ok_or_else(|| refused(set, "no slots are moving"))?;
            if moving.stage == MoveStage::Moved {
                return Ok(());
            }
            let target = self
                .program
                .engine_names()
                .position(|name| name == moving.target);
            let target = target.ok_or_else(|| refused(set, "the target is no engine of it"))?;
            store::replace(
                tx,
                set,
                map::moved(known, &moving.slots, target),
                self.program,
            )?;
            store::written(tx, |physical| statements::has_moved(physical, set.name))
        })
    }

    /// Forgets the slots that were on their way.
    ///
    /// # Errors
    /// The engine with the map cannot be reached.
    #[doc(hidden)]
    pub fn end_move(&self, set: &ShardSet<'_>) -> Result<()> {
        store::within(self, set, |tx, _| {
            store::written(tx, |physical| statements::end_move(physical, set.name))
        })
    }

    /// Has a shard say this of slots, when no transaction is open there that has written rows of the set. Returns whether all are its own then.
    ///
    /// # Errors
    /// [`ErrorKind::Busy`] where such a transaction takes longer; the shard cannot be reached.
    #[doc(hidden)]
    pub fn mark_slots<E: Engine>(
        &self,
        shard: E,
        set: &ShardSet<'_>,
        (slots, letter): (&Range<u32>, char),
    ) -> Result<bool> {
        let mark = || {
            let (mut physical, _pool, _) = self.connect_for_ddl(shard.index(), LOCK_TIMEOUT)?;
            begin_fence(&mut physical, set)?;
            physical.begin_with(&TransactionOptions::new())?;
            let letters = marked(&mut physical, set, (slots, letter))?;
            physical.commit()?;
            Ok(letters.chars().all(|letter| letter == OWN))
        };
        mark().map_err(|error: Error| error.during(Operation::Choose).on_engine(shard.name()))
    }

    /// The word of a shard about its slots: a letter for each, of `bindery_core::slots`; none where it never had a reason to say one.
    ///
    /// # Errors
    /// The shard cannot be reached, or has not the table for that.
    #[doc(hidden)]
    pub fn word_of_shard<E: Engine>(&self, shard: E, set: &ShardSet<'_>) -> Result<String> {
        let read = || {
            let (mut physical, _pool, _) = self.connect_for_ddl(shard.index(), LOCK_TIMEOUT)?;
            let fence = statements::fence(&mut physical, set.name)?;
            Ok(fence.map(|fence| fence.slots).unwrap_or_default())
        };
        read().map_err(|error: Error| error.during(Operation::Choose).on_engine(shard.name()))
    }

    /// Runs statements that make or remove guards of a shard; those that are there already, or are not there, are passed over.
    ///
    /// # Errors
    /// [`ErrorKind::Busy`] where a transaction at work has a table; the database refuses.
    #[doc(hidden)]
    pub fn define_guards<E: Engine>(&self, shard: E, statements: &[String]) -> Result<()> {
        let define = || {
            let (mut physical, _pool, _) = self.connect_for_ddl(shard.index(), LOCK_TIMEOUT)?;
            for statement in statements {
                match physical.define(statement) {
                    Err(error) if is_there(&error) => {}
                    outcome => outcome?,
                }
            }
            Ok(())
        };
        define().map_err(|error: Error| error.during(Operation::Create).on_engine(shard.name()))
    }
}

impl<E: Sharded> Shards<'_, E> {
    /// The slots that are on their way from one shard to another, as `bindery shards move` does it; `None` where there are none.
    ///
    /// # Errors
    /// As for [`map`](Self::map).
    pub fn moving(&self) -> Result<Option<ShardMove>> {
        self.registry.shard_map(E::SET).map(|(_, moving)| moving)
    }
}

/// A trigger of this name is there: names say what they do.
fn is_there(error: &Error) -> bool {
    matches!(error.code(), Some("42710" | "1359"))
}

/// Makes the row of a set where there is none.
fn begin_fence(physical: &mut Physical, set: &ShardSet<'_>) -> Result<()> {
    let letters = OWN.to_string().repeat(set.slots as usize);
    statements::begin_fence(physical, set.name, &letters)
}

/// Writes the letter of slots, and returns those of all. The row is locked first, as the guards have it locked until their transactions end.
fn marked(
    physical: &mut Physical,
    set: &ShardSet<'_>,
    (slots, letter): (&Range<u32>, char),
) -> Result<String> {
    let mut letters = statements::lock_fence(physical, set.name)?.unwrap_or_default();
    let range = slots.start as usize..slots.end as usize;
    if letters.len() < range.end {
        return Err(refused(set, "the shard was set up for fewer slots"));
    }
    letters.replace_range(range.clone(), &letter.to_string().repeat(range.len()));
    statements::mark_fence(physical, &letters, set.name)?;
    Ok(letters)
}

fn move_within(
    tx: &mut Transaction<'_, MapEngine>,
    set: &ShardSet<'_>,
) -> Result<Option<ShardMove>> {
    let row = store::on(tx, Operation::Select, |physical| {
        statements::moving(physical, set.name)
    })?;
    Ok(row.map(|row| ShardMove {
        slots: row.first_slot as u32..row.past_slot as u32,
        source: row.source,
        target: row.target,
        stage: match row.stage.as_str() {
            "moved" => MoveStage::Moved,
            _ => MoveStage::Copying,
        },
    }))
}

#[cold]
fn refused(set: &ShardSet<'_>, why: &str) -> Error {
    let why = format!("slots of the shards `{}` cannot be moved: {why}", set.name);
    Error::new(ErrorKind::Config(why)).during(Operation::Choose)
}
