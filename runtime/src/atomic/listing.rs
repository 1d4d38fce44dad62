//! Lists what is in doubt, and changes nothing: prepared branches with the step that recovery would take, and those that may be prepared on
//! an engine that cannot be reached.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::Branch;
use super::protocol::{Decision, Seen};
use super::recover::{LostHomes, RecoverOptions, Repairing, on};
use super::report::{DoubtfulBranch, Fate, RecoveryReport};
use super::store::{self, Decided, Records};
use crate::databases::{Configured, Registry};
use crate::driver::prepared::PreparedBranch;
use crate::error::ErrorKind;

/// From this number of branches on, all that a home has decided is read at once.
const MANY: usize = 64;

/// The records of homes, each read once, or why one cannot be read.
#[derive(Default)]
struct Homes(BTreeMap<&'static str, Result<Records, Box<ErrorKind>>>);

impl Homes {
    fn read(&mut self, branch: &Repairing<'_>) -> Decision {
        let Some(home) = branch.home else {
            return Decision::Stranger;
        };
        let records = || on(home, store::records).map_err(|error| Box::new(error.kind().clone()));
        match self.0.entry(home.info.name).or_insert_with(records) {
            Ok(records) => records.decision(&branch.id.decision(), &branch.id.coordinator),
            Err(kind) => {
                branch.note(kind);
                Decision::Unreadable
            }
        }
    }
}

impl Registry {
    /// Branches that an engine listed as prepared, each with its fate.
    pub(super) fn list_branches(
        &self,
        engine: &Configured,
        listed: Vec<PreparedBranch>,
        (options, lost): (&RecoverOptions, &LostHomes),
        report: &mut RecoveryReport,
    ) {
        let mut homes = (listed.len() >= MANY).then(Homes::default);
        for prepared in listed {
            let Some(branch) = Repairing::new(self, (engine, lost), prepared) else {
                continue;
            };
            let decision = match &mut homes {
                Some(homes) => homes.read(&branch),
                None => branch.read(&branch.id.decision()),
            };
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
                    found.push(described(decided, engine, &branch, Fate::Awaited));
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
    fate: Fate,
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
fn foreseen(decision: Decision, seen: Seen) -> Fate {
    match decision {
        Decision::Commit => Fate::WillCommit,
        Decision::Abort => Fate::WillRollBack,
        Decision::Absent if seen.is_old && !seen.is_active_here => Fate::WillRollBack,
        Decision::Absent => Fate::TooYoung,
        Decision::Stranger => Fate::NotOurs,
        Decision::Unreadable => Fate::HomeUnreachable,
    }
}
