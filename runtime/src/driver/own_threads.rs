//! Threads that bindery starts for itself. Their work is boxed: starting one is compiled once, and not anew for each closure.

use std::io;
use std::thread::{Builder, Scope};

/// Starts a thread that nothing waits for.
///
/// # Errors
/// The system gives none.
pub(crate) fn start(name: &str, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Starts a thread that its scope waits for.
///
/// # Errors
/// The system gives none.
pub(crate) fn start_within<'s>(
    scope: &'s Scope<'s, '_>,
    name: &str,
    work: Box<dyn FnOnce() + Send + 's>,
) -> io::Result<()> {
    let thread = Builder::new().name(name.to_owned());
    thread.spawn_scoped(scope, work).map(drop)
}
