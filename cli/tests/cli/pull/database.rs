//! Databases of tests, each empty at first.

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use tempfile::TempDir;

use crate::support::{Outcome, Project};

/// A database of a test.
pub(crate) enum Database {
    File(TempDir),
    Server(FreshDatabase),
}

impl Database {
    /// An empty one; `None` without a server.
    pub(crate) fn fresh(dialect: Dialect) -> Option<Self> {
        Some(match dialect {
            Dialect::Sqlite => Self::File(TempDir::new().expect("a folder for temporary files")),
            Dialect::Postgres => Self::Server(fresh_postgres()?),
            Dialect::Mysql => Self::Server(fresh_mysql()?),
        })
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("sqlite://{}", folder.path().join("app.db").display()),
            Self::Server(server) => server.url(),
        }
    }

    /// Runs a script in the database's own shell, to its end.
    pub(crate) fn load(&self, script: &str) -> Result<(), String> {
        match self {
            Self::File(folder) => {
                let load = || {
                    let database = rusqlite::Connection::open(folder.path().join("app.db"))?;
                    database.pragma_update(None, "synchronous", false)?;
                    database.execute_batch(script)
                };
                load().map_err(|error: rusqlite::Error| error.to_string())
            }
            Self::Server(server) => server.run_script(script).map_err(|error| error.to_string()),
        }
    }

    /// A project with this database as its only engine.
    pub(crate) fn project(&self, schema: &str) -> Project {
        let config = format!("url = \"{}\"\n", self.url());
        Project::new(&[("bindery.toml", config.as_str()), ("schema.sql", schema)])
    }

    /// The text that `pull` writes.
    pub(crate) fn pull(&self) -> Result<String, String> {
        good(self.project("").run("pull --out -"))
    }
}

/// The results of a run that went well, else its messages.
pub(crate) fn good(outcome: Outcome) -> Result<String, String> {
    match outcome.code {
        Some(0) => Ok(outcome.results),
        _ => Err(outcome.messages + &outcome.results),
    }
}
