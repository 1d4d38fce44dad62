//! Does single actions of a commit, each on its engine. Requests whose answer is all that is left are sent and read apart, so that
//! several engines are at work while one thread waits.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::commit::STEP;
use super::names::Branch;
use super::protocol::{Action, Committed, Decision, Event, Finished, Inserted, Listed, Prepared};
use super::store;
use crate::error::{Applied, Error, ErrorKind, Operation, Result};
use crate::link::slots::Slot;

/// Things that one action needs beside its engine.
pub(super) struct Around<'a> {
    pub(super) transaction: &'a str,
    pub(super) coordinator: &'a str,
    /// The names of all branches that are to be prepared.
    pub(super) branches: &'a str,
    pub(super) home: usize,
    pub(super) errors: &'a Mutex<Vec<(usize, Error)>>,
}

/// How far an action is once its engine could be sent something.
pub(super) enum Sending {
    /// The answer is to be read.
    Sent(Request),
    Failed(Event),
    /// It has several steps, and is done as a whole.
    Whole,
}

/// A request that is not answered yet.
#[derive(Clone, Copy)]
pub(super) enum Request {
    Prepare(usize),
    Finish { at: usize, commits: bool },
}

impl Around<'_> {
    /// Sends the request of an action that is no more than one.
    pub(super) fn send(&self, action: Action, slot: &mut Slot) -> Sending {
        match action {
            Action::Prepare(at) => self.send_prepare(at, slot),
            Action::CommitPrepared(at) => send_finish(at, true, slot),
            Action::RollBackPrepared(at) => send_finish(at, false, slot),
            _ => Sending::Whole,
        }
    }

    /// Waits for the answer to a request.
    pub(super) fn answer(&self, request: Request, slot: &mut Slot) -> Event {
        match request {
            Request::Prepare(at) => {
                let prepared = slot.read_prepare();
                Event::Prepared(at, self.prepared(at, prepared, slot))
            }
            Request::Finish { at, commits } => {
                let finished = slot.read_finish(commits);
                Event::Finished(at, ended(finished, slot))
            }
        }
    }

    /// Does each on its engine: a thread for each of them but the last, which this one does.
    pub(super) fn perform_all(&self, mut work: Vec<(Action, &mut Slot)>) -> Vec<Event> {
        work.retain(|(action, _)| !is_nothing(*action));
        let helpers = work.len().saturating_sub(1);
        let queue = Mutex::new(work);
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop()
        };
        let drain = || {
            let mut events = Vec::new();
            while let Some((action, slot)) = next() {
                events.extend(self.perform(action, slot));
            }
            events
        };
        thread::scope(|scope| {
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
        })
    }

    fn perform(&self, action: Action, slot: &mut Slot) -> Option<Event> {
        match action {
            Action::End(at) => Some(Event::Ended(
                at,
                self.noted(at, slot.end_branch()).is_some(),
            )),
            Action::CommitAlone(at) => Some(Event::Committed(at, self.commit(at, slot))),
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
            Action::List(at) => Some(Event::Listed(at, list_branch(slot))),
            Action::EndOwner(at) => {
                end_owner(slot);
                Some(Event::OwnerEnded(at))
            }
            // Prepares are only sent and read. The driver closes a connection that has prepared when it is given back.
            Action::Prepare(_)
            | Action::Close(_)
            | Action::GiveBack(_)
            | Action::BeginHome
            | Action::FenceAbort
            | Action::Pause(_)
            | Action::Forget => None,
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

    fn send_prepare(&self, at: usize, slot: &mut Slot) -> Sending {
        match slot.send_prepare() {
            Ok(()) => Sending::Sent(Request::Prepare(at)),
            Err(error) => {
                let prepared = self.prepared(at, Err(error), slot);
                Sending::Failed(Event::Prepared(at, prepared))
            }
        }
    }

    fn prepared(&self, at: usize, outcome: Result<bool>, slot: &mut Slot) -> Prepared {
        let engine = slot.engine();
        match outcome {
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
        let inserted = slot.within(|physical| store::insert_commit(physical, id, self.branches));
        match self.noted(self.home, inserted.map_err(|error| error.on_engine(engine))) {
            Some(true) => Inserted::Yes,
            Some(false) => Inserted::Taken,
            None => Inserted::Failed,
        }
    }

    fn read(&self, slot: &mut Slot) -> Decision {
        let id = (self.transaction, self.coordinator);
        let read = slot.apart(STEP, |physical| store::read_decision(physical, id));
        read.unwrap_or(Decision::Unreadable)
    }
}

/// Over the connection that prepared it; where that is lost, another is needed first.
fn send_finish(at: usize, commits: bool, slot: &mut Slot) -> Sending {
    match slot.send_finish(commits, STEP) {
        Ok(true) => Sending::Sent(Request::Finish { at, commits }),
        Ok(false) => Sending::Whole,
        Err(error) => Sending::Failed(Event::Finished(at, ended(Err(error), slot))),
    }
}

fn finish(slot: &mut Slot, commits: bool) -> Finished {
    let finished = slot.finish(commits, STEP);
    ended(finished, slot)
}

fn ended(finished: Result<bool>, slot: &Slot) -> Finished {
    match finished {
        Ok(true) => Finished::Done,
        Ok(false) => Finished::NotThere,
        Err(error) => {
            let engine = slot.engine();
            tracing::warn!(engine, %error, "a prepared transaction could not be finished yet");
            Finished::Failed
        }
    }
}

pub(super) fn list_branch(slot: &mut Slot) -> Listed {
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

/// Whether the action reaches no database: it closes or returns a connection.
fn is_nothing(action: Action) -> bool {
    matches!(action, Action::Close(_) | Action::GiveBack(_))
}
