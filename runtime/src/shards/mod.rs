//! Sets of shards: engines of one schema that share the rows of its models by the value of a column. Which of them has the rows of a value is
//! in a map, on an engine that the set names; values are spread over slots, and each slot is on one shard.

mod each;
mod key;
mod map;
mod merged;
mod moving;
mod store;
mod within;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

pub use self::each::{EachShard, MergedRows, ShardsReport};
pub use self::key::ShardKey;
pub use self::map::{ShardMap, ShardRange};
pub use self::merged::MergedShards;
pub use self::moving::{MoveStage, ShardMove};
pub use self::within::HasShards;
use self::within::moved;

use crate::databases::shard_maps::{KnownMap, ShardMaps, Slots};
use crate::databases::{Configured, Registry};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::transaction::Transaction;
use crate::link::{Connection, Fence};

/// The pause before a shard is looked at again whose rows are on their way.
const PAUSE: Duration = Duration::from_millis(10);

/// A set as it was compiled in.
#[doc(hidden)]
#[derive(Debug)]
pub struct ShardSet<'s> {
    /// The name in `bindery.toml`.
    pub name: &'s str,
    /// The place of the engine that keeps the map.
    pub map: usize,
    /// The number of slots.
    pub slots: u32,
}

/// An engine among the shards of a set, chosen by a key. Implemented by generated code.
pub trait Sharded: Engine {
    /// The set.
    #[doc(hidden)]
    const SET: &'static ShardSet<'static>;

    /// The type of the column by which its rows are on its shards.
    type Key<'k>: Into<ShardKey>;

    /// All engines of the set, in the order of their names.
    const ALL: &'static [Self];
}

/// The shards of one set: their map, and work on all of them.
///
/// ```
/// # use bindery_cases::shards::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// // Once, before the first row.
/// db.customers_shards().divide()?;
///
/// for tenant in 0..100 {
///     let order = NewOrder::new(order::Required { tenant_id: tenant, id: 1 }).total(tenant * 10);
///     db.customers_shard(tenant)?.orders().insert(order)?;
/// }
/// let seven = db.customers_shard(7)?.orders().all()?;
/// assert!(seven.iter().any(|order| order.tenant_id == 7));
///
/// let counts = db.customers_shards().each().run(|shard| shard.orders().count()).all()?;
/// assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 100);
/// # Ok(())
/// # }
/// ```
pub struct Shards<'d, E> {
    registry: &'d Registry,
    engines: PhantomData<fn() -> E>,
}

impl<'d, E: Sharded> Shards<'d, E> {
    /// The set of these databases: for generated code.
    #[doc(hidden)]
    pub fn of(registry: &'d Registry) -> Self {
        Self {
            registry,
            engines: PhantomData,
        }
    }

    /// A connection of the shard that has the rows of a key, for these rows. Where they are on their way to another one it waits, no longer
    /// than for a connection. Once they have left, each call on the connection is refused ([`ErrorKind::ShardMoved`]).
    ///
    /// # Errors
    /// As for [`engine`](Self::engine); that shard cannot be reached; the rows are still on their way.
    #[track_caller]
    pub fn connect(&self, key: E::Key<'_>) -> Result<Connection<E>> {
        let key: ShardKey = key.into();
        self.connect_to(key.slot(E::SET.slots))
    }

    #[track_caller]
    fn connect_to(&self, slot: u32) -> Result<Connection<E>> {
        let begun = Instant::now();
        loop {
            let engine = self.engine_of(slot)?;
            let mut connection = self.registry.connect(engine)?;
            let place = self.place(engine);
            if self.fence(&mut connection)?.has(slot) {
                let fences = &place.shard_fences;
                connection.link.for_slot(fences, E::SET.name, slot);
                return Ok(connection);
            }
            drop(connection);
            if self.read_map()?.engine_of(slot) != Some(engine.index()) {
                continue;
            }
            if begun.elapsed() >= place.settings.pool.acquire_timeout {
                return Err(moved(engine));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Runs `work` in a transaction on the shard that has the rows of a key, and once more where these have moved meanwhile.
    ///
    /// # Errors
    /// Those of `work`, of [`connect`](Self::connect) and of committing.
    #[track_caller]
    pub fn transaction<T>(
        &self,
        key: E::Key<'_>,
        mut work: impl FnMut(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        let key: ShardKey = key.into();
        let slot = key.slot(E::SET.slots);
        let begun = Instant::now();
        loop {
            let mut connection = self.connect_to(slot)?;
            let place = self.place(connection.engine());
            let outcome = connection.transaction(&mut work);
            match &outcome {
                Err(error)
                    if *error.kind() == ErrorKind::ShardMoved
                        && begun.elapsed() < place.settings.pool.acquire_timeout =>
                {
                    place.shard_fences.forget(E::SET.name);
                }
                _ => return outcome,
            }
        }
    }

    /// The shard that has the rows of a key, by the map as it was read last: for functions of your own. It is read when a slot is met that
    /// none was known for, and where a shard says that a slot has left it; no other call needs it. What is done with it is not refused where
    /// rows have moved since, but for writes, which the shard itself refuses.
    ///
    /// # Errors
    /// No shard has its slot ([`ErrorKind::NoShard`]), or the engine with the map cannot be reached.
    pub fn engine(&self, key: E::Key<'_>) -> Result<E> {
        let key: ShardKey = key.into();
        self.engine_of(key.slot(E::SET.slots))
    }

    fn engine_of(&self, slot: u32) -> Result<E> {
        let known = self.maps().known(E::SET.name);
        let found = known.and_then(|map| map.engine_of(slot));
        let found = match found {
            Some(engine) => Some(engine),
            None => self.read_map()?.engine_of(slot),
        };
        let engine = found.ok_or_else(|| no_shard(E::SET.name, slot))?;
        let mut all = E::ALL.iter().copied();
        all.find(|shard| shard.index() == engine)
            .ok_or_else(|| self.foreign(engine))
    }

    /// Reads the map.
    ///
    /// # Errors
    /// The engine with the map cannot be reached, or the map is not one of this program's: it has another number of slots, or engines that the
    /// program does not have.
    pub fn map(&self) -> Result<ShardMap> {
        self.read_map().map(|map| self.shown(&map))
    }

    /// Gives the slots that no shard has to all shards, so that each has as many as the others as far as that goes. Done again it does nothing.
    ///
    /// # Errors
    /// As for [`map`](Self::map).
    pub fn divide(&self) -> Result<ShardMap> {
        let engines: Vec<usize> = E::ALL.iter().map(|engine| engine.index()).collect();
        self.change(|known| Ok(map::divided(known, E::SET.slots, &engines)))
    }

    /// Gives slots to a shard. Those that it has already stay.
    ///
    /// # Errors
    /// Another shard has one of them, and the rows that go with it; a slot is none of the set's; or as for [`map`](Self::map).
    pub fn assign(&self, slots: Range<u32>, shard: E) -> Result<ShardMap> {
        self.change(|known| store::assigned(self.registry, E::SET, (known, &slots), shard.index()))
    }

    /// Work on all shards, some at a time.
    pub fn each(&self) -> EachShard<'d, E> {
        EachShard::of(Self::of(self.registry))
    }

    fn place(&self, engine: E) -> &'d Configured {
        &self.registry.engines[engine.index()]
    }

    /// The word of a connection's shard about its slots, as it was a moment ago.
    fn fence(&self, connection: &mut Connection<E>) -> Result<Arc<Fence>> {
        let engine = connection.engine();
        let fences = &self.place(engine).shard_fences;
        let fence = connection.link.fence(fences, E::SET.name);
        fence.map_err(|error| {
            let error = store::explained(E::SET, error, "its table, `_bindery_shard_fences`, is");
            error.during(Operation::Choose).on_engine(engine.name())
        })
    }

    fn maps(&self) -> &'d ShardMaps {
        &self.registry.engines[E::SET.map].shard_maps
    }

    fn read_map(&self) -> Result<Arc<KnownMap>> {
        let map = store::read_map(self.registry, E::SET)?;
        Ok(self.maps().keep(E::SET.name, map))
    }

    fn change(&self, added: impl FnMut(&KnownMap) -> Result<Vec<Slots>>) -> Result<ShardMap> {
        let map = store::change(self.registry, E::SET, added)?;
        Ok(self.shown(&self.maps().keep(E::SET.name, map)))
    }

    fn shown(&self, map: &KnownMap) -> ShardMap {
        ShardMap::of(map, E::SET.slots, self.registry.program)
    }

    /// The map has an engine that is none of the set's.
    #[cold]
    fn foreign(&self, engine: usize) -> Error {
        let name = self.registry.program.engines[engine].name();
        let why = format!(
            "the map of the shards `{}` names `{name}`, which is none of them",
            E::SET.name
        );
        Error::new(ErrorKind::Config(why)).during(Operation::Choose)
    }
}

#[cold]
fn no_shard(shards: &'static str, slot: u32) -> Error {
    Error::new(ErrorKind::NoShard { shards, slot }).during(Operation::Choose)
}

impl<E: Sharded> Clone for Shards<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Sharded> Copy for Shards<'_, E> {}

impl<E: Sharded> fmt::Debug for Shards<'_, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Shards").field(&E::SET.name).finish()
    }
}
