//! How a server is to be started.

use std::path::PathBuf;
use std::time::Duration;

use super::Address;
use super::directory::Directory;
use super::mysql::MySql;
use super::postgres::Postgres;
use super::server::Server;
use crate::{Error, Result, skip};

/// Which family of servers is meant; which product answers for it depends on what is installed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Family {
    Postgres,
    MySql,
}

/// How a server is to be started. Made by [`Server::postgres`] and [`Server::mysql`].
#[derive(Debug, Clone)]
#[must_use = "options do nothing before `start`"]
pub struct ServerOptions {
    pub(crate) family: Family,
    pub(crate) durable: bool,
    /// It writes down what a standby needs.
    pub(crate) replicated: bool,
    pub(crate) patience: Duration,
    /// The server that this one follows.
    pub(crate) primary: Option<Address>,
    /// The folder that its own lies in.
    pub(crate) within: Option<PathBuf>,
    /// The folder that Citus was installed to: PostgreSQL runs with it, as a node of a cluster.
    pub(crate) citus: Option<PathBuf>,
    settings: Vec<(String, String)>,
    files: Vec<(String, String)>,
}

impl ServerOptions {
    pub(crate) fn new(family: Family) -> Self {
        Self {
            family,
            durable: false,
            replicated: false,
            patience: Duration::from_secs(60),
            primary: None,
            within: None,
            citus: None,
            settings: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Sets whether a committed transaction must outlive a crash of the server. Off by default, which is faster;
    /// tests that kill the server turn it on, and so do those of atomic groups over several engines: a group refuses a server that may
    /// lose what it has prepared.
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Sets whether the server can have standbys ([`Server::standby`]): MariaDB then keeps a binary log. PostgreSQL always
    /// can.
    pub fn replicated(mut self, replicated: bool) -> Self {
        self.replicated = replicated;
        self
    }

    /// Sets one of the server's own settings, as in `setting("wal_level", "logical")` for PostgreSQL or
    /// `setting("sql-mode", "ANSI")` for MariaDB. Settings given later win, also over those of this crate.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Sets one of the server's own settings to the path of a file with this content, which only the server can read:
    /// `file("ssl_key_file", pem)` for PostgreSQL, `file("ssl-key", pem)` for MariaDB.
    pub fn file(mut self, setting: impl Into<String>, content: impl Into<String>) -> Self {
        self.files.push((setting.into(), content.into()));
        self
    }

    /// Sets how long to wait for the server: once for laying out its data, once for its first answer. A minute by
    /// default.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets the folder in which the server has one for its files: one in memory is faster. The system's folder for temporary files by default,
    /// and also where this one's path is too long for a socket, or closed to the account that the server runs as.
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.within = Some(folder.into());
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Errors
    /// When it is not installed, does not start (the end of its log is in the message) or is not ready in time.
    pub fn start(self) -> Result<Server> {
        Server::start(&self)
    }

    /// [`start`](Self::start) for a test that needs a server of its own. Where none is installed the test is skipped.
    ///
    /// # Panics
    /// Under [`CI`](crate::CI) where none is installed, and everywhere when an installed one does not start.
    pub fn start_or_skip(self) -> Option<Server> {
        match self.start() {
            Ok(server) => Some(server),
            Err(error @ Error::NotInstalled { .. }) => {
                skip(&error.to_string());
                None
            }
            Err(error) => panic!("no server of its own for the test: {error}"),
        }
    }

    /// Whether the server and its client are installed, without starting them.
    ///
    /// # Errors
    /// [`Error::NotInstalled`](crate::Error::NotInstalled) says what was looked for and what to install.
    pub fn check_installed(&self) -> Result<()> {
        match self.family {
            Family::Postgres => Postgres::find().map(drop),
            Family::MySql => MySql::find().map(drop),
        }
    }

    /// Writes the files to where the server is; their settings say where that is.
    pub(crate) fn placed_in(&self, directory: &Directory) -> Result<Self> {
        let mut placed = self.clone();
        for (setting, content) in placed.files.drain(..) {
            let path = directory.write(&setting, &content)?;
            let path = path.display().to_string();
            placed.settings.push((setting, path));
        }
        Ok(placed)
    }

    pub(crate) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
