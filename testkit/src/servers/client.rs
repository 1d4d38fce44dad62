//! Asking a server by the client program that comes with it. The password travels in the environment, never on a
//! command line.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{Address, Product, mysql, postgres};
use crate::{Error, Result};

/// Seconds a client waits for a connection.
pub(crate) const CONNECT_SECONDS: &str = "5";

/// Runs SQL on the server at `address` and returns the first column of what it answers.
pub(crate) fn run(address: &Address, sql: &str) -> Result<String> {
    let (path, command) = program(address)?;
    let output = feed(command, sql).map_err(Error::path("run", &path))?;
    answer(&path, &output)
}

/// The client program of a server, ready to read SQL from stdin, and its path.
pub(super) fn program(address: &Address) -> Result<(PathBuf, Command)> {
    match address.product {
        Product::Postgres => postgres::client(address),
        Product::MariaDb | Product::MySql => mysql::client(address),
    }
}

fn feed(mut command: Command, sql: &str) -> std::io::Result<Output> {
    let mut child = command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    std::thread::scope(|scope| {
        // A client whose answers are not read takes no more SQL.
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // One that could not connect has closed its end; its exit status and stderr say why.
                let _ = stdin.write_all(sql.as_bytes());
            }
        });
        child.wait_with_output()
    })
}

fn answer(program: &Path, output: &Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(Error::Failed {
        program: format!("`{}`", program.display()),
        status: output.status.to_string(),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}
