//! What connecting to a server has in common: the options.

use bindery_schema::config::{Endpoint, Server, SessionConfig};

use crate::error::{Error, ErrorKind, Operation};

/// How to connect to a server, everything resolved.
pub(crate) struct ServerOptions<'a> {
    pub(crate) server: &'a Server,
    /// The one of the server's hosts that is meant.
    pub(crate) endpoint: &'a Endpoint,
    /// Limits, and the session's settings.
    pub(crate) session: SessionConfig,
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
