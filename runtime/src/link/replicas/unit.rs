//! What one unit of work has written on an engine, and what its reads have to see.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_core::config::ReadsFrom;

use crate::driver::position::Position;

/// What is known of one engine within a unit of work.
#[derive(Debug, Default)]
pub(crate) struct EngineUnit {
    /// In place of what the engine is configured for.
    reads_from: Option<ReadsFrom>,
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
struct State {
    /// Reads see at least this: what an earlier unit of work has written.
    after: Option<Position>,
    /// It has written itself, or may have.
    has_written: bool,
    /// No replica had come far enough in time.
    is_on_primary: bool,
}

/// What a read has to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// Any replica will do.
    Nothing,
    /// A replica that has come so far.
    After(Position),
    /// The primary alone has it for certain.
    Primary,
}

impl EngineUnit {
    pub(crate) fn new(reads_from: Option<ReadsFrom>) -> Self {
        Self {
            reads_from,
            state: Mutex::default(),
        }
    }

    pub(crate) fn reads_from(&self) -> Option<ReadsFrom> {
        self.reads_from
    }

    pub(crate) fn need(&self) -> Need {
        let state = self.lock();
        match &state.after {
            _ if state.has_written || state.is_on_primary => Need::Primary,
            Some(position) => Need::After(position.clone()),
            None => Need::Nothing,
        }
    }

    pub(crate) fn stay_on_primary(&self) {
        self.lock().is_on_primary = true;
    }

    pub(crate) fn stay_on_primary_after_write(&self) {
        self.lock().has_written = true;
    }

    /// Nothing panics under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
