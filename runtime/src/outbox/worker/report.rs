//! The work that a worker has done, as it returns it.

/// The work that a worker has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerReport {
    /// How often it claimed tasks and got any.
    pub batches: u64,
    /// Tasks that were completed.
    pub completed: u64,
    /// Attempts that failed and are made again later.
    pub retried: u64,
    /// Tasks that failed at their last attempt.
    pub failed: u64,
    /// Periodic tasks that it wrote as their tick had come.
    pub scheduled: u64,
    /// Tasks that were another worker's by the time they ended here, as the lease was over; and those whose end could not be recorded.
    pub lost: u64,
    /// Handlers that were still at work when a worker that was stopped had waited long enough.
    pub abandoned: u64,
    /// How often a consumer could not take messages from its queues, as they were away, or their code panicked.
    pub not_taken: u64,
}
