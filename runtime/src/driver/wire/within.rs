//! Work that has no limit of its own, done within one.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::Deadline;
use crate::driver::own_threads;

/// Longer than any such work takes by itself; a limit is always given where it matters.
const UNLIMITED: Duration = Duration::from_secs(24 * 60 * 60);

/// Does the work on a thread of its own, which ends when the work does.
///
/// # Errors
/// The deadline has passed, or there can be no thread.
pub(in crate::driver) fn within<T: Send + 'static>(
    deadline: Deadline,
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let left = deadline.left()?.unwrap_or(UNLIMITED);
    let (sender, receiver) = sync_channel(1);
    own_threads::start(name, Box::new(move || drop(sender.send(work()))))?;
    receiver.recv_timeout(left).map_err(|error| match error {
        RecvTimeoutError::Timeout => io::ErrorKind::TimedOut.into(),
        RecvTimeoutError::Disconnected => io::ErrorKind::Other.into(),
    })
}
