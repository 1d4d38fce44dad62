//! When a worker looks for tasks again, and when it tries again what the database did not take.

use std::time::{Duration, Instant};

use crate::link::backoff;

/// The first pause between two looks for tasks.
const FIRST_POLL: Duration = Duration::from_millis(20);
/// The pauses while the database cannot be reached.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(5);
/// The longest pause after a claim that met another.
const CONTENDED: Duration = Duration::from_millis(10);

/// When tasks are looked for next.
pub(super) struct Poll {
    pub(super) at: Instant,
    pause: Duration,
    failures: Backoff,
    /// The last look found none.
    pub(super) is_idle: bool,
}

impl Poll {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            pause: FIRST_POLL,
            failures: Backoff::new(),
            is_idle: false,
        }
    }

    /// Another worker claims at this moment: its claim is over soon.
    pub(super) fn contended(&mut self) {
        self.is_idle = false;
        self.at = Instant::now() + backoff::spread(CONTENDED, (0.0, 1.0));
    }

    pub(super) fn now(&mut self) {
        self.at = Instant::now();
    }

    pub(super) fn found(&mut self, longest: Duration, any: bool) {
        self.failures.end();
        self.is_idle = !any;
        self.pause = if any { FIRST_POLL } else { self.pause };
        self.at = Instant::now();
        if !any {
            self.at += self.pause.min(longest);
            self.pause = (self.pause * 2).min(longest);
        }
    }

    pub(super) fn failed(&mut self) {
        self.at = self.failures.more();
    }
}

/// When something is tried again that the database did not take.
pub(super) struct Backoff {
    pub(super) at: Instant,
    pause: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            pause: FIRST_RETRY,
        }
    }

    /// One more failure: gives when to try again.
    pub(super) fn more(&mut self) -> Instant {
        self.at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_RETRY);
        self.at
    }

    pub(super) fn end(&mut self) {
        self.pause = FIRST_RETRY;
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }
}
