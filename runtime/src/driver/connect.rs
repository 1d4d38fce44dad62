//! What connecting to a server has in common: the options, and a limit over the whole of it.

#[cfg(feature = "mysql")]
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
#[cfg(feature = "mysql")]
use std::thread;
use std::time::Duration;

use bindery_schema::config::Server;

#[cfg(feature = "mysql")]
use crate::error::Result;
use crate::error::{Error, ErrorKind, Operation};

/// How to connect to a server, everything resolved.
pub(crate) struct ServerOptions<'a> {
    pub(crate) server: &'a Server,
    /// Over name resolution, connecting and logging in together.
    pub(crate) connect_timeout: Duration,
    /// How long the server works on one statement; `None` leaves it to the server.
    pub(crate) statement_timeout: Option<Duration>,
    /// As the server lists it among its sessions.
    pub(crate) application_name: &'a str,
}

/// What answered, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerInfo {
    /// `PostgreSQL`, `MariaDB`, `MySQL`, `SQLite`.
    pub(crate) product: &'static str,
    /// Its version in its own words.
    pub(crate) version: String,
}

/// Runs `work` on a thread of its own and waits so long: the crate `mysql` has no limit over resolving and logging in.
/// A thread that comes too late closes what it opened.
#[cfg(feature = "mysql")]
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = sync_channel(1);
    thread::Builder::new()
        .name("bindery-connect".to_owned())
        .spawn(move || drop(sender.send(work())))
        .map_err(|_| Error::new(ErrorKind::Unavailable))?;
    match receiver.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Err(Error::new(ErrorKind::Timeout)),
        // The driver panicked over what the server said.
        Err(RecvTimeoutError::Disconnected) => Err(Error::new(ErrorKind::Unavailable)),
    }
    .map_err(|error| error.during(Operation::Connect))
}

/// A parameter of the URL that cannot be used.
#[cold]
pub(super) fn bad_parameter(name: &str, why: &str) -> Error {
    let text = format!("the parameter `{}` of the URL {why}", name.escape_debug());
    Error::new(ErrorKind::Config(text)).during(Operation::Configure)
}
