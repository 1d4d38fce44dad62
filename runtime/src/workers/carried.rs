//! What goes with a piece of work from its caller's task to the thread that does it: the current span of `tracing`, and the
//! subscriber, where the task has one of its own.

use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Span, dispatcher};

/// What a task had when it began to wait.
pub(super) struct Carried(Option<(Dispatch, Span)>);

impl Carried {
    /// Nothing where no subscriber would see it.
    pub(super) fn from_here() -> Self {
        let is_seen = LevelFilter::current() != LevelFilter::OFF;
        Self(is_seen.then(|| (dispatcher::get_default(Dispatch::clone), Span::current())))
    }

    pub(super) fn nothing() -> Self {
        Self(None)
    }

    pub(super) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        match self.0 {
            Some((dispatch, span)) => dispatcher::with_default(&dispatch, || span.in_scope(work)),
            None => work(),
        }
    }
}
