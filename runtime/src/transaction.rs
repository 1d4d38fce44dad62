//! Transactions of one engine. The depth lives in the connection; deeper ones are savepoints.

use std::ops::{Deref, DerefMut};

use crate::connection::Connection;
use crate::engine::Engine;
use crate::error::{Operation, Result};

/// An open transaction or savepoint. Rolled back when dropped; ended by value, so a finished one cannot be used.
#[must_use = "a transaction that is not committed is rolled back"]
pub struct Transaction<'c, E: Engine> {
    connection: &'c mut Connection<E>,
    /// Its own depth: 1 for the transaction, more for savepoints.
    depth: u32,
    finished: bool,
}

impl<'c, E: Engine> Transaction<'c, E> {
    pub(crate) fn begin(connection: &'c mut Connection<E>) -> Result<Self> {
        let depth = connection.link.depth + 1;
        let sql = if depth == 1 {
            connection.link.physical().begin_sql().to_owned()
        } else {
            format!("SAVEPOINT bindery_{depth}")
        };
        connection.control(&sql, Operation::Begin)?;
        connection.link.depth = depth;
        Ok(Self {
            connection,
            depth,
            finished: false,
        })
    }

    /// Makes the work permanent, or for a savepoint part of the transaction around it.
    ///
    /// # Errors
    /// The database refuses; then everything is rolled back.
    pub fn commit(mut self) -> Result<()> {
        let outcome = if self.depth == 1 {
            let engine = self.connection.engine.name();
            self.connection
                .link
                .physical()
                .commit()
                .map_err(|error| error.during(Operation::Commit).on_engine(engine))
        } else {
            let sql = format!("RELEASE SAVEPOINT bindery_{}", self.depth);
            self.connection.control(&sql, Operation::Commit)
        };
        match outcome {
            Ok(()) => self.end(),
            Err(error) => {
                // The cause matters more than a failing rollback, after which the connection is thrown away.
                let _ = self.undo();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Undoes the work.
    ///
    /// # Errors
    /// The connection is lost; the database then undoes the work by itself.
    pub fn rollback(mut self) -> Result<()> {
        self.undo()
    }

    fn undo(&mut self) -> Result<()> {
        self.finished = true;
        let sql = if self.depth == 1 {
            "ROLLBACK".to_owned()
        } else {
            format!(
                "ROLLBACK TO SAVEPOINT bindery_{0}; RELEASE SAVEPOINT bindery_{0}",
                self.depth
            )
        };
        self.connection.control(&sql, Operation::Rollback)?;
        self.connection.link.depth = self.depth - 1;
        Ok(())
    }

    fn end(&mut self) {
        self.finished = true;
        self.connection.link.depth = self.depth - 1;
    }
}

impl<E: Engine> Deref for Transaction<'_, E> {
    type Target = Connection<E>;
    fn deref(&self) -> &Connection<E> {
        self.connection
    }
}

impl<E: Engine> DerefMut for Transaction<'_, E> {
    fn deref_mut(&mut self) -> &mut Connection<E> {
        self.connection
    }
}

impl<E: Engine> Drop for Transaction<'_, E> {
    fn drop(&mut self) {
        if !self.finished {
            // A connection whose rollback failed keeps its depth and is thrown away by the pool.
            let _ = self.undo();
        }
    }
}
