//! Takes back connections that are not needed any more: they are kept for the next caller, or closed. One that had to be closed
//! after its work, though nothing is wrong with it, is replaced, so that the next caller does not wait for a login.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::budget::Permit;
use super::{Grant, Idle, LOOK_AFTER, Pool, Pooled, Slot, TEST_LIMIT};
use crate::driver::own_threads;
use crate::driver::{Leaving, Physical};
use crate::link::moment::Moment;

/// How long the node of a pool that is busy is taken for synced.
const NODE_AFTER: Duration = Duration::from_secs(1);

impl Pool {
    /// Takes a connection back, or closes it where it is no good any more.
    pub(crate) fn put_back(self: &Arc<Self>, mut pooled: Box<Pooled>) {
        // Dropped last: the next writer finds the connection.
        let _writer = pooled.writer.take();
        if !pooled.checkout.end() {
            return;
        }
        let now = Self::now_taken();
        if self.is_forked() || !self.is_reusable(&mut pooled, now) {
            return self.discard(pooled);
        }
        pooled.since = now;
        if !pooled.physical.given_back() {
            #[cfg(feature = "atomic")]
            let is_spent = pooled.physical.is_spent();
            #[cfg(not(feature = "atomic"))]
            let is_spent = false;
            let then = if is_spent { Then::Replace } else { Then::LetGo };
            return self.discard_and(pooled, then);
        }
        let mut state = self.lock();
        if state.closed {
            drop(state);
            return self.discard(pooled);
        }
        if let Some(first) = state.waiting.pop() {
            pooled.checkout.begin(now);
            first.fill(Grant::Warm(pooled));
            drop(state);
        } else {
            let opened = pooled.opened;
            state.idle.push(Idle(pooled));
            let looks = self.expect_upkeep(&mut state, opened);
            drop(state);
            if let Some(at) = looks {
                self.look_after(at);
            }
            // Once it is idle: a caller that waits for another pool's connection has seen it so, or is seen here.
            if self.is_for_others() {
                self.close_first_idle();
            }
        }
        self.note_counts();
    }

    /// Whether a caller of another pool waits for the place of a connection, where several pools share one limit, or nothing may be
    /// kept since a moment.
    fn is_for_others(&self) -> bool {
        self.is_retired.load(Ordering::Acquire)
            || self.budget.get().is_some_and(|budget| budget.is_wanted())
    }

    /// Returns whether the connection can be used again. A caller that held it for long may not have noticed that the
    /// server went down, and the next may get it immediately.
    fn is_reusable(&self, pooled: &mut Pooled, now: Moment) -> bool {
        let physical = &mut pooled.physical;
        self.limits.keep
            && !physical.is_broken()
            && !physical.is_spoiled()
            && !physical.in_transaction()
            && !physical.is_of_left_host()
            && !now.is_past(pooled.opened, self.ages.lifetime)
            && (!now.is_past(pooled.since, LOOK_AFTER) || physical.is_quiet())
            && self.is_of_synced_node(physical, now)
    }

    /// A node of a cluster that is not synced any more goes on answering, and a pool that is busy has no idle connections that are tried. So one
    /// that comes back is, once in a while.
    #[inline]
    fn is_of_synced_node(&self, physical: &mut Physical, now: Moment) -> bool {
        !physical.has_other_nodes() || !self.is_node_due(now) || physical.ping(TEST_LIMIT).is_ok()
    }

    /// Whether this caller is the one that tries the node.
    fn is_node_due(&self, now: Moment) -> bool {
        let (tried, now) = (self.node_tried.load(Ordering::Relaxed), now.nanos());
        u128::from(now.saturating_sub(tried)) >= NODE_AFTER.as_nanos()
            && self
                .node_tried
                .compare_exchange(tried, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Closes a connection that must not be used again. Its place is free when the server has ended it, too; a caller
    /// that gives it back does not wait for that.
    pub(crate) fn discard(self: &Arc<Self>, pooled: Box<Pooled>) {
        self.discard_and(pooled, Then::LetGo);
    }

    fn discard_and(self: &Arc<Self>, pooled: Box<Pooled>, then: Then) {
        if self.is_forked() {
            // Closing it would end the session of the process it belongs to.
            std::mem::forget(pooled);
            return;
        }
        if !pooled.checkout.end() {
            return;
        }
        let slot = Slot {
            pool: self,
            owed: true,
            permit: pooled.checkout.take_permit(),
        };
        let leaving = self.close_one(pooled);
        match leaving {
            Some(leaving) => self.let_go_and(leaving, slot, then),
            None => drop(slot),
        }
        self.note_counts();
    }

    /// Gives the places back of connections that the server has ended and that their users have not given back: a session may be
    /// forgotten (`mem::forget`), or held for ever. Who gives one back later gives back nothing more.
    pub(super) fn take_lost_places(&self) {
        let mut state = self.lock();
        let lost = state.checkouts.lost();
        for _ in &lost {
            state.gone += 1;
            self.release_slot_in(&mut state);
        }
        drop(state);
        if !lost.is_empty() {
            drop(lost);
            self.note_counts();
        }
    }

    /// Says goodbye to a connection.
    pub(super) fn close_one(&self, mut pooled: Box<Pooled>) -> Option<Leaving> {
        pooled.physical.leave_unfit_host();
        let leaving = pooled.physical.leave();
        drop(pooled);
        self.lock().gone += 1;
        leaving
    }

    /// Has the place given back when the server has ended the connection that took it.
    pub(super) fn let_go(self: &Arc<Self>, leaving: Leaving, slot: Slot<'_>) {
        self.let_go_and(leaving, slot, Then::LetGo);
    }

    fn let_go_and(self: &Arc<Self>, leaving: Leaving, mut slot: Slot<'_>, then: Then) {
        if then == Then::LetGo && leaving.wait(Duration::ZERO) {
            return;
        }
        let pool = Arc::downgrade(self);
        let permit = slot.permit.take();
        let wait = move || {
            leaving.wait_to_the_end();
            drop(leaving);
            let Some(pool) = pool.upgrade() else { return };
            match then {
                Then::LetGo => {
                    drop(permit);
                    pool.has_left();
                }
                Then::Replace => pool.replace(permit),
            }
            pool.note_counts();
        };
        // Before the thread can take it back.
        self.lock().leaving += 1;
        if own_threads::start("bindery-close", Box::new(wait)).is_ok() {
            slot.owed = false;
            self.tell_emptied(&self.lock());
        } else {
            // Where there can be no thread, the place is free a moment too early.
            self.lock().leaving -= 1;
        }
    }

    /// The place of a connection that the server has ended is free.
    fn has_left(&self) {
        // Under one lock, or the connection would count as in use in between.
        let mut state = self.lock();
        state.leaving -= 1;
        self.release_slot_in(&mut state);
    }

    /// Opens another connection in the place of one that the server has ended. A caller that waits opens it itself, and one that cannot
    /// be opened is opened by the next caller, who gets the error.
    fn replace(self: &Arc<Self>, permit: Option<Permit>) {
        let is_for_others = self.is_for_others();
        let mut state = self.lock();
        let is_wanted = !state.closed && state.waiting.is_empty();
        if !is_wanted || is_for_others || self.is_forked() {
            drop(state);
            drop(permit);
            return self.has_left();
        }
        state.leaving -= 1;
        drop(state);
        let mut slot = Slot {
            pool: self,
            owed: true,
            permit,
        };
        if let Ok(pooled) = self.open_in(&mut slot, self.limits.acquire_timeout) {
            self.put_back(pooled);
        }
    }
}

/// The time after a connection that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Its place is free.
    LetGo,
    /// Another is opened in its place.
    Replace,
}
