//! The writes of one unit of work on an engine, which its reads have to see.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bindery_core::config::ReadsFrom;

use crate::driver::position::Position;
use crate::error::Result;
use crate::link::Link;
use crate::link::pool::Pool;

/// The state of one engine within a unit of work.
#[derive(Debug, Default)]
pub(crate) struct EngineUnit {
    /// In place of what the engine is configured for.
    reads_from: Option<ReadsFrom>,
    /// Reads see at least this: what an earlier unit of work has written.
    after: Option<Position>,
    /// It has written itself, or may have. Connections that it has taken note it here.
    has_written: Arc<AtomicBool>,
    /// No replica had come far enough in time.
    is_on_primary: OnceLock<()>,
}

/// The position that a read has to see.
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
    pub(crate) fn new(reads_from: Option<ReadsFrom>, after: Option<Position>) -> Self {
        Self {
            reads_from,
            after,
            ..Self::default()
        }
    }

    /// The same as far as it has come, for another handle: what either writes from now on is its own.
    pub(crate) fn reading_from(&self, reads_from: ReadsFrom) -> Self {
        let copy = Self::new(Some(reads_from), self.after.clone());
        copy.has_written
            .store(self.has_written(), Ordering::Relaxed);
        copy
    }

    pub(crate) fn reads_from(&self) -> Option<ReadsFrom> {
        self.reads_from
    }

    pub(crate) fn need(&self) -> Need {
        if self.has_written() || self.is_on_primary.get().is_some() {
            return Need::Primary;
        }
        self.after.clone().map_or(Need::Nothing, Need::After)
    }

    pub(crate) fn stay_on_primary(&self) {
        self.is_on_primary.get_or_init(|| ());
    }

    pub(crate) fn writes(&self) {
        self.has_written.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_written(&self) -> bool {
        self.has_written.load(Ordering::Relaxed)
    }

    /// A connection of the primary whose writes are this unit's.
    pub(crate) fn noting(&self, link: Link) -> Link {
        link.noting(Arc::clone(&self.has_written))
    }

    /// The position that reads after this unit of work have to see; `None` where any replica will do.
    pub(crate) fn position(&self, primary: &Arc<Pool>) -> Result<Option<Position>> {
        if self.has_written() {
            super::written_by(primary)
        } else {
            Ok(self.after.clone())
        }
    }
}
