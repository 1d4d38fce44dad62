//! Without the feature `metrics` nothing of work in the background is recorded.

use std::time::Duration;

#[cfg(feature = "atomic")]
pub(crate) fn record_in_doubt(_: &'static str, _: (usize, Duration), _: Option<(u64, u64)>) {}

#[cfg(feature = "outbox")]
pub(crate) fn count_tasks(_: (&'static str, &'static str), _: &[(&'static str, u64)]) {}

#[cfg(feature = "outbox")]
pub(crate) fn record_tasks(
    _: (&'static str, &'static str),
    _: &[(&'static str, u64)],
    _: Duration,
) {
}

#[cfg(feature = "sync")]
pub(crate) fn record_sync(_: &str, _: bool, _: Duration, _: &[(&'static str, u64)]) {}

#[cfg(feature = "sync")]
pub(crate) fn record_reader(_: &'static str, _: (&str, &str), _: (u64, Duration)) {}
