//! The right to have work done, which limits how many threads are at work: as many as there are connections. Most permits are for one
//! piece of work. A thread that waits for a connection does not count meanwhile, whichever engine it waits for: those that
//! could use connections of the others go on. Nor does a session between two calls, whose connections count for its pool.

use std::sync::{Arc, Weak};
use std::time::Instant;

use super::waits::Span;
use super::{Keeper, Workers, WorkersState};
use crate::driver::work::Host;

/// The number of threads that may wait for connections beside those that are at work. Where there are as many, others that wait
/// count as at work.
const MOST_BLOCKED: usize = 512;

/// The right to have work done, given to the next when it is dropped.
pub(crate) struct Permit {
    /// `None` once it was given back under the lock.
    workers: Option<Arc<Workers>>,
    number: u64,
    span: Span,
    /// It is kept by a session between two calls.
    rests: bool,
}

impl Permit {
    /// No thread works with it until it is [submitted](Workers::submit_with) again. The keeper gives it back where its session is
    /// lost.
    pub(crate) fn rest(&mut self, keeper: Weak<dyn Keeper>) {
        let workers = self.workers.as_ref();
        let Some(workers) = workers.filter(|workers| !workers.is_forked()) else {
            return;
        };
        self.rests = true;
        let mut state = workers.lock();
        state.resting.insert(self.number, keeper);
        state.permits.insert(self.number, None);
        if workers.admit(&mut state) {
            workers.wake(state);
        }
    }

    /// A thread works with it again.
    pub(super) fn resume(&mut self, state: &mut WorkersState) {
        if std::mem::take(&mut self.rests) {
            state.resting.remove(&self.number);
            state.permits.insert(self.number, Some(Instant::now()));
        }
    }
}

impl WorkersState {
    /// The permits whose threads are at work, or about to be.
    pub(super) fn at_work(&self) -> usize {
        self.permits.len() - self.blocked - self.resting.len()
    }

    /// The most threads that have something to do.
    pub(super) fn wanted_threads(&self) -> usize {
        self.permits.len() - self.resting.len()
    }

    /// Whether another task of this kind may begin. There are no more sessions than connections, also while they rest: those that would
    /// only wait for a connection do so without a thread.
    pub(super) fn has_room(&self, size: usize, span: Span) -> bool {
        let has_one_more = match span {
            Span::Call => true,
            Span::Session => self.sessions - self.blocked_sessions < size,
        };
        has_one_more && self.at_work() < size
    }
}

impl Workers {
    /// One more; there must be room for it.
    pub(super) fn permit(self: &Arc<Self>, state: &mut WorkersState, span: Span) -> Permit {
        let number = state.number();
        state.permits.insert(number, Some(Instant::now()));
        state.sessions += usize::from(span == Span::Session);
        Permit {
            workers: Some(Arc::clone(self)),
            number,
            span,
            rests: false,
        }
    }

    /// Takes a permit back, and has the task that waited longest be ready.
    pub(super) fn take_back(
        self: &Arc<Self>,
        state: &mut WorkersState,
        mut permit: Permit,
    ) -> bool {
        permit.workers = None;
        permit.resume(state);
        state.permits.remove(&permit.number);
        state.sessions -= usize::from(permit.span == Span::Session);
        self.admit(state)
    }

    /// Has the task that waited longest be ready, where there is room.
    fn admit(self: &Arc<Self>, state: &mut WorkersState) -> bool {
        if !state.has_room(self.size, Span::Call) {
            return false;
        }
        let may_begin_session = state.has_room(self.size, Span::Session);
        let Some((span, waiting)) = state.waiting.pop(may_begin_session) else {
            return false;
        };
        let permit = self.permit(state, span);
        state.ready.push_back((waiting.task, permit));
        true
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(workers) = self.workers.take() else {
            return;
        };
        if workers.is_forked() {
            return;
        }
        let mut state = workers.lock();
        let permit = Self {
            workers: None,
            number: self.number,
            span: self.span,
            rests: std::mem::take(&mut self.rests),
        };
        if workers.take_back(&mut state, permit) {
            workers.wake(state);
        }
    }
}

/// The host of work of one kind.
pub(super) struct Hosting {
    pub(super) workers: Arc<Workers>,
    pub(super) span: Span,
}

impl Host for Hosting {
    fn pause(&self) -> bool {
        let workers = &self.workers;
        if workers.is_forked() {
            return false;
        }
        let mut state = workers.lock();
        if state.blocked == MOST_BLOCKED {
            return false;
        }
        state.blocked += 1;
        state.blocked_sessions += usize::from(self.span == Span::Session);
        if workers.admit(&mut state) {
            workers.wake(state);
        }
        true
    }

    /// It goes on at once, also where others took its place: it has a connection now, of which there are as many as its pool may have.
    fn resume(&self) {
        let mut state = self.workers.lock();
        state.blocked -= 1;
        state.blocked_sessions -= usize::from(self.span == Span::Session);
    }
}
