//! What connecting to a server has in common: the options.

use std::time::Duration;

use bindery_schema::config::Server;

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

/// A parameter of the URL that cannot be used.
#[cold]
pub(super) fn bad_parameter(name: &str, why: &str) -> Error {
    let text = format!("the parameter `{}` of the URL {why}", name.escape_debug());
    Error::new(ErrorKind::Config(text)).during(Operation::Configure)
}
