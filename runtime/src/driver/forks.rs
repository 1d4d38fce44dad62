//! Which process this is, counted along its line of forks. Asking the system for its number costs a system call, which
//! is more than everything else that taking a connection from a pool does.

#![allow(
    unsafe_code,
    reason = "no safe crate reports to a program that it was forked"
)]

use std::sync::atomic::{AtomicU32, Ordering};

/// How many forks lie between the first process that opened a pool and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// A number that a child does not share with its parent, once [`watch`] was called: the one is then distinguished from
/// the other.
#[inline]
pub(crate) fn count() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

#[cfg(unix)]
type Handler = unsafe extern "C" fn();

// POSIX, `pthread_atfork`, in the C library that `std` is linked with: one function, for which the crate `libc` would cost each
// build of a program more than a second.
#[cfg(unix)]
unsafe extern "C" {
    fn pthread_atfork(
        prepare: Option<Handler>,
        parent: Option<Handler>,
        child: Option<Handler>,
    ) -> core::ffi::c_int;
}

/// Counts forks from here on. Those that go around the C library (`clone` by its number) are not seen.
#[cfg(unix)]
pub(crate) fn watch() {
    static WATCHED: std::sync::Once = std::sync::Once::new();
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    WATCHED.call_once(|| {
        // SAFETY: what is called in the child adds to an atomic number, which may be done after any fork.
        unsafe { pthread_atfork(None, None, Some(in_child)) };
    });
}

/// Nothing forks elsewhere.
#[cfg(not(unix))]
pub(crate) fn watch() {}
