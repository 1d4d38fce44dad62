//! In place of `meter.rs` in a program without the feature `metrics`: nothing is recorded.

use std::time::{Duration, Instant};

#[cfg(feature = "session")]
use super::SessionOutcome;
use super::running::StatementLabels;
use super::{Event, Observer, TransactionOutcome};

#[allow(clippy::unused_self, reason = "called as with the feature")]
impl Observer {
    #[inline]
    pub(crate) fn notice_recorder(&self) {}

    #[inline]
    pub(super) fn record(&self, _: &Event<'_>, _: impl FnOnce() -> StatementLabels) {}

    #[inline]
    pub(crate) fn record_transaction(&self, _: Instant, _: TransactionOutcome) {}

    #[inline]
    pub(crate) fn record_opened(&self, _: Instant) {}

    #[inline]
    pub(crate) fn record_used(&self, _: Duration) {}
}

/// The clock of a build without the feature `metrics`: it measures nothing.
#[cfg(feature = "session")]
#[derive(Default)]
pub(crate) struct SessionClock(());

#[cfg(feature = "session")]
impl SessionClock {
    #[inline]
    pub(crate) fn start() -> Self {
        Self(())
    }

    #[inline]
    #[allow(clippy::unused_self, reason = "called as with the feature")]
    pub(crate) fn is_running(&self) -> bool {
        false
    }

    #[inline]
    #[allow(clippy::unused_self, reason = "called as with the feature")]
    pub(crate) fn end(&mut self, _: SessionOutcome) {}
}

#[inline]
pub(crate) fn is_recorded() -> bool {
    false
}

#[inline]
pub(crate) fn count_link_lookups(_: &'static str, _: &'static str, _: u64, _: u64) {}
