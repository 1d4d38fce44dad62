//! The tenants that a task is locked to. A thread knows those of the task that it works for; they go along with the task's work to
//! other threads.

use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static HERE: RefCell<Locks> = const { RefCell::new(Locks(None)) };
}

/// One tenant of each registry that a task has locked.
#[derive(Clone, Default)]
pub(crate) struct Locks(Option<Arc<Lock>>);

struct Lock {
    registry: u64,
    tenant: Arc<str>,
    outer: Locks,
}

impl Locks {
    /// Returns the locks of the calling thread's task.
    pub(crate) fn here() -> Self {
        HERE.with_borrow(Clone::clone)
    }

    /// Adds the lock to a tenant; it counts before an older one of the same registry.
    pub(crate) fn with(self, registry: u64, tenant: &Arc<str>) -> Self {
        if self.tenant_of(registry) == Some(&**tenant) {
            return self;
        }
        Self(Some(Arc::new(Lock {
            registry,
            tenant: Arc::clone(tenant),
            outer: self,
        })))
    }

    /// The tenant of a registry that is locked.
    pub(crate) fn tenant_of(&self, registry: u64) -> Option<&str> {
        let first = self.0.as_deref();
        let mut all = std::iter::successors(first, |lock| lock.outer.0.as_deref());
        all.find_map(|lock| (lock.registry == registry).then_some(&*lock.tenant))
    }

    /// Makes these the locks of the calling thread for the length of a call, also where it panics.
    pub(crate) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _restored = Restored(HERE.replace(self));
        work()
    }
}

/// The locks that the thread had before.
struct Restored(Locks);

impl Drop for Restored {
    fn drop(&mut self) {
        HERE.set(std::mem::take(&mut self.0));
    }
}
