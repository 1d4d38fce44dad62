//! Since when connections are in use: each has a record that the pool reads without taking the connection from its user. By it the
//! place of a connection returns that its user never gives back, once the server has ended it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::budget::Permit;
use crate::driver::Cutter;
use crate::link::moment::Moment;

/// The record of a connection that no user has.
const IDLE: u64 = 0;

/// The record of a connection that a user has and whose place has returned.
const LOST: u64 = u64::MAX;

/// Since when one connection is in use, and its permit where several pools share one limit.
pub(super) struct Checkout {
    /// A moment's nanoseconds and one more, `IDLE` or `LOST`.
    since: Arc<AtomicU64>,
    permit: Arc<PermitOfOne>,
}

type PermitOfOne = Mutex<Option<Permit>>;

impl Checkout {
    pub(super) fn begin(&self, now: Moment) {
        self.since.store(number(now), Ordering::Relaxed);
    }

    /// Its user gives it back. `false` where its place has returned before: the connection is dropped then, and nothing else.
    pub(super) fn end(&self) -> bool {
        self.since.swap(IDLE, Ordering::Relaxed) != LOST
    }

    /// Whether its place was given back.
    pub(super) fn is_lost(&self) -> bool {
        self.since.load(Ordering::Relaxed) == LOST
    }

    pub(super) fn take_permit(&self) -> Option<Permit> {
        taken(&self.permit)
    }
}

/// Nothing panics under the lock.
fn taken(permit: &PermitOfOne) -> Option<Permit> {
    permit.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn number(now: Moment) -> u64 {
    now.nanos().saturating_add(1)
}

/// The record of one connection, as the pool has it.
struct CheckoutRecord {
    since: Weak<AtomicU64>,
    permit: Weak<PermitOfOne>,
    cutter: Cutter,
}

impl CheckoutRecord {
    /// Gives the place back of a connection that is in use and that the server has ended: `None` where it is another. What is
    /// returned may hold a permit, so it is dropped without the lock of the pool.
    fn lost(&self) -> Option<Arc<PermitOfOne>> {
        let since = self.since.upgrade()?;
        let before = since.load(Ordering::Relaxed);
        if matches!(before, IDLE | LOST) || !self.cutter.has_ended() {
            return None;
        }
        let permit = self.permit.upgrade()?;
        // Its user may give it back in this moment.
        since
            .compare_exchange(before, LOST, Ordering::Relaxed, Ordering::Relaxed)
            .ok()
            .map(|_| permit)
    }
}

/// The records of a pool's connections.
#[derive(Default)]
pub(super) struct Checkouts(Vec<CheckoutRecord>);

impl Checkouts {
    /// Records one more connection, which is in use from now on; those of connections that are gone are forgotten.
    pub(super) fn add(&mut self, now: Moment, cutter: Cutter, permit: Option<Permit>) -> Checkout {
        self.0.retain(|known| known.since.strong_count() > 0);
        let checkout = Checkout {
            since: Arc::default(),
            permit: Arc::new(Mutex::new(permit)),
        };
        checkout.begin(now);
        self.0.push(CheckoutRecord {
            since: Arc::downgrade(&checkout.since),
            permit: Arc::downgrade(&checkout.permit),
            cutter,
        });
        checkout
    }

    /// Another connection is in the place of this one.
    pub(super) fn replace(&mut self, checkout: &Checkout, cutter: Cutter) {
        let since = Arc::as_ptr(&checkout.since);
        let known = self
            .0
            .iter_mut()
            .find(|known| known.since.as_ptr() == since);
        if let Some(known) = known {
            known.cutter = cutter;
        }
    }

    /// Gives the places back of connections that are in use and that the server has ended; one for each.
    pub(super) fn lost(&self) -> Vec<LostPlace> {
        self.0
            .iter()
            .filter_map(CheckoutRecord::lost)
            .map(LostPlace)
            .collect()
    }

    /// A way to each connection.
    pub(super) fn cutters(&self) -> Vec<Cutter> {
        self.0.iter().map(|known| known.cutter.clone()).collect()
    }

    /// For how long the connection has been in use that is so for longest.
    pub(super) fn oldest(&self, now: Moment) -> Option<Duration> {
        let all = self.0.iter().filter_map(|known| known.since.upgrade());
        let since = all
            .map(|since| since.load(Ordering::Relaxed))
            .filter(|since| !matches!(*since, IDLE | LOST))
            .min()?;
        let age = number(now).saturating_sub(since);
        Some(Duration::from_nanos(age))
    }
}

/// The place of a connection that its user has not given back; with its permit, which is free when this is dropped.
pub(super) struct LostPlace(Arc<PermitOfOne>);

impl Drop for LostPlace {
    fn drop(&mut self) {
        drop(taken(&self.0));
    }
}
