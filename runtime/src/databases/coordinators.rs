//! The state that the atomic groups of a process share for one engine: what was checked, under which name the process is registered
//! there, and which transactions are being committed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Result;

/// Shared by all handles of an engine.
#[derive(Default)]
pub(crate) struct Coordinators {
    /// The server prepares transactions and keeps them.
    is_checked: Arc<AtomicBool>,
    /// The name of this process where the engine is home.
    name: Mutex<Option<Arc<str>>>,
    /// Names of transactions.
    active: Mutex<BTreeSet<Box<str>>>,
    last: AtomicU64,
}

impl Coordinators {
    pub(crate) fn is_checked(&self) -> bool {
        self.is_checked.load(Ordering::Acquire)
    }

    /// The flag that is set once it is checked.
    pub(crate) fn check(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_checked)
    }

    pub(crate) fn checked(&self) {
        self.is_checked.store(true, Ordering::Release);
    }

    /// The name of this process, registered where it is not yet. Others wait meanwhile.
    pub(crate) fn name(&self, register: impl FnOnce() -> Result<Arc<str>>) -> Result<Arc<str>> {
        let mut name = lock(&self.name);
        if let Some(name) = &*name {
            return Ok(Arc::clone(name));
        }
        let registered = register()?;
        *name = Some(Arc::clone(&registered));
        Ok(registered)
    }

    /// A number that no other transaction of this process has.
    pub(crate) fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }

    /// The transactions that are being worked on.
    #[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn active(&self) -> Vec<Box<str>> {
        lock(&self.active).iter().cloned().collect()
    }

    pub(crate) fn is_active(&self, transaction: &str) -> bool {
        lock(&self.active).contains(transaction)
    }
}

/// A transaction that is being worked on or committed, as long as this lives.
pub(crate) struct Active {
    coordinators: Arc<Coordinators>,
    transaction: Box<str>,
}

impl Active {
    pub(crate) fn new(coordinators: &Arc<Coordinators>, transaction: Box<str>) -> Self {
        lock(&coordinators.active).insert(transaction.clone());
        Self {
            coordinators: Arc::clone(coordinators),
            transaction,
        }
    }

    pub(crate) fn transaction(&self) -> &str {
        &self.transaction
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        lock(&self.coordinators.active).remove(&self.transaction);
    }
}

/// The data under these locks is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
