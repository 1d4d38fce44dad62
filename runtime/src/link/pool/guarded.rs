//! The lock of a pool's state, and of a limit that pools share. While a thread holds one it is in a critical section: it calls
//! nothing of the program's, reports nothing, and takes no other of these locks. The place of one waiter, which its queue fills,
//! is the only lock taken within.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::observe::CriticalSection;

/// Something that threads share for moments.
#[derive(Default)]
pub(super) struct Guarded<T>(Mutex<T>);

/// The lock, until it is dropped.
pub(super) struct Guard<'g, T> {
    // Dropped in this order.
    inner: MutexGuard<'g, T>,
    section: CriticalSection,
}

impl<T> Guarded<T> {
    /// No user code runs under the lock, so a poisoned state is still a whole one.
    #[inline]
    pub(super) fn lock(&self) -> Guard<'_, T> {
        let section = CriticalSection::enter();
        Guard {
            inner: self.0.lock().unwrap_or_else(PoisonError::into_inner),
            section,
        }
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Guard<'_, T> {
    /// Waits for as long as something holds, but no longer than this. The lock is free meanwhile.
    pub(super) fn wait_while(
        self,
        changed: &Condvar,
        limit: Duration,
        holds: impl FnMut(&mut T) -> bool,
    ) -> Self {
        let Self { inner, section } = self;
        let waited = changed.wait_timeout_while(inner, limit, holds);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        Self { inner, section }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}
