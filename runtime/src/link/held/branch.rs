//! The transaction of a connection as a branch of an atomic group: prepared in place of committed, and finished later.

use super::Link;
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

    /// Sends that the open transaction is to be prepared; the answer is for [`read_prepare`](Self::read_prepare), and nothing
    /// comes in between. On failure the transaction is undone.
    pub(crate) fn send_prepare(&mut self, gid: &Gid) -> Result<()> {
        let outcome = self
            .undo_forgotten(1)
            .and_then(|()| self.ready()?.send_prepare(gid));
        if outcome.is_err() {
            // The cause matters more than a failing rollback, after which the connection is thrown away.
            drop(self.undo(1));
        }
        outcome.map_err(|error| self.pool.named(error, None))
    }

    /// Waits until it is prepared; `false` where the database rolled it back in place of that. On failure it is undone.
    pub(crate) fn read_prepare(&mut self, gid: &Gid) -> Result<bool> {
        let outcome = self.physical().read_prepare(gid);
        match outcome {
            Ok(true) => self.standing.kept(1),
            Ok(false) | Err(_) => drop(self.undo(1)),
        }
        outcome.map_err(|error| self.pool.named(error, None))
    }

    /// Sends that the branch that was prepared here is to be finished; the answer is for
    /// [`read_finish`](Self::read_finish), and nothing comes in between.
    pub(crate) fn send_finish(&mut self, gid: &Gid, commits: bool) -> Result<()> {
        let sent = self.ready()?.send_finish(gid, commits);
        if sent.is_err() && commits {
            self.publish();
        }
        sent
    }

    /// Waits until it is finished; `false` where the database knows no such branch.
    pub(crate) fn read_finish(&mut self, commits: bool) -> Result<bool> {
        let outcome = self.physical().read_finish();
        self.physical().note_branch(commits, &outcome);
        if commits {
            // Also where the answer is lost: it may have been carried out.
            self.publish();
        }
        outcome
    }

    /// The number of the transaction that was prepared, where its database keeps outcomes by numbers.
    pub(crate) fn prepared_number(&mut self) -> Option<u64> {
        self.physical().prepared_number()
    }

    /// Commits a prepared branch or rolls it back; `false` where the database knows no such branch.
    pub(crate) fn finish_branch(&mut self, gid: &Gid, commits: bool, owner: Owner) -> Result<bool> {
        let outcome = self.ready()?.finish_branch(gid, commits, owner);
        self.physical().note_branch(commits, &outcome);
        if commits {
            // Also where the answer is lost: it may have been carried out.
            self.publish();
        }
        outcome
    }

    /// The SQL family that it speaks.
    pub(crate) fn dialect(&mut self) -> Dialect {
        self.physical().dialect()
    }
}
