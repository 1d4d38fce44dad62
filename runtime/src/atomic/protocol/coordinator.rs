//! The commit of one transaction: which branches are ended, prepared and committed, and when its outcome is known.

use super::rules::{Rule, Rules};
use super::{
    Action, Committed, Decision, Event, Fenced, Finished, Inserted, Listed, Pause, Prepared,
};

/// The work of one branch when its transaction is to be committed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// It has a transaction.
    pub(crate) is_begun: bool,
    /// That has changed something.
    pub(crate) has_written: bool,
    /// One of its statements failed, or it is lost.
    pub(crate) has_failed: bool,
    /// It was begun in a way in which it cannot be committed without being prepared (`XA START`).
    pub(crate) only_prepares: bool,
}

/// How a transaction ends, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is stored, or will be on the branches that are pending.
    Committed { pending: Vec<usize> },
    /// Nothing is stored.
    RolledBack(Cause),
    /// The answer to the commit point was lost and home cannot say yet what became of it.
    Unknown,
}

/// Why it was rolled back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// This branch could not be committed.
    Branch(usize),
    /// Recovery took it for lost.
    Fenced,
}

/// How far one branch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BranchState {
    /// It has no part in the two phases: not begun, ended, or rolled back.
    Out,
    Open,
    /// Its prepare is not answered.
    Preparing,
    Prepared,
    /// Its prepare may have been done, or may be later.
    Doubtful,
    /// It is committed, or rolled back, after it was prepared.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Ending,
    BeginningHome,
    Preparing,
    Inserting,
    CommittingHome,
    CommittingAlone(usize),
    /// The answer to home's commit was lost.
    Reading(After),
    Fencing,
    /// The decision was forgotten before it was read: nothing more can be learnt.
    Forgotten,
    Committing,
    RollingBack(Cause),
}

/// The state that is known before the decision is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// There is an abort that the coordinator or recovery wrote.
    Fence,
    /// No branch is prepared any more.
    Gone,
}

/// The commit of one transaction.
#[derive(Debug)]
pub(crate) struct Coordinator<R> {
    rules: R,
    home: usize,
    branches: Vec<BranchState>,
    /// Branches that read, and whose end is not answered.
    ending: Vec<usize>,
    stage: Stage,
    has_home: bool,
}

impl<R: Rules> Coordinator<R> {
    /// The commit of a transaction whose participants did this work; gives its first actions.
    pub(crate) fn start(rules: R, home: usize, work: &[Work]) -> (Self, Vec<Action>) {
        let state = |work: &Work| match work.is_begun {
            true => BranchState::Open,
            false => BranchState::Out,
        };
        let mut this = Self {
            rules,
            home,
            branches: work.iter().map(state).collect(),
            ending: Vec::new(),
            stage: Stage::Ending,
            has_home: work[home].is_begun,
        };
        let mut out = Vec::new();
        this.begin(work, &mut out);
        (this, out)
    }

    /// Takes what happened; adds what to do next.
    pub(crate) fn take(&mut self, event: Event, out: &mut Vec<Action>) {
        match event {
            Event::Ended(at, is_well) => self.ended(at, is_well, out),
            Event::HomeBegun(is_well) => self.home_begun(is_well, out),
            Event::Prepared(at, answer) => self.prepared(at, answer, out),
            Event::Inserted(answer) => self.inserted(answer, out),
            Event::Committed(at, answer) => self.committed(at, answer, out),
            Event::Read(decision) => self.read(decision, out),
            Event::Fenced(answer) => self.fenced(answer, out),
            Event::Finished(at, answer) => self.finished(at, answer, out),
            Event::Listed(at, answer) => self.listed(at, answer, out),
            // Its server may be a proxy that ends no session: never again without a pause.
            Event::OwnerEnded(at) => out.push(Action::Pause(Pause::Branch(at))),
            Event::Now(Pause::Branch(at)) => self.again(at, out),
            Event::Now(Pause::Home) => self.home_again(out),
        }
    }

    /// The outcome as it is known now.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.stage {
            Stage::Committing => Outcome::Committed {
                pending: self.pending(),
            },
            Stage::RollingBack(cause) => Outcome::RolledBack(cause),
            Stage::Ending
            | Stage::BeginningHome
            | Stage::Preparing
            | Stage::Inserting
            | Stage::CommittingHome
            | Stage::CommittingAlone(_)
            | Stage::Reading(_)
            | Stage::Fencing
            | Stage::Forgotten => Outcome::Unknown,
        }
    }

    /// Whether all branches are committed or rolled back. One that could not be rolled back is left to recovery.
    #[cfg(test)]
    pub(crate) fn is_over(&self) -> bool {
        let is_decided = matches!(self.stage, Stage::Committing | Stage::RollingBack(_));
        is_decided && self.pending().is_empty() && self.ending.is_empty()
    }

    fn pending(&self) -> Vec<usize> {
        let is_pending =
            |state: BranchState| matches!(state, BranchState::Prepared | BranchState::Doubtful);
        let all = self.branches.iter().enumerate();
        all.filter(|(_, state)| is_pending(**state))
            .map(|(at, _)| at)
            .collect()
    }

    fn begin(&mut self, work: &[Work], out: &mut Vec<Action>) {
        let failed = work
            .iter()
            .position(|work| work.is_begun && work.has_failed);
        if let Some(failed) = failed.filter(|_| self.rules.hold(Rule::FailedStatementAborts)) {
            return self.abort(Cause::Branch(failed), out);
        }
        let mut writers = (0..work.len()).filter(|&at| work[at].has_written);
        let (first, second) = (writers.next(), writers.next());
        let alone = first.filter(|&at| second.is_none() && !work[at].only_prepares);
        let needs_home = first.is_some() && alone.is_none();
        for (at, work) in work.iter().enumerate() {
            let is_read = work.is_begun && !work.has_written && !(needs_home && at == self.home);
            if is_read && self.rules.hold(Rule::EndUnwritten) {
                self.ending.push(at);
                out.push(Action::End(at));
            }
        }
        if let Some(alone) = alone {
            self.stage = Stage::CommittingAlone(alone);
        } else if first.is_none() {
            self.stage = Stage::Committing;
            self.branches.fill(BranchState::Out);
        }
        self.go_on(out);
    }

    /// A branch that only read has ended. Where that fails, what was read was not of one moment with the rest.
    fn ended(&mut self, at: usize, is_well: bool, out: &mut Vec<Action>) {
        let Some(place) = self.ending.iter().position(|ending| *ending == at) else {
            return;
        };
        self.ending.swap_remove(place);
        self.branches[at] = BranchState::Out;
        match self.stage {
            Stage::Ending | Stage::CommittingAlone(_) if !is_well => {
                self.abort(Cause::Branch(at), out);
            }
            Stage::Committing if !is_well => self.stage = Stage::RollingBack(Cause::Branch(at)),
            Stage::Ending | Stage::CommittingAlone(_) => self.go_on(out),
            Stage::BeginningHome
            | Stage::Preparing
            | Stage::Inserting
            | Stage::CommittingHome
            | Stage::Reading(_)
            | Stage::Fencing
            | Stage::Forgotten
            | Stage::Committing
            | Stage::RollingBack(_) => {}
        }
    }

    /// All that only read has ended: the first phase begins.
    fn go_on(&mut self, out: &mut Vec<Action>) {
        if !self.ending.is_empty() {
            return;
        }
        match self.stage {
            Stage::CommittingAlone(at) => out.push(Action::CommitAlone(at)),
            Stage::Ending if self.has_home || !self.rules.hold(Rule::HomeFirst) => {
                self.prepare(out);
            }
            Stage::Ending => {
                self.stage = Stage::BeginningHome;
                out.push(Action::BeginHome);
            }
            Stage::BeginningHome
            | Stage::Preparing
            | Stage::Inserting
            | Stage::CommittingHome
            | Stage::Reading(_)
            | Stage::Fencing
            | Stage::Forgotten
            | Stage::Committing
            | Stage::RollingBack(_) => {}
        }
    }

    fn home_begun(&mut self, is_well: bool, out: &mut Vec<Action>) {
        if self.stage != Stage::BeginningHome {
            return;
        }
        self.has_home = is_well;
        if !is_well {
            return self.abort(Cause::Branch(self.home), out);
        }
        self.branches[self.home] = BranchState::Open;
        if self.rules.hold(Rule::HomeFirst) {
            self.prepare(out);
        } else {
            self.insert(out);
        }
    }

    fn prepare(&mut self, out: &mut Vec<Action>) {
        self.stage = Stage::Preparing;
        for (at, state) in self.branches.iter_mut().enumerate() {
            if at != self.home && *state == BranchState::Open {
                *state = BranchState::Preparing;
                out.push(Action::Prepare(at));
            }
        }
        if !self.rules.hold(Rule::PrepareBeforeDecision) {
            self.insert(out);
        }
    }

    fn prepared(&mut self, at: usize, answer: Prepared, out: &mut Vec<Action>) {
        if self.branches[at] != BranchState::Preparing {
            return;
        }
        let is_verified = self.rules.hold(Rule::VerifyPrepared);
        let is_both = self.rules.hold(Rule::LostPrepareIsBoth);
        self.branches[at] = match answer {
            Prepared::Yes => BranchState::Prepared,
            Prepared::TagOfRollback if !is_verified => BranchState::Prepared,
            Prepared::TagOfRollback | Prepared::Refused => BranchState::Open,
            Prepared::Lost if !is_both => BranchState::Prepared,
            Prepared::Lost => BranchState::Doubtful,
        };
        if self.stage != Stage::Preparing {
            return;
        }
        // All answers are waited for: a branch that is not answered yet could not be rolled back.
        if self.branches.contains(&BranchState::Preparing) {
            return;
        }
        let others = self
            .branches
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != self.home);
        let mut refused =
            others.filter(|(_, state)| matches!(state, BranchState::Open | BranchState::Doubtful));
        match refused.next() {
            Some((at, _)) => self.abort(Cause::Branch(at), out),
            None => self.insert(out),
        }
    }

    fn insert(&mut self, out: &mut Vec<Action>) {
        if !self.has_home {
            self.stage = Stage::BeginningHome;
            return out.push(Action::BeginHome);
        }
        if self.rules.hold(Rule::DecisionInHomesCommit) {
            self.stage = Stage::Inserting;
            out.push(Action::InsertDecision);
        } else {
            self.commit_home(out);
        }
    }

    fn inserted(&mut self, answer: Inserted, out: &mut Vec<Action>) {
        if self.stage != Stage::Inserting {
            return;
        }
        match answer {
            Inserted::Yes => self.commit_home(out),
            Inserted::Taken if self.rules.hold(Rule::TakenIsFenced) => {
                self.abort(Cause::Fenced, out);
            }
            Inserted::Taken => self.commit_home(out),
            Inserted::Failed => self.abort(Cause::Branch(self.home), out),
        }
    }

    fn commit_home(&mut self, out: &mut Vec<Action>) {
        self.stage = Stage::CommittingHome;
        out.push(Action::CommitHome);
    }

    fn committed(&mut self, at: usize, answer: Committed, out: &mut Vec<Action>) {
        match self.stage {
            Stage::CommittingHome if at == self.home => {}
            Stage::CommittingAlone(alone) if at == alone => {}
            Stage::CommittingHome
            | Stage::CommittingAlone(_)
            | Stage::Ending
            | Stage::BeginningHome
            | Stage::Preparing
            | Stage::Inserting
            | Stage::Reading(_)
            | Stage::Fencing
            | Stage::Forgotten
            | Stage::Committing
            | Stage::RollingBack(_) => return,
        }
        match answer {
            Committed::Yes => {
                self.branches[at] = BranchState::Out;
                self.commit(out);
            }
            Committed::Refused => {
                self.branches[at] = BranchState::Out;
                self.abort(Cause::Branch(at), out);
            }
            Committed::Lost => self.lost(at, out),
        }
    }

    /// The answer to the commit point was lost.
    fn lost(&mut self, at: usize, out: &mut Vec<Action>) {
        self.branches[at] = BranchState::Out;
        if self.stage != Stage::CommittingHome {
            return;
        }
        if self.rules.hold(Rule::LostCommitIsRead) {
            self.stage = Stage::Reading(After::Nothing);
            out.push(Action::ReadDecision);
        } else {
            self.abort(Cause::Branch(at), out);
        }
    }

    fn read(&mut self, decision: Decision, out: &mut Vec<Action>) {
        let Stage::Reading(after) = self.stage else {
            return;
        };
        match decision {
            Decision::Commit => self.commit(out),
            Decision::Abort if after == After::Fence => {
                self.abort(Cause::Branch(self.home), out);
            }
            Decision::Abort => self.abort(Cause::Fenced, out),
            // All branches were prepared, and an abort is never forgotten: it was committed, or finished by hand.
            Decision::Absent if after == After::Gone => self.stage = Stage::Forgotten,
            Decision::Absent if self.rules.hold(Rule::AbsentIsFenced) => {
                self.stage = Stage::Fencing;
                out.push(Action::FenceAbort);
            }
            Decision::Absent => self.abort(Cause::Branch(self.home), out),
            Decision::Stranger | Decision::Unreadable => out.push(Action::Pause(Pause::Home)),
        }
    }

    fn fenced(&mut self, answer: Fenced, out: &mut Vec<Action>) {
        if self.stage != Stage::Fencing {
            return;
        }
        self.stage = Stage::Reading(After::Fence);
        match answer {
            Fenced::Failed => out.push(Action::Pause(Pause::Home)),
            Fenced::Decided if self.rules.hold(Rule::FencedIsReadAgain) => {
                out.push(Action::ReadDecision);
            }
            Fenced::Decided => self.abort(Cause::Branch(self.home), out),
            // The session that looked may have lost its abort before, and another may have written one since.
            Fenced::Gone if self.rules.hold(Rule::GoneIsReadAgain) => {
                self.stage = Stage::Reading(After::Gone);
                out.push(Action::ReadDecision);
            }
            Fenced::Gone => self.stage = Stage::Forgotten,
        }
    }

    fn home_again(&mut self, out: &mut Vec<Action>) {
        if matches!(self.stage, Stage::Reading(_)) {
            out.push(Action::ReadDecision);
        }
    }

    /// The decision is to commit.
    fn commit(&mut self, out: &mut Vec<Action>) {
        self.stage = Stage::Committing;
        out.extend(self.pending().into_iter().map(Action::CommitPrepared));
    }

    /// Nothing is committed, and nothing will be: without a decision every branch is rolled back, by whoever finds it.
    fn abort(&mut self, cause: Cause, out: &mut Vec<Action>) {
        self.stage = Stage::RollingBack(cause);
        self.ending.clear();
        for (at, state) in self.branches.iter_mut().enumerate() {
            match *state {
                BranchState::Open => {
                    *state = BranchState::Out;
                    out.push(Action::RollBack(at));
                }
                BranchState::Preparing | BranchState::Prepared | BranchState::Doubtful => {
                    *state = BranchState::Doubtful;
                    out.push(Action::RollBackPrepared(at));
                }
                BranchState::Out | BranchState::Done => {}
            }
        }
    }

    fn finished(&mut self, at: usize, answer: Finished, out: &mut Vec<Action>) {
        if !matches!(
            self.branches[at],
            BranchState::Prepared | BranchState::Doubtful
        ) {
            return;
        }
        match self.stage {
            Stage::Committing => self.finished_commit(at, answer, out),
            // A branch that is still prepared has no decision and is found by recovery, now or when a late prepare is done.
            Stage::RollingBack(_) => self.close(at, out),
            Stage::Ending
            | Stage::BeginningHome
            | Stage::Preparing
            | Stage::Inserting
            | Stage::CommittingHome
            | Stage::CommittingAlone(_)
            | Stage::Reading(_)
            | Stage::Fencing
            | Stage::Forgotten => {}
        }
    }

    fn finished_commit(&mut self, at: usize, answer: Finished, out: &mut Vec<Action>) {
        match answer {
            Finished::Done => self.close(at, out),
            Finished::NotThere if self.rules.hold(Rule::NotThereIsLooked) => {
                out.push(Action::List(at));
            }
            Finished::NotThere => self.close(at, out),
            Finished::Failed if self.rules.hold(Rule::PendingUntilDone) => {
                out.push(Action::Pause(Pause::Branch(at)));
            }
            Finished::Failed => self.close(at, out),
        }
    }

    fn listed(&mut self, at: usize, answer: Listed, out: &mut Vec<Action>) {
        if self.stage != Stage::Committing || !self.pending().contains(&at) {
            return;
        }
        match answer {
            Listed::Gone => self.close(at, out),
            Listed::There if self.rules.hold(Rule::EndStuckOwner) => {
                out.push(Action::EndOwner(at));
            }
            Listed::There | Listed::Unreadable => out.push(Action::Pause(Pause::Branch(at))),
        }
    }

    fn again(&mut self, at: usize, out: &mut Vec<Action>) {
        if self.stage == Stage::Committing && self.pending().contains(&at) {
            out.push(Action::CommitPrepared(at));
        }
    }

    fn close(&mut self, at: usize, out: &mut Vec<Action>) {
        self.branches[at] = BranchState::Done;
        out.push(if self.rules.hold(Rule::CloseAfterPrepare) {
            Action::Close(at)
        } else {
            Action::GiveBack(at)
        });
    }
}
