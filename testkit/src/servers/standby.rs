//! Servers that follow another: how they are made, held back and promoted.

use super::options::ServerOptions;
use super::server::Server;
use super::{Product, client};
use crate::Result;

impl Server {
    /// A standby of this server: it has everything of its primary, receives what is committed from then on, a moment
    /// later, and takes no writes. PostgreSQL copies the primary, MariaDB replays its log, so that one has to be started
    /// with [`ServerOptions::replicated`]. `None` for MySQL, and for a MariaDB server without it.
    pub fn standby(&self) -> Option<ServerOptions> {
        let mut options = match self.product() {
            Product::Postgres => Self::postgres(),
            Product::MariaDb if self.is_replicated() => Self::mysql(),
            Product::MariaDb | Product::MySql => return None,
        };
        options.primary = Some(self.address().clone());
        Some(options)
    }

    /// The URL of a database of this server, from the URL of the same on its primary or another server.
    pub fn same_database(&self, url: &str) -> String {
        let database = url.rsplit_once('/').map_or("", |(_, database)| database);
        self.address().with_database(database).url()
    }

    /// Has a standby apply nothing more of what it receives, until [`resume_replay`](Self::resume_replay): what is read
    /// there falls behind.
    ///
    /// # Errors
    /// It is not a standby, or does not answer.
    pub fn pause_replay(&self) -> Result<()> {
        self.run(match self.product() {
            Product::Postgres => "SELECT pg_wal_replay_pause();",
            Product::MariaDb | Product::MySql => "STOP SLAVE SQL_THREAD;",
        })
    }

    /// Has a standby apply everything that it received meanwhile, and go on.
    ///
    /// # Errors
    /// As [`pause_replay`](Self::pause_replay).
    pub fn resume_replay(&self) -> Result<()> {
        self.run(match self.product() {
            Product::Postgres => "SELECT pg_wal_replay_resume();",
            Product::MariaDb | Product::MySql => "START SLAVE SQL_THREAD;",
        })
    }

    /// Makes a primary of a standby, which takes writes when this returns. The old primary is left as it is.
    ///
    /// # Errors
    /// As [`pause_replay`](Self::pause_replay).
    pub fn promote(&self) -> Result<()> {
        self.run(match self.product() {
            Product::Postgres => "SELECT pg_promote(true, 60);",
            Product::MariaDb | Product::MySql => {
                "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = OFF;"
            }
        })
    }

    /// Runs SQL in a database by the server's own client program, with a user that may do everything, and returns what it
    /// printed: a line for each row, without names of columns.
    ///
    /// # Errors
    /// The client is missing, or the script fails; the text has what the client said.
    pub fn ask(&self, database: &str, sql: &str) -> Result<String> {
        client::run(&self.address().with_database(database), sql)
    }

    fn run(&self, sql: &str) -> Result<()> {
        client::run(self.address(), sql).map(drop)
    }
}
