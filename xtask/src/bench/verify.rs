//! `cargo xtask bench --verify`: `bindery verify` of a table that is in SQLite and in PostgreSQL, its memory, and its time beside one
//! sequential read of each. Prints a row of the table of docs/sync.md.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::dump::project::Project;
use super::dump::succeed;
use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

const ROWS: u64 = 1_000_000;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

pub(super) fn run(options: &[String], interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let rows = rows(options)?;
    complain("building the command");
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "-p", "bindery-cli"]);
    succeed(&mut build, interrupt)?;
    let servers = crate::databases::Databases::start()?;
    let folder = workspace::target().join("bench-verify");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let urls = [
        "sqlite://shop.db".to_owned(),
        servers.postgres.database("shop")?,
        servers.mysql.database("shop")?,
    ];
    complain(&format!("writing {rows} rows"));
    let project = Project::create(folder, rows, &urls)?;
    let result = measure(&project.folder, &urls[1], rows, interrupt);
    fs::remove_dir_all(&project.folder)?;
    result.map(|()| ExitCode::SUCCESS)
}

fn rows(options: &[String]) -> Result<u64, Failure> {
    let words: Vec<&str> = options.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(ROWS),
        ["--rows", number] => Ok(number.parse::<u64>()?.max(1)),
        other => {
            let words = other.join(" ");
            Err(format!("`bench --verify` takes `--rows N`, not `{words}`").into())
        }
    }
}

fn measure(folder: &Path, postgres: &str, rows: u64, interrupt: &Interrupt) -> Result<(), Failure> {
    let program = workspace::target().join("release/bindery");
    let bindery = |words: &[&str]| {
        let mut command = Command::new(&program);
        command
            .args(words)
            .current_dir(folder)
            .stdout(Stdio::null());
        command
    };
    for engine in ["default", "postgres"] {
        succeed(&mut bindery(&["create", "--engine", engine]), interrupt)?;
        for table in ["customers", "orders"] {
            let file = format!("{table}.csv");
            let words = [
                "load", "--quiet", "--table", table, "--from", &file, "--engine", engine,
            ];
            succeed(&mut bindery(&words), interrupt)?;
        }
    }
    let mut sqlite = Command::new("sqlite3");
    sqlite.args(["shop.db", "SELECT * FROM orders"]);
    let mut psql = Command::new("psql");
    psql.args(["-c", "COPY orders TO STDOUT", postgres]);
    let reads = [sqlite, psql].map(|mut command| {
        command.current_dir(folder).stdout(Stdio::null());
        timed(&mut command)
    });
    let [sqlite, psql] = reads;
    let (sqlite, psql) = (sqlite?.0, psql?.0);
    let words = ["verify", "orders", "--from", "default", "--to", "postgres"];
    let (verify, peak) = timed(&mut bindery(&words))?;
    print(
        "| rows | one read of SQLite, PostgreSQL | `bindery verify` | to both reads | memory at its peak |\n|---|---|---|---|---|",
    );
    print(&format!(
        "| {rows} | {sqlite:.1} s, {psql:.1} s | {verify:.1} s | {:.2} | {} MiB |",
        verify / (sqlite + psql),
        peak >> 10
    ));
    Ok(())
}

/// Runs a command: seconds, and KiB of memory at its peak.
fn timed(command: &mut Command) -> Result<(f64, u64), Failure> {
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let mut peak = 0;
    loop {
        peak = memory(child.id()).unwrap_or(0).max(peak);
        if let Some(status) = child.try_wait()? {
            let seconds = begun.elapsed().as_secs_f64();
            return match status.success() {
                true => Ok((seconds, peak)),
                false => Err(format!("{command:?} failed").into()),
            };
        }
        sleep(LOOK);
    }
}

fn memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
