//! Open connections kept for the next user. One pool for each engine; nothing is shared between engines.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result};

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

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    /// Keep connections between uses (`connection = "long"`).
    pub(crate) keep: bool,
}

#[derive(Default)]
struct State {
    idle: Vec<Physical>,
    /// Idle and in use.
    open: usize,
    waiting: usize,
    closed: bool,
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

    /// An idle connection, or a new one, or whichever comes back first.
    pub(crate) fn acquire(self: &Arc<Self>) -> Result<Link> {
        self.take()
            .map(|physical| Link {
                physical: Some(physical),
                pool: Arc::clone(self),
                depth: 0,
            })
            .map_err(|error| error.on_engine(self.engine))
    }

    fn take(&self) -> Result<Physical> {
        let started = Instant::now();
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(Error::new(ErrorKind::Closed).during(Operation::Acquire));
            }
            if let Some(physical) = state.idle.pop() {
                return Ok(physical);
            }
            if state.open < self.limits.max_connections {
                state.open += 1;
                drop(state);
                return self.open_counted();
            }
            state = self.wait(state, started)?;
        }
    }

    /// Opens a connection that is counted already; on failure the count goes back.
    fn open_counted(&self) -> Result<Physical> {
        let slot = Slot { pool: self };
        let physical = (self.open)().map_err(|error| error.during(Operation::Connect))?;
        std::mem::forget(slot);
        Ok(physical)
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
                waited_ms: waited.as_millis() as u64,
            };
            return Err(Error::new(kind).during(Operation::Acquire));
        };
        state.waiting += 1;
        let (mut state, _) = self
            .returned
            .wait_timeout(state, left)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        Ok(state)
    }

    fn put_back(&self, physical: Physical) {
        let mut state = self.lock();
        if self.limits.keep && !state.closed && !physical.is_broken() {
            state.idle.push(physical);
            self.notify(&state);
        } else {
            drop(state);
            drop(physical);
            self.release_slot();
        }
    }

    fn release_slot(&self) {
        let mut state = self.lock();
        state.open -= 1;
        self.notify(&state);
    }

    /// Waking nobody costs a system call, so it is done only where somebody waits.
    fn notify(&self, state: &State) {
        if state.waiting > 0 {
            self.returned.notify_one();
        }
    }

    /// Closes idle connections now and those in use when they come back.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        drop(state);
        drop(idle);
        self.returned.notify_all();
    }

    /// Idle connections and all open ones.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        (state.idle.len(), state.open)
    }

    /// No user code runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Slot<'p> {
    pool: &'p Pool,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.pool.release_slot();
    }
}

/// A connection taken from a pool; goes back when dropped, unless a transaction is open or it is broken.
pub(crate) struct Link {
    physical: Option<Physical>,
    pool: Arc<Pool>,
    /// Open transaction and savepoints.
    pub(crate) depth: u32,
}

impl Link {
    /// The open connection.
    pub(crate) fn physical(&mut self) -> &mut Physical {
        self.physical.as_mut().expect("taken out only in drop")
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(physical) = self.physical.take() else {
            return;
        };
        if self.depth == 0 {
            self.pool.put_back(physical);
        } else {
            drop(physical);
            self.pool.release_slot();
        }
    }
}
