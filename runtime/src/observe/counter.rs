//! Counting statements over several threads and tasks.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use super::{Counters, Hub, StatementCounts, Tally};

/// Counts statements in the scopes that are run with it. A copy counts to the same numbers, and scopes of one counter within one
/// another count once.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let counter = db.registry().statement_counter();
/// std::thread::scope(|threads| {
///     for _ in 0..2 {
///         threads.spawn(|| counter.scope(|| db.users().count()));
///     }
/// });
/// assert_eq!(counter.counts().total(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct StatementCounter {
    hub: Arc<Hub>,
    tally: Arc<Tally>,
}

impl StatementCounter {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self {
            hub,
            tally: Arc::default(),
        }
    }

    /// Runs `work`, and counts the statements that it sends from this thread, and those of the work that it has worker threads do.
    pub fn scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let counting = self.hub.counting(&self.tally);
        Counters::here().with(&counting).around(work)
    }

    /// Counts the statements of a future: wherever its task is polled, and in all work that it has worker threads do. A task that it
    /// spawns is a task of its own, and needs a copy of the counter.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let counter = db.registry().statement_counter();
    /// let users = counter.scope_async(async { db.run(|db| db.users().all()).await }).await?;
    /// assert_eq!((users.len(), counter.counts().total()), (0, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn scope_async<F: Future>(&self, work: F) -> F::Output {
        let counting = self.hub.counting(&self.tally);
        let mut work = pin!(work);
        let polled = poll_fn(|context| {
            let counters = Counters::here().with(&counting);
            counters.around(|| work.as_mut().poll(context))
        });
        polled.await
    }

    /// The counts so far.
    pub fn counts(&self) -> StatementCounts {
        self.tally.counts()
    }
}

impl std::fmt::Debug for StatementCounter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = self.counts();
        out.debug_struct("StatementCounter")
            .field("total", &counts.total())
            .finish_non_exhaustive()
    }
}
