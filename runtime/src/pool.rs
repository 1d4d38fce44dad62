//! Open connections kept for the next user. One pool for each engine; nothing is shared between engines, and no thread
//! of its own runs: what is overdue is closed when somebody takes or gives back a connection.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;

/// Opens one more connection.
pub(crate) type OpenPhysical = Box<dyn Fn() -> Result<Physical> + Send + Sync>;

/// The connections of one engine.
pub(crate) struct Pool {
    engine: &'static str,
    open: OpenPhysical,
    limits: PoolLimits,
    state: Mutex<State>,
    returned: Condvar,
}

/// How many connections, how long they live, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    /// At least 1.
    pub(crate) max_connections: usize,
    /// So many stay open, however long they are idle.
    pub(crate) min_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_lifetime: Duration,
    /// One that was idle for this long is tried before it is given out.
    pub(crate) test_after_idle: Duration,
    /// Keep connections between uses (`connection = "long"`).
    pub(crate) keep: bool,
}

/// A connection and its age.
pub(crate) struct Pooled {
    pub(crate) physical: Physical,
    opened: Instant,
}

/// What the lock guards.
///
/// `open` counts the idle connections, those given out and those being opened right now, and never passes the limit.
/// Who holds one of the latter two kinds owes the pool exactly one `put_back` or `release_slot`.
#[derive(Default)]
struct State {
    /// Used as a stack, so the first has been idle longest.
    idle: Vec<Idle>,
    open: usize,
    /// Threads in `wait`. Waking nobody costs a system call, so it is done only where somebody waits.
    waiting: usize,
    closed: bool,
}

struct Idle {
    pooled: Pooled,
    since: Instant,
}

/// How many connections an engine has at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolCounts {
    /// Open and waiting for the next user.
    pub idle: usize,
    /// Given out, or being opened for somebody.
    pub in_use: usize,
    /// Both together.
    pub open: usize,
}

impl Pool {
    pub(crate) fn new(engine: &'static str, limits: PoolLimits, open: OpenPhysical) -> Arc<Self> {
        Arc::new(Self {
            engine,
            open,
            limits,
            state: Mutex::default(),
            returned: Condvar::new(),
        })
    }

    /// An idle connection, or a new one, or whichever comes back first. Who waits is not served in turn.
    pub(crate) fn acquire(self: &Arc<Self>) -> Result<Link> {
        self.take()
            .map(|pooled| Link::new(pooled, Arc::clone(self)))
            .map_err(|error| error.on_engine(self.engine))
    }

    fn take(&self) -> Result<Pooled> {
        let mut started = None;
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(closed());
            }
            if let Some(idle) = state.idle.pop() {
                drop(state);
                return self.revive(idle);
            }
            if state.open < self.limits.max_connections {
                state.open += 1;
                drop(state);
                return self.open_counted();
            }
            state = self.wait(state, *started.get_or_insert_with(Instant::now))?;
        }
    }

    /// An idle connection that is still good, or a new one in its place.
    fn revive(&self, idle: Idle) -> Result<Pooled> {
        let mut pooled = idle.pooled;
        let now = Instant::now();
        let rested = now - idle.since;
        let overdue =
            rested >= self.limits.idle_timeout || now - pooled.opened >= self.limits.max_lifetime;
        let tested = rested >= self.limits.test_after_idle;
        if !overdue && (!tested || pooled.physical.batch("SELECT 1").is_ok()) {
            return Ok(pooled);
        }
        drop(pooled);
        self.open_counted()
    }

    /// Opens a connection that is counted already; on failure or panic the count goes back.
    fn open_counted(&self) -> Result<Pooled> {
        let mut slot = Slot {
            pool: self,
            owed: true,
        };
        let physical = (self.open)().map_err(|error| error.during(Operation::Connect))?;
        if self.lock().closed {
            return Err(closed());
        }
        slot.owed = false;
        Ok(Pooled {
            physical,
            opened: Instant::now(),
        })
    }

    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        started: Instant,
    ) -> Result<MutexGuard<'a, State>> {
        let waited = started.elapsed();
        let Some(left) = self.limits.acquire_timeout.checked_sub(waited) else {
            let kind = ErrorKind::PoolExhausted {
                size: self.limits.max_connections,
                waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            };
            return Err(Error::new(kind).during(Operation::Acquire));
        };
        state.waiting += 1;
        // A wake-up that comes together with the end of the time is not lost: the caller looks again before it gives up.
        let (mut state, _) = self
            .returned
            .wait_timeout(state, left)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        Ok(state)
    }

    /// Takes a connection back, or closes it where it is no good any more.
    pub(crate) fn put_back(&self, pooled: Pooled) {
        let physical = &pooled.physical;
        let usable = self.limits.keep && !physical.is_broken() && !physical.in_transaction();
        let now = Instant::now();
        let mut state = self.lock();
        if usable && !state.closed && now - pooled.opened < self.limits.max_lifetime {
            state.idle.push(Idle { pooled, since: now });
            self.notify(&state);
            let overdue = self.longest_idle(&mut state, now);
            drop(state);
            drop(overdue);
        } else {
            drop(state);
            self.discard(pooled);
        }
    }

    /// Closes a connection that must not be used again.
    pub(crate) fn discard(&self, pooled: Pooled) {
        let slot = Slot {
            pool: self,
            owed: true,
        };
        drop(pooled);
        drop(slot);
    }

    /// Leaves a connection open that cannot even be closed: closing would wait for rows that nobody takes any more.
    pub(crate) fn abandon(&self, pooled: Pooled) {
        std::mem::forget(pooled);
        self.release_slot();
    }

    /// The connection that has been idle longest, if that is too long. One at a time: the next return looks again.
    fn longest_idle(&self, state: &mut State, now: Instant) -> Option<Idle> {
        let first = state.idle.first()?;
        let overdue = now - first.since >= self.limits.idle_timeout;
        if !overdue || state.open <= self.limits.min_connections {
            return None;
        }
        state.open -= 1;
        Some(state.idle.remove(0))
    }

    fn release_slot(&self) {
        let mut state = self.lock();
        state.open -= 1;
        self.notify(&state);
    }

    fn notify(&self, state: &State) {
        if state.waiting > 0 {
            self.returned.notify_one();
        }
    }

    /// Closes idle connections now and those in use when they come back. Opens nothing; a second time does nothing.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        drop(state);
        drop(idle);
        self.returned.notify_all();
    }

    pub(crate) fn counts(&self) -> PoolCounts {
        let state = self.lock();
        PoolCounts {
            idle: state.idle.len(),
            in_use: state.open - state.idle.len(),
            open: state.open,
        }
    }

    /// No user code runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::Closed).during(Operation::Acquire)
}

/// A counted connection that is not there yet, or not any more. Given back unless a connection took its place.
struct Slot<'p> {
    pool: &'p Pool,
    owed: bool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.owed {
            self.pool.release_slot();
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
