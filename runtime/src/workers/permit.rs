//! The right to have work done: never more of them than connections. Most are for one piece of work; one that spans several
//! keeps its permit in between, so that no other can be given the connections that it waits to use.

use std::sync::Arc;
use std::time::Instant;

use super::{State, Workers};

/// The right to have work done, given to the next when it is dropped.
pub(crate) struct Permit {
    /// `None` once it was given back under the lock.
    workers: Option<Arc<Workers>>,
    number: u64,
}

impl Workers {
    /// One more; there must be room for it.
    pub(super) fn permit(self: &Arc<Self>, state: &mut State) -> Permit {
        let number = state.number();
        state.permits.insert(number, Instant::now());
        Permit {
            workers: Some(Arc::clone(self)),
            number,
        }
    }

    /// Takes a permit back, and has the task that waited longest be ready.
    pub(super) fn take_back(self: &Arc<Self>, state: &mut State, mut permit: Permit) -> bool {
        permit.workers = None;
        state.permits.remove(&permit.number);
        let next = state.waiting.pop_first();
        next.is_some_and(|(_, waiting)| {
            let permit = self.permit(state);
            state.ready.push_back((waiting.task, permit));
            true
        })
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
        };
        if workers.take_back(&mut state, permit) {
            workers.wake(state);
        }
    }
}
