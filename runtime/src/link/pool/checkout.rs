//! Since when connections are in use: each has a cell that the pool reads without taking the connection from its user.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::link::moment::Moment;

/// The cell of an idle connection.
const IDLE: u64 = 0;

/// Since when one connection is in use. Gone with it.
pub(super) struct Checkout {
    /// A moment's nanoseconds and one more, or `IDLE`.
    since: Arc<AtomicU64>,
}

impl Checkout {
    pub(super) fn begin(&self, now: Moment) {
        self.since.store(number(now), Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.since.store(IDLE, Ordering::Relaxed);
    }
}

fn number(now: Moment) -> u64 {
    now.nanos().saturating_add(1)
}

/// The cells of a pool's connections.
#[derive(Default)]
pub(super) struct Checkouts {
    cells: Vec<Weak<AtomicU64>>,
}

impl Checkouts {
    /// A cell for one more connection, which is in use from now on; those of connections that are gone are forgotten.
    pub(super) fn add(&mut self, now: Moment) -> Checkout {
        self.cells.retain(|cell| cell.strong_count() > 0);
        let checkout = Checkout {
            since: Arc::default(),
        };
        checkout.begin(now);
        self.cells.push(Arc::downgrade(&checkout.since));
        checkout
    }

    /// For how long the connection has been in use that is so for longest.
    pub(super) fn oldest(&self, now: Moment) -> Option<Duration> {
        let cells = self.cells.iter().filter_map(Weak::upgrade);
        let since = cells
            .map(|cell| cell.load(Ordering::Relaxed))
            .filter(|since| *since != IDLE)
            .min()?;
        let age = number(now).saturating_sub(since);
        Some(Duration::from_nanos(age))
    }
}
