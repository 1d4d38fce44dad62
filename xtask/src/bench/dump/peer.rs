//! The tools of the databases themselves, with which dumps and loads are compared.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// A database and the tool that it comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Sqlite,
    Postgres,
    Mysql,
}

impl Peer {
    pub(super) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    pub(super) fn engine(self) -> &'static str {
        match self {
            Self::Sqlite => "default",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    pub(super) fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["sqlite3"],
            Self::Postgres => &["pg_dump", "pg_restore"],
            Self::Mysql => &["mariadb-dump", "mariadb"],
        }
    }

    /// The commands as the table has them.
    pub(super) fn shown(self) -> [&'static str; 2] {
        match self {
            Self::Sqlite => ["sqlite3 .dump", "sqlite3 .read"],
            Self::Postgres => ["pg_dump -Fc", "pg_restore --data-only"],
            Self::Mysql => ["mariadb-dump", "mariadb <"],
        }
    }

    /// Dumps both tables to `file`.
    pub(super) fn dump(self, place: &DatabasePlace<'_>, file: &Path) -> Result<Command, Failure> {
        Ok(match self {
            Self::Sqlite => {
                let mut command = Command::new("sqlite3");
                command.arg(&place.file).arg(".dump customers orders");
                command.stdout(File::create(file)?);
                command
            }
            Self::Postgres => {
                let mut command = Command::new("pg_dump");
                command.args(["-Fc", "-t", "customers", "-t", "orders", "-f"]);
                command.arg(file).arg(place.url);
                command
            }
            Self::Mysql => {
                let mut command = place.mysql("mariadb-dump")?;
                command.args([
                    "--single-transaction",
                    place.database(),
                    "customers",
                    "orders",
                ]);
                command.stdout(File::create(file)?);
                command
            }
        })
    }

    /// Loads what `dump` has written. `pg_restore` wants the tables to be there, the others make them.
    pub(super) fn load(self, place: &DatabasePlace<'_>, file: &Path) -> Result<Command, Failure> {
        Ok(match self {
            Self::Sqlite => {
                let mut command = Command::new("sqlite3");
                command.arg(&place.file);
                command.arg(format!(".read {}", file.display()));
                command
            }
            Self::Postgres => {
                let mut command = Command::new("pg_restore");
                command.args(["--data-only", "--single-transaction", "-d", place.url]);
                command.arg(file);
                command
            }
            Self::Mysql => {
                let mut command = place.mysql("mariadb")?;
                command.arg(place.database()).arg("-e");
                command.arg(format!("source {}", file.display()));
                command
            }
        })
    }

    /// Has the database as its tool wants it before it loads.
    pub(super) fn make_ready(self, place: &DatabasePlace<'_>) -> Result<(), Failure> {
        match self {
            Self::Sqlite => Ok(fs::remove_file(&place.file)?),
            Self::Postgres | Self::Mysql => Ok(()),
        }
    }
}

/// Where a database is.
pub(super) struct DatabasePlace<'a> {
    pub(super) url: &'a str,
    /// Of SQLite.
    pub(super) file: PathBuf,
}

impl DatabasePlace<'_> {
    fn database(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// A client of MariaDB with the login of the URL, `mysql://user:password@host:port/database`.
    fn mysql(&self, program: &str) -> Result<Command, Failure> {
        let parts = self.url.strip_prefix("mysql://").and_then(|rest| {
            let (login, rest) = rest.split_once('@')?;
            let (address, _) = rest.split_once('/')?;
            Some((login.split_once(':')?, address.split_once(':')?))
        });
        let ((user, password), (host, port)) =
            parts.ok_or("the server's URL has no login or no port")?;
        let mut command = Command::new(program);
        command.env("MYSQL_PWD", password);
        command.args(["--protocol=tcp", "-h", host, "-P", port, "-u", user]);
        Ok(command)
    }
}
