//! The two servers that tests run against.

use std::path::Path;
use std::thread;

use bindery_testkit::{
    Broker, Error, MYSQL_FLAVOUR, MYSQL_URL, POSTGRES_URL, Product, Server, ServerOptions,
};

use crate::Failure;
use crate::output::complain;

/// Both servers, running. Stopped when dropped.
#[derive(Debug)]
pub(crate) struct Databases {
    pub(crate) postgres: Server,
    pub(crate) mysql: Server,
}

impl Databases {
    /// Starts both at the same time. When one fails the other is stopped again.
    pub(crate) fn start() -> Result<Self, Failure> {
        Self::start_within(None)
    }

    /// Starts both with their files in a folder, as [`Databases::start`] does with a folder for temporary files.
    pub(crate) fn start_within(folder: Option<&Path>) -> Result<Self, Failure> {
        complain("starting the servers");
        let placed = |options: ServerOptions| match folder {
            Some(folder) => options.within(folder),
            None => options,
        };
        let (postgres, mysql) = thread::scope(|scope| {
            let postgres = scope.spawn(|| placed(Server::postgres()).start());
            let mysql = placed(Server::mysql()).start();
            (postgres.join(), mysql)
        });
        let postgres = postgres.map_err(|_| "starting PostgreSQL panicked")?;
        Ok(Self {
            postgres: postgres?,
            mysql: mysql?,
        })
    }

    /// Returns how a test finds them.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        environment(
            &self.postgres.url(),
            self.mysql.product(),
            &self.mysql.url(),
        )
    }

    /// Describes the databases of the tests.
    pub(crate) fn describe(&self) -> String {
        let Self { postgres, mysql } = self;
        format!(
            "SQLite (built in), {} {}, {} {}",
            postgres.product(),
            postgres.version(),
            mysql.product(),
            mysql.version()
        )
    }
}

/// The variables that tests read.
pub(crate) fn environment(
    postgres_url: &str,
    mysql: Product,
    mysql_url: &str,
) -> Vec<(&'static str, String)> {
    vec![
        (POSTGRES_URL, postgres_url.to_owned()),
        (MYSQL_URL, mysql_url.to_owned()),
        (MYSQL_FLAVOUR, mysql.word().to_owned()),
    ]
}

/// The same variables where the caller has set them: then servers are running already.
pub(crate) fn given() -> Option<Vec<(&'static str, String)>> {
    let value = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let product = value(MYSQL_FLAVOUR).unwrap_or_else(|| Product::MariaDb.word().to_owned());
    Some(vec![
        (POSTGRES_URL, value(POSTGRES_URL)?),
        (MYSQL_URL, value(MYSQL_URL)?),
        (MYSQL_FLAVOUR, product),
    ])
}

/// Returns an error for each server that is not installed, and for SQLite's shell.
pub(crate) fn missing() -> Result<Vec<Error>, Failure> {
    let mut missing: Vec<_> = missing_shell().into_iter().collect();
    let installed = [
        Server::postgres().check_installed(),
        Server::mysql().check_installed(),
        Broker::check_installed(),
    ];
    for one in installed {
        match one {
            Ok(()) => {}
            Err(error @ Error::NotInstalled { .. }) => missing.push(error),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(missing)
}

/// A test opens a file with it, as `bindery shell` does.
fn missing_shell() -> Option<Error> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join("sqlite3").is_file());
    (!is_there).then(|| Error::NotInstalled {
        what: "SQLite's shell",
        names: "`sqlite3`".to_owned(),
        folders: "no other folder".to_owned(),
        help: "install it, e.g. `apt-get install sqlite3`",
    })
}
