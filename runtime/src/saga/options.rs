//! How often steps are tried, with which pauses, and how long each may take.

use std::time::Duration;

use crate::link::backoff;

/// How often a step or compensation of a saga is tried, and how long is waited in between. The pauses grow, with a share of chance
/// in them, so that sagas that failed together do not come back together.
///
/// ```
/// use std::time::Duration;
/// use bindery::saga::SagaRetry;
///
/// let patient = SagaRetry::new()
///     .attempts(8)
///     .backoff(Duration::from_millis(200), Duration::from_secs(5))
///     .outage_limit(Duration::from_mins(10));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it does nothing until a saga has it"]
pub struct SagaRetry {
    pub(super) attempts: u32,
    shortest: Duration,
    longest: Duration,
    pub(super) outage: Duration,
}

/// Five attempts, with pauses of 100 ms up to 5 s. An engine that cannot be reached is waited for for a minute.
impl Default for SagaRetry {
    fn default() -> Self {
        Self {
            attempts: 5,
            shortest: Duration::from_millis(100),
            longest: Duration::from_secs(5),
            outage: Duration::from_mins(1),
        }
    }
}

impl SagaRetry {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how often a step is tried at most, the first time included; at least once. Waiting for an engine that cannot be reached, and
    /// for other transactions, does not count.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the pause after the first attempt, and the longest; in between it doubles.
    pub fn backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        (self.shortest, self.longest) = (shortest, longest);
        self
    }

    /// Sets for how long an engine that cannot be reached is waited for before its step has failed. Compensations wait for as
    /// long as it takes.
    pub fn outage_limit(mut self, limit: Duration) -> Self {
        self.outage = limit;
        self
    }

    /// The pause after this number of attempts.
    pub(super) fn pause(&self, tried: u32) -> Duration {
        let bound = backoff::grown((self.shortest, self.longest), 2, tried);
        backoff::spread(bound, (0.5, 1.0))
    }
}
