//! The end of a pool: idle connections now, those in use when they come back or by force, and what a forked child leaves
//! alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Grant, Idle, Pool, PoolState};
use crate::driver::Cutter;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::moment::Moment;

impl Pool {
    /// Closes idle connections now and those in use when they come back. Opens nothing; a second time does nothing, and so
    /// does a forked child: it gets no connection in any case, and the thread that held the lock does not exist there.
    pub(crate) fn close(&self) {
        if self.is_forked() {
            return;
        }
        self.writers.iter().for_each(|writers| writers.end());
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        state.open -= idle.len();
        state.gone += idle.len() as u64;
        while state.waiting.give(Grant::Closed).is_ok() {}
        let was_looked_at = state.looked_at.take().is_some();
        drop(state);
        drop(idle);
        self.note_counts();
        if was_looked_at {
            self.leave_alone();
        }
    }

    /// Keeps nothing any more: connections are closed when they are returned. The pool goes on serving its callers until
    /// [`keep_again`](Self::keep_again).
    #[cfg(feature = "tenants")]
    pub(crate) fn stop_keeping(&self) {
        self.is_retired.store(true, Ordering::Release);
    }

    /// Keeps connections as before.
    #[cfg(feature = "tenants")]
    pub(crate) fn keep_again(&self) {
        self.is_retired.store(false, Ordering::Release);
    }

    /// Closes the connections that are idle.
    #[cfg(feature = "tenants")]
    pub(crate) fn close_idle(self: &Arc<Self>) {
        while self.close_first_idle() {}
    }

    /// Closes the connections that are idle and lead to a host that the pool has left. They stay counted until they are closed.
    pub(super) fn close_idle_of_left_hosts(self: &Arc<Self>) {
        let left: Vec<Idle> = {
            let mut state = self.lock();
            let is_left = |Idle(idle): &mut Idle| idle.physical.is_of_left_host();
            state.idle.extract_if(.., is_left).collect()
        };
        for Idle(idle) in left {
            self.discard(idle);
        }
    }

    #[cfg(any(feature = "tenants", feature = "outbox"))]
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// How many connections are in use.
    #[cfg(feature = "tenants")]
    pub(crate) fn in_use(&self) -> usize {
        self.lock().held()
    }

    /// Since when the connection is idle that has been so for longest.
    pub(super) fn idle_since(&self) -> Option<Moment> {
        self.lock().idle.first().map(|Idle(idle)| idle.since)
    }

    /// Closes the connection that has been idle for longest; `false` where none is.
    pub(super) fn close_first_idle(self: &Arc<Self>) -> bool {
        if self.is_forked() {
            return false;
        }
        let mut state = self.lock();
        if state.idle.is_empty() {
            return false;
        }
        let Idle(idle) = state.idle.remove(0);
        drop(state);
        self.discard(idle);
        true
    }

    /// Waits until no connection is left of a pool that was closed, and cuts off those that are when time runs out.
    pub(crate) fn empty_within(&self, limit: Duration) -> Result<()> {
        self.wait_until_empty(limit).inspect_err(|_| self.cut())
    }

    /// Wakes every caller that waits for a database with the error that the engine is closed; later calls get it too.
    /// The connections are closed when they are given back.
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        // It is closed, so no other connection comes.
        let connections = self.lock().checkouts.cutters();
        connections.iter().for_each(Cutter::cut);
    }

    /// Waits until no connection is left of a pool that was closed.
    pub(crate) fn wait_until_empty(&self, limit: Duration) -> Result<()> {
        if self.is_forked() {
            return Ok(());
        }
        let state = self.lock();
        let in_use = |state: &mut PoolState| state.held() > 0;
        let state = state.wait_while(&self.emptied, limit, in_use);
        match state.held() {
            0 => Ok(()),
            connections => Err(Error::new(ErrorKind::StillInUse { connections })
                .during(Operation::Close)
                .on_engine(self.engine)),
        }
    }
}

/// A forked child leaves the sessions of its parent alone.
impl Drop for Pool {
    fn drop(&mut self) {
        let is_forked = self.is_forked();
        let state = self.state.get_mut();
        if is_forked {
            std::mem::forget(std::mem::take(&mut state.idle));
        } else if state.looked_at.is_some() {
            self.leave_alone();
        }
    }
}
