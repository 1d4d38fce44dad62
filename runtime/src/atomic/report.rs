//! Recovery's findings.

use std::fmt;
use std::time::Duration;

use super::protocol::{LeftAlone, Repair};
use crate::error::Error;

/// The findings and deeds of recovery.
#[derive(Debug, Default)]
#[must_use = "it names what is still in doubt, and engines that could not be reached"]
pub struct RecoveryReport {
    /// The branches that were found, prepared or not as they should be.
    pub branches: Vec<DoubtfulBranch>,
    /// Engines that could not be listed.
    pub unreachable: Vec<(&'static str, Error)>,
    /// How many decisions are of no more use and were deleted.
    pub forgotten: usize,
    /// The prepared transactions of each server that has a limit of them.
    pub slots: Vec<PreparedSlots>,
}

/// How many prepared transactions a server has, those of all its databases and programs, and how many it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreparedSlots {
    /// The name of the engine, as in `bindery.toml`.
    pub engine: &'static str,
    /// The prepared ones.
    pub used: u64,
    /// `max_prepared_transactions` of PostgreSQL.
    pub most: u64,
}

impl PreparedSlots {
    /// Returns whether four of five are used. A group that finds no free one is rolled back.
    pub fn are_scarce(&self) -> bool {
        self.used > 0 && u128::from(self.used) * 5 >= u128::from(self.most) * 4
    }
}

/// A branch that was found prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtfulBranch {
    /// The engine on which it is.
    pub engine: &'static str,
    /// The group of its transaction.
    pub group: String,
    /// The name of its transaction, the same on all engines.
    pub transaction: String,
    /// For how long it has been there, where that is known.
    pub age: Option<Duration>,
    /// Its end, or the end that it will have.
    pub fate: BranchState,
}

/// The end of a branch in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BranchState {
    /// Its transaction was decided to be committed, and it is.
    Committed,
    /// Its transaction was not committed, and it is rolled back.
    RolledBack,
    /// It is decided to be committed: recovery would do that.
    WillCommit,
    /// It is not decided, or decided to be rolled back: recovery would do that.
    WillRollBack,
    /// It may be committed at this moment, by the program that prepared it; left alone until it is older.
    TooYoung,
    /// The engine that keeps its decision could not be read or written; left alone until it can.
    HomeUnreachable,
    /// The engine that keeps its decision does not know the program that prepared it: it is another program's, or that
    /// database was restored or replaced. Left alone for good: look at the other engines, and finish it by hand.
    NotOurs,
    /// Its own engine could not be reached again; left alone until it can.
    Unreachable,
    /// The user of its engine, or of the one that keeps its decision, does not have the right to it: PostgreSQL lets only the role that
    /// prepared a transaction, and a superuser, finish it. Left alone until recovery runs with a user who may.
    Forbidden,
    /// Its own engine cannot be reached, so it is not known whether it is committed already. It is decided to be: recovery does that
    /// when the engine is back. Only in a [dry run](super::RecoverOptions::dry_run).
    Awaited,
    /// It was rolled back by hand, though its transaction is committed on the other engines. That is kept in
    /// `_bindery_decisions` of the home and reported each time, until that row is deleted. Only PostgreSQL keeps what is needed to find it.
    Mixed,
}

impl BranchState {
    /// Returns whether the branch is left in doubt, or left different from the other engines.
    pub fn is_in_doubt(self) -> bool {
        match self {
            Self::Committed | Self::RolledBack => false,
            Self::WillCommit
            | Self::WillRollBack
            | Self::TooYoung
            | Self::HomeUnreachable
            | Self::NotOurs
            | Self::Unreachable
            | Self::Forbidden
            | Self::Awaited
            | Self::Mixed => true,
        }
    }
}

impl fmt::Display for BranchState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled back",
            Self::WillCommit => "will be committed",
            Self::WillRollBack => "will be rolled back",
            Self::TooYoung => "left alone: it may be committed at this moment",
            Self::HomeUnreachable => {
                "left alone: the engine that keeps its decision cannot be reached"
            }
            Self::NotOurs => {
                "left alone: the engine that keeps its decision does not know its program"
            }
            Self::Unreachable => "left alone: its engine cannot be reached",
            Self::Forbidden => {
                "left alone: the user of its engine, or of the engine that keeps its decision, may not finish it; recover as the user that \
                 prepared it"
            }
            Self::Awaited => "will be committed when its engine can be reached, unless it is",
            Self::Mixed => {
                "rolled back by hand, though it is committed on the other engines: mend its rows, then delete its decision"
            }
        })
    }
}

impl RecoveryReport {
    /// Returns whether nothing is left in doubt and all engines could be listed.
    pub fn is_clean(&self) -> bool {
        self.unreachable.is_empty() && self.in_doubt().next().is_none()
    }

    /// The branches that are still in doubt.
    pub fn in_doubt(&self) -> impl Iterator<Item = &DoubtfulBranch> {
        self.branches
            .iter()
            .filter(|branch| branch.fate.is_in_doubt())
    }
}

impl BranchState {
    /// `None` for what another has finished.
    pub(super) fn of(repair: Repair) -> Option<Self> {
        match repair {
            Repair::Committed => Some(Self::Committed),
            Repair::RolledBack => Some(Self::RolledBack),
            Repair::Gone => None,
            Repair::Left(LeftAlone::Young) => Some(Self::TooYoung),
            Repair::Left(LeftAlone::HomeUnreadable) => Some(Self::HomeUnreachable),
            Repair::Left(LeftAlone::Stranger) => Some(Self::NotOurs),
            Repair::Left(LeftAlone::Unreachable) => Some(Self::Unreachable),
        }
    }
}
