//! How often something is tried, and with which pauses: one policy for transactions, sessions, atomic groups, sagas and tasks.

use std::thread;
use std::time::Duration;

use super::backoff::Pauses;
use crate::error::{Error, Result};

/// How often something is tried, and how long is waited in between. What it does not set is as usual where it is used:
///
/// | used by | attempts | first and longest pause | each further pause |
/// |---|---|---|---|
/// | transactions, sessions, atomic groups | 5 | up to 5 ms, 1 s | twice as long |
/// | [sagas](crate::saga::SagaBuilder::retry) | 5 | 100 ms, 5 s | twice as long |
/// | [tasks](crate::outbox::Worker::retry) | those of the task | 1 s, 1 h | four times as long |
/// | [consumers](crate::messages::Consumer::retry) | 5 | 1 s, 1 h | four times as long |
/// | [relays](crate::messages::Relay::retry) | those of the event | 1 s, 3.5 s | four times as long |
///
/// Pauses have a share of chance in them, so that those that failed together do not come back together.
///
/// ```
/// use std::time::Duration;
///
/// use bindery::RetryPolicy;
///
/// let patient = RetryPolicy::new()
///     .attempts(10)
///     .backoff(Duration::from_millis(10), Duration::from_secs(2));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "it does nothing until something is tried with it"]
pub struct RetryPolicy {
    attempts: Option<u32>,
    pauses: Option<(Duration, Duration)>,
}

impl RetryPolicy {
    /// A policy that sets nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how often it is tried at most, the first time included; at least once.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts.max(1));
        self
    }

    /// Sets the pause after the first attempt, and the longest; in between it grows.
    pub fn backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        self.pauses = Some((shortest, longest));
        self
    }

    /// The attempts, if they are set.
    #[cfg(any(feature = "outbox", feature = "saga"))]
    pub(crate) fn set_attempts(&self) -> Option<u32> {
        self.attempts
    }

    /// With these pauses, unless others are set.
    #[cfg(feature = "messages")]
    pub(crate) fn or_backoff(mut self, pauses: (Duration, Duration)) -> Self {
        self.pauses = self.pauses.or(Some(pauses));
        self
    }

    /// These pauses, of the length that is set.
    pub(crate) fn pauses(&self, usual: Pauses) -> Pauses {
        Pauses {
            limits: self.pauses.unwrap_or(usual.limits),
            ..usual
        }
    }

    /// Makes attempts at a transaction until one is the last.
    #[track_caller]
    pub(crate) fn run<T>(&self, mut attempt: impl FnMut() -> Result<T, Failed>) -> Result<T> {
        /// The wait is random, so that two that are in each other's way do not meet again.
        const USUAL: Pauses =
            Pauses::doubling(Duration::from_millis(5), Duration::from_secs(1)).spread(0.0, 1.0);
        let (attempts, pauses) = (self.attempts.unwrap_or(5), self.pauses(USUAL));
        let mut tried = 1;
        loop {
            match attempt() {
                Err(failed) if failed.may_be_repeated && tried < attempts => {
                    thread::sleep(pauses.after(tried));
                    tried += 1;
                }
                outcome => return outcome.map_err(|failed| failed.error),
            }
        }
    }
}

/// The end of an attempt.
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) may_be_repeated: bool,
}

impl Failed {
    pub(crate) fn before(error: Error) -> Self {
        Self {
            may_be_repeated: error.is_retryable(),
            error,
        }
    }
}
