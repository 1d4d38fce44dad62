//! A database as far as the protocol can see it: the branches on it, and the decisions that a home keeps.

use crate::protocol::{Committed, Decision, Finished, Inserted, Listed, Prepared};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerKind {
    /// One writer at a time; home only.
    Sqlite,
    /// A prepared transaction belongs to no session; a failed statement spoils the transaction.
    Postgres,
    /// A prepared transaction belongs to its session as long as that lives; a failed statement spoils nothing.
    Mysql,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BranchState {
    /// Not begun.
    None,
    Open,
    Prepared,
    Committed,
    RolledBack,
}

/// The transaction of one program on this server.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) state: BranchState,
    /// The session on which it was begun.
    pub(crate) session_lives: bool,
    /// A statement failed.
    pub(crate) has_failed: bool,
    pub(crate) has_written: bool,
    /// Preparing it is refused, as by a deferred constraint.
    pub(crate) is_refused: bool,
    /// Its session was reset after it was prepared: the server says that it finishes it, and does not.
    is_ghost: bool,
    /// On home: the decision to commit is in its open transaction.
    has_row: bool,
    /// On home: another statement failed there, so it can only be rolled back.
    is_spoiled: bool,
}

/// An abort that is inserted and not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fence {
    number: u64,
    transaction: usize,
}

/// A decision that is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) commits: bool,
    pub(crate) at: u64,
}

/// The beginning of the insert of an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FenceBegun {
    Inserted,
    Taken,
    /// Another transaction is in the way.
    Waits,
}

#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) kind: ServerKind,
    pub(crate) is_up: bool,
    /// One for each transaction of the run.
    pub(crate) branches: Vec<Branch>,
    /// Of a home.
    pub(crate) decisions: Vec<Option<Decided>>,
    fences: Vec<Fence>,
    /// A home that knows no coordinator of this transaction.
    pub(crate) strangers: Vec<usize>,
}

impl Server {
    pub(crate) fn new(kind: ServerKind, transactions: usize) -> Self {
        let branch = Branch {
            state: BranchState::None,
            session_lives: false,
            has_failed: false,
            has_written: false,
            is_refused: false,
            is_ghost: false,
            has_row: false,
            is_spoiled: false,
        };
        Self {
            kind,
            is_up: true,
            branches: vec![branch; transactions],
            decisions: vec![None; transactions],
            fences: Vec::new(),
            strangers: Vec::new(),
        }
    }

    /// Is there another transaction that holds the lock of the file?
    pub(crate) fn is_locked_for(&self, transaction: usize) -> bool {
        let holds =
            |(at, branch): (usize, &Branch)| at != transaction && branch.state == BranchState::Open;
        let is_held = self.branches.iter().enumerate().any(holds) || !self.fences.is_empty();
        self.kind == ServerKind::Sqlite && is_held
    }

    pub(crate) fn begin(&mut self, transaction: usize) {
        let branch = &mut self.branches[transaction];
        branch.state = BranchState::Open;
        branch.session_lives = true;
    }

    pub(crate) fn prepare(&mut self, transaction: usize) -> Prepared {
        let kind = self.kind;
        let branch = &mut self.branches[transaction];
        if branch.state != BranchState::Open {
            return Prepared::Refused;
        }
        if branch.has_failed && kind == ServerKind::Postgres {
            branch.state = BranchState::RolledBack;
            return Prepared::TagOfRollback;
        }
        if branch.is_refused {
            branch.state = BranchState::RolledBack;
            return Prepared::Refused;
        }
        branch.state = BranchState::Prepared;
        Prepared::Yes
    }

    /// `None` where it waits for an abort that is not committed.
    pub(crate) fn insert_decision(&mut self, transaction: usize) -> Option<Inserted> {
        if self.is_fencing(transaction) {
            return None;
        }
        let is_taken = self.decisions[transaction].is_some();
        let kind = self.kind;
        let branch = &mut self.branches[transaction];
        Some(if branch.state != BranchState::Open {
            Inserted::Failed
        } else if is_taken {
            branch.is_spoiled = kind == ServerKind::Postgres;
            Inserted::Taken
        } else {
            branch.has_row = true;
            Inserted::Yes
        })
    }

    /// Commits the plain transaction, with the decision in it where there is one.
    pub(crate) fn commit(&mut self, transaction: usize, now: u64) -> Committed {
        let branch = &mut self.branches[transaction];
        if branch.state != BranchState::Open {
            return Committed::Refused;
        }
        if branch.is_spoiled || (branch.has_failed && self.kind == ServerKind::Postgres) {
            branch.state = BranchState::RolledBack;
            return Committed::Refused;
        }
        branch.state = BranchState::Committed;
        if branch.has_row {
            let commits = true;
            self.decisions[transaction] = Some(Decided { commits, at: now });
        }
        Committed::Yes
    }

    pub(crate) fn roll_back(&mut self, transaction: usize) {
        let branch = &mut self.branches[transaction];
        if branch.state == BranchState::Open {
            branch.state = BranchState::RolledBack;
        }
    }

    /// Over the session that prepared it, or over another.
    pub(crate) fn finish(&mut self, transaction: usize, commits: bool, is_own: bool) -> Finished {
        let kind = self.kind;
        let branch = &mut self.branches[transaction];
        if branch.state != BranchState::Prepared {
            return Finished::NotThere;
        }
        if branch.is_ghost {
            return Finished::Done;
        }
        if kind == ServerKind::Mysql && branch.session_lives && !is_own {
            return Finished::NotThere;
        }
        branch.state = match commits {
            true => BranchState::Committed,
            false => BranchState::RolledBack,
        };
        Finished::Done
    }

    pub(crate) fn list(&self, transaction: usize) -> Listed {
        let branch = &self.branches[transaction];
        match branch.state == BranchState::Prepared && !branch.is_ghost {
            true => Listed::There,
            false => Listed::Gone,
        }
    }

    /// The session is over, by its client, by the server or by a KILL.
    pub(crate) fn end_session(&mut self, transaction: usize) {
        self.branches[transaction].session_lives = false;
        self.roll_back(transaction);
    }

    /// The session is reset and used by another.
    pub(crate) fn reset(&mut self, transaction: usize) {
        let is_mysql = self.kind == ServerKind::Mysql;
        let branch = &mut self.branches[transaction];
        branch.is_ghost = is_mysql && branch.state == BranchState::Prepared;
    }

    pub(crate) fn crash(&mut self) {
        self.is_up = false;
        self.fences.clear();
        for transaction in 0..self.branches.len() {
            self.end_session(transaction);
            self.branches[transaction].is_ghost = false;
        }
    }

    pub(crate) fn read(&self, transaction: usize) -> Decision {
        match self.decisions[transaction] {
            Some(Decided { commits: true, .. }) => Decision::Commit,
            Some(Decided { commits: false, .. }) => Decision::Abort,
            None if self.strangers.contains(&transaction) => Decision::Stranger,
            None => Decision::Absent,
        }
    }

    /// Inserts an abort, under the number of its session.
    pub(crate) fn begin_fence(&mut self, transaction: usize, number: u64) -> FenceBegun {
        let branch = &self.branches[transaction];
        let is_in_the_way = branch.state == BranchState::Open && branch.has_row;
        if is_in_the_way || self.is_fencing(transaction) || self.is_locked_for(usize::MAX) {
            return FenceBegun::Waits;
        }
        if self.decisions[transaction].is_some() {
            return FenceBegun::Taken;
        }
        self.fences.push(Fence {
            number,
            transaction,
        });
        FenceBegun::Inserted
    }

    /// Commits the abort of this session or rolls it back; `false` where the session is gone.
    pub(crate) fn end_fence(&mut self, number: u64, commits: bool, now: u64) -> bool {
        let place = self.fences.iter().position(|fence| fence.number == number);
        let Some(place) = place else { return false };
        let fence = self.fences.swap_remove(place);
        if commits {
            let commits = false;
            self.decisions[fence.transaction] = Some(Decided { commits, at: now });
        }
        true
    }

    fn is_fencing(&self, transaction: usize) -> bool {
        let mut fences = self.fences.iter();
        fences.any(|fence| fence.transaction == transaction)
    }
}
