//! One tenant for the length of a call: whatever requests another one meanwhile, on the same thread, is an error.

use std::cell::RefCell;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Operation, Result};

thread_local! {
    /// The tenants that are locked on this thread, each with the registry it is of; the last one counts.
    static LOCKED: RefCell<Vec<(u64, Arc<str>)>> = const { RefCell::new(Vec::new()) };
}

/// A tenant that is locked on this thread until the value is dropped, also by a panic.
pub(super) struct Locked {
    /// It belongs to its thread.
    _here: std::marker::PhantomData<*const ()>,
}

impl Locked {
    pub(super) fn new(registry: u64, id: Arc<str>) -> Self {
        LOCKED.with_borrow_mut(|locked| locked.push((registry, id)));
        Self {
            _here: std::marker::PhantomData,
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        LOCKED.with_borrow_mut(Vec::pop);
    }
}

/// Refuses every tenant but the one that is locked on this thread.
pub(super) fn ensure_allowed(registry: u64, requested: &str) -> Result<()> {
    LOCKED.with_borrow(|locked| {
        let found = locked.iter().rev().find(|(of, _)| *of == registry);
        match found {
            Some((_, locked)) if **locked != *requested => Err(refused(locked, requested)),
            Some(_) | None => Ok(()),
        }
    })
}

#[cold]
pub(super) fn refused(locked: &str, requested: &str) -> Error {
    let kind = ErrorKind::TenantLocked {
        locked: locked.to_owned(),
        requested: requested.to_owned(),
    };
    Error::new(kind).during(Operation::Choose)
}
