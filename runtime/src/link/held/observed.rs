//! Calls of the program, as the events of their statements name them.

use super::Link;
use crate::error::Error;
use crate::observe::Call;

impl Link {
    /// Has the statements that follow be part of this call, where they are observed.
    #[inline]
    pub(crate) fn begin_observed(&mut self, call: impl FnOnce() -> Call) {
        if let Some(pooled) = &mut self.pooled {
            pooled.physical.begin_observed(call);
        }
    }

    /// A call that writes rows of a model is over: it is an event beside those of its statements.
    #[inline]
    pub(crate) fn end_observed(&mut self, error: Option<&Error>) {
        if let Some(pooled) = &mut self.pooled {
            pooled.physical.end_observed(error);
        }
    }
}
