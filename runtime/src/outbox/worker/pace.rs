//! The times of a worker: its next look for tasks, and its next attempt at a write that the database did not take.

use std::time::{Duration, Instant};

use crate::link::backoff;

/// The first pause between two looks for tasks.
const FIRST_POLL: Duration = Duration::from_millis(20);
/// The pauses while the database cannot be reached.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(5);
/// The longest pause after a claim that met another.
const CONTENDED: Duration = Duration::from_millis(10);

/// The time of the next look for tasks.
pub(super) struct Poll {
    pub(super) at: Instant,
    /// Looks in a row that found none.
    idle: u32,
    failures: Backoff,
    /// The last look found none.
    pub(super) is_idle: bool,
}

impl Poll {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            idle: 0,
            failures: Backoff::new(),
            is_idle: false,
        }
    }

    /// Another worker claims at this moment: its claim is over soon.
    pub(super) fn contended(&mut self) {
        self.is_idle = false;
        self.at = after_contention();
    }

    pub(super) fn now(&mut self) {
        self.at = Instant::now();
    }

    pub(super) fn found(&mut self, longest: Duration, any: bool) {
        self.failures.end();
        self.is_idle = !any;
        self.at = Instant::now();
        if any {
            self.idle = 0;
            return;
        }
        self.idle = self.idle.saturating_add(1);
        self.at += backoff::grown((FIRST_POLL, longest), 2, self.idle);
    }

    pub(super) fn failed(&mut self) {
        self.at = self.failures.more();
    }
}

/// Reading all tasks that wait takes one part of this number of the time, and is done every ten seconds at the latest.
const SHARE: u32 = 20;
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// When all tasks that wait may be read next, and not the first of them alone: where few of them can be claimed, as the others wait for
/// those of their keys.
pub(super) struct FullLook {
    pub(super) at: Instant,
}

impl FullLook {
    pub(super) fn new() -> Self {
        Self { at: Instant::now() }
    }

    /// The one that began then has ended.
    pub(super) fn ended(&mut self, begun: Instant) {
        let taken = begun.elapsed().saturating_mul(SHARE);
        self.at = Instant::now() + taken.min(LONGEST_LOOK);
    }
}

fn after_contention() -> Instant {
    Instant::now() + backoff::spread(CONTENDED, (0.0, 1.0))
}

/// The time of the next attempt at a write that the database did not take.
pub(super) struct Backoff {
    pub(super) at: Instant,
    failures: u32,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            failures: 0,
        }
    }

    /// One more failure: gives when to try again.
    pub(super) fn more(&mut self) -> Instant {
        self.failures = self.failures.saturating_add(1);
        self.at = Instant::now() + backoff::grown((FIRST_RETRY, LONGEST_RETRY), 2, self.failures);
        self.at
    }

    /// It met another worker, and is tried again in a moment.
    pub(super) fn soon(&mut self) {
        self.at = after_contention();
    }

    pub(super) fn end(&mut self) {
        self.failures = 0;
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }
}
