//! Shards within a unit of work: the connections that a session or an atomic group has of them.

use super::{ShardKey, Sharded, Shards};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Connection;

/// A session or a transaction of an atomic group that may use every shard of a set. Implemented by generated code: for its `DatabaseSession`, and
/// for groups that have all engines of the set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have all shards of `{E}`",
    label = "a shard of the set is no engine of it",
    note = "add each engine of the set to `engines` of the group in bindery.toml"
)]
pub trait HasShards<E: Sharded> {
    /// The connection of one of them, within the transaction there.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, or the deadline has passed.
    fn shard(&mut self, engine: E) -> Result<&mut Connection<E>>;
}

impl<E: Sharded> Shards<'_, E> {
    /// The connection of the shard that has the rows of a key, within a session or a transaction of an atomic group: for keys on several shards
    /// that are written together. Keys on one shard share its connection.
    ///
    /// ```
    /// # use bindery_cases::shards::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # db.customers_shards().divide()?;
    /// db.session(|s| {
    ///     for tenant_id in [1, 2] {
    ///         let order = NewOrder::new(order::Required { tenant_id, id: 1 });
    ///         db.customers_shards().connect_in(s, tenant_id)?.orders().insert(order)?;
    ///     }
    ///     Ok(())
    /// })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`connect`](Self::connect), without waiting: where the rows are on their way to another shard it is
    /// [`ErrorKind::ShardMoved`], after which the work is to be run again from its beginning, as `session_retry` and the `_retry` of a group
    /// do.
    pub fn connect_in<'u, U: HasShards<E>>(
        &self,
        unit: &'u mut U,
        key: E::Key<'_>,
    ) -> Result<&'u mut Connection<E>> {
        let key: ShardKey = key.into();
        let slot = key.slot(E::SET.slots);
        let engine = self.engine_of(slot)?;
        let engine = match self.fence(unit.shard(engine)?)?.has(slot) {
            true => engine,
            false => self.moved_to(slot, engine)?,
        };
        let connection = unit.shard(engine)?;
        if !self.fence(connection)?.has(slot) {
            return Err(moved(engine));
        }
        let fences = &self.place(engine).shard_fences;
        connection.link.for_slot(fences, E::SET.name, slot);
        Ok(connection)
    }

    /// The shard that the map has now for a slot that was known on another.
    fn moved_to(&self, slot: u32, known: E) -> Result<E> {
        self.read_map()?;
        let engine = self.engine_of(slot)?;
        match engine == known {
            true => Err(moved(engine)),
            false => Ok(engine),
        }
    }
}

/// The rows are on their way, or have left.
#[cold]
pub(super) fn moved<E: Sharded>(engine: E) -> Error {
    let error = Error::new(ErrorKind::ShardMoved).during(Operation::Choose);
    error.on_engine(engine.name())
}
