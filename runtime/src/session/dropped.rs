//! A session that has written and is dropped without an end: its work is rolled back, which is rarely meant, so it is reported.

use std::panic::Location;
use std::thread;

use super::Session;
use crate::driver::work;

/// The work of a session that was dropped.
pub(super) struct Lost {
    engines: Vec<&'static str>,
    begun_at: &'static Location<'static>,
    panics: bool,
}

impl Session {
    /// Returns what is lost where the session is dropped now. Nothing is to be reported where a panic drops it, or a caller that no longer
    /// waits; nor where it could not be committed or could not use the engine that it wanted last, as that caller has the error. One that
    /// leaves the transactions as they are, such as a row that is not found, is no reason to drop it.
    pub(super) fn lost(&mut self) -> Option<Lost> {
        if self.is_finished || self.is_reported || thread::panicking() || work::is_abandoned() {
            return None;
        }
        let engines = self.slots.written();
        let is_lost = !engines.is_empty() && !self.slots.has_failed();
        is_lost.then(|| Lost {
            engines,
            begun_at: self.slots.site(),
            panics: self.panics_if_dropped,
        })
    }

    /// Another thread drops it, and nothing is reported there.
    #[cfg(feature = "tokio")]
    pub(super) fn is_reported(&mut self) {
        self.is_reported = true;
    }
}

impl Lost {
    /// # Panics
    /// The program wants that, by `panics_if_dropped`.
    pub(super) fn report(&self) {
        let Self {
            engines, begun_at, ..
        } = self;
        tracing::warn!(
            ?engines, begun_at = %begun_at,
            "a session that has written was dropped and is rolled back: end it by `commit()`, or by `rollback()` where that is meant"
        );
        assert!(
            !(self.panics && cfg!(debug_assertions)),
            "a session that was begun at {begun_at} has written and was dropped: end it by `commit()` or `rollback()`"
        );
    }
}
