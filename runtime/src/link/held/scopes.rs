//! Transactions and savepoints of a connection on loan: begun, committed, undone.

use std::panic::Location;

use super::Link;
use super::standing::Scoped;
use crate::driver::{DROP_LIMIT, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::inside::Inside;
use crate::observe::Call;

impl Link {
    /// Begins a transaction in a way of its own, or a savepoint within one.
    #[track_caller]
    pub(crate) fn begin_with(&mut self, options: &TransactionOptions) -> Result<Scoped> {
        if self.depth() > 0 && !options.is_default() {
            let why =
                "a transaction within another goes on as that was begun, so it takes no options";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        self.begin_from(options, Location::caller())
    }

    /// Begins a transaction, or a savepoint within one, that the program began elsewhere.
    pub(crate) fn begin_from(
        &mut self,
        options: &TransactionOptions,
        site: &'static Location<'static>,
    ) -> Result<Scoped> {
        self.open_scope(options, site, Some(site))?;
        if self.depth() == 1 {
            self.standing.is_seen(Inside::transaction(&self.pool, site));
        }
        Ok(self.standing.innermost())
    }

    /// Begins a transaction, or a savepoint within one, and gives its depth.
    #[cfg(test)]
    #[track_caller]
    pub(crate) fn begin(&mut self) -> Result<u32> {
        let site = Location::caller();
        self.open_scope(&TransactionOptions::new(), site, Some(site))?;
        Ok(self.depth())
    }

    /// `begun_at` is where the program began it; it is part of the call that runs where the program did not.
    fn open_scope(
        &mut self,
        options: &TransactionOptions,
        site: &'static Location<'static>,
        begun_at: Option<&'static Location<'static>>,
    ) -> Result<()> {
        let depth = self.depth() + 1;
        self.call(Operation::Begin, |link| {
            let physical = link.usable()?;
            if depth > 1 {
                return link.begin_savepoint(depth, begun_at);
            }
            physical.next_begins(begun_at);
            physical.begin_with(options)
        })?;
        self.standing.entered(depth, site);
        #[cfg(feature = "shards")]
        self.forget_fences(depth);
        if options.is_read_only {
            self.standing.reads_only();
        }
        Ok(())
    }

    /// Keeps what was done at this depth. Where that cannot be, it is undone.
    pub(crate) fn commit(&mut self, depth: u32) -> Result<()> {
        let outcome = self.undo_forgotten(depth).and_then(|()| {
            if depth > 1 {
                return self
                    .usable()
                    .map(drop)
                    .and_then(|()| self.release_savepoint(depth));
            }
            let physical = self.ready()?;
            physical.next_is(|| Call::of(Operation::Commit, None).own());
            physical.commit()
        });
        if depth == 1 {
            // Also where the answer is lost: it may have been carried out.
            self.publish();
        }
        match outcome {
            Ok(()) => self.standing.kept(depth),
            // The cause matters more than a failing rollback, after which the connection is thrown away.
            Err(_) => drop(self.undo(depth)),
        }
        outcome.map_err(|error| self.pool.named(error, None))
    }

    /// Scopes that were forgotten (`mem::forget`) and not ended are not committed with the one around them.
    pub(super) fn undo_forgotten(&mut self, depth: u32) -> Result<()> {
        if self.depth() > depth {
            self.undo(depth + 1)
        } else {
            Ok(())
        }
    }

    /// Undoes what was done at this depth and deeper. On failure the depth stays, so that the pool gets no connection
    /// with an open transaction; one that is lost has none.
    pub(crate) fn undo(&mut self, depth: u32) -> Result<()> {
        self.forget_rows();
        self.ensure_ours()?;
        let outcome = self.roll_back(depth);
        if outcome.is_ok() || self.physical().is_broken() {
            self.standing.undone(depth);
        }
        if depth == 1 {
            self.written.clear();
        }
        outcome
    }

    /// The same where no caller waits for the answer, and a silent server must not block one: a connection that could
    /// not send it in time is lost.
    pub(crate) fn undo_soon(&mut self, depth: u32) -> Result<()> {
        // Undoing a savepoint takes two statements.
        let limit = if depth == 1 {
            DROP_LIMIT
        } else {
            DROP_LIMIT / 2
        };
        self.physical().hurry(Some(limit));
        let outcome = self.undo(depth);
        self.physical().hurry(None);
        outcome
    }

    /// The same within a call whose time may be over: undoing has its own.
    fn undo_apart(&mut self, depth: u32) -> Result<()> {
        let until = self.physical().set_until(None);
        let outcome = self.undo(depth);
        self.physical().set_until(until);
        outcome
    }

    fn roll_back(&mut self, depth: u32) -> Result<()> {
        let is_over = self.standing.is_over();
        let physical = self.physical();
        if depth == 1 {
            physical.next_is(|| Call::of(Operation::Rollback, None).own());
            let outcome = physical.rollback();
            self.owes_nothing();
            return outcome;
        }
        // The savepoint went with the transaction.
        let is_gone = !physical.in_transaction() && !physical.is_broken();
        if is_over || is_gone {
            return Ok(());
        }
        self.undo_savepoint(depth)
    }

    /// Runs `work` so that either all of its statements hold or none, also when it panics.
    pub(crate) fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.atomically_with(&TransactionOptions::new(), work)
    }

    /// The same in a transaction that begins in a way of its own, where none is open.
    pub(crate) fn atomically_with<T>(
        &mut self,
        options: &TransactionOptions,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let scope = Scope::begin(self, options)?;
        match work(scope.link) {
            Ok(value) => scope.commit().map(|()| value),
            Err(error) => {
                scope.undo();
                Err(error)
            }
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
    fn begin(link: &'l mut Link, options: &TransactionOptions) -> Result<Self> {
        link.open_scope(options, Location::caller(), None)
            .map_err(|error| error.during(Operation::Begin))?;
        Ok(Self {
            depth: link.depth(),
            link,
            finished: false,
        })
    }

    fn commit(mut self) -> Result<()> {
        self.finished = true;
        self.link.commit(self.depth)
    }

    /// The caller waits for its answer, so undoing may take as long as any statement.
    fn undo(mut self) {
        self.finished = true;
        // The error that led here is the one to return.
        let _ = self.link.undo_apart(self.depth);
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // A panic goes on, however this ends.
            let _ = self.link.undo_soon(self.depth);
        }
    }
}
