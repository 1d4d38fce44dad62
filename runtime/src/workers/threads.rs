//! The threads themselves: started when there is work and none is idle, gone after a while without any.

use std::sync::{Arc, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::{Workers, WorkersState};
use crate::driver::own_threads;

/// The time that a thread stays without work.
const IDLE: Duration = Duration::from_secs(10);

impl Workers {
    /// Something is ready: has a thread look at it. There are as many threads as permits of those that do not rest, so one that is
    /// busy without a permit is about to look itself.
    pub(super) fn wake(self: &Arc<Self>, mut state: MutexGuard<'_, WorkersState>) {
        if let Some(thread) = state.idle.pop() {
            drop(state);
            thread.unpark();
        } else if state.threads < state.wanted_threads() {
            state.threads += 1;
            drop(state);
            self.start();
        }
    }

    fn start(self: &Arc<Self>) {
        let workers = Arc::clone(self);
        let work = Box::new(move || workers.work());
        if own_threads::start("bindery-worker", work).is_ok() {
            return;
        }
        let mut state = self.lock();
        state.threads -= 1;
        // Where there can be no thread at all, the caller's own has to do it.
        if state.threads == 0 {
            drop(self.work_off(state));
        }
    }

    fn work(self: &Arc<Self>) {
        let mut state = Some(self.lock());
        while let Some(ready) = state {
            let idle = self.work_off(ready);
            state = self.rest(idle);
        }
    }

    /// Does what is ready.
    fn work_off<'w>(
        self: &'w Arc<Self>,
        mut state: MutexGuard<'w, WorkersState>,
    ) -> MutexGuard<'w, WorkersState> {
        while let Some((task, permit)) = state.ready.pop_front() {
            state.busy += 1;
            drop(state);
            let permit = task.run(permit);
            // Not under the lock: it holds what the program gave it.
            drop(task);
            state = self.lock();
            state.busy -= 1;
            if let Some(permit) = permit {
                self.take_back(&mut state, permit);
            }
        }
        if state.closed && state.busy == 0 {
            self.changed.notify_all();
        }
        state
    }

    /// Waits for work; `None` where the thread is not needed any more.
    fn rest<'w>(
        &'w self,
        mut state: MutexGuard<'w, WorkersState>,
    ) -> Option<MutexGuard<'w, WorkersState>> {
        let me = thread::current();
        if state.closed {
            state.threads -= 1;
            return None;
        }
        state.idle.push(me.clone());
        drop(state);
        let since = Instant::now();
        thread::park_timeout(IDLE);
        let mut state = self.lock();
        // Still there: it was not woken for work.
        let place = state.idle.iter().position(|thread| thread.id() == me.id());
        if let Some(place) = place {
            state.idle.remove(place);
            if since.elapsed() >= IDLE && state.ready.is_empty() {
                state.threads -= 1;
                return None;
            }
        }
        Some(state)
    }
}
