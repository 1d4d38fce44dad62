//! What becomes of connections that nobody needs any more: kept for the next, or closed.

use std::time::Instant;

use super::{Grant, Idle, LOOK_AFTER, Pool, Pooled, Slot, State};

impl Pool {
    /// Takes a connection back, or closes it where it is no good any more.
    pub(crate) fn put_back(&self, mut pooled: Pooled) {
        // Dropped last: the next writer finds the connection.
        let _writer = pooled.writer.take();
        let now = Instant::now();
        if self.is_forked() || !self.is_reusable(&mut pooled, now) {
            return self.discard(pooled);
        }
        pooled.taken = now;
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return self.discard(pooled);
        }
        if let Err(unwanted) = state.waiting.give(Grant::Warm(pooled)) {
            if let Grant::Warm(pooled) = unwanted {
                state.idle.push(Idle { pooled, since: now });
            }
            let overdue = self.longest_idle(&mut state, now);
            drop(state);
            drop(overdue);
        }
    }

    /// Who holds one for long may have seen nothing of a server that went down meanwhile, and the next may get it at once.
    fn is_reusable(&self, pooled: &mut Pooled, now: Instant) -> bool {
        let physical = &mut pooled.physical;
        self.limits.keep
            && !physical.is_broken()
            && !physical.is_spoiled()
            && !physical.in_transaction()
            && now.saturating_duration_since(pooled.opened) < self.limits.max_lifetime
            && (now.saturating_duration_since(pooled.taken) < LOOK_AFTER || physical.is_quiet())
    }

    /// Closes a connection that must not be used again.
    pub(crate) fn discard(&self, pooled: Pooled) {
        if self.is_forked() {
            // Closing it would end the session of the process it belongs to.
            std::mem::forget(pooled);
            return;
        }
        let slot = Slot {
            pool: self,
            owed: true,
        };
        drop(pooled);
        self.lock().gone += 1;
        drop(slot);
    }

    /// The connection that has been idle longest, if that is too long. One at a time: the next return looks again.
    fn longest_idle(&self, state: &mut State, now: Instant) -> Option<Idle> {
        let first = state.idle.first()?;
        let overdue = now - first.since >= self.limits.idle_timeout;
        if !overdue || state.open <= self.limits.min_connections {
            return None;
        }
        state.open -= 1;
        state.gone += 1;
        Some(state.idle.remove(0))
    }
}
