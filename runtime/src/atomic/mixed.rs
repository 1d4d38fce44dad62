//! Branches that were rolled back by hand though their transaction was decided to be committed. They are found where the database keeps
//! the outcomes of transactions, recorded with the decision for good, and reported each time.

use std::collections::{BTreeMap, BTreeSet};

use super::listing::described;
use super::names::{Branch, DecidedBranch};
use super::recover::{RecoverOptions, on_engine};
use super::report::{BranchState, RecoveryReport};
use super::store::{self, Decided};
use crate::databases::{Configured, Registry};

/// Numbers that one statement looks up.
const AT_ONCE: usize = 1_000;

/// Numbers of transactions that were rolled back, by the names of their engines.
type RolledBack = BTreeMap<&'static str, BTreeSet<u64>>;

impl Registry {
    /// Reports the decisions of a home of which a branch was rolled back; a run that is not dry records those that are new.
    pub(super) fn report_mixed(
        &self,
        home: &Configured,
        decisions: &mut [Decided],
        options: &RecoverOptions,
        report: &mut RecoveryReport,
    ) {
        let rolled_back = self.rolled_back(&numbers(decisions, options));
        for decided in decisions {
            let is_new = note(decided, &rolled_back);
            if is_new && !options.is_dry {
                // The next run finds it again if it cannot be recorded now.
                let _ = on_engine(home, |physical| store::note_mixed(physical, decided));
            }
            for branch in decided
                .branches
                .iter()
                .filter(|it| it.rolled_back_ms.is_some())
            {
                self.report_branch(decided, branch, options, report);
            }
        }
    }

    fn report_branch(
        &self,
        decided: &Decided,
        branch: &DecidedBranch,
        options: &RecoverOptions,
        report: &mut RecoveryReport,
    ) {
        let Some(branch) = Branch::parse(&branch.name) else {
            return;
        };
        if let Ok(engine) = self.configured(branch.engine)
            && options.wants(engine.info.name())
        {
            let described = described(decided, engine.info.name(), &branch, BranchState::Mixed);
            report.branches.push(described);
        }
    }

    /// Those that were rolled back. An engine that does not answer says nothing of its own.
    fn rolled_back(&self, numbers: &BTreeMap<&str, Vec<u64>>) -> RolledBack {
        let mut found = RolledBack::new();
        for (name, numbers) in numbers {
            let Ok(engine) = self.configured(name) else {
                continue;
            };
            for some in numbers.chunks(AT_ONCE) {
                let Ok(some) = on_engine(engine, |physical| physical.rolled_back(some)) else {
                    break;
                };
                found.entry(engine.info.name()).or_default().extend(some);
            }
        }
        found
    }
}

/// The numbers to look up. What is recorded already is not looked up again.
fn numbers<'d>(decisions: &'d [Decided], options: &RecoverOptions) -> BTreeMap<&'d str, Vec<u64>> {
    let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let not_noted = decisions.iter().filter(|decided| !decided.is_mixed);
    for one in not_noted.flat_map(|decided| &decided.branches) {
        if let (Some(branch), Some(number)) = (Branch::parse(&one.name), one.number)
            && options.wants(branch.engine)
        {
            numbers.entry(branch.engine).or_default().push(number);
        }
    }
    numbers
}

/// Marks the branches of a decision that were rolled back; `false` where none is.
fn note(decided: &mut Decided, rolled_back: &RolledBack) -> bool {
    let mut is_new = false;
    for one in decided
        .branches
        .iter_mut()
        .filter(|it| it.rolled_back_ms.is_none())
    {
        let engine = Branch::parse(&one.name).map(|branch| branch.engine);
        let of_engine = engine.and_then(|engine| rolled_back.get(engine));
        if let (Some(numbers), Some(number)) = (of_engine, one.number)
            && numbers.contains(&number)
        {
            one.rolled_back_ms = Some(store::now_ms());
            is_new = true;
        }
    }
    decided.is_mixed |= is_new;
    is_new
}
