//! Does what the protocol says: each action on the engine that it is about, those of one step at once over the engines.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(test)]
use super::failpoint;
use super::names::{self, Branch};
use super::protocol::{
    Action, AllRules, Cause, Committed, Coordinator, Decision, Event, Fenced, Finished, Inserted,
    Listed, Outcome, Pause, Prepared, Work,
};
use super::store;
use crate::databases::coordinators::Active;
use crate::error::{Applied, Error, ErrorKind, Operation, Result};
use crate::link::slots::branches::Done;
use crate::link::slots::{Slot, Slots};

/// How long a caller waits for branches that cannot be committed, or for a home that cannot be read.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one step of that may take.
const STEP: Duration = Duration::from_secs(5);
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

/// Things that one action needs beside its engine.
struct Around<'a> {
    transaction: &'a str,
    coordinator: &'a str,
    /// The names of all branches that are to be prepared.
    branches: &'a str,
    home: usize,
    errors: &'a Mutex<Vec<(usize, Error)>>,
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

    /// Did the only engine that was written lose the answer to its COMMIT? There is no decision that could be read.
    fn is_plain(&self) -> bool {
        self.actions.is_empty() && self.coordinator.outcome() == Outcome::Unknown
    }

    fn has_to_wait(&self) -> bool {
        self.actions
            .iter()
            .any(|action| matches!(action, Action::Pause(_)))
    }

    /// Why it was rolled back: the first error that there was.
    pub(super) fn cause(&mut self, cause: Cause) -> Error {
        let at = match cause {
            Cause::Branch(at) => Some(at),
            Cause::Fenced => None,
        };
        let of_cause = |(of, _): &(usize, Error)| at.is_none_or(|at| *of == at);
        match (self.errors.iter().position(of_cause), cause) {
            (_, Cause::Fenced) => self.fenced(),
            (Some(first), Cause::Branch(_)) => self.errors.remove(first).1,
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
        let id = (transaction, names::coordinator(transaction));
        let (before, rest) = self.slots.each().split_at_mut(self.home);
        let Some((home, after)) = rest.split_first_mut() else {
            return Fenced::Failed;
        };
        let others = before.iter_mut().chain(after);
        let look = || {
            let branches = others.filter(|slot| slot.gid().is_some());
            branches.map(list).collect()
        };
        let fenced = home.apart(STEP, |physical| {
            store::insert_abort(physical, id, &branches, look)
        });
        fenced.unwrap_or(Fenced::Failed)
    }

    /// A thread for each engine but the last, which this one does.
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
        let mut work: Vec<(Action, &mut Slot)> = Vec::new();
        for (at, slot) in self.slots.each().iter_mut().enumerate() {
            let action = actions
                .iter()
                .find(|action| engine_of(**action, home) == at);
            work.extend(action.map(|action| (*action, slot)));
        }
        let helpers = work.len().saturating_sub(1);
        let queue = Mutex::new(work);
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop()
        };
        let drain = || {
            let mut events = Vec::new();
            while let Some((action, slot)) = next() {
                events.extend(around.perform(action, slot));
            }
            events
        };
        let events = thread::scope(|scope| {
            // Where the system refuses a thread, this one does its work after its own.
            let threads: Vec<_> = (0..helpers)
                .filter_map(|_| thread::Builder::new().spawn_scoped(scope, drain).ok())
                .collect();
            let mut events = drain();
            for thread in threads {
                events.extend(match thread.join() {
                    Ok(events) => events,
                    Err(panic) => std::panic::resume_unwind(panic),
                });
            }
            events
        });
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

impl Around<'_> {
    fn perform(&self, action: Action, slot: &mut Slot) -> Option<Event> {
        match action {
            Action::End(at) => Some(Event::Ended(
                at,
                self.noted(at, slot.end_branch()).is_some(),
            )),
            Action::CommitAlone(at) => Some(Event::Committed(at, self.commit(at, slot))),
            Action::Prepare(at) => Some(Event::Prepared(at, self.prepare(at, slot))),
            Action::InsertDecision => Some(Event::Inserted(self.insert(slot))),
            Action::CommitHome => {
                let committed = self.commit(self.home, slot);
                Some(Event::Committed(self.home, committed))
            }
            Action::ReadDecision => Some(Event::Read(self.read(slot))),
            Action::CommitPrepared(at) => Some(Event::Finished(at, finish(slot, true))),
            Action::RollBackPrepared(at) => Some(Event::Finished(at, finish(slot, false))),
            Action::RollBack(_) => {
                slot.unbind();
                slot.roll_back_branch();
                None
            }
            Action::List(at) => Some(Event::Listed(at, list(slot))),
            Action::EndOwner(at) => {
                end_owner(slot);
                Some(Event::OwnerEnded(at))
            }
            // The driver closes a connection that has prepared when it is given back.
            Action::Close(_) | Action::GiveBack(_) => None,
            Action::BeginHome | Action::FenceAbort | Action::Pause(_) | Action::Forget => None,
        }
    }

    /// Keeps the error, which is the cause where it is the first.
    fn noted<T>(&self, at: usize, outcome: Result<T>) -> Option<T> {
        outcome
            .map_err(|error| {
                let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
                errors.push((at, error.during(Operation::Commit)));
            })
            .ok()
    }

    fn commit(&self, at: usize, slot: &mut Slot) -> Committed {
        slot.unbind();
        let outcome = slot.commit_branch();
        let Err(error) = &outcome else {
            return Committed::Yes;
        };
        // A write to a file that failed may have reached the disk.
        let is_doubtful = matches!(
            error.kind(),
            ErrorKind::Io | ErrorKind::DiskFull | ErrorKind::Corrupt
        );
        let is_refused = error.applied() == Applied::No && !is_doubtful;
        let engine = slot.engine();
        self.noted(at, outcome.map_err(|error| error.on_engine(engine)));
        if is_refused {
            Committed::Refused
        } else {
            Committed::Lost
        }
    }

    fn prepare(&self, at: usize, slot: &mut Slot) -> Prepared {
        let engine = slot.engine();
        match slot.prepare() {
            Ok(true) => Prepared::Yes,
            Ok(false) => Prepared::TagOfRollback,
            Err(error) => {
                self.noted(at, Err::<(), _>(error.on_engine(engine)));
                if slot.is_lost() {
                    Prepared::Lost
                } else {
                    Prepared::Refused
                }
            }
        }
    }

    fn insert(&self, slot: &mut Slot) -> Inserted {
        let id = (self.transaction, self.coordinator);
        let engine = slot.engine();
        let inserted = slot.within(|physical| store::insert(physical, "C", id, self.branches));
        match self.noted(self.home, inserted.map_err(|error| error.on_engine(engine))) {
            Some(true) => Inserted::Yes,
            Some(false) => Inserted::Taken,
            None => Inserted::Failed,
        }
    }

    fn read(&self, slot: &mut Slot) -> Decision {
        let id = (self.transaction, self.coordinator);
        let read = slot.apart(STEP, |physical| store::read(physical, id));
        read.unwrap_or(Decision::Unreadable)
    }
}

fn finish(slot: &mut Slot, commits: bool) -> Finished {
    match slot.finish(commits, STEP) {
        Ok(true) => Finished::Done,
        Ok(false) => Finished::NotThere,
        Err(error) => {
            let engine = slot.engine();
            tracing::warn!(engine, %error, "a prepared transaction could not be finished yet");
            Finished::Failed
        }
    }
}

fn list(slot: &mut Slot) -> Listed {
    match slot.is_listed(STEP) {
        Ok(true) => Listed::There,
        Ok(false) => Listed::Gone,
        Err(_) => Listed::Unreadable,
    }
}

/// Whether it could be ended shows the next attempt.
fn end_owner(slot: &mut Slot) {
    let session = slot.gid().and_then(|gid| {
        let (_, branch) = gid.as_str().rsplit_once(':')?;
        Branch::parse(branch).map(|branch| branch.session)
    });
    if let Some(session) = session {
        let _ = slot.end_session(session, STEP);
    }
}
