//! Hooks of all connections of an engine.

use super::Registry;
use crate::error::Result;
use crate::link::Connection;
use crate::link::engine::Engine;

impl Registry {
    /// Runs `hook` after each transaction that is committed on any connection of an engine, for as long as the program has
    /// its databases: after those of the transaction and of the connection, in the order the hooks were given, and
    /// reported failures as they are ([`after_commit`](crate::Transaction::after_commit)). Transactions of its own call no
    /// such hook, and a write outside of transactions is none.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use std::sync::Arc;
    /// # use std::sync::atomic::{AtomicU32, Ordering};
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let committed = Arc::new(AtomicU32::new(0));
    /// let count = Arc::clone(&committed);
    /// db.registry().after_each_commit(engine::B, move |_connection| {
    ///     count.fetch_add(1, Ordering::Relaxed);
    ///     Ok(())
    /// });
    /// db.b()?.transaction(|tx| tx.blogs().insert(NewBlog::new("counted")))?;
    /// db.default()?.transaction(|tx| tx.blogs().insert(NewBlog::new("of another engine")))?;
    /// assert_eq!(committed.load(Ordering::Relaxed), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn after_each_commit<E: Engine>(
        &self,
        engine: E,
        hook: impl Fn(&mut Connection<E>) -> Result<()> + Send + Sync + 'static,
    ) {
        self.pool(engine).hooks().add(engine, hook);
    }
}
