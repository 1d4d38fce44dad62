//! How an atomic transaction is run.

use std::time::{Duration, Instant};

use crate::driver::{Isolation, TransactionOptions};

/// How an atomic transaction is run. The default: each engine is begun by its first statement, as its database does unasked,
/// and there is no deadline but those of the engines.
///
/// ```
/// use std::time::Duration;
/// use bindery::atomic::AtomicOptions;
/// use bindery::Isolation;
///
/// let options = AtomicOptions::new()
///     .isolation(Isolation::Serializable)
///     .deadline(Duration::from_secs(5));
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "options do nothing until a transaction begins with them"]
pub struct AtomicOptions {
    all: TransactionOptions,
    deadline: Option<Duration>,
}

impl AtomicOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how far the transactions of all engines are kept apart from others. It holds for each engine by itself: a reader
    /// of two engines may see one of them committed first, whatever is chosen here.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.all = self.all.isolation(isolation);
        self
    }

    /// Nothing can be written on any engine.
    pub fn read_only(mut self) -> Self {
        self.all = self.all.read_only();
        self
    }

    /// Sets the time for everything up to the decision: waiting for connections, every statement, and preparing. Where it passes
    /// before that, everything is rolled back. What is decided is not undone by it.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    pub(super) fn of_engine(self) -> TransactionOptions {
        self.all
    }

    pub(super) fn ends_at(self) -> Option<Instant> {
        Instant::now().checked_add(self.deadline?)
    }
}
