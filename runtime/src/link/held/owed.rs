//! Savepoints on a node of a Galera cluster: they are begun and undone together with the next statement, so that of several that are undone the
//! outermost is alone.
//!
//! Two ROLLBACK TO SAVEPOINT without a statement on a table between them spoil what the transaction writes next, where it had written nothing before the
//! first of the savepoints: at its COMMIT the other nodes cannot read it ("Sanity check failed"), or read the half of an old event, and leave the
//! cluster as inconsistent. One alone harms nothing (MariaDB 10.11.19 with Galera 26.4, without a binary log).

use std::panic::Location;

use super::Link;
use crate::driver::Physical;
use crate::error::{Operation, Result};
use crate::observe::Call;

/// Savepoints that the server does not know of yet.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// The one to go back to; 0 for none.
    undone: u32,
    /// Those to be begun then, the last one included; none where the first is 0.
    begun: (u32, u32),
}

impl Owed {
    pub(super) fn is_something(&self) -> bool {
        self.undone > 0 || self.begun.0 > 0
    }

    fn begin(&mut self, depth: u32) {
        let (first, _) = self.begun;
        self.begun = (if first == 0 { depth } else { first }, depth);
    }

    /// Whether the savepoint was to be begun; it is not any more.
    fn end(&mut self, depth: u32) -> bool {
        let (first, _) = self.begun;
        let is_unknown = first > 0 && depth >= first;
        if is_unknown {
            self.begun = if depth == first {
                (0, 0)
            } else {
                (first, depth - 1)
            };
        }
        is_unknown
    }

    fn undo(&mut self, depth: u32) {
        if !self.end(depth) {
            self.begun = (0, 0);
            self.undone = match self.undone {
                0 => depth,
                other => other.min(depth),
            };
        }
    }

    /// Sends it.
    fn settle(&mut self, physical: &mut Physical) -> Result<()> {
        let Self { undone, begun } = std::mem::take(self);
        if undone > 0 {
            undo(physical, undone)?;
        }
        (begun.0.max(1)..=begun.1).try_for_each(|depth| {
            physical.next_begins(None);
            begin(physical, depth)
        })
    }
}

impl Link {
    /// Begins the savepoint of a depth; `begun_at` is where the program began it.
    pub(super) fn begin_savepoint(
        &mut self,
        depth: u32,
        begun_at: Option<&'static Location<'static>>,
    ) -> Result<()> {
        if self.physical().is_node() {
            self.owed.begin(depth);
            return Ok(());
        }
        self.physical().next_begins(begun_at);
        begin(self.physical(), depth)
    }

    /// Keeps what was done since it was begun.
    pub(super) fn release_savepoint(&mut self, depth: u32) -> Result<()> {
        if self.owed.end(depth) {
            return Ok(());
        }
        let physical = self.ready()?;
        physical.next_is(|| Call::of(Operation::Commit, None).own());
        physical.batch(&format!("RELEASE SAVEPOINT bindery_{depth}"))
    }

    /// Undoes what was done since it was begun.
    pub(super) fn undo_savepoint(&mut self, depth: u32) -> Result<()> {
        if self.physical().is_node() {
            self.owed.undo(depth);
            return Ok(());
        }
        undo(self.physical(), depth)
    }

    /// The transaction is over, with all savepoints.
    pub(super) fn owes_nothing(&mut self) {
        self.owed = Owed::default();
    }

    /// Has the server know what the next statement rests on.
    #[cold]
    pub(super) fn settle_savepoints(&mut self) -> Result<()> {
        let mut owed = std::mem::take(&mut self.owed);
        owed.settle(self.physical())
    }
}

fn begin(physical: &mut Physical, depth: u32) -> Result<()> {
    physical.batch(&format!("SAVEPOINT bindery_{depth}"))
}

fn undo(physical: &mut Physical, depth: u32) -> Result<()> {
    physical.next_is(|| Call::of(Operation::Rollback, None).own());
    physical.batch(&format!("ROLLBACK TO SAVEPOINT bindery_{depth}"))?;
    physical.batch(&format!("RELEASE SAVEPOINT bindery_{depth}"))
}

#[cfg(test)]
mod tests {
    use super::Owed;

    fn state(owed: &Owed) -> (u32, (u32, u32)) {
        (owed.undone, owed.begun)
    }

    #[test]
    fn the_outermost_of_the_undone_is_left() {
        let mut owed = Owed::default();
        owed.undo(4);
        owed.undo(3);
        assert_eq!(state(&owed), (3, (0, 0)));
        // Begun anew, and undone before a statement: the server hears nothing of it.
        owed.begin(3);
        owed.begin(4);
        assert_eq!(state(&owed), (3, (3, 4)));
        owed.undo(4);
        owed.undo(3);
        assert_eq!(state(&owed), (3, (0, 0)));
        owed.begin(3);
        owed.undo(2);
        assert_eq!(state(&owed), (2, (0, 0)));
    }

    #[test]
    fn one_that_is_not_begun_is_kept_by_nothing() {
        let mut owed = Owed::default();
        assert!(!owed.end(2) && !owed.is_something());
        owed.begin(2);
        owed.begin(3);
        assert!(owed.end(3));
        assert_eq!(state(&owed), (0, (2, 2)));
        assert!(owed.end(2) && !owed.is_something());
    }
}
