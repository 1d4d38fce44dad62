//! Connections that are bound to one shard.

use std::panic::Location;

use bindery_core::cluster::Cluster;
use bindery_core::program::EngineInfo;

use super::Registry;
use crate::driver::shard_scope::ShardScope;
use crate::error::{Error, ErrorKind, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::value::types::ToColumn;

impl Registry {
    /// A connection of an engine that is bound to one value of the columns by which tables are sharded (`@shard`), until it is dropped: for
    /// programs of many tenants. Each query, update and delete of a sharded table has that value in its condition, each key and row has to have
    /// it, and what has another one is [`ErrorKind::OtherShard`](crate::ErrorKind::OtherShard) before it is sent; calls of more than 4,096 rows are looked at in parts of that
    /// number, and a refused part undoes those before it. Tables that are not sharded are
    /// read and written as ever. SQL of the program's own and views cannot be bound, and are refused.
    ///
    /// ```no_run
    /// # use bindery_cases::spread::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::open()?;
    /// let mut c = db.registry().for_shard(engine::Default, 7)?;
    /// let orders = c.orders().filter(order::total.gt(1_000)).all()?;
    /// assert!(orders.iter().all(|order| *order.tenant_id.value() == 7));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// On a cluster whose program shards no table it is a connection as any other.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where no engine of the dialect is a Citus cluster, as on SQLite, so that nothing would
    /// be bound. The value is none of a column, or NULL. Else as [`connect`](Self::connect).
    #[track_caller]
    pub fn for_shard<E: Engine>(&self, engine: E, value: impl ToColumn) -> Result<Connection<E>> {
        let bind = || {
            self.ensure_sharded(engine.index())?;
            ShardScope::of(&value)
        };
        let scope = bind().map_err(|error| error.on_engine(engine.name()))?;
        let link = self.source(engine).primary(Location::caller())?;
        Ok(Connection::new(engine, link.for_shard(scope)))
    }

    /// Refuses an engine whose statements know no shard columns: those of its dialect do where one that has it is a cluster.
    fn ensure_sharded(&self, engine: usize) -> Result<()> {
        let dialect = self.engines[engine].info.dialect;
        let mut engines = self.program.engines.iter();
        let is_cluster = |info: &EngineInfo| {
            info.dialect == dialect && matches!(info.cluster, Some(Cluster::Citus))
        };
        match engines.any(is_cluster) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Unsupported(
                "a connection for one shard of an engine that is no Citus cluster: nothing would be bound",
            ))),
        }
    }
}
