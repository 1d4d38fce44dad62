//! The state that goes with a piece of work from its caller's task to the thread that does it: the current span of `tracing`, the
//! subscriber where the task has one of its own, the tenants that it is locked to, the counters that count its statements, and
//! what the program has captured of its task-locals.

use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Span, dispatcher};

use super::Workers;
use crate::driver::locks::Locks;
use crate::observe::Counters;

/// Runs work on its thread with what was captured in the task that waits for it: see
/// [`Registry::carry_task_locals`](crate::Registry::carry_task_locals).
pub type TaskScope = Box<dyn FnOnce(&mut dyn FnMut()) + Send>;

/// Captures what a task has.
pub(super) type Capture = Box<dyn Fn() -> TaskScope + Send + Sync>;

/// The state that a task had when it began to wait.
#[derive(Default)]
pub(super) struct Carried {
    seen_by: Option<(Dispatch, Span)>,
    locks: Locks,
    counters: Counters,
    around: Option<TaskScope>,
}

impl Carried {
    /// Nothing where no subscriber would see it, and the program captures nothing.
    pub(super) fn from_here(workers: &Workers) -> Self {
        let is_seen = LevelFilter::current() != LevelFilter::OFF;
        let here = || (dispatcher::get_default(Dispatch::clone), Span::current());
        Self {
            seen_by: is_seen.then(here),
            locks: Locks::here(),
            counters: Counters::here(),
            around: workers.capture.get().map(|capture| capture()),
        }
    }

    pub(super) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let (seen_by, locks, counters) = (self.seen_by, self.locks, self.counters);
        let work = || counters.around(|| locks.around(work));
        let work = || match seen_by {
            Some((dispatch, span)) => dispatcher::with_default(&dispatch, || span.in_scope(work)),
            None => work(),
        };
        match self.around {
            Some(around) => run_around(around, work),
            None => work(),
        }
    }
}

/// The work is done once, whatever the program's function does with it.
fn run_around<T>(around: TaskScope, work: impl FnOnce() -> T) -> T {
    let (mut work, mut outcome) = (Some(work), None);
    around(&mut || outcome = work.take().map(|work| work()).or(outcome.take()));
    match (outcome, work) {
        (Some(outcome), _) => outcome,
        (None, Some(work)) => work(),
        (None, None) => unreachable!("work that was taken has an outcome, or its panic goes on"),
    }
}
