//! The moment at which an operation has to be over.

use std::io;
use std::time::{Duration, Instant};

/// When to stop waiting; no wait is for ever.
#[derive(Debug, Clone, Copy)]
pub(in crate::driver) struct Deadline(Option<Instant>);

impl Deadline {
    /// So far from now. A time beyond what the clock can count is none.
    pub(in crate::driver) fn after(limit: Option<Duration>) -> Self {
        Self(limit.and_then(|limit| Instant::now().checked_add(limit)))
    }

    /// This, or an earlier moment.
    pub(in crate::driver) fn at_latest(self, moment: Option<Instant>) -> Self {
        Self(self.0.into_iter().chain(moment).min())
    }

    /// The earlier of both.
    pub(in crate::driver) fn earlier(self, other: Self) -> Self {
        self.at_latest(other.0)
    }

    /// The time left, `None` without a limit.
    ///
    /// # Errors
    /// It is over.
    pub(in crate::driver) fn left(self) -> io::Result<Option<Duration>> {
        let Some(at) = self.0 else { return Ok(None) };
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(io::ErrorKind::TimedOut.into())
        } else {
            Ok(Some(left))
        }
    }
}
