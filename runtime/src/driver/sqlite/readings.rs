//! Threads that are amid the rows of a database without a write-ahead log: one in memory, or a file that cannot have one.
//! There a commit waits until no thread reads, and a thread that reads itself would wait for itself.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// This thread, found out once: it is compared for every row.
#[inline]
fn this_thread() -> ThreadId {
    thread_local! {
        static THREAD: Cell<Option<ThreadId>> = const { Cell::new(None) };
    }
    THREAD.get().unwrap_or_else(|| {
        let thread = thread::current().id();
        THREAD.set(Some(thread));
        thread
    })
}

/// One entry for each reading that has begun and is not over, of all connections to one database.
#[derive(Default)]
pub(super) struct Readings(Mutex<Vec<ThreadId>>);

impl Readings {
    #[cold]
    pub(super) fn has_own(&self) -> bool {
        self.threads().contains(&this_thread())
    }

    fn threads(&self) -> MutexGuard<'_, Vec<ThreadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, thread: ThreadId) {
        let mut threads = self.threads();
        if let Some(index) = threads.iter().position(|&one| one == thread) {
            threads.swap_remove(index);
        }
    }
}

/// One reading, until it is dropped.
pub(super) struct Amid {
    readings: Arc<Readings>,
    thread: ThreadId,
}

impl Amid {
    /// This thread reads.
    pub(super) fn new(readings: &Arc<Readings>) -> Self {
        let thread = this_thread();
        readings.threads().push(thread);
        Self {
            readings: Arc::clone(readings),
            thread,
        }
    }

    /// This thread reads, whichever began: rows can be handed to another.
    #[inline]
    pub(super) fn goes_on(&mut self) {
        if self.thread != this_thread() {
            *self = Self::new(&Arc::clone(&self.readings));
        }
    }
}

impl Drop for Amid {
    fn drop(&mut self) {
        self.readings.leave(self.thread);
    }
}
