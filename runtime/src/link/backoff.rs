//! Pauses before another attempt: longer each time, with a share of chance in them, so that those who failed together do not
//! come back together.

use std::time::Duration;
#[cfg(any(feature = "atomic", feature = "outbox", feature = "saga"))]
use std::time::Instant;

use crate::driver::random;

/// The pauses between the attempts at one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pauses {
    /// After the first attempt, and the longest.
    pub(crate) limits: (Duration, Duration),
    /// Each is this many times as long as the one before.
    pub(crate) factor: u32,
    /// By chance each is from this share of its length to that.
    pub(crate) spread: (f64, f64),
}

impl Pauses {
    /// They double, and have no chance in them.
    pub(crate) const fn doubling(first: Duration, longest: Duration) -> Self {
        Self {
            limits: (first, longest),
            factor: 2,
            spread: (1.0, 1.0),
        }
    }

    /// Each is from this share of its length to that.
    pub(crate) const fn spread(mut self, least: f64, most: f64) -> Self {
        self.spread = (least, most);
        self
    }

    /// The pause after this number of attempts, from 1.
    pub(crate) fn after(&self, tried: u32) -> Duration {
        let (first, longest) = self.limits;
        let times = self.factor.saturating_pow(tried.saturating_sub(1));
        by_chance(first.saturating_mul(times).min(longest), self.spread)
    }
}

/// From this share of a time to that.
pub(crate) fn by_chance(time: Duration, (least, most): (f64, f64)) -> Duration {
    match least == most {
        true => time.mul_f64(least),
        false => time.mul_f64(least + share() * (most - least)),
    }
}

/// From 0 to 1, without 1.
fn share() -> f64 {
    let number = random::number() >> 11;
    number as f64 / (1_u64 << 53) as f64
}

/// Counts how often something has failed in a row, and holds when it may be tried next.
#[cfg(any(feature = "atomic", feature = "outbox", feature = "saga"))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    pauses: Pauses,
    failures: u32,
    at: Instant,
}

#[cfg(any(feature = "atomic", feature = "outbox", feature = "saga"))]
impl Backoff {
    pub(crate) fn new(pauses: Pauses) -> Self {
        Self {
            pauses,
            failures: 0,
            at: Instant::now(),
        }
    }

    /// When it may be tried.
    #[cfg(any(feature = "atomic", feature = "outbox"))]
    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    /// It has failed at this time; gives the pause.
    pub(crate) fn failed_at(&mut self, now: Instant) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let pause = self.pauses.after(self.failures);
        self.at = now + pause;
        pause
    }

    /// It has failed now; gives the pause.
    #[cfg(any(feature = "outbox", feature = "saga"))]
    pub(crate) fn failed(&mut self) -> Duration {
        self.failed_at(Instant::now())
    }
}

#[cfg(feature = "outbox")]
impl Backoff {
    /// In a row.
    #[cfg(feature = "messages")]
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }

    /// Has it tried after this pause, which is no failure.
    pub(crate) fn wait(&mut self, pause: Duration) {
        self.at = Instant::now() + pause;
    }

    /// It has succeeded.
    pub(crate) fn end(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_are_spread() {
        let ms = Duration::from_millis;
        let plain = Pauses::doubling(ms(100), ms(700));
        let pauses = [0, 1, 2, 3, 4, 40].map(|tried| plain.after(tried));
        assert_eq!(pauses, [100, 100, 200, 400, 700, 700].map(ms));
        let spread = plain.spread(0.75, 1.25);
        for _ in 0..1_000 {
            let pause = spread.after(1);
            assert!((ms(75)..ms(125)).contains(&pause), "{pause:?}");
        }
    }

    #[cfg(feature = "outbox")]
    #[test]
    fn failures_in_a_row_have_longer_pauses_until_it_succeeds() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(Pauses::doubling(ms(10), ms(30)));
        assert!(backoff.is_over());
        let now = Instant::now();
        assert_eq!([0; 3].map(|_| backoff.failed_at(now)), [10, 20, 30].map(ms));
        assert_eq!(backoff.at(), now + ms(30));
        backoff.end();
        assert_eq!(backoff.failed_at(now), ms(10));
    }
}
