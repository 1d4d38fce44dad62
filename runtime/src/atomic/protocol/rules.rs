//! The rules of the protocol, each with the sentence that it stands for. A simulator leaves out one at a time and finds what goes
//! wrong then.

/// One rule of the protocol, which the simulator can leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// R1 "Remember any statement error per branch (a failed statement does not stop a later prepare)."
    FailedStatementAborts,
    /// R2 "A branch without real writes must be ended before phase 1."
    EndUnwritten,
    /// R3 "Taking the SQLite lock before the first PREPARE …; taking it later risks BUSY at the decision: take it first."
    HomeFirst,
    /// R4 "Prepare every branch but home" stands before "Insert decision `C` in home and commit home".
    PrepareBeforeDecision,
    /// R5 "Verify each is really prepared": "`PREPARE TRANSACTION` in a failed transaction *succeeds* with the tag `ROLLBACK`."
    VerifyPrepared,
    /// R6 "A PREPARE whose answer was lost may still complete": it counts as not prepared, and is rolled back as prepared.
    LostPrepareIsBoth,
    /// R7 "Its own commit, with the decision row in it, **is** the commit point."
    DecisionInHomesCommit,
    /// R8 "Unique violation = fenced by recovery → roll back."
    TakenIsFenced,
    /// R9 "Connection lost = unknown: reconnect and read the decision."
    LostCommitIsRead,
    /// R10 "Absent → fence by inserting `A`", by the coordinator that lost the answer.
    AbsentIsFenced,
    /// R11 "… then read again": whose row it is decides.
    FencedIsReadAgain,
    /// R12 "Commit the branches, retrying for ever; the caller gets `Committed` or `Committed { pending: [...] }`."
    PendingUntilDone,
    /// R13 "1397 means *done* only when `XA RECOVER` no longer lists it."
    NotThereIsLooked,
    /// R14 "A branch stuck behind a living but lost owner: `KILL` the owner, then finish it."
    EndStuckOwner,
    /// R15 "A connection that prepared a branch is **closed, never reset** and never goes back to a pool."
    CloseAfterPrepare,
    /// R16 "Recovery … for own coordinator ids only": those that home knows.
    OwnOnly,
    /// R17 "Read decision (unreadable: leave alone …)".
    UnreadableIsLeftAlone,
    /// R18 "Absent and old and not active here": others are left alone. The fence alone keeps them from splitting.
    YoungIsLeftAlone,
    /// R19 "Insert `A` if none", before recovery rolls anything back.
    FenceBeforeRollBack,
    /// R20 "… read again, act": whose row it is decides, for recovery too.
    FenceIsReadAgain,
    /// R21 "Forget a decision only after a retention time."
    ForgetLate,
    /// R22 "… **and** after listing the branches once more."
    ForgetAfterListing,
    /// R23 An abort is written only while one of the branches is listed as prepared: where none is, a decision was there and is
    /// forgotten.
    FenceSeesBranch,
    /// R24 … and then the decision is read once more: only where there is none, it is forgotten.
    GoneIsReadAgain,
}

/// The rules that hold. Whoever drives the machines gives [`AllRules`]; a test or a simulator gives a type of its own, which
/// leaves one out.
pub(crate) trait Rules: Copy {
    fn hold(self, rule: Rule) -> bool;
}

/// The rules of the program itself: every one holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AllRules;

impl Rules for AllRules {
    #[inline]
    fn hold(self, _: Rule) -> bool {
        true
    }
}
