//! One prepared branch that recovery has found, from its listing to its end.

use std::cell::Cell;
use std::time::Duration;

use super::homes::{Decisions, LostHomes};
use super::names::{self, Branch};
use super::protocol::{
    Action, AllRules, Decision, Doubt, Event, Fenced, Finished, Id, Listed, Pause, Seen,
};
use super::recover::{RecoverOptions, STEP, list_prepared, on_engine};
use super::report::{BranchState, DoubtfulBranch};
use super::store;
use crate::databases::{Configured, Registry};
use crate::driver::prepared::{Owner, PreparedBranch};
use crate::error::{ErrorKind, Result};
use crate::link::slots::branches::elsewhere;

/// So long a session that holds a branch may still be at work on it.
const OWNERS_TIME: Duration = Duration::from_secs(1);

/// One branch that was found prepared.
pub(super) struct Repairing<'r> {
    engine: &'r Configured,
    pub(super) lost: &'r LostHomes,
    /// `None` where the program has no such engine.
    pub(super) home: Option<&'r Configured>,
    pub(super) prepared: PreparedBranch,
    pub(super) id: Id,
    group: String,
    pub(super) session: u32,
    pub(super) owner: Owner,
    age: Option<Duration>,
    /// A statement was refused for want of a right.
    is_forbidden: Cell<bool>,
}

impl<'r> Repairing<'r> {
    /// `None` where it is none of ours, or of another database: a server lists the branches of all.
    pub(super) fn new(
        registry: &'r Registry,
        (engine, lost): (&'r Configured, &'r LostHomes),
        prepared: PreparedBranch,
    ) -> Option<Self> {
        let id = Id::parse(prepared.gid.as_str())?;
        let branch = Branch::parse(&id.branch).filter(|it| it.engine == engine.info.name())?;
        Some(Self {
            engine,
            lost,
            home: registry.configured(names::home(&id.coordinator)).ok(),
            age: prepared.age.or_else(|| age_of(&id)),
            group: branch.group.to_owned(),
            session: branch.session,
            owner: Owner::MayEnd,
            is_forbidden: Cell::new(!prepared.may_finish),
            prepared,
            id,
        })
    }

    pub(super) fn described(&self, fate: BranchState) -> DoubtfulBranch {
        DoubtfulBranch {
            engine: self.engine.info.name(),
            group: self.group.clone(),
            transaction: self.id.decision(),
            age: self.age,
            fate,
        }
    }

    pub(super) fn seen(&self, options: &RecoverOptions) -> Seen {
        let home = self.home.map(|home| &home.coordinators);
        Seen {
            is_old: self.age.is_none_or(|age| age >= options.older_than),
            is_active_here: home.is_some_and(|home| home.is_active(&self.id.decision())),
        }
    }

    /// The fate, where the rights of the users are enough for it.
    pub(super) fn allowed(&self, fate: BranchState) -> BranchState {
        let needs_rights = matches!(
            fate,
            BranchState::WillCommit
                | BranchState::WillRollBack
                | BranchState::Unreachable
                | BranchState::HomeUnreachable
        );
        match self.is_forbidden.get() && needs_rights {
            true => BranchState::Forbidden,
            false => fate,
        }
    }

    /// Notes why something could not be done.
    pub(super) fn note(&self, kind: &ErrorKind) {
        if *kind == ErrorKind::PermissionDenied {
            self.is_forbidden.set(true);
        }
    }

    fn noted<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.inspect_err(|error| self.note(error.kind()))
    }

    /// The decision of its home.
    pub(super) fn read(&self) -> Decision {
        let Some(home) = self.home else {
            return Decision::Stranger;
        };
        let transaction = self.id.decision();
        let id = (&*transaction, &*self.id.coordinator);
        let read = self
            .lost
            .on(home, |physical| store::read_decision(physical, id));
        let read = read.and_then(|read| self.noted(read).ok());
        read.unwrap_or(Decision::Unreadable)
    }

    fn perform(&self, action: Action) -> Option<Event> {
        match action {
            Action::CommitPrepared(at) => Some(Event::Finished(at, self.finish(true))),
            Action::RollBackPrepared(at) => Some(Event::Finished(at, self.finish(false))),
            Action::List(at) => Some(Event::Listed(at, self.listed())),
            Action::EndOwner(at) => {
                // A program or another recovery that is finishing it has done so by then.
                std::thread::sleep(OWNERS_TIME);
                if matches!(self.listed(), Listed::There) {
                    // Whether it could be ended shows the next attempt.
                    let _ = on_engine(self.engine, |physical| physical.end_session(self.session));
                    std::thread::sleep(Duration::from_millis(50));
                }
                Some(Event::OwnerEnded(at))
            }
            // Of homes: `Doubting` and `fence` do them.
            Action::ReadDecision
            | Action::FenceAbort
            | Action::Pause(Pause::Home | Pause::Branch(_))
            | Action::End(_)
            | Action::BeginHome
            | Action::CommitAlone(_)
            | Action::Prepare(_)
            | Action::InsertDecision
            | Action::CommitHome
            | Action::RollBack(_)
            | Action::Close(_)
            | Action::GiveBack(_)
            | Action::Forget => None,
        }
    }

    fn finish(&self, commits: bool) -> Finished {
        let gid = &self.prepared.gid;
        let finished = elsewhere(&self.engine.pool, STEP, |link| {
            link.finish_branch(gid, commits, self.owner)
        });
        match self.noted(finished) {
            Ok(true) => Finished::Done,
            Ok(false) => Finished::NotThere,
            Err(_) => Finished::Failed,
        }
    }

    fn listed(&self) -> Listed {
        match list_prepared(self.engine) {
            Ok(listed) if listed.iter().any(|one| one.gid == self.prepared.gid) => Listed::There,
            Ok(_) => Listed::Gone,
            Err(_) => Listed::Unreadable,
        }
    }
}

/// By the clock of the program that began it; it only delays.
fn age_of(id: &Id) -> Option<Duration> {
    let begun = names::begun_ms(id)?;
    Some(Duration::from_millis(store::now_ms().saturating_sub(begun)))
}

/// A branch on its way to its end.
pub(super) struct Doubting<'r> {
    pub(super) branch: Repairing<'r>,
    doubt: Doubt<AllRules>,
    actions: Vec<Action>,
}

impl<'r> Doubting<'r> {
    pub(super) fn start(branch: Repairing<'r>, options: &RecoverOptions) -> Self {
        const BRANCH: usize = 0;
        let (doubt, actions) = Doubt::start(AllRules, BRANCH, branch.seen(options));
        Self {
            branch,
            doubt,
            actions,
        }
    }

    /// Does what is to be done, until it has ended or is to be fenced.
    pub(super) fn go_on(&mut self, decisions: &mut Decisions) {
        while !self.awaits_fence()
            && let Some(action) = self.actions.pop()
        {
            let event = match action {
                Action::ReadDecision => Some(Event::Read(decisions.read(&self.branch))),
                action => self.branch.perform(action),
            };
            if let Some(event) = event {
                self.doubt.take(event, &mut self.actions);
            }
        }
    }

    /// Whether an abort must be written in its home before the branch may be rolled back.
    pub(super) fn awaits_fence(&self) -> bool {
        self.actions.last() == Some(&Action::FenceAbort)
    }

    /// Goes on to its end after it was tried to write the abort.
    pub(super) fn go_on_fenced(&mut self, fenced: Fenced) {
        self.actions.pop();
        self.doubt.take(Event::Fenced(fenced), &mut self.actions);
        self.go_on(&mut Decisions::default());
    }

    /// `None` where another has finished it since it was listed.
    pub(super) fn described(&self) -> Option<DoubtfulBranch> {
        let fate = match self.doubt.repair() {
            Some(repair) => BranchState::of(repair)?,
            None => BranchState::Unreachable,
        };
        Some(self.branch.described(self.branch.allowed(fate)))
    }
}
