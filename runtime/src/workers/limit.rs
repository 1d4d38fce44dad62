//! The time limits of waiting for a turn, and of work that was abandoned. All that wait have the same limit, and so have all that
//! were abandoned: the first of each queue is the first whose time is over. One thread looks at these, and is there only
//! while there are any.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Waiting, Workers, WorkersState};
use crate::driver::own_threads;
use crate::error::{Error, ErrorKind, Operation};

/// How long a statement of abandoned work may go on: most end by themselves, and a connection that need not be cut off need not be
/// replaced.
pub(super) const GRACE: Duration = Duration::from_millis(50);

impl Workers {
    /// Something waits. Without a thread for it, it waits as long as it takes.
    pub(super) fn see_to_limits(self: &Arc<Self>, mut state: MutexGuard<'_, WorkersState>) {
        if std::mem::replace(&mut state.is_limited, true) {
            return;
        }
        drop(state);
        let workers = Arc::clone(self);
        let work = Box::new(move || workers.limit_waits());
        if own_threads::start("bindery-limits", work).is_err() {
            self.lock().is_limited = false;
        }
    }

    fn limit_waits(&self) {
        let mut state = self.refuse_overdue(self.lock());
        while let Some(left) = state.until_next(self.limit) {
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let now = Instant::now();
            while let Some((_, work)) = state.abandoned.pop_front_if(|(at, _)| *at <= now) {
                work.cut();
            }
            if state.until_look(self.limit).is_some() {
                drop(state);
                self.take_lost_permits();
                state = self.lock();
            }
            state = self.refuse_overdue(state);
        }
        state.is_limited = false;
    }

    fn refuse_overdue<'w>(
        &'w self,
        mut state: MutexGuard<'w, WorkersState>,
    ) -> MutexGuard<'w, WorkersState> {
        while let Some(Waiting { task, since }) = state.pop_overdue(self) {
            state.timeouts += 1;
            let error = self.exhausted(&state, since);
            drop(state);
            task.refuse(error);
            drop(task);
            state = self.lock();
        }
        state
    }

    fn exhausted(&self, state: &WorkersState, since: Instant) -> Error {
        let oldest = state.permits.values().flatten().min();
        Error::new(ErrorKind::WorkersBusy {
            workers: self.size,
            waiting: state.waiting.len(),
            waited_ms: millis(since),
            longest_ms: oldest.copied().map(millis),
        })
        .during(Operation::Acquire)
    }
}

impl WorkersState {
    /// Returns how long there is nothing to do, at least; `None` where there will be nothing.
    fn until_next(&self, limit: Duration) -> Option<Duration> {
        let first = self.waiting.first_since();
        let waits = first.map(|since| limit.saturating_sub(since.elapsed()));
        let abandoned = self.abandoned.front();
        let ends = abandoned.map(|(at, _)| at.saturating_duration_since(Instant::now()));
        let looks = self.until_look(limit);
        waits.into_iter().chain(ends).chain(looks).min()
    }

    fn pop_overdue(&mut self, workers: &Workers) -> Option<Waiting> {
        let is_overdue = self.waiting.first_since()?.elapsed() >= workers.limit;
        let first = is_overdue.then(|| self.waiting.pop(true)).flatten();
        first.map(|(_, waiting)| waiting)
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
