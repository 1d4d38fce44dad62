//! Where a connection goes, with all variables filled in. Printing one never shows a password.

use crate::lists::IntoVec as _;
use std::fmt;
use std::net::IpAddr;
use std::path::{Component, Path, PathBuf};

use super::tls::TlsOptions;
use crate::dialect::{Dialect, Flavour};
use crate::sorting::sort_by;

/// One database to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTarget {
    /// The SQL family.
    pub dialect: Dialect,
    /// The product where it is known.
    pub flavour: Option<Flavour>,
    /// The file or server.
    pub place: Address,
}

/// A file or a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// SQLite.
    Sqlite(SqliteAddress),
    /// PostgreSQL, MySQL or MariaDB.
    Server(Server),
}

/// Where an SQLite database lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqliteAddress {
    /// In memory, gone when closed.
    Memory,
    /// In a file.
    File(PathBuf),
}

/// A database on a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// How it is reached: never empty, tried in this order.
    pub endpoints: Vec<Endpoint>,
    /// The account; `None` leaves it to the driver.
    pub username: Option<String>,
    /// The password of the account; it is never shown.
    pub password: Option<Secret>,
    /// The database's name.
    pub database: String,
    /// The options of TLS.
    pub tls: TlsOptions,
    /// Further parameters in the order written.
    pub parameters: Vec<(String, String)>,
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// Over the network.
    Tcp {
        /// Name or address, IPv6 without brackets.
        host: String,
        /// The port, from 1.
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

/// A text that is never printed. It is overwritten when it is dropped.
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

/// The memory goes back without the secret in it.
impl Drop for Secret {
    fn drop(&mut self) {
        std::hint::black_box(wiped(std::mem::take(&mut self.0)));
    }
}

/// The bytes of a text, all overwritten, also those past its end.
fn wiped(text: String) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    bytes.resize(bytes.capacity(), 0);
    bytes.fill(0);
    bytes
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl ConnectionTarget {
    /// Returns whether it is an SQLite database in memory, which every opener makes anew.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.place, Address::Sqlite(SqliteAddress::Memory))
    }

    /// Makes relative paths relative to a folder, as configuration files mean them.
    #[must_use]
    pub fn relative_to(mut self, folder: &Path) -> Self {
        match &mut self.place {
            Address::Sqlite(SqliteAddress::File(path)) => *path = folder.join(&*path),
            Address::Sqlite(SqliteAddress::Memory) => {}
            Address::Server(server) => {
                server.tls = std::mem::take(&mut server.tls).relative_to(folder);
            }
        }
        self
    }

    /// The password of the login, where there is one.
    pub fn password(&self) -> Option<&Secret> {
        match &self.place {
            Address::Sqlite(_) => None,
            Address::Server(server) => server.password.as_ref(),
        }
    }

    /// Returns whether both lead to one database, as far as names show it. `localhost` and the addresses of this machine are one host;
    /// a file is looked up, so that links to it count; two schemas of a PostgreSQL database (`?schema=`) are two. A database in memory
    /// belongs to one engine only.
    pub fn is_same_database(&self, other: &Self) -> bool {
        let (one, two) = (self.identities(), other.identities());
        one.iter().any(|identity| two.contains(identity))
    }

    /// The same database written in one way: hosts in lower case, the parameters in the order of their names, a file by its
    /// path without links.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        match &mut self.place {
            Address::Sqlite(SqliteAddress::Memory) => {}
            Address::Sqlite(SqliteAddress::File(path)) => *path = real(path),
            Address::Server(server) => {
                server.endpoints.iter_mut().for_each(Endpoint::lower_case);
                sort_by(&mut server.parameters, Ord::cmp);
            }
        }
        self
    }

    /// The same database at one of its hosts.
    #[must_use]
    pub fn at_one(&self, endpoint: Endpoint) -> Self {
        let mut target = self.clone();
        match &mut target.place {
            Address::Sqlite(_) => {}
            Address::Server(server) => server.endpoints = vec![endpoint],
        }
        target
    }

    /// The schema in which the tables are found, where a database has several: `public` unless said.
    fn schema(&self, server: &Server) -> String {
        let parameters = || server.parameters.iter();
        let given = || parameters().find(|(name, _)| name == "schema");
        match self.dialect {
            Dialect::Postgres => given().map_or("public", |(_, schema)| schema).to_owned(),
            Dialect::Sqlite | Dialect::Mysql => String::new(),
        }
    }

    /// Returns the names by which the database is reached: two targets that have one in common lead to the same, as far
    /// as names show it.
    pub(super) fn identities(&self) -> Vec<Identity> {
        match &self.place {
            Address::Sqlite(SqliteAddress::Memory) => Vec::new(),
            Address::Sqlite(SqliteAddress::File(path)) => vec![Identity::File(real(path))],
            Address::Server(server) => {
                let endpoints = server.endpoints.iter();
                let identity = |endpoint: &Endpoint| {
                    let database = server.database.clone();
                    let schema = self.schema(server);
                    Identity::Server(self.dialect.name(), endpoint.plain(), database, schema)
                };
                endpoints.map(identity).into_vec()
            }
        }
    }
}

/// A database by one of its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    /// A file, links followed.
    File(PathBuf),
    /// Of a dialect, at an address, of a name, and a schema of it.
    Server(&'static str, Endpoint, String, String),
}

impl Endpoint {
    /// Names of hosts are the same in upper and lower case.
    fn lower_case(&mut self) {
        match self {
            Self::Tcp { host, .. } => host.make_ascii_lowercase(),
            Self::Socket { .. } => {}
        }
    }

    /// The names of one host are one name.
    fn plain(&self) -> Self {
        match self {
            Self::Tcp { host, port } => Self::Tcp {
                host: if is_here(host) {
                    "localhost".to_owned()
                } else {
                    host.to_ascii_lowercase()
                },
                port: *port,
            },
            Self::Socket { .. } => self.clone(),
        }
    }
}

/// Whether the host is this machine.
fn is_here(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The file itself with all links resolved; of one that is not there yet, its folder's and its name.
fn real(path: &Path) -> PathBuf {
    let plain = || lexical(path);
    let found = path.canonicalize().ok();
    let found = found.or_else(|| in_its_folder(path));
    let found = found.or_else(|| in_its_folder(&plain()));
    found.unwrap_or_else(|| std::path::absolute(plain()).unwrap_or_else(|_| plain()))
}

/// A file by its folder with all links resolved, where that is there.
fn in_its_folder(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let folder = match folder.as_os_str() {
        here if here.is_empty() => Path::new(".").canonicalize(),
        _ => folder.canonicalize(),
    };
    Some(folder.ok()?.join(path.file_name()?))
}

/// The path without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                plain.push(component)
            }
        }
    }
    plain
}

/// As a URL without password and parameters.
impl fmt::Display for ConnectionTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Address::Sqlite(SqliteAddress::Memory) => out.write_str("sqlite::memory:"),
            Address::Sqlite(SqliteAddress::File(path)) => {
                write!(out, "sqlite://{}", path.display())
            }
            Address::Server(server) => write!(out, "{}://{server}", self.dialect),
        }
    }
}

/// How many parameters there are: their values may be secret (`sslpassword`), and so may their names, where a password that
/// holds a `?` was not encoded.
impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Server({self}, {} parameters)", self.parameters.len())
    }
}

impl fmt::Display for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(username) = &self.username {
            write!(out, "{username}@")?;
        }
        for (index, endpoint) in self.endpoints.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(out, "{comma}{endpoint}")?;
        }
        write!(out, "/{}", self.database)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(out, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(out, "{host}:{port}"),
            Self::Socket { path, .. } => write!(out, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, wiped};

    /// A secret is zeroed on drop, and printing does not show it.
    /// Covers CFG-1.
    #[test]
    fn secrets_are_overwritten_and_not_printed() {
        let mut text = String::with_capacity(64);
        text.push_str("hunter2");
        let bytes = wiped(text);
        assert!(bytes.len() >= 64 && bytes.iter().all(|&byte| byte == 0));
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }
}
