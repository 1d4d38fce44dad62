//! Does what the protocol says: each action on the engine that it is about, those of one step at once over the engines.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(test)]
use super::failpoint;
use super::names;
use super::perform::{Around, Sending, list_branch};
use super::protocol::{Action, AllRules, Cause, Coordinator, Event, Fenced, Outcome, Pause, Work};
use super::store::{self, Abort};
use crate::databases::coordinators::Active;
use crate::error::{Error, ErrorKind, Operation};
use crate::link::slots::Slots;
use crate::link::slots::branches::Done;

/// How long a caller waits for branches that cannot be committed, or for a home that cannot be read.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one step of that may take.
pub(super) const STEP: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A commit that is under way.
pub(super) struct Commit {
    pub(super) slots: Slots,
    home: usize,
    active: Active,
    coordinator: Coordinator<AllRules>,
    actions: Vec<Action>,
    errors: Vec<(usize, Error)>,
    pause: Duration,
}

impl Commit {
    /// Begins with the work of all engines.
    pub(super) fn new(mut slots: Slots, home: usize, active: Active) -> Self {
        let mut errors = Vec::new();
        let done = slots.done();
        let mut work: Vec<Work> = done.iter().map(work_of).collect();
        for (at, done) in done.into_iter().enumerate() {
            let operation = Operation::Commit;
            let named = |error: Error| error.on_engine(slots.name_of(at)).during(operation);
            errors.extend(done.failed.map(|error| (at, named(error))));
        }
        // A deadline that is over before anything was sent is a failure of the work: all is rolled back.
        if let Err(error) = slots.left()
            && let Some(at) = work.iter().position(|work| work.is_begun)
        {
            work[at].has_failed = true;
            let named = error.on_engine(slots.name_of(at));
            errors.push((at, named.during(Operation::Commit)));
        }
        let (coordinator, actions) = Coordinator::start(AllRules, home, &work);
        Self {
            slots,
            home,
            active,
            coordinator,
            actions,
            errors,
            pause: FIRST_PAUSE,
        }
    }

    /// Goes on until all is done, or until what is left has to wait for longer than the caller does.
    pub(super) fn run(&mut self, patience: Duration) -> Outcome {
        let until = Instant::now() + patience;
        while !self.actions.is_empty() {
            if self.has_to_wait() && Instant::now() >= until {
                break;
            }
            self.step();
        }
        self.coordinator.outcome()
    }

    pub(super) fn run_patiently(&mut self) -> Outcome {
        self.run(PATIENCE)
    }

    /// Whether the only engine that was written lost the answer to its COMMIT: there is no decision that could be read then.
    fn is_plain(&self) -> bool {
        self.actions.is_empty() && self.coordinator.outcome() == Outcome::Unknown
    }

    fn has_to_wait(&self) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, Action::Pause(_)))
    }

    /// Why it was rolled back: the first error that there was. Where that is the lost answer of a COMMIT, what became of it is known by now.
    pub(super) fn cause(&mut self, cause: Cause) -> Error {
        let at = match cause {
            Cause::Branch(at) => Some(at),
            Cause::Fenced => None,
        };
        let of_cause = |(of, _): &(usize, Error)| at.is_none_or(|at| *of == at);
        match (self.errors.iter().position(of_cause), cause) {
            (_, Cause::Fenced) => self.fenced(),
            (Some(first), Cause::Branch(_)) => self.errors.remove(first).1.not_applied(),
            (None, Cause::Branch(at)) => Error::new(ErrorKind::TransactionAborted)
                .on_engine(self.slots.name_of(at))
                .during(Operation::Commit),
        }
    }

    /// Recovery took the transaction for lost: it may be tried again.
    fn fenced(&self) -> Error {
        let error = Error::new(ErrorKind::Conflict).during(Operation::Commit);
        error.on_engine(self.slots.name_of(self.home))
    }

    /// The error of a COMMIT whose answer was lost, where there is no decision that could be read.
    pub(super) fn lost_commit(&self) -> Option<&Error> {
        let (_, error) = self.errors.last().filter(|_| self.is_plain())?;
        Some(error)
    }

    /// The error of a COMMIT whose answer was lost.
    pub(super) fn lost(&mut self) -> Error {
        let lost = self.errors.pop();
        let lost = lost.map(|(_, error)| error.perhaps_applied());
        lost.unwrap_or_else(|| {
            let error = Error::new(ErrorKind::OutcomeUnknown).perhaps_applied();
            error
                .on_engine(self.slots.name_of(self.home))
                .during(Operation::Commit)
        })
    }

    /// Does all actions that there are, at once where they are about several engines.
    fn step(&mut self) {
        let actions = std::mem::take(&mut self.actions);
        let (pauses, mut actions): (Vec<_>, Vec<_>) = actions
            .into_iter()
            .partition(|action| matches!(action, Action::Pause(_)));
        let mut events = Vec::new();
        if let Some(place) = actions.iter().position(|it| *it == Action::BeginHome) {
            actions.swap_remove(place);
            events.push(self.begin_home());
        }
        if let Some(place) = actions.iter().position(|it| *it == Action::FenceAbort) {
            actions.swap_remove(place);
            events.push(Event::Fenced(self.fence()));
        }
        #[cfg(test)]
        failpoint::before(&actions);
        events.extend(self.at_once(&actions));
        #[cfg(test)]
        failpoint::after(&actions);
        if !pauses.is_empty() {
            thread::sleep(self.pause);
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        events.extend(pauses.into_iter().filter_map(over));
        for event in events {
            self.coordinator.take(event, &mut self.actions);
        }
    }

    fn begin_home(&mut self) -> Event {
        let begun = self.slots.begin_unused(self.home);
        Event::HomeBegun(
            begun
                .map_err(|error| self.errors.push((self.home, error)))
                .is_ok(),
        )
    }

    /// Needs all engines: the branches are looked for while home has the abort and has not committed it.
    fn fence(&mut self) -> Fenced {
        let branches = self.slots.branch_names().join(",");
        let transaction = self.active.transaction();
        let abort = Abort {
            transaction,
            coordinator: names::coordinator(transaction),
            branches: &branches,
        };
        let (before, rest) = self.slots.each().split_at_mut(self.home);
        let Some((home, after)) = rest.split_first_mut() else {
            return Fenced::Failed;
        };
        let others = before.iter_mut().chain(after);
        let look = || {
            let branches = others.filter(|slot| slot.gid().is_some());
            vec![branches.map(list_branch).collect()]
        };
        let fenced = home.apart(STEP, |physical| {
            store::insert_aborts(physical, &[abort], look)
        });
        let fenced = fenced.ok().and_then(|mut it| it.pop());
        fenced.unwrap_or(Fenced::Failed)
    }

    /// All requests that are only waited for go out before the first answer is read, so that the engines do them at once. What
    /// else there is, is done between the two.
    fn at_once(&mut self, actions: &[Action]) -> Vec<Event> {
        let branches = self.slots.branch_names().join(",");
        let errors = Mutex::new(Vec::new());
        let around = &Around {
            transaction: self.active.transaction(),
            coordinator: names::coordinator(self.active.transaction()),
            branches: &branches,
            home: self.home,
            errors: &errors,
        };
        let home = self.home;
        let (mut events, mut sent, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for (at, slot) in self.slots.each().iter_mut().enumerate() {
            let is_here = |action: &&Action| engine_of(**action, home) == at;
            let Some(&action) = actions.iter().find(is_here) else {
                continue;
            };
            match around.send(action, slot) {
                Sending::Sent(request) => sent.push((request, slot)),
                Sending::Failed(event) => events.push(event),
                Sending::Whole => rest.push((action, slot)),
            }
        }
        #[cfg(test)]
        failpoint::sent(actions);
        events.extend(around.perform_all(rest));
        let read = |(request, slot)| around.answer(request, slot);
        events.extend(sent.into_iter().map(read));
        self.errors
            .extend(errors.into_inner().unwrap_or_else(PoisonError::into_inner));
        events
    }
}

fn over(action: Action) -> Option<Event> {
    match action {
        Action::Pause(pause) => Some(Event::Now(pause)),
        Action::End(_)
        | Action::BeginHome
        | Action::CommitAlone(_)
        | Action::Prepare(_)
        | Action::InsertDecision
        | Action::CommitHome
        | Action::ReadDecision
        | Action::FenceAbort
        | Action::CommitPrepared(_)
        | Action::RollBackPrepared(_)
        | Action::RollBack(_)
        | Action::List(_)
        | Action::EndOwner(_)
        | Action::Close(_)
        | Action::GiveBack(_)
        | Action::Forget => None,
    }
}

fn work_of(done: &Done) -> Work {
    Work {
        is_begun: done.is_begun,
        has_written: done.has_written,
        has_failed: done.failed.is_some(),
        only_prepares: done.only_prepares,
    }
}

/// The engine that an action is about.
fn engine_of(action: Action, home: usize) -> usize {
    match action {
        Action::BeginHome
        | Action::InsertDecision
        | Action::CommitHome
        | Action::ReadDecision
        | Action::FenceAbort
        | Action::Forget
        | Action::Pause(Pause::Home) => home,
        Action::End(at)
        | Action::CommitAlone(at)
        | Action::Prepare(at)
        | Action::CommitPrepared(at)
        | Action::RollBackPrepared(at)
        | Action::RollBack(at)
        | Action::List(at)
        | Action::EndOwner(at)
        | Action::Close(at)
        | Action::GiveBack(at)
        | Action::Pause(Pause::Branch(at)) => at,
    }
}
