//! The decisions of the two-phase commit as state machines: they take what happened and say what to do next. No sockets,
//! threads or clocks are here, so that a simulator can run exactly this code. `coordinator` commits one transaction,
//! `recovery` finishes what a lost coordinator left behind and forgets decisions that are of no more use.
//!
//! The driver of a machine does each [`Action`] and hands in the [`Event`] that came of it; an event that no step waits for is
//! ignored, so answers may come twice or late. The order of the actions in one list is free.

mod coordinator;
mod recovery;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

pub(crate) use self::coordinator::{Cause, Coordinator, Outcome, Work};
pub(crate) use self::recovery::{Doubt, Forgetting, Id, LeftAlone, Repair, Seen, fence};
pub(crate) use self::rules::AllRules;

/// Something to do. The number is the place of a branch among the participants of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// End a branch that wrote nothing: commit what it read. Answered by [`Event::Ended`].
    End(usize),
    /// Begin a transaction on home, which was not used; takes SQLite's lock. Answered by [`Event::HomeBegun`].
    BeginHome,
    /// Commit the only branch that wrote, plainly. Answered by [`Event::Committed`].
    CommitAlone(usize),
    /// Prepare a branch. Answered by [`Event::Prepared`].
    Prepare(usize),
    /// Insert the decision `C` in home's open transaction. Answered by [`Event::Inserted`].
    InsertDecision,
    /// Commit home's transaction. Answered by [`Event::Committed`] with the place of home.
    CommitHome,
    /// Read the decision over a new connection. Answered by [`Event::Read`].
    ReadDecision,
    /// Insert the decision `A` unless there is one, over a new connection; look for the branches while that is not committed
    /// yet, and end it as [`fence`] says. Answered by [`Event::Fenced`].
    FenceAbort,
    /// Commit a prepared branch. Answered by [`Event::Finished`].
    CommitPrepared(usize),
    /// Roll a prepared branch back, also one that may not be prepared. Answered by [`Event::Finished`].
    RollBackPrepared(usize),
    /// Roll back a branch that is not prepared. No answer: the database does it by itself where it cannot be sent.
    RollBack(usize),
    /// Look whether a branch is listed as prepared. Answered by [`Event::Listed`].
    List(usize),
    /// End the session that prepared a branch, so that others can finish it. Answered by [`Event::OwnerEnded`].
    EndOwner(usize),
    /// Close the connection on which a branch was prepared. No answer.
    Close(usize),
    /// Give the connection on which a branch was prepared back for others to use. No answer; only a mutated protocol does it.
    GiveBack(usize),
    /// Wait for a moment, then say so. Answered by [`Event::Now`].
    Pause(Pause),
    /// Delete the decision. No answer.
    Forget,
}

/// The end of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// Before home is tried again.
    Home,
    /// Before a branch is tried again.
    Branch(usize),
}

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A branch that wrote nothing has ended, or says that what it read was not of one moment.
    Ended(usize, bool),
    /// Home's transaction has begun, or has not.
    HomeBegun(bool),
    /// The answer to a prepare.
    Prepared(usize, Prepared),
    /// The answer to the insert of the decision.
    Inserted(Inserted),
    /// The answer to a commit.
    Committed(usize, Committed),
    /// The decision as home has it.
    Read(Decision),
    /// The answer to the insert of an abort.
    Fenced(Fenced),
    /// The answer to the second phase of a branch.
    Finished(usize, Finished),
    /// The answer to a listing.
    Listed(usize, Listed),
    /// The owner's session is ended, or could not be.
    OwnerEnded(usize),
    /// A pause is over.
    Now(Pause),
}

/// The answer to a prepare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// The database says that it is prepared.
    Yes,
    /// It says so without an error, but with the tag of a rollback.
    TagOfRollback,
    /// It refuses; nothing is prepared.
    Refused,
    /// The answer was lost: it may be prepared, or become so later.
    Lost,
}

/// The answer to the insert of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inserted {
    /// It is in home's transaction.
    Yes,
    /// There is a decision already.
    Taken,
    /// It is not; home's transaction can only be rolled back.
    Failed,
}

/// The answer to a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Committed {
    Yes,
    /// Nothing is stored, now and later.
    Refused,
    /// The answer was lost.
    Lost,
}

/// The decision as home has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Commit,
    Abort,
    /// Home knows the coordinator and has no decision.
    Absent,
    /// Home does not know the coordinator: it is another installation's, or home was restored or replaced.
    Stranger,
    /// Home cannot be read at the moment.
    Unreadable,
}

/// The answer to the insert of an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fenced {
    /// There is a decision now: this abort, or what was there before.
    Decided,
    /// No branch is prepared any more, so nothing was written: a decision was there and is forgotten, or another finished
    /// all branches before there was one.
    Gone,
    /// Home or the branches could not be reached, or home waits for another transaction.
    Failed,
}

/// The answer to the second phase of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finished {
    Done,
    /// The database knows no such prepared branch, or says so.
    NotThere,
    /// It could not be reached, or the answer was lost.
    Failed,
}

/// The answer to a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    There,
    Gone,
    Unreadable,
}
