//! The options of connecting that all servers share.

use bindery_core::cluster::Cluster;
use bindery_core::config::{Endpoint, Server, SessionConfig};
use bindery_core::name::suggest;

use super::wire::Tls;
use crate::error::{Error, ErrorKind, Operation, Result};
use bindery_core::dialect::Dialect;

/// How to connect to a server, everything resolved.
pub(crate) struct ServerOptions<'a> {
    pub(crate) server: &'a Server,
    /// The one of the server's hosts that is meant.
    pub(crate) endpoint: &'a Endpoint,
    /// Limits, and the session's settings.
    pub(crate) session: SessionConfig,
    /// The cluster that its hosts are.
    pub(crate) cluster: Option<Cluster>,
    /// Sessions that the server itself lets write nothing.
    pub(crate) read_only: bool,
}

/// The server that answered, as far as it identifies itself.
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

/// A parameter of the URL that no server's URL has. Its name is not shown: it is part of a password that holds a `?` and was
/// not encoded.
#[cold]
pub(super) fn unknown_parameter(name: &str, known: &[&str]) -> Error {
    let near = suggest(name, known.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? "));
    let text = format!(
        "the URL has a parameter that is not known; {}known: {}",
        near.unwrap_or_default(),
        known.join(", ")
    );
    Error::new(ErrorKind::Config(text)).during(Operation::Configure)
}

/// Returns the TLS settings of connections to a server, with files read; `None` where they are plain.
///
/// # Errors
/// The TLS options contradict each other, a file is missing, or the program was built without it.
pub(super) fn tls(options: &ServerOptions<'_>, dialect: Dialect) -> Result<Option<Tls>> {
    let mode = options
        .server
        .tls_mode(dialect)
        .map_err(|error| format!("{}; {}", error.message, error.help));
    mode.and_then(|mode| Tls::new(options.server, options.endpoint, mode))
        .map_err(|why| Error::new(ErrorKind::Config(why)).during(Operation::Configure))
}
