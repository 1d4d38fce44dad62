//! Recovery: finishes branches that are prepared and whose coordinator may be lost, and forgets decisions. Safe beside
//! living coordinators and other recoveries: whatever is undecided is decided in home, whose unique key lets one win.

use super::rules::{Rule, Rules};
use super::{Action, Decision, Event, Fenced, Finished, Listed, Pause};

/// The name of a branch, as every participant has it: `bnd1:<coordinator>:<transaction>:<branch>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    /// One start of a program, as home has registered it.
    pub(crate) coordinator: Box<str>,
    pub(crate) transaction: Box<str>,
    pub(crate) branch: Box<str>,
}

impl Id {
    const PREFIX: &str = "bnd1";

    /// The name, where it is one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (prefix, coordinator) = (parts.next()?, parts.next()?);
        let (transaction, branch) = (parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none() && prefix == Self::PREFIX;
        let is_filled = ![coordinator, transaction, branch].contains(&"");
        (is_whole && is_filled).then(|| Self {
            coordinator: coordinator.into(),
            transaction: transaction.into(),
            branch: branch.into(),
        })
    }

    /// All but the branch: the key of the decision.
    pub(crate) fn decision(&self) -> String {
        let (coordinator, transaction) = (&self.coordinator, &self.transaction);
        format!("{}:{coordinator}:{transaction}", Self::PREFIX)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.decision(), self.branch)
    }
}

/// Facts about a prepared branch beside its name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// It is prepared for longer than a commit takes.
    pub(crate) is_old: bool,
    /// Its coordinator is in this process and still at work on it.
    pub(crate) is_active_here: bool,
}

/// How a prepared branch was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    Committed,
    RolledBack,
    /// Its own program, or another recovery, finished it after it was listed.
    Gone,
    Left(LeftAlone),
}

/// Why a branch stays prepared for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftAlone {
    /// It may be committed at this moment.
    Young,
    /// Home cannot be read, or could not take an abort.
    HomeUnreadable,
    /// Home does not know its coordinator.
    Stranger,
    /// Its own engine could not be reached.
    Unreachable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// With `true` after the fence.
    Reading(bool),
    Fencing,
    /// `true` to commit; with `true` once its owner was ended.
    Finishing(bool, bool),
    Looking(bool, bool),
    Over(Repair),
}

/// One prepared branch that recovery has found.
#[derive(Debug)]
pub(crate) struct Doubt<R> {
    rules: R,
    branch: usize,
    seen: Seen,
    stage: Stage,
}

impl<R: Rules> Doubt<R> {
    /// Begins with a branch that was listed. It must be one of ours by its name ([`Id::parse`]).
    pub(crate) fn start(rules: R, branch: usize, seen: Seen) -> (Self, Vec<Action>) {
        let this = Self {
            rules,
            branch,
            seen,
            stage: Stage::Reading(false),
        };
        (this, vec![Action::ReadDecision])
    }

    /// How it was left; none as long as there is something to wait for.
    pub(crate) fn repair(&self) -> Option<Repair> {
        match self.stage {
            Stage::Over(repair) => Some(repair),
            Stage::Reading(_) | Stage::Fencing | Stage::Finishing(..) | Stage::Looking(..) => None,
        }
    }

    /// Takes what happened; adds what to do next.
    pub(crate) fn take(&mut self, event: Event, out: &mut Vec<Action>) {
        match (self.stage, event) {
            (Stage::Reading(is_fenced), Event::Read(decision)) => {
                self.read(is_fenced, decision, out);
            }
            (Stage::Fencing, Event::Fenced(answer)) => self.fenced(answer, out),
            (Stage::Finishing(commits, is_ended), Event::Finished(at, answer))
                if at == self.branch =>
            {
                self.finished((commits, is_ended), answer, out);
            }
            (Stage::Looking(commits, is_ended), Event::Listed(at, answer)) if at == self.branch => {
                self.listed((commits, is_ended), answer, out);
            }
            (
                Stage::Finishing(commits, true),
                Event::OwnerEnded(at) | Event::Now(Pause::Branch(at)),
            ) if at == self.branch => {
                out.push(action(commits, at));
            }
            _ => {}
        }
    }

    fn read(&mut self, is_fenced: bool, decision: Decision, out: &mut Vec<Action>) {
        let is_young = !self.seen.is_old || self.seen.is_active_here;
        match decision {
            Decision::Commit => self.finish(true, out),
            Decision::Abort => self.finish(false, out),
            Decision::Stranger if self.rules.hold(Rule::OwnOnly) => {
                self.leave(LeftAlone::Stranger);
            }
            Decision::Unreadable if self.rules.hold(Rule::UnreadableIsLeftAlone) => {
                self.leave(LeftAlone::HomeUnreadable);
            }
            Decision::Unreadable => self.finish(false, out),
            // The abort that was just written can only be gone where home is being replaced.
            Decision::Absent if is_fenced => self.leave(LeftAlone::HomeUnreadable),
            Decision::Absent if is_young && self.rules.hold(Rule::YoungIsLeftAlone) => {
                self.leave(LeftAlone::Young);
            }
            Decision::Absent | Decision::Stranger if self.rules.hold(Rule::FenceBeforeRollBack) => {
                self.stage = Stage::Fencing;
                out.push(Action::FenceAbort);
            }
            Decision::Absent | Decision::Stranger => self.finish(false, out),
        }
    }

    fn fenced(&mut self, answer: Fenced, out: &mut Vec<Action>) {
        match answer {
            Fenced::Decided if self.rules.hold(Rule::FenceIsReadAgain) => {
                self.stage = Stage::Reading(true);
                out.push(Action::ReadDecision);
            }
            Fenced::Decided => self.finish(false, out),
            Fenced::Gone => self.stage = Stage::Over(Repair::Gone),
            Fenced::Failed => self.leave(LeftAlone::HomeUnreadable),
        }
    }

    fn finish(&mut self, commits: bool, out: &mut Vec<Action>) {
        self.stage = Stage::Finishing(commits, false);
        out.push(action(commits, self.branch));
    }

    fn finished(&mut self, stage: (bool, bool), answer: Finished, out: &mut Vec<Action>) {
        match answer {
            Finished::Done => self.done(stage.0),
            Finished::NotThere if self.rules.hold(Rule::NotThereIsLooked) => {
                self.stage = Stage::Looking(stage.0, stage.1);
                out.push(Action::List(self.branch));
            }
            // Another recovery, or the coordinator, was first.
            Finished::NotThere => self.done(stage.0),
            Finished::Failed => self.leave(LeftAlone::Unreachable),
        }
    }

    fn listed(&mut self, stage: (bool, bool), answer: Listed, out: &mut Vec<Action>) {
        let (commits, is_ended) = stage;
        match answer {
            Listed::Gone => self.done(commits),
            // The next look finds it, if it is not finished by then.
            Listed::Unreadable => self.leave(LeftAlone::Unreachable),
            Listed::There if is_ended || !self.rules.hold(Rule::EndStuckOwner) => {
                self.leave(LeftAlone::Unreachable);
            }
            Listed::There => {
                self.stage = Stage::Finishing(commits, true);
                out.push(Action::EndOwner(self.branch));
            }
        }
    }

    fn done(&mut self, commits: bool) {
        self.stage = Stage::Over(match commits {
            true => Repair::Committed,
            false => Repair::RolledBack,
        });
    }

    fn leave(&mut self, why: LeftAlone) {
        self.stage = Stage::Over(Repair::Left(why));
    }
}

fn action(commits: bool, branch: usize) -> Action {
    match commits {
        true => Action::CommitPrepared(branch),
        false => Action::RollBackPrepared(branch),
    }
}

/// How an abort ends that is inserted in home and not committed yet, when this was seen of the branches since: with
/// [`Fenced::Decided`] by its commit, else by its rollback. While it is there no decision to commit can be inserted; and one
/// that was there before is forgotten only after no branch was prepared.
pub(crate) fn fence(rules: impl Rules, listed: &[Listed]) -> Fenced {
    if listed.contains(&Listed::There) || !rules.hold(Rule::FenceSeesBranch) {
        Fenced::Decided
    } else if listed.contains(&Listed::Unreadable) {
        Fenced::Failed
    } else {
        Fenced::Gone
    }
}

/// One decision that may be of no more use.
#[derive(Debug)]
pub(crate) struct Forgetting {
    /// Branches whose listing is not answered; none once it is known that the decision has to stay.
    waiting: Option<Vec<usize>>,
}

impl Forgetting {
    /// Begins with a decision whose transaction has these branches.
    pub(crate) fn start(
        rules: impl Rules,
        is_past_retention: bool,
        branches: impl IntoIterator<Item = usize>,
    ) -> (Self, Vec<Action>) {
        let branches: Vec<usize> = branches.into_iter().collect();
        if !is_past_retention && rules.hold(Rule::ForgetLate) {
            return (Self { waiting: None }, Vec::new());
        }
        if branches.is_empty() || !rules.hold(Rule::ForgetAfterListing) {
            return (Self { waiting: None }, vec![Action::Forget]);
        }
        let actions = branches.iter().copied().map(Action::List).collect();
        let waiting = Some(branches);
        (Self { waiting }, actions)
    }

    #[cfg(test)]
    pub(crate) fn is_over(&self) -> bool {
        self.waiting.is_none()
    }

    /// Takes what happened; adds what to do next. A branch that is still prepared, or whose engine cannot be listed, keeps
    /// the decision.
    pub(crate) fn take(&mut self, event: Event, out: &mut Vec<Action>) {
        let (Some(waiting), Event::Listed(at, answer)) = (&mut self.waiting, event) else {
            return;
        };
        let Some(place) = waiting.iter().position(|branch| *branch == at) else {
            return;
        };
        match answer {
            Listed::There | Listed::Unreadable => self.waiting = None,
            Listed::Gone => {
                waiting.swap_remove(place);
                if waiting.is_empty() {
                    self.waiting = None;
                    out.push(Action::Forget);
                }
            }
        }
    }
}
