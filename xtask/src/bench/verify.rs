//! `cargo xtask bench --verify`: `bindery verify` of a table that is in SQLite and in PostgreSQL, its memory, and its time beside one
//! sequential read of each: where both are equal, where three rows differ, and where those are repaired. Prints the table of docs/sync.md.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use super::dump::project::Project;
use super::timed::timed;
use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

const ROWS: u64 = 1_000_000;
/// The words of `bindery` after its table and engines, the exit code, and the name of the row.
const RUNS: [(&[&str], i32, &str); 3] = [
    (&[], 0, "equal"),
    (
        &["--repair", "--dry-run"],
        1,
        "three rows differ, `--dry-run`",
    ),
    (
        &["--repair", "--yes", "--quiet"],
        0,
        "three rows are repaired",
    ),
];

pub(super) fn run(options: &[String], interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let rows = rows(options)?;
    complain("building the command");
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "-p", "bindery-cli"]);
    timed(&mut build, 0, interrupt)?;
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
        timed(&mut bindery(&["create", "--engine", engine]), 0, interrupt)?;
        for table in ["customers", "orders"] {
            complain(&format!("loading `{table}` of `{engine}`"));
            let file = format!("{table}.csv");
            let words = [
                "load", "--quiet", "--table", table, "--from", &file, "--engine", engine,
            ];
            timed(&mut bindery(&words), 0, interrupt)?;
        }
    }
    let reads = reads(folder, postgres, interrupt)?;
    print(&format!(
        "{rows} rows; one read of SQLite {:.1} s, of PostgreSQL {:.1} s\n",
        reads[0], reads[1]
    ));
    print(
        "| both tables | `bindery verify` | to both reads | memory at its peak |\n|---|---|---|---|",
    );
    for (at, (words, code, name)) in RUNS.into_iter().enumerate() {
        if at == 1 {
            timed(&mut psql(postgres, &differing(rows)), 0, interrupt)?;
        }
        let all = ["verify", "orders", "--from", "default", "--to", "postgres"];
        let run = timed(&mut bindery(&[&all, words].concat()), code, interrupt)?;
        let (seconds, memory) = (run.seconds, run.memory);
        let ratio = seconds / (reads[0] + reads[1]);
        print(&format!(
            "| {name} | {seconds:.1} s | {ratio:.2} | {memory} MiB |"
        ));
    }
    Ok(())
}

/// The seconds of one sequential read of each table, by the database's own client, which writes every row.
fn reads(folder: &Path, postgres: &str, interrupt: &Interrupt) -> Result<[f64; 2], Failure> {
    let mut sqlite = Command::new("sqlite3");
    sqlite.args(["shop.db", "SELECT * FROM orders"]);
    sqlite.current_dir(folder).stdout(Stdio::null());
    let sqlite = timed(&mut sqlite, 0, interrupt)?.seconds;
    let psql = timed(&mut psql(postgres, "COPY orders TO STDOUT"), 0, interrupt)?.seconds;
    Ok([sqlite, psql])
}

/// One row is changed, one deleted and one added.
fn differing(rows: u64) -> String {
    let (changed, deleted, added) = (rows / 2, rows / 3, rows + 1);
    format!(
        "UPDATE orders SET quantity = quantity + 1 WHERE id = {changed}; DELETE FROM orders WHERE id = {deleted}; \
         INSERT INTO orders SELECT {added}, customer_id, quantity, status, amount, discount, note, ordered_at, shipped_at FROM orders WHERE id = 1"
    )
}

fn psql(postgres: &str, sql: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["--quiet", "-c", sql, postgres])
        .stdout(Stdio::null());
    psql
}
