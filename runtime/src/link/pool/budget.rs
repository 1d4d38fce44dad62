//! One limit over the connections of several pools. Each open connection holds a permit; where none is left, the connection
//! that has been idle for longest, whichever pool it is of, is closed for the caller that waits.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::guarded::{Guard, Guarded};
use super::{Pool, millis};
use crate::driver::queue::Queue;
use crate::driver::{Cutter, work};
use crate::error::{Error, ErrorKind, Operation, Result};

/// How many connections several pools may have together.
pub(crate) struct Budget {
    limit: usize,
    state: Guarded<BudgetState>,
}

/// `used` counts the permits that are held, and those that were given to a waiter.
#[derive(Default)]
struct BudgetState {
    used: usize,
    waiting: Queue<()>,
    pools: Vec<Weak<Pool>>,
}

/// The right to have one connection open.
pub(super) struct Permit(Arc<Budget>);

impl Budget {
    /// At least one connection.
    #[cfg(feature = "tenants")]
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            state: Guarded::default(),
        })
    }

    /// How many connections there are.
    #[cfg(feature = "tenants")]
    pub(crate) fn used(&self) -> usize {
        self.lock().used
    }

    /// One more pool whose idle connections may be closed for others.
    #[cfg(feature = "tenants")]
    pub(super) fn add(&self, pool: &Weak<Pool>) {
        let mut state = self.lock();
        state.pools.retain(|pool| pool.strong_count() > 0);
        state.pools.push(Weak::clone(pool));
    }

    /// Whether a caller waits for a permit.
    pub(super) fn is_wanted(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Takes a permit, first in, first out, within a time.
    pub(super) fn acquire(self: &Arc<Self>, limit: Duration) -> Result<Permit> {
        let mut state = self.lock();
        if state.waiting.is_empty() && state.used < self.limit {
            state.used += 1;
            return Ok(Permit(Arc::clone(self)));
        }
        let place = state.waiting.join();
        drop(state);
        self.close_longest_idle();
        let held = work::hold(work::WaitKind::Place, || Cutter::new(&place));
        let given = held
            .is_ok()
            .then(|| work::pause(|| place.wait(limit)))
            .flatten();
        match given.or_else(|| self.lock().waiting.leave(&place)) {
            Some(()) => Ok(Permit(Arc::clone(self))),
            None if work::is_abandoned() => {
                Err(Error::new(work::reason()).during(Operation::Acquire))
            }
            None => Err(self.exhausted(limit)),
        }
    }

    /// Closes the connection that has been idle for longest, if any is. Permits of connections that the server has ended return.
    fn close_longest_idle(&self) {
        let pools = self.lock().pools.clone();
        let pools: Vec<Arc<Pool>> = pools.iter().filter_map(Weak::upgrade).collect();
        pools.iter().for_each(|pool| pool.take_lost_places());
        let first = || {
            let idle = pools.iter();
            let idle = idle.filter_map(|pool| Some((pool.idle_since()?, pool)));
            idle.min_by_key(|(since, _)| *since).map(|(_, pool)| pool)
        };
        // Another caller may take it first.
        while first().is_some_and(|pool| !pool.close_first_idle()) {}
    }

    #[cold]
    fn exhausted(&self, limit: Duration) -> Error {
        let kind = ErrorKind::ConnectionLimit {
            limit: self.limit,
            waiting: self.lock().waiting.len(),
            waited_ms: millis(limit),
        };
        Error::new(kind).during(Operation::Acquire)
    }

    fn lock(&self) -> Guard<'_, BudgetState> {
        self.state.lock()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if state.waiting.give(()).is_err() {
            state.used -= 1;
        }
    }
}
