//! One tenant for the length of a call or of a future: whatever requests another one meanwhile is an error.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use crate::driver::locks::Locks;
use crate::error::{Error, ErrorKind, Operation, Result};

/// A lock to one tenant, for a piece of work or a whole task: [`Tenants::lock`](super::Tenants::lock). Nothing is locked outside of
/// its calls.
#[derive(Clone)]
#[must_use = "call `.scope(future)` or `.sync_scope(work)`"]
pub struct TenantLock {
    registry: u64,
    tenant: Arc<str>,
}

impl TenantLock {
    pub(super) fn new(registry: u64, tenant: Arc<str>) -> Self {
        Self { registry, tenant }
    }

    /// Locks a future: wherever its task is polled, and in all work that it has done on worker threads (`db.run(…)`), whatever requests
    /// another tenant of the registry gets [`TenantLocked`](crate::ErrorKind::TenantLocked). A task that it spawns is a task of its
    /// own, and needs a clone of the lock.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| self.sync_scope(|| work.as_mut().poll(context))).await
    }

    /// The same for a call on the calling thread.
    pub fn sync_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let locks = Locks::here().with(self.registry, &self.tenant);
        locks.around(work)
    }

    /// The tenant's name.
    pub fn id(&self) -> &str {
        &self.tenant
    }
}

impl std::fmt::Debug for TenantLock {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("TenantLock").field(&self.tenant).finish()
    }
}

/// Refuses every tenant but the one that the calling thread's task is locked to.
pub(super) fn ensure_allowed(registry: u64, requested: &str) -> Result<()> {
    match Locks::here().tenant_of(registry) {
        Some(locked) if locked != requested => Err(refused(locked, requested)),
        Some(_) | None => Ok(()),
    }
}

#[cold]
fn refused(locked: &str, requested: &str) -> Error {
    let kind = ErrorKind::TenantLocked {
        locked: locked.to_owned(),
        requested: requested.to_owned(),
    };
    Error::new(kind).during(Operation::Choose)
}
