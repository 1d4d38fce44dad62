//! Acts of a statement besides reading and writing rows, as SQLite says while it prepares it ("Compile-Time Authorization
//! Callbacks"). Nothing is refused there.

#![allow(
    unsafe_code,
    reason = "`rusqlite` has its own form behind a feature that others may need for themselves"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::ffi;

/// Looked at by the thread that uses the connection only: the order of its loads and stores is the program's.
pub(super) struct Acts(AtomicU32);

/// The acts that were seen of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen(u32);

impl Seen {
    /// It changes what the connection is: a setting, an attached file, a temporary table.
    const SESSION: u32 = 1;
    const TRANSACTION: u32 = 2;
    const SAVEPOINT: u32 = 4;
    const OWN_SAVEPOINT: u32 = 8;

    /// Whether something is left in the connection.
    pub(super) fn stays(self) -> bool {
        self.0 & Self::SESSION != 0
    }

    pub(super) fn controls_transaction(self) -> bool {
        self.0 & Self::TRANSACTION != 0
    }

    pub(super) fn controls_savepoint(self) -> bool {
        self.0 & Self::SAVEPOINT != 0
    }

    /// Whether the savepoint is one of this side's.
    pub(super) fn controls_own_savepoint(self) -> bool {
        self.0 & Self::OWN_SAVEPOINT != 0
    }
}

impl Acts {
    /// Notes from now on what is prepared on the connection. It has to outlive that.
    pub(super) fn noting(connection: &rusqlite::Connection) -> Arc<Self> {
        let acts = Arc::new(Self(AtomicU32::new(0)));
        let shared: *mut c_void = Arc::as_ptr(&acts).cast_mut().cast();
        // SAFETY: the handle is that of an open connection. The callback gets a pointer to `Acts`, which stays where it is as
        // long as the `Arc` in the same `SqliteConnection`, which is dropped after the connection.
        unsafe {
            ffi::sqlite3_set_authorizer(connection.handle(), Some(on_act), shared);
        }
        acts
    }

    /// Returns the acts since the last call.
    pub(super) fn take(&self) -> Seen {
        Seen(self.0.swap(0, Ordering::Relaxed))
    }
}

unsafe extern "C" fn on_act(
    acts: *mut c_void,
    action: c_int,
    _: *const c_char,
    second: *const c_char,
    _: *const c_char,
    _: *const c_char,
) -> c_int {
    let seen = match action {
        ffi::SQLITE_PRAGMA
        | ffi::SQLITE_ATTACH
        | ffi::SQLITE_DETACH
        | ffi::SQLITE_CREATE_TEMP_INDEX
        | ffi::SQLITE_CREATE_TEMP_TABLE
        | ffi::SQLITE_CREATE_TEMP_TRIGGER
        | ffi::SQLITE_CREATE_TEMP_VIEW => Seen::SESSION,
        ffi::SQLITE_TRANSACTION => Seen::TRANSACTION,
        // SAFETY: SQLite gives the name of the savepoint, which ends with NUL, as long as the call takes.
        ffi::SQLITE_SAVEPOINT => unsafe { savepoint(second) },
        _ => return ffi::SQLITE_OK,
    };
    // SAFETY: the pointer that `noting` gave, see there; only shared references are ever made of it.
    let acts = unsafe { &*acts.cast::<Acts>() };
    acts.0.fetch_or(seen, Ordering::Relaxed);
    ffi::SQLITE_OK
}

/// # Safety
/// A pointer that is not NULL leads to text that ends with NUL.
unsafe fn savepoint(name: *const c_char) -> u32 {
    // SAFETY: the caller's.
    let is_own = !name.is_null()
        && unsafe { CStr::from_ptr(name) }
            .to_bytes()
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"bindery_"));
    Seen::SAVEPOINT | if is_own { Seen::OWN_SAVEPOINT } else { 0 }
}
