//! Without the feature `cron` a worker has no periodic tasks.

use std::time::Instant;

use super::engine::Store;
use crate::error::Result;

#[derive(Default)]
pub(super) struct Timetable {}

#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "as with the feature"
)]
impl Timetable {
    pub(super) fn ensure_usable(&self, _engine: &Store) -> Result<()> {
        Ok(())
    }

    pub(super) fn next_at(&self) -> Option<Instant> {
        None
    }

    pub(super) fn write_due(&mut self, _engine: &Store) -> Result<u64> {
        Ok(0)
    }
}
