//! How many requests have a session at a time: as many as there are worker threads. A session keeps its connections between
//! its calls, so one more could wait for a connection on the last thread that another session needs to go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery::{Error, ErrorKind, Registry};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) struct Turns {
    free: Arc<Semaphore>,
    size: usize,
    limit: Duration,
}

impl Turns {
    /// For the sessions of these databases. What waits for a turn waits as long as it would for a connection.
    pub(crate) fn new(registry: &Registry) -> Self {
        let size = registry.worker_stats().size;
        let engines = registry.engines().into_iter();
        let limit = engines.map(|engine| engine.limits.acquire_timeout).max();
        Self {
            free: Arc::new(Semaphore::new(size)),
            size,
            limit: limit.unwrap_or_default(),
        }
    }

    /// Waits for a turn, first in, first out.
    pub(crate) async fn take(&self) -> Result<OwnedSemaphorePermit, Error> {
        let since = Instant::now();
        let turn = Arc::clone(&self.free).acquire_owned();
        match tokio::time::timeout(self.limit, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(self.exhausted(since)),
        }
    }

    #[cold]
    fn exhausted(&self, since: Instant) -> Error {
        Error::new(ErrorKind::PoolExhausted {
            size: self.size,
            waiting: 0,
            waited_ms: since.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            oldest_checkout_ms: None,
        })
    }
}
