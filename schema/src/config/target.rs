//! Where a connection goes, with all variables filled in. Printing one never shows a password.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::dialect::{Dialect, Flavour};

/// One database to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTarget {
    /// The SQL family.
    pub dialect: Dialect,
    /// The product where it is known.
    pub flavour: Option<Flavour>,
    /// The file or server.
    pub place: Place,
}

/// A file or a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// SQLite.
    Sqlite(SqlitePlace),
    /// PostgreSQL, MySQL or MariaDB.
    Server(Server),
}

/// Where an SQLite database lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlitePlace {
    /// In memory, gone when closed.
    Memory,
    /// In a file.
    File(PathBuf),
}

/// A database on a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// How it is reached.
    pub endpoint: Endpoint,
    /// Who connects; `None` leaves it to the driver.
    pub username: Option<String>,
    /// With what.
    pub password: Option<Secret>,
    /// The database's name.
    pub database: String,
    /// Further parameters in the order written.
    pub parameters: Vec<(String, String)>,
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Over the network.
    Tcp {
        /// Name or address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// Over a Unix socket.
    Socket {
        /// PostgreSQL: the folder; MySQL: the socket itself.
        path: PathBuf,
        /// PostgreSQL's sockets are named after a port.
        port: u16,
    },
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the driver only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl ConnectionTarget {
    /// Makes a relative SQLite path relative to a folder, as configuration files mean it.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        if let Place::Sqlite(SqlitePlace::File(path)) = &mut self.place {
            *path = folder.join(&*path);
        }
        self
    }
}

/// As a URL without password and parameters.
impl fmt::Display for ConnectionTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Sqlite(SqlitePlace::Memory) => out.write_str("sqlite::memory:"),
            Place::Sqlite(SqlitePlace::File(path)) => write!(out, "sqlite://{}", path.display()),
            Place::Server(server) => write!(out, "{}://{server}", self.dialect),
        }
    }
}

/// Parameters by name only: their values may be secret too (`sslpassword`).
impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .parameters
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        write!(out, "Server({self}, parameters {names:?})")
    }
}

impl fmt::Display for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(username) = &self.username {
            write!(out, "{username}@")?;
        }
        match &self.endpoint {
            Endpoint::Tcp { host, port } if host.contains(':') => write!(out, "[{host}]:{port}")?,
            Endpoint::Tcp { host, port } => write!(out, "{host}:{port}")?,
            Endpoint::Socket { path, .. } => write!(out, "{}", path.display())?,
        }
        write!(out, "/{}", self.database)
    }
}
