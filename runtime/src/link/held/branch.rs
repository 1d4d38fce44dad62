//! The transaction of a connection as a branch of an atomic group: prepared in place of committed, and finished later.

use super::Link;
use crate::driver::Physical;
use crate::driver::prepared::{Gid, Owner};
use crate::error::Result;
use bindery_core::dialect::Dialect;

impl Link {
    /// The server's number of its session.
    pub(crate) fn session_number(&mut self) -> u32 {
        self.physical().session_number()
    }

    /// Has the next transaction be this branch.
    pub(crate) fn enlist(&mut self, gid: &Gid) {
        self.physical().enlist(gid);
    }

    /// Prepares the open transaction; `false` where the database rolled it back in place of that. On failure it is undone.
    pub(crate) fn prepare_branch(&mut self, gid: &Gid) -> Result<bool> {
        let outcome = self
            .undo_forgotten(1)
            .and_then(|()| self.ready()?.prepare_branch(gid));
        match outcome {
            Ok(true) => self.standing.kept(1),
            // The cause matters more than a failing rollback, after which the connection is thrown away.
            Ok(false) | Err(_) => drop(self.undo(1)),
        }
        outcome.map_err(|error| self.pool.named(error, None))
    }

    /// The number of the transaction that was prepared, where its database keeps outcomes by numbers.
    pub(crate) fn prepared_number(&mut self) -> Option<u64> {
        self.physical().prepared_number()
    }

    /// Commits a prepared branch or rolls it back; `false` where the database knows no such branch.
    pub(crate) fn finish_branch(&mut self, gid: &Gid, commits: bool, owner: Owner) -> Result<bool> {
        let outcome = self.ready()?.finish_branch(gid, commits, owner);
        if commits {
            // Also where the answer is lost: it may have been carried out.
            self.publish();
        }
        outcome
    }

    /// Runs statements of the protocol's own in the open transaction, or each by itself where there is none.
    pub(crate) fn protocol<T>(
        &mut self,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        work(self.ready()?)
    }

    /// Is the connection lost, or given back already?
    pub(crate) fn is_lost(&self) -> bool {
        let pooled = self.pooled.as_ref();
        pooled.is_none_or(|pooled| pooled.physical.is_broken())
    }

    /// The SQL family that it speaks.
    pub(crate) fn dialect(&mut self) -> Dialect {
        self.physical().dialect()
    }
}
