//! A connection on loan from its pool, and the transaction that is open on it. Typed handles are built on this.

use std::sync::Arc;

use crate::driver::{Cursor, Physical};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::pool::{Pool, Pooled};

/// A connection taken from a pool. It goes back when dropped, and is closed instead where a transaction was left open.
pub(crate) struct Link {
    /// `None` only while it is being dropped.
    pooled: Option<Pooled>,
    pool: Arc<Pool>,
    /// 0 without a transaction, 1 in one, one more for each savepoint.
    depth: u32,
    /// Rows are being read; still so after that only where the iterator was forgotten (`mem::forget`). The database
    /// then waits for somebody to take them, or goes on showing what there was when they were asked for.
    reading: bool,
}

/// While it lives, rows are being read.
pub(crate) struct Reading<'l>(&'l mut bool);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        *self.0 = false;
    }
}

impl Link {
    pub(crate) fn new(pooled: Pooled, pool: Arc<Pool>) -> Self {
        Self {
            pooled: Some(pooled),
            pool,
            depth: 0,
            reading: false,
        }
    }

    /// Open transaction and savepoints.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// Closes the connection, whatever state it is in.
    pub(crate) fn discard(mut self) {
        if let Some(pooled) = self.pooled.take() {
            self.pool.discard(pooled);
        }
    }

    /// Starts a query whose rows are pulled.
    pub(crate) fn cursor(&mut self, sql: &str) -> Result<(Cursor<'_>, Reading<'_>)> {
        self.ready()?;
        let pooled = self.pooled.as_mut().expect("taken out only by drop");
        let cursor = pooled.physical.cursor(sql, &mut |_| ())?;
        self.reading = true;
        Ok((cursor, Reading(&mut self.reading)))
    }

    /// The connection for one more statement.
    ///
    /// Databases end a transaction on their own (SQLite on a full disk, MySQL on a deadlock). A statement sent after
    /// that would be committed alone, so it is refused.
    pub(crate) fn ready(&mut self) -> Result<&mut Physical> {
        self.ensure_read()?;
        let in_transaction = self.depth > 0;
        let physical = self.physical();
        if in_transaction && !physical.in_transaction() && !physical.is_broken() {
            return Err(Error::new(ErrorKind::TransactionAborted));
        }
        Ok(physical)
    }

    fn ensure_read(&self) -> Result<()> {
        if self.reading {
            Err(Error::new(ErrorKind::ConnectionLost))
        } else {
            Ok(())
        }
    }

    fn physical(&mut self) -> &mut Physical {
        let pooled = self.pooled.as_mut().expect("taken out only by drop");
        &mut pooled.physical
    }

    /// Begins a transaction, or a savepoint within one, and gives its depth.
    pub(crate) fn begin(&mut self) -> Result<u32> {
        let depth = self.depth + 1;
        let physical = self.ready()?;
        if depth == 1 {
            physical.begin()?;
        } else {
            physical.batch(&format!("SAVEPOINT bindery_{depth}"))?;
        }
        self.depth = depth;
        Ok(depth)
    }

    /// Keeps what was done at this depth. Where the database refuses, it is undone.
    pub(crate) fn commit(&mut self, depth: u32) -> Result<()> {
        let outcome = self.undo_forgotten(depth).and_then(|()| {
            let physical = self.ready()?;
            if depth == 1 {
                physical.commit()
            } else {
                physical.batch(&format!("RELEASE SAVEPOINT bindery_{depth}"))
            }
        });
        match outcome {
            Ok(()) => self.depth = depth - 1,
            // The cause matters more than a failing rollback, after which the connection is thrown away.
            Err(_) => drop(self.undo(depth)),
        }
        outcome
    }

    /// Scopes that were forgotten (`mem::forget`) and not ended are not committed with the one around them.
    fn undo_forgotten(&mut self, depth: u32) -> Result<()> {
        if self.depth > depth {
            self.undo(depth + 1)
        } else {
            Ok(())
        }
    }

    /// Undoes what was done at this depth and deeper. On failure the depth stays, so that the pool gets no connection with an open transaction.
    pub(crate) fn undo(&mut self, depth: u32) -> Result<()> {
        self.ensure_read()?;
        let physical = self.physical();
        if physical.in_transaction() || physical.is_broken() {
            if depth == 1 {
                physical.rollback()?;
            } else {
                physical.batch(&format!("ROLLBACK TO SAVEPOINT bindery_{depth}"))?;
                physical.batch(&format!("RELEASE SAVEPOINT bindery_{depth}"))?;
            }
        }
        self.depth = depth - 1;
        Ok(())
    }

    /// Runs `work` so that either all of its statements hold or none, also when it panics.
    pub(crate) fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let scope = Scope::begin(self)?;
        let value = work(scope.link)?;
        scope.commit()?;
        Ok(value)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(pooled) = self.pooled.take() else {
            return;
        };
        if self.reading {
            self.pool.abandon(pooled);
        } else if self.depth == 0 {
            self.pool.put_back(pooled);
        } else {
            self.pool.discard(pooled);
        }
    }
}

/// A transaction or savepoint of one call; undone when dropped.
struct Scope<'l> {
    link: &'l mut Link,
    depth: u32,
    finished: bool,
}

impl<'l> Scope<'l> {
    fn begin(link: &'l mut Link) -> Result<Self> {
        let depth = link
            .begin()
            .map_err(|error| error.during(Operation::Begin))?;
        Ok(Self {
            link,
            depth,
            finished: false,
        })
    }

    fn commit(mut self) -> Result<()> {
        self.finished = true;
        self.link.commit(self.depth)
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // The error that led here is the one to tell.
            let _ = self.link.undo(self.depth);
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
