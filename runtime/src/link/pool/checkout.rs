//! Since when connections are in use: each has a cell that the pool reads without taking the connection from its user.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// The cell of an idle connection.
const IDLE: u64 = 0;

/// Since when one connection is in use. Gone with it.
pub(super) struct Checkout {
    /// Of the pool.
    started: Instant,
    /// Microseconds after `started` and one more, or `IDLE`.
    since: Arc<AtomicU64>,
}

impl Checkout {
    pub(super) fn begin(&self, now: Instant) {
        self.since
            .store(micros(self.started, now), Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.since.store(IDLE, Ordering::Relaxed);
    }
}

fn micros(started: Instant, now: Instant) -> u64 {
    let micros = now.saturating_duration_since(started).as_micros();
    u64::try_from(micros).unwrap_or(u64::MAX).saturating_add(1)
}

/// The cells of a pool's connections.
pub(super) struct Checkouts {
    started: Instant,
    cells: Vec<Weak<AtomicU64>>,
}

impl Default for Checkouts {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            cells: Vec::new(),
        }
    }
}

impl Checkouts {
    /// A cell for one more connection, which is in use from now on; those of connections that are gone are forgotten.
    pub(super) fn add(&mut self, now: Instant) -> Checkout {
        self.cells.retain(|cell| cell.strong_count() > 0);
        let checkout = Checkout {
            started: self.started,
            since: Arc::default(),
        };
        checkout.begin(now);
        self.cells.push(Arc::downgrade(&checkout.since));
        checkout
    }

    /// For how long the connection has been in use that is so for longest.
    pub(super) fn oldest(&self, now: Instant) -> Option<Duration> {
        let cells = self.cells.iter().filter_map(Weak::upgrade);
        let since = cells
            .map(|cell| cell.load(Ordering::Relaxed))
            .filter(|since| *since != IDLE)
            .min()?;
        let age = micros(self.started, now).saturating_sub(since);
        Some(Duration::from_micros(age))
    }
}
