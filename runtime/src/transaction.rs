//! Transactions of one engine. The depth lives in the connection; deeper ones are savepoints.

use std::ops::{Deref, DerefMut};

use crate::connection::Connection;
use crate::engine::Engine;
use crate::error::{Error, Operation, Result};

/// An open transaction or savepoint. Rolled back when dropped; ended by value, so a finished one cannot be used.
///
/// It can be used wherever a [`Connection`] can.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let mut connection = db.default()?;
/// let mut outer = connection.begin()?;
/// outer.blogs().insert(NewBlog::new("kept"))?;
///
/// let mut inner = outer.begin()?; // a savepoint
/// inner.blogs().insert(NewBlog::new("lost"))?;
/// inner.rollback()?;
///
/// outer.commit()?;
/// assert_eq!(connection.blogs().count()?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a transaction that is not committed is rolled back"]
pub struct Transaction<'c, E: Engine> {
    connection: &'c mut Connection<E>,
    /// Its own depth: 1 for the transaction, more for savepoints.
    depth: u32,
    finished: bool,
}

impl<'c, E: Engine> Transaction<'c, E> {
    pub(crate) fn begin(connection: &'c mut Connection<E>) -> Result<Self> {
        let depth = connection
            .link
            .begin()
            .map_err(|error| located(error, connection.engine, Operation::Begin))?;
        Ok(Self {
            connection,
            depth,
            finished: false,
        })
    }

    /// Makes the work permanent, or for a savepoint part of the transaction around it.
    ///
    /// # Errors
    /// The database refuses, or ended the transaction before; then everything is rolled back.
    pub fn commit(mut self) -> Result<()> {
        self.finished = true;
        self.connection
            .link
            .commit(self.depth)
            .map_err(|error| located(error, self.connection.engine, Operation::Commit))
    }

    /// Undoes the work.
    ///
    /// # Errors
    /// The connection is lost; the database then undoes the work by itself.
    pub fn rollback(mut self) -> Result<()> {
        self.finished = true;
        self.connection
            .link
            .undo(self.depth)
            .map_err(|error| located(error, self.connection.engine, Operation::Rollback))
    }
}

#[cold]
fn located<E: Engine>(error: Error, engine: E, operation: Operation) -> Error {
    error.during(operation).on_engine(engine.name())
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
            let _ = self.connection.link.undo(self.depth);
        }
    }
}
