//! The ways of MariaDB and MySQL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;

use super::client::CONNECT_SECONDS;
use super::directory::Directory;
use super::programs::{MYSQL_FOLDERS, find_program, folders};
use super::recipe::{Recipe, Site, USER};
use super::{Address, Product};
use crate::{Error, Result};

/// Accounts that root may run a server as, the best first.
pub(crate) const ACCOUNTS: &[&str] = &["mysql", "nobody"];

/// An installed MariaDB or MySQL.
#[derive(Debug)]
pub(crate) struct MySql {
    server: PathBuf,
    /// Lays out MariaDB's data; MySQL's server does that itself.
    installer: Option<PathBuf>,
}

impl MySql {
    pub(crate) fn find() -> Result<Self> {
        let folders = folders(MYSQL_FOLDERS);
        let server = find_program(&["mariadbd", "mysqld"], &folders)
            .ok_or_else(|| not_installed("MariaDB or MySQL", "`mariadbd` and `mysqld`"))?;
        // MySQL looks for its other files beside the program, and does not follow a link to it.
        let server = fs::canonicalize(&server).map_err(Error::path("follow", &server))?;
        let installer = if is_mariadb(&server)? {
            let found = find_program(&["mariadb-install-db", "mysql_install_db"], &folders);
            Some(found.ok_or_else(|| not_installed("MariaDB", "`mariadb-install-db`"))?)
        } else {
            None
        };
        find_client()?;
        Ok(Self { server, installer })
    }
}

impl Recipe for MySql {
    fn product(&self) -> Product {
        if self.installer.is_some() {
            Product::MariaDb
        } else {
            Product::MySql
        }
    }

    fn initialize(&self, directory: &Directory, _: &str) -> Result<Command> {
        let mut command = match &self.installer {
            Some(installer) => {
                let mut command = Command::new(installer);
                command.arg("--no-defaults").args([
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    "--skip-name-resolve",
                ]);
                command
            }
            None => {
                let mut command = Command::new(&self.server);
                command.args(["--no-defaults", "--initialize-insecure"]);
                command
            }
        };
        command.arg(option("datadir", &directory.data()));
        Ok(command)
    }

    fn copy_primary(&self, _: &Site<'_>) -> Result<Option<Command>> {
        Ok(None)
    }

    fn prepare(&self, site: &Site<'_>) -> Result<()> {
        let users = users(site.password);
        let users = match &site.options.primary {
            // The primary's own users come with its log; these are of this server alone.
            Some(_) => format!("SET SESSION sql_log_bin = 0;\n{users}"),
            None => users,
        };
        site.directory.write("users.sql", &users).map(drop)
    }

    fn serve(&self, site: &Site<'_>, port: u16) -> Command {
        let directory = site.directory;
        let mut command = Command::new(&self.server);
        command
            .arg("--no-defaults")
            .arg(option("datadir", &directory.data()))
            .arg(option("tmpdir", directory.path()))
            .arg(option("socket", &directory.socket().join("mysql.sock")))
            .arg(option("pid-file", &directory.path().join("pid")))
            .arg(option("init-file", &directory.path().join("users.sql")))
            .arg(format!("--port={port}"))
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
            .args(self.log_options(site, port))
            .args(["--max-connections=200", "--character-set-server=utf8mb4"])
            .arg("--default-time-zone=+00:00")
            .arg("--innodb-buffer-pool-size=64M")
            .args(if site.options.durable {
                [
                    "--innodb-flush-log-at-trx-commit=1",
                    "--innodb-doublewrite=1",
                ]
            } else {
                [
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-doublewrite=0",
                ]
            });
        if self.product() == Product::MySql {
            // The folder for files of SQL is a package's, and need not be there.
            command.args(["--mysqlx=OFF", "--secure-file-priv=NULL"]);
        }
        for (name, value) in site.options.settings() {
            command.arg(format!("--{name}={value}"));
        }
        command
    }

    fn follow(&self, primary: &Address) -> Option<String> {
        let Address {
            host,
            port,
            user,
            password,
            ..
        } = primary;
        Some(format!(
            "CHANGE MASTER TO MASTER_HOST = '{host}', MASTER_PORT = {port}, MASTER_USER = '{user}', \
             MASTER_PASSWORD = '{password}', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos;\n\
             START SLAVE;\nSET GLOBAL read_only = ON;"
        ))
    }

    fn stop_signal(&self) -> Signal {
        Signal::TERM
    }

    fn abort_signal(&self) -> Signal {
        Signal::KILL
    }

    fn first_database(&self) -> &'static str {
        "mysql"
    }

    fn version_query(&self) -> &'static str {
        "SELECT version()"
    }

    fn version_number(&self, answer: &str) -> String {
        answer.split('-').next().unwrap_or(answer).to_owned()
    }
}

impl MySql {
    /// A log of what is written, for standbys, or none. A standby has one, too, so that it can be promoted.
    fn log_options(&self, site: &Site<'_>, port: u16) -> Vec<String> {
        if !site.options.replicated && site.options.primary.is_none() {
            return vec!["--skip-log-bin".to_owned()];
        }
        // Ports of one machine differ, so they are as good as any other number.
        vec![
            "--log-bin=binlog".to_owned(),
            "--binlog-format=row".to_owned(),
            "--log-slave-updates=1".to_owned(),
            format!("--server-id={port}"),
            format!("--sync-binlog={}", u8::from(site.options.durable)),
        ]
    }
}

/// Run by the server before it accepts its first connection. `localhost` is what connections over the socket are
/// taken for. The password is of hexadecimal digits, so it needs no escape.
fn users(password: &str) -> String {
    let mut sql = String::new();
    for host in ["localhost", "%"] {
        sql +=
            &format!("CREATE USER IF NOT EXISTS '{USER}'@'{host}' IDENTIFIED BY '{password}';\n");
        sql += &format!("GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'{host}' WITH GRANT OPTION;\n");
    }
    sql + &format!("ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';\n")
}

/// `mariadb` or `mysql`, ready to read SQL from stdin.
pub(crate) fn client(address: &Address) -> Result<(PathBuf, Command)> {
    let program = find_client()?;
    let mut command = Command::new(&program);
    command
        .args([
            "--no-defaults",
            "--batch",
            "--skip-column-names",
            // Each answer is written when it is complete.
            "--unbuffered",
            // MySQL's client does not see a DELIMITER after a comment that it keeps.
            "--skip-comments",
            "--protocol=TCP",
        ])
        .arg(format!("--connect-timeout={CONNECT_SECONDS}"))
        .arg(format!("--host={}", address.host))
        .arg(format!("--port={}", address.port))
        .arg(format!("--user={}", address.user))
        .env("MYSQL_PWD", &address.password);
    if !address.database.is_empty() {
        command.arg(format!("--database={}", address.database));
    }
    Ok((program, command))
}

fn find_client() -> Result<PathBuf> {
    find_program(&["mariadb", "mysql"], &folders(MYSQL_FOLDERS))
        .ok_or_else(|| not_installed("the client of MariaDB or MySQL", "`mariadb` and `mysql`"))
}

fn is_mariadb(server: &Path) -> Result<bool> {
    let output = Command::new(server)
        .args(["--no-defaults", "--version"])
        .output()
        .map_err(Error::path("run", server))?;
    Ok(String::from_utf8_lossy(&output.stdout).contains("MariaDB"))
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(format!("--{name}="));
    text.push(path);
    text
}

fn not_installed(what: &'static str, names: &str) -> Error {
    Error::NotInstalled {
        what,
        names: names.to_owned(),
        folders: MYSQL_FOLDERS.join(", "),
        help: "install it, e.g. `apt-get install mariadb-server`",
    }
}
