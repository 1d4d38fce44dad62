//! The clock of pools and transactions. Each use of a connection reads it twice, and limits of pools are a hundredth of a second or
//! more: where the system has a clock that is as old as its last tick at most (4 ms on most kernels), that one is read, in a fifth of
//! the time.

#![cfg_attr(
    all(target_os = "linux", target_pointer_width = "64"),
    allow(unsafe_code, reason = "std reads the precise clock only")
)]

use std::time::Duration;

/// A moment by the clock that only goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Since the clock began. They last for five hundred years.
    nanos: u64,
}

/// A time that is compared with moments at each use of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    nanos: u64,
}

impl Span {
    /// As long, or what never ends where it lasts for more than five hundred years.
    pub(crate) const fn of(time: Duration) -> Self {
        let nanos = time.as_nanos();
        Self {
            nanos: if nanos > u64::MAX as u128 {
                u64::MAX
            } else {
                nanos as u64
            },
        }
    }
}

/// Linux, 64 bits: a `timespec` is two numbers of eight bytes there (glibc and musl, `struct timespec`).
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod clock {
    use core::ffi::{c_int, c_long};

    #[repr(C)]
    struct Timespec {
        seconds: i64,
        nanos: c_long,
    }

    /// `CLOCK_MONOTONIC` of `linux/time.h`.
    const PRECISE: c_int = 1;
    /// `CLOCK_MONOTONIC_COARSE`: the same clock as it was at the last tick.
    const COARSE: c_int = 6;

    // In the C library that `std` is linked with, as `pthread_atfork` in `driver/forks.rs`.
    unsafe extern "C" {
        fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    }

    #[inline]
    fn read_clock(clock: c_int) -> u64 {
        let mut time = Timespec {
            seconds: 0,
            nanos: 0,
        };
        // SAFETY: the pointer is to a `timespec` that lives through the call. Linux has had both clocks since 2.6.32.
        unsafe { clock_gettime(clock, &raw mut time) };
        let seconds = u64::try_from(time.seconds).unwrap_or(0);
        let nanos = u64::try_from(time.nanos).unwrap_or(0);
        seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
    }

    #[inline]
    pub(super) fn coarse() -> u64 {
        read_clock(COARSE)
    }

    #[inline]
    pub(super) fn precise() -> u64 {
        read_clock(PRECISE)
    }
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
mod clock {
    use std::sync::LazyLock;
    use std::time::Instant;

    pub(super) fn coarse() -> u64 {
        precise()
    }

    pub(super) fn precise() -> u64 {
        static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        u64::try_from(ORIGIN.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Moment {
    /// When the clock began.
    pub(crate) const ORIGIN: Self = Self { nanos: 0 };

    /// The current moment, or up to a tick of the system before it.
    #[inline]
    pub(crate) fn now() -> Self {
        Self {
            nanos: clock::coarse(),
        }
    }

    /// The current moment: for what is measured.
    #[inline]
    pub(crate) fn precise() -> Self {
        Self {
            nanos: clock::precise(),
        }
    }

    /// The time from `earlier` on; zero where that is later.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }

    /// Whether `earlier` is at least this long ago.
    #[inline]
    pub(crate) fn is_past(self, earlier: Self, span: Span) -> bool {
        self.nanos.saturating_sub(earlier.nanos) >= span.nanos
    }

    /// The moment that is this much later; `None` where it never comes.
    #[inline]
    pub(crate) fn after(self, span: Span) -> Option<Self> {
        let nanos = self.nanos.checked_add(span.nanos)?;
        Some(Self { nanos })
    }

    /// Nanoseconds since the clock began.
    #[inline]
    pub(crate) fn nanos(self) -> u64 {
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
        let precise = Moment::precise();
        assert!(precise >= now, "a coarse moment is before a precise one");
        assert!(precise.since(now) < Duration::from_secs(60), "of one clock");
        let two_seconds = Span::of(Duration::from_secs(2));
        let later = now.after(two_seconds).unwrap();
        assert_eq!(later.since(now), Duration::from_secs(2));
        assert_eq!(now.since(later), Duration::ZERO);
        assert!(later.is_past(now, two_seconds) && !now.is_past(later, two_seconds));
        let never = Span::of(Duration::MAX);
        assert!(later.after(never).is_none() && !later.is_past(now, never));
    }
}
