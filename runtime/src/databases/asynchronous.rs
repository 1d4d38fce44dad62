//! Calls from asynchronous code: blocking work is done by the program's own threads (`workers`), and waited for without one.

use std::sync::Arc;
use std::time::Duration;

use super::{Configured, GeneratedDatabases, Registry};
use crate::error::{Error, Result};
use crate::workers::{RowSender, RowStream, Run, TaskScope, WorkerStats, Workers};

/// The threads of a program's databases, which end with them.
pub(super) struct OwnWorkers(Arc<Workers>);

impl OwnWorkers {
    /// As many as there can be connections; what waits for a turn waits as long as it would for a connection.
    pub(super) fn of(engines: &[Configured]) -> Arc<Self> {
        let pools = || engines.iter().flat_map(Configured::pools);
        let size = pools().map(|pool| pool.max_connections()).sum();
        let limit = pools().map(|pool| pool.acquire_timeout()).max();
        Arc::new(Self(Workers::new(size, limit.unwrap_or_default())))
    }

    pub(super) fn get(&self) -> &Arc<Workers> {
        &self.0
    }
}

impl Drop for OwnWorkers {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Registry {
    /// The threads for work that is not done at once.
    pub(crate) fn own_workers(&self) -> &Arc<Workers> {
        self.workers.get()
    }

    /// Describes the asynchronous work of the moment: [`run`](GeneratedDatabases::run).
    pub fn worker_stats(&self) -> WorkerStats {
        self.workers.get().stats()
    }

    /// Has task-locals go with the work of [`run`](GeneratedDatabases::run) to its thread: `capture` is called in the task, and
    /// what it returns is called on the thread, with the work as its argument. Once; the first call counts, and `false` is
    /// that of a later one.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// tokio::task_local! {
    ///     static REQUEST: u64;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// db.registry().carry_task_locals(|| {
    ///     let request = REQUEST.try_with(|request| *request).ok();
    ///     Box::new(move |work| match request {
    ///         Some(request) => REQUEST.sync_scope(request, work),
    ///         None => work(),
    ///     })
    /// });
    /// let seen = REQUEST.scope(7, async { db.run(|_| Ok(REQUEST.get())).await });
    /// assert_eq!(seen.await?, 7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn carry_task_locals(
        &self,
        capture: impl Fn() -> TaskScope + Send + Sync + 'static,
    ) -> bool {
        self.workers.get().carry(Box::new(capture))
    }

    /// [`close_within`](Self::close_within) for asynchronous code. It is done on a thread of its own, also where the future
    /// is dropped.
    pub fn close_within_async(&self, limit: Duration) -> Run<()> {
        let registry = self.clone();
        Run::new(&Workers::new(1, limit), move || {
            registry.close_within(limit)
        })
    }
}

/// Has `work` done by a worker thread.
pub(super) fn run<D: GeneratedDatabases, T, E>(
    db: &D,
    work: impl FnOnce(&D) -> Result<T, E> + Send + 'static,
) -> Run<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let workers = Arc::clone(db.registry().workers.get());
    let db = db.clone();
    Run::new(&workers, move || work(&db))
}

/// Has rows sent by a worker thread.
pub(super) fn stream<D: GeneratedDatabases, T: Send + 'static>(
    db: &D,
    work: impl FnOnce(&D, &mut RowSender<T>) -> Result<()> + Send + 'static,
) -> RowStream<T> {
    let workers = Arc::clone(db.registry().workers.get());
    let db = db.clone();
    RowStream::new(&workers, move |rows| work(&db, rows))
}
