//! The clock of pools. Two moments of `Instant` take fifty instructions to compare, and each use of a connection compares
//! four times.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A moment by the clock that only goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Since the first look at the clock. They last for five hundred years.
    nanos: u64,
}

impl Moment {
    /// The current moment.
    #[inline]
    pub(super) fn now() -> Self {
        static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        let time = ORIGIN.elapsed();
        let seconds = time.as_secs().saturating_mul(1_000_000_000);
        Self {
            nanos: seconds.saturating_add(time.subsec_nanos().into()),
        }
    }

    /// The time from `earlier` on; zero where that is later.
    #[inline]
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }

    /// The moment that is this much later; `None` where it never comes.
    #[inline]
    pub(super) fn after(self, time: Duration) -> Option<Self> {
        let time = u64::try_from(time.as_nanos()).ok()?;
        let nanos = self.nanos.checked_add(time)?;
        Some(Self { nanos })
    }

    /// Nanoseconds since the first look at the clock.
    #[inline]
    pub(super) fn nanos(self) -> u64 {
        self.nanos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_forward_and_end_nowhere() {
        let before = Moment::now();
        let now = Moment::now();
        assert!(now >= before);
        let later = now.after(Duration::from_secs(2)).unwrap();
        assert_eq!(later.since(now), Duration::from_secs(2));
        assert_eq!(now.since(later), Duration::ZERO);
        assert_eq!(later.after(Duration::MAX), None);
    }
}
