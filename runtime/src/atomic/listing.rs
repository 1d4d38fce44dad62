//! Lists what is in doubt, and changes nothing: prepared branches with the step that recovery would take, and those that may be prepared on
//! an engine that cannot be reached.

use std::time::Duration;

use super::homes::{Decisions, LostHomes};
use super::names::Branch;
use super::protocol::{Decision, Seen};
use super::recover::RecoverOptions;
use super::repairing::Repairing;
use super::report::{BranchState, DoubtfulBranch, RecoveryReport};
use super::store::{self, Decided};
use crate::databases::{Configured, Registry};
use crate::driver::prepared::PreparedBranch;

impl Registry {
    /// Branches that an engine listed as prepared, each with its fate.
    pub(super) fn list_branches(
        &self,
        engine: &Configured,
        listed: Vec<PreparedBranch>,
        (options, lost): (&RecoverOptions, &LostHomes),
        report: &mut RecoveryReport,
    ) {
        let mut decisions = Decisions::of(listed.len());
        for prepared in listed {
            let Some(branch) = Repairing::new(self, (engine, lost), prepared) else {
                continue;
            };
            let decision = decisions.read(&branch);
            let fate = branch.allowed(foreseen(decision, branch.seen(options)));
            report.branches.push(branch.described(fate));
        }
    }

    /// Decisions that an engine may not have carried out yet that could not be listed. Most of them it has, as they are kept for a
    /// time.
    pub(super) fn report_awaited(&self, decisions: &[Decided], report: &mut RecoveryReport) {
        let mut found = Vec::new();
        for decided in decisions {
            for branch in decided
                .branches
                .iter()
                .filter_map(|it| Branch::parse(&it.name))
            {
                let mut unreachable = report.unreachable.iter().map(|(name, _)| *name);
                if let Some(engine) = unreachable.find(|name| *name == branch.engine) {
                    found.push(described(decided, engine, &branch, BranchState::Awaited));
                }
            }
        }
        report.branches.extend(found);
    }
}

/// A branch of a decision.
pub(super) fn described(
    decided: &Decided,
    engine: &'static str,
    branch: &Branch<'_>,
    fate: BranchState,
) -> DoubtfulBranch {
    let age = store::now_ms().saturating_sub(decided.created_ms);
    DoubtfulBranch {
        engine,
        group: branch.group.to_owned(),
        transaction: decided.transaction.clone(),
        age: Some(Duration::from_millis(age)),
        fate,
    }
}

/// The step that recovery would take.
fn foreseen(decision: Decision, seen: Seen) -> BranchState {
    match decision {
        Decision::Commit => BranchState::WillCommit,
        Decision::Abort => BranchState::WillRollBack,
        Decision::Absent if seen.is_old && !seen.is_active_here => BranchState::WillRollBack,
        Decision::Absent => BranchState::TooYoung,
        Decision::Stranger => BranchState::NotOurs,
        Decision::Unreadable => BranchState::HomeUnreachable,
    }
}
