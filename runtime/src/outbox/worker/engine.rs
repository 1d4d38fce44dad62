//! The engine of a worker's tasks, on a connection beside those of the program's pool.

use std::sync::Arc;
use std::time::Duration;

use super::super::store::{self, CommitMode};
use super::pace::Poll;
use crate::databases::Configured;
use crate::databases::status::ServerProduct;
use crate::driver::{Isolation, Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::Pool;

/// The longest wait for a connection: a server that is back is seen soon.
const OUTAGE: Duration = Duration::from_secs(5);

/// The engine of the tasks.
pub(super) struct Store {
    program: Arc<Pool>,
    /// With a connection of its own, so that leases are renewed whatever the program does with its own.
    own: Arc<Pool>,
    engine: &'static str,
    table: &'static str,
}

impl Store {
    pub(super) fn new(configured: &Configured, table: &'static str) -> Self {
        Self {
            program: Arc::clone(&configured.pool),
            own: configured.pool.aside(OUTAGE),
            engine: configured.info.name(),
            table,
        }
    }

    /// The name of the engine.
    pub(super) fn engine(&self) -> &'static str {
        self.engine
    }

    /// The program's own connections.
    pub(super) fn program(&self) -> &Arc<Pool> {
        &self.program
    }

    pub(super) fn notifies(&self) -> Result<bool> {
        self.read(|physical| Ok(physical.can_notify()))
    }

    pub(super) fn ensure_table(&self, table: &str) -> Result<()> {
        let found = self.read(|physical| physical.table_exists(None, table))?;
        if found {
            return Ok(());
        }
        Err(store::missing(table, self.engine).on_engine(self.engine))
    }

    /// It ends with the program's.
    fn pool(&self) -> &Arc<Pool> {
        if self.program.is_closed() {
            self.own.close();
        }
        &self.own
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        let outcome = self
            .pool()
            .acquire()
            .and_then(|mut link| link.call(Operation::Select, |link| work(link.ready()?)));
        outcome.map_err(|error| self.located(error, Operation::Select))
    }

    /// In a transaction. Each statement sees what others have committed before it.
    pub(super) fn write<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        self.write_with(CommitMode::Synchronous, work)
    }

    /// The same, and says how it is committed.
    pub(super) fn write_with<T>(
        &self,
        mode: CommitMode,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        let options = TransactionOptions::new().isolation(Isolation::ReadCommitted);
        let outcome = self.pool().acquire_writer().and_then(|mut link| {
            link.timed(|link| {
                link.atomically_with(&options, |link| {
                    let physical = link.ready()?;
                    store::configure(physical, mode)?;
                    work(physical)
                })
            })
        });
        outcome.map_err(|error| self.located(error, Operation::Update))
    }

    #[cold]
    fn located(&self, error: Error, operation: Operation) -> Error {
        store::explained(error, self.table, self.engine)
            .on_engine(self.engine)
            .during(operation)
    }

    pub(super) fn failed(&self, error: &Error, poll: &mut Poll) {
        tracing::warn!(engine = self.engine, %error, "tasks cannot be claimed");
        poll.failed();
    }
}

/// Refuses servers that cannot leave locked rows to others: all that are served can, but for the oldest of MariaDB.
pub(super) fn ensure_skips_locks(server: &ServerProduct) -> Result<()> {
    if server.product != "MariaDB" || server.numbers() >= vec![10, 6] {
        return Ok(());
    }
    let why = "workers need MariaDB 10.6 or later: earlier ones cannot skip the rows that another worker has locked";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_without_skip_locked_are_refused() {
        let refused = |product, version: &str| {
            let version = version.to_owned();
            ensure_skips_locks(&ServerProduct { product, version }).is_err()
        };
        assert!(refused("MariaDB", "10.5.22"));
        assert!(!refused("MariaDB", "10.6.1") && !refused("MariaDB", "11.4.2"));
        assert!(!refused("MySQL", "8.0.16") && !refused("SQLite", "3.46.0"));
    }
}
