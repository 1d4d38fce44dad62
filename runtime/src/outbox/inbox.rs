//! Effects of tasks that happen once: the task's name is written into the inbox of the engine in the transaction of the effect.

use std::time::Duration;

use super::{HasInbox, store};
use crate::databases::Registry;
use crate::driver::own_tables::statements::inbox as statements;
use crate::error::{ErrorKind, Operation, Result};
use crate::link::transaction::Transaction;

const TABLE: &str = "_bindery_inbox";

/// Writes an effect down in the transaction at hand; `false` where it happened before.
pub(crate) fn note<E: HasInbox>(tx: &mut Transaction<'_, E>, effect: &str) -> Result<bool> {
    let engine = tx.engine();
    let noted = tx.link.call(Operation::Insert, |link| {
        let physical = link.ready()?;
        store::is_new(statements::add(physical, effect))
    });
    match noted {
        Ok(is_new) => Ok(is_new),
        Err(error) if *error.kind() == ErrorKind::SchemaMismatch => {
            Err(store::missing(TABLE, engine.name()).with_source(error))
        }
        Err(error) => Err(error.on_engine(engine.name()).during(Operation::Insert)),
    }
}

/// Forgets effects of this age; gives how many. A task that is still tried again after that may have its effect twice, so keep them
/// for longer than a task can be retried, also by hand: 30 days, for example.
///
/// # Errors
/// The engine cannot be reached, or has no such table.
pub fn prune_inbox<E: HasInbox>(
    db: &impl AsRef<Registry>,
    engine: E,
    older_than: Duration,
) -> Result<u64> {
    let mut link = db.as_ref().engines[engine.index()].pool.acquire_writer()?;
    let pruned = link.call(Operation::Delete, |link| {
        statements::prune(link.ready()?, store::millis(older_than))
    });
    pruned.map_err(|error| error.on_engine(engine.name()).during(Operation::Delete))
}
