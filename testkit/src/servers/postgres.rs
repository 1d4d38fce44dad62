//! The ways of PostgreSQL.

use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use super::citus;
use super::client::CONNECT_SECONDS;
use super::directory::Directory;
use super::programs::{POSTGRES_FOLDERS, find_program, folders, is_program};
use super::recipe::{Recipe, Site, USER};
use super::{Address, Product, scram, secret};
use crate::{Error, Result};

/// Accounts that root may run a server as, the best first.
pub(crate) const ACCOUNTS: &[&str] = &["postgres", "nobody"];

/// An installed PostgreSQL.
#[derive(Debug)]
pub(crate) struct Postgres {
    folder: PathBuf,
}

impl Postgres {
    pub(crate) fn find() -> Result<Self> {
        let folder = server_folder()
            .ok_or_else(|| not_installed("PostgreSQL", "`initdb` and `postgres`"))?;
        find_client()?;
        Ok(Self { folder })
    }
}

impl Recipe for Postgres {
    fn product(&self) -> Product {
        Product::Postgres
    }

    fn initialize(&self, directory: &Directory, password: &str) -> Result<Command> {
        // Kept as it is given: https://www.postgresql.org/docs/current/sql-createrole.html
        let verifier = scram::verifier(password, &secret::random_hex(8)?);
        let secret = directory.write("password", &verifier)?;
        let mut command = Command::new(self.folder.join("initdb"));
        command
            .arg("--pgdata")
            .arg(directory.data())
            .arg("--pwfile")
            .arg(secret)
            .args(["--username", USER])
            .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
            .args(["--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions"]);
        Ok(command)
    }

    fn copy_primary(&self, site: &Site<'_>) -> Result<Option<Command>> {
        let primary = site.options.primary.as_ref();
        primary.map(|primary| copy(site, primary)).transpose()
    }

    fn prepare(&self, site: &Site<'_>) -> Result<()> {
        let citus = site.options.citus.as_deref();
        citus.map_or(Ok(()), |installed| {
            citus::lay_out_node(&self.folder, installed, site)
        })
    }

    fn serve(&self, site: &Site<'_>, port: u16) -> Command {
        let folder = match &site.options.citus {
            Some(_) => citus::programs(&self.folder, site.directory),
            None => self.folder.clone(),
        };
        let mut command = Command::new(folder.join("postgres"));
        command
            .arg("-D")
            .arg(site.directory.data())
            .arg("-k")
            .arg(site.directory.socket())
            .args(["-p", &port.to_string()]);
        for (name, value) in settings(site) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
    }

    /// `pg_basebackup` has written that down.
    fn follow(&self, _: &Address) -> Option<String> {
        None
    }

    fn stop_signal(&self) -> Signal {
        // "Fast shutdown": https://www.postgresql.org/docs/current/server-shutdown.html
        Signal::INT
    }

    fn abort_signal(&self) -> Signal {
        // "Immediate shutdown"; after SIGKILL the helper processes and shared memory would be left.
        Signal::QUIT
    }

    fn first_database(&self) -> &'static str {
        "postgres"
    }

    fn version_query(&self) -> &'static str {
        "SHOW server_version"
    }

    fn version_number(&self, answer: &str) -> String {
        answer.split(' ').next().unwrap_or(answer).to_owned()
    }
}

/// The data of another server, with what makes a server of it follow that one.
fn copy(site: &Site<'_>, primary: &Address) -> Result<Command> {
    let program = beside_server("pg_basebackup").ok_or_else(|| {
        not_installed(
            "PostgreSQL's program that copies a server",
            "`pg_basebackup`",
        )
    })?;
    // The standby reads the password there, too.
    let passwords = format!("*:*:*:*:{}\n", primary.password);
    let passwords = site.directory.write("passwords", &passwords)?;
    let Address {
        host, port, user, ..
    } = primary;
    let mut command = Command::new(program);
    command
        .arg("--pgdata")
        .arg(site.directory.data())
        .arg(format!(
            "--dbname=host={host} port={port} user={user} passfile={}",
            passwords.display()
        ))
        .args([
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            "--no-password",
        ]);
    Ok(command)
}

fn settings<'a>(site: &'a Site<'_>) -> Vec<(&'a str, &'a str)> {
    let mut settings = vec![
        ("listen_addresses", "127.0.0.1"),
        ("max_connections", "200"),
        ("max_prepared_transactions", "64"),
        ("timezone", "UTC"),
        // Tests provoke deadlocks, and each would be waited for a second.
        ("deadlock_timeout", "100ms"),
    ];
    if !site.options.durable {
        settings.extend([
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            // It starts a process for each database in turn, and there are hundreds for a second each.
            ("autovacuum", "off"),
        ]);
    }
    settings.extend(site.options.settings());
    settings
}

/// `psql`, ready to read SQL from stdin.
pub(crate) fn client(address: &Address) -> Result<(PathBuf, Command)> {
    let program = find_client()?;
    let mut command = Command::new(&program);
    // The user's own settings for the PostgreSQL at work are not for this server.
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
    {
        command.env_remove(name);
    }
    command
        .args([
            "--no-psqlrc",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--no-password",
        ])
        .args(["--set", "ON_ERROR_STOP=1"])
        .env("PGHOST", &address.host)
        .env("PGPORT", address.port.to_string())
        .env("PGUSER", &address.user)
        .env("PGPASSWORD", &address.password)
        .env("PGDATABASE", &address.database)
        .env("PGCONNECT_TIMEOUT", CONNECT_SECONDS);
    Ok((program, command))
}

/// The `psql` beside the server: that in Debian's `PATH` is a script which chooses among installed versions, slowly.
fn find_client() -> Result<PathBuf> {
    beside_server("psql").ok_or_else(|| not_installed("PostgreSQL's client", "`psql`"))
}

fn beside_server(program: &'static str) -> Option<PathBuf> {
    let beside = server_folder().into_iter().flat_map(|folder| {
        // A folder may have links to some of the programs only.
        let server = folder.join("postgres").canonicalize().ok();
        let linked = server.and_then(|server| Some(server.parent()?.to_owned()));
        [Some(folder), linked]
    });
    beside
        .flatten()
        .map(|folder| folder.join(program))
        .find(|path| is_program(path))
        .or_else(|| find_program(&[program], &folders(POSTGRES_FOLDERS)))
}

fn server_folder() -> Option<PathBuf> {
    folders(POSTGRES_FOLDERS).into_iter().find(|folder| {
        ["initdb", "postgres"]
            .iter()
            .all(|name| is_program(&folder.join(name)))
    })
}

fn not_installed(what: &'static str, names: &str) -> Error {
    Error::NotInstalled {
        what,
        names: names.to_owned(),
        folders: POSTGRES_FOLDERS.join(", "),
        help: "install it, e.g. `apt-get install postgresql`",
    }
}
