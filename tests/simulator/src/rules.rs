//! The protocol without one of its rules: what the simulator is tested with.

use crate::protocol::rules::{Rule, Rules};

/// All rules but this one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Without(pub(crate) Rule);

impl Rules for Without {
    fn hold(self, rule: Rule) -> bool {
        self.0 != rule
    }
}

/// All of them.
pub(crate) const ALL: [Rule; 24] = [
    Rule::FailedStatementAborts,
    Rule::EndUnwritten,
    Rule::HomeFirst,
    Rule::PrepareBeforeDecision,
    Rule::VerifyPrepared,
    Rule::LostPrepareIsBoth,
    Rule::DecisionInHomesCommit,
    Rule::TakenIsFenced,
    Rule::LostCommitIsRead,
    Rule::AbsentIsFenced,
    Rule::FencedIsReadAgain,
    Rule::PendingUntilDone,
    Rule::NotThereIsLooked,
    Rule::EndStuckOwner,
    Rule::CloseAfterPrepare,
    Rule::OwnOnly,
    Rule::UnreadableIsLeftAlone,
    Rule::YoungIsLeftAlone,
    Rule::FenceBeforeRollBack,
    Rule::FenceIsReadAgain,
    Rule::ForgetLate,
    Rule::ForgetAfterListing,
    Rule::FenceSeesBranch,
    Rule::GoneIsReadAgain,
];
