//! `cargo xtask servers`: servers that run for a developer's day. What is needed to find and stop them is kept in
//! `target/servers`, one file for each, readable by their owner only since it holds a password.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;

use bindery_testkit::Detached;

use crate::Failure;
use crate::databases::{Databases, environment};
use crate::install;
use crate::interrupt::Interrupt;
use crate::newest;
use crate::output::{complain, print};
use crate::workspace;

/// The servers, by the names of their files.
const NAMES: [&str; 2] = ["postgres", "mysql"];

/// The folder of the newest servers' programs, where it is those that run: tests start servers of their own too, which
/// have to be the same.
const PROGRAMS: &str = "programs";

/// Starts both, unless they run already, and prints how to use them.
pub(crate) fn up(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    if running()?.is_some() {
        complain("the servers are running already");
        return env();
    }
    clear()?;
    install::ensure(interrupt)?;
    let databases = Databases::start()?;
    if let Err(interrupted) = interrupt.check() {
        return Ok(ExitCode::from(interrupted.exit_code()));
    }
    complain(&format!("running: {}", databases.describe()));
    for (name, server) in NAMES.into_iter().zip([databases.postgres, databases.mysql]) {
        keep(name, server.detach())?;
    }
    if newest::is_chosen() {
        write(PROGRAMS, &newest::programs().display().to_string())?;
    }
    complain(
        "to use them: eval \"$(cargo xtask servers env)\"   to stop them: cargo xtask servers down",
    );
    env()
}

/// Stops what `up` started.
pub(crate) fn down() -> Result<ExitCode, Failure> {
    let stopped = clear()?;
    complain(if stopped {
        "stopped"
    } else {
        "no servers were running"
    });
    Ok(ExitCode::SUCCESS)
}

/// Prints the variables for a shell.
pub(crate) fn env() -> Result<ExitCode, Failure> {
    let [postgres, mysql] =
        running()?.ok_or("no servers are running: start them by `cargo xtask servers up`")?;
    for (name, value) in environment(postgres.url(), mysql.product(), mysql.url()) {
        // Nothing in these values needs an escape: letters, digits and the marks of a URL.
        print(&format!("export {name}='{value}'"));
    }
    if let Ok(folder) = fs::read_to_string(file(PROGRAMS)) {
        print(&format!("export PATH='{folder}':\"$PATH\""));
    }
    Ok(ExitCode::SUCCESS)
}

/// Both servers, when both are running.
fn running() -> Result<Option<[Detached; 2]>, Failure> {
    let [postgres, mysql] = NAMES.map(recorded);
    Ok(match (postgres?, mysql?) {
        (Some(postgres), Some(mysql)) if postgres.is_running() && mysql.is_running() => {
            Some([postgres, mysql])
        }
        _ => None,
    })
}

/// Stops every recorded server and forgets it. Says whether there was one.
fn clear() -> Result<bool, Failure> {
    let mut found = false;
    for name in NAMES {
        if let Some(server) = recorded(name)? {
            found = true;
            server.stop()?;
            fs::remove_file(file(name))?;
        }
    }
    let _ = fs::remove_file(file(PROGRAMS));
    Ok(found)
}

/// Records a server; where that fails the server is stopped again.
fn keep(name: &str, server: Detached) -> Result<(), Failure> {
    let outcome = write(name, &server.to_string());
    if outcome.is_err() {
        server.stop()?;
    }
    outcome
}

fn write(name: &str, record: &str) -> Result<(), Failure> {
    let path = file(name);
    fs::create_dir_all(folder())?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(record.as_bytes())?;
    Ok(())
}

fn recorded(name: &str) -> Result<Option<Detached>, Failure> {
    let path = file(name);
    match fs::read_to_string(&path) {
        Ok(record) => match record.parse() {
            Ok(server) => Ok(Some(server)),
            Err(error) => Err(format!("`{}`: {error}; remove the file", path.display()).into()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read `{}`: {error}", path.display()).into()),
    }
}

fn file(name: &str) -> PathBuf {
    folder().join(name)
}

/// Always below the repository: a build directory may be shared by several checkouts.
fn folder() -> PathBuf {
    workspace::root().join("target/servers")
}
