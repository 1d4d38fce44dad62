//! Errors of starting, querying and stopping servers. No message holds a password.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::servers::Product;

/// The reason why a server could not be started or queried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine has no such server or client program.
    #[error("{what} is not installed: looked for {names} in `PATH` and in {folders}; {help}")]
    NotInstalled {
        /// The product, in words.
        what: &'static str,
        /// The programs looked for.
        names: String,
        /// The folders looked into besides `PATH`.
        folders: String,
        /// The packages to install.
        help: &'static str,
    },
    /// Running as root, and no account was found that a server may run as.
    #[error(
        "database servers refuse to run as root, and `/etc/passwd` has none of the accounts {tried}; create one, e.g. `useradd --system {first}`"
    )]
    NoAccount {
        /// The names looked for.
        tried: String,
        /// The first of them.
        first: &'static str,
    },
    /// A file, directory or process could not be made, read or removed.
    #[error("cannot {doing}: {source}")]
    Io {
        /// The operation that failed.
        doing: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A program ended with a failure.
    #[error("{program} failed ({status})\n{output}")]
    Failed {
        /// The program's name.
        program: String,
        /// How it ended.
        status: String,
        /// The end of what it printed.
        output: String,
    },
    /// A program took too long and was stopped.
    #[error("{program} was not ready within {} s\n{output}", waited.as_secs())]
    TimedOut {
        /// The program's name.
        program: String,
        /// How long was waited.
        waited: Duration,
        /// The end of what it printed.
        output: String,
    },
    /// A proxy needs a URL in which a host and a port are written.
    #[error("the URL has no `host:port` that a proxy could take the place of")]
    NoAddress,
    /// A name that is not usable for a database.
    #[error(
        "`{name}` cannot name a database here: use 1 to 63 lower-case letters, digits and `_`, beginning with a letter"
    )]
    DatabaseName {
        /// The refused name.
        name: String,
    },
    /// A URL that does not name a server. Its text is left out, as it may hold a password.
    #[error(
        "the URL of the {product} server cannot be used: {reason}; write `{example}`",
        example = product.example_url()
    )]
    Url {
        /// The product the URL should lead to.
        product: Product,
        /// Why it cannot be used, in words that end the message.
        reason: &'static str,
    },
    /// The record of a detached server cannot be read.
    #[error("not a record of a detached server: {reason}")]
    Record {
        /// Why it did not start, in words that end the message.
        reason: String,
    },
}

impl Error {
    /// Puts what was being done in front of the system's reason.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// As [`Error::io`], for something done with a path.
    pub(crate) fn path(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::io(format!("{doing} `{}`", path.display()))
    }
}
