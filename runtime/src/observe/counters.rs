//! The counters that count the statements of the calling thread's task. They go along with the task's work to other threads.

use std::cell::RefCell;
use std::sync::Arc;

use super::counts::Tally;
use super::hub::Counting;
use super::{Event, EventKind, Hub, Reported, Sent};

thread_local! {
    static HERE: RefCell<Counters> = const { RefCell::new(Counters(None)) };
}

/// The counters of a task, the innermost first.
#[derive(Clone, Default)]
pub(crate) struct Counters(Option<Arc<Counter>>);

struct Counter {
    counting: Arc<Counting>,
    outer: Counters,
}

impl Counters {
    /// Returns those of the calling thread's task.
    pub(crate) fn here() -> Self {
        HERE.with_borrow(Clone::clone)
    }

    /// Adds one. A statement counts once for each, however often it was added.
    pub(crate) fn with(self, counting: &Arc<Counting>) -> Self {
        if self.all().any(|own| own.counts_to(counting)) {
            return self;
        }
        Self(Some(Arc::new(Counter {
            counting: Arc::clone(counting),
            outer: self,
        })))
    }

    /// Makes these the counters of the calling thread for the length of a call, also where it panics.
    pub(crate) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _restored = Restored(HERE.replace(self));
        work()
    }

    fn all(&self) -> impl Iterator<Item = &Counting> {
        let first = self.0.as_deref();
        let all = std::iter::successors(first, |counter| counter.outer.0.as_deref());
        all.map(|counter| &*counter.counting)
    }

    fn of<'c>(&'c self, hub: &Hub) -> impl Iterator<Item = &'c Tally> {
        self.all()
            .filter_map(move |counting| counting.tally_of(hub))
    }
}

/// The counters that the thread had before.
struct Restored(Counters);

impl Drop for Restored {
    fn drop(&mut self) {
        HERE.set(std::mem::take(&mut self.0));
    }
}

/// Counts a statement in all parts of the program that this thread's task is in.
pub(super) fn count(
    hub: &Hub,
    event: &Event<'_>,
    limit: Option<u64>,
    sent: &Sent<'_>,
    reported: &Reported,
) {
    if event.kind != EventKind::Statement {
        return;
    }
    for tally in Counters::here().of(hub) {
        tally.add(event, limit, sent, reported);
    }
}
