//! Transactions of one engine. The depth lives in the connection; deeper ones are savepoints.

mod hooks;
mod retry;

use std::ops::{Deref, DerefMut};

use crate::driver::TransactionOptions;
use crate::error::{Applied, Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::{Link, Scoped};

pub(crate) use self::hooks::Hooks;

/// An open transaction or savepoint. Rolled back when dropped; ended by value, so a finished one cannot be used.
///
/// It can be used wherever a [`Connection`] can.
///
/// ```
/// # use bindery_cases::examples::*;
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
///
/// One that is forgotten (`std::mem::forget`) is never committed, and its connection is of no more use: every later call on it is
/// [`ErrorKind::TransactionForgotten`], and it is closed when it is dropped.
#[must_use = "a transaction that is not committed is rolled back"]
pub struct Transaction<'c, E: Engine> {
    /// The connection it was begun on, which has lent it everything.
    connection: &'c mut Connection<E>,
    scope: Scoped,
    finished: bool,
}

impl<'c, E: Engine> Transaction<'c, E> {
    #[track_caller]
    pub(crate) fn begin(
        connection: &'c mut Connection<E>,
        options: TransactionOptions,
    ) -> Result<Self> {
        let scope = connection
            .link
            .begin_with(&options)
            .map_err(|error| located(error, connection.engine, Operation::Begin))?;
        connection.lend();
        Ok(Self {
            connection,
            scope,
            finished: false,
        })
    }

    /// Makes the work permanent, or for a savepoint part of the transaction around it. Then the hooks run.
    ///
    /// # Errors
    /// The database refuses, or the transaction ended before; then everything is rolled back.
    /// [`ErrorKind::AfterCommit`]: it is committed, but a hook failed.
    pub fn commit(mut self) -> Result<()> {
        self.finished = true;
        let engine = self.connection.engine;
        self.commit_scope()
            .map_err(|error| located(error, engine, Operation::Commit))
    }

    fn commit_scope(&mut self) -> Result<()> {
        self.connection.take_back();
        self.ensure_own()?;
        let depth = self.scope.depth;
        match self.connection.link.commit(depth) {
            Ok(()) => self.connection.after_commit_at(depth),
            Err(error) => {
                if error.applied() == Applied::Unknown {
                    self.connection.forget_hooks();
                }
                self.connection.after_rollback_at(depth);
                Err(error)
            }
        }
    }

    /// Undoes the work. Then the hooks run.
    ///
    /// # Errors
    /// The connection is lost; the database then undoes the work by itself.
    pub fn rollback(mut self) -> Result<()> {
        self.finished = true;
        let engine = self.connection.engine;
        self.undo(Link::undo)
            .map_err(|error| located(error, engine, Operation::Rollback))
    }

    /// Undoes the work because of an error, which is the one to return. The caller that gets it waits for the rollback,
    /// so undoing may take as long as any statement.
    pub(crate) fn give_up(mut self) {
        self.finished = true;
        let _ = self.undo(Link::undo);
    }

    fn undo(&mut self, undo: fn(&mut Link, u32) -> Result<()>) -> Result<()> {
        self.connection.take_back();
        self.ensure_own()?;
        let outcome = undo(&mut self.connection.link, self.scope.depth);
        self.connection.after_rollback_at(self.scope.depth);
        outcome
    }

    /// Rejects a connection that is not the one that it was begun on. A caller that has the transaction can put another in its place
    /// (`std::mem::swap`); that one's transaction is not ours to end, and no other code can end it either.
    fn ensure_own(&mut self) -> Result<()> {
        if self.connection.link.is_in(self.scope) {
            return Ok(());
        }
        self.connection.link.condemn();
        Err(Error::new(ErrorKind::WrongTransaction))
    }
}

/// The transaction holds the only way to the connection under it.
const LENT: &str = "a connection has lent what it has for as long as its transaction is there";

#[cold]
fn located<E: Engine>(error: Error, engine: E, operation: Operation) -> Error {
    error.during(operation).on_engine(engine.name())
}

impl<E: Engine> Deref for Transaction<'_, E> {
    type Target = Connection<E>;
    fn deref(&self) -> &Connection<E> {
        self.connection.lent.as_deref().expect(LENT)
    }
}

impl<E: Engine> DerefMut for Transaction<'_, E> {
    fn deref_mut(&mut self) -> &mut Connection<E> {
        self.connection.lent.as_deref_mut().expect(LENT)
    }
}

impl<E: Engine> Drop for Transaction<'_, E> {
    fn drop(&mut self) {
        if !self.finished {
            // A connection whose rollback failed keeps its depth and is thrown away by the pool.
            let _ = self.undo(Link::undo_soon);
        }
    }
}
