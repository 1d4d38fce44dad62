//! Schemas that are refused for their size, and the cost of refusing them: too many columns or tables, a name or comment that is too
//! long.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::schema::Files;
use super::{Project, ROUNDS, observed, shown};
use crate::Failure;
use crate::output::print;

/// Makes the text of a schema.
type Make = fn() -> String;

/// 64 MiB.
const LONG: usize = 64 << 20;

/// Their names and texts.
const REFUSED: &[(&str, Make)] = &[
    ("1,000,000 columns", columns),
    ("1,000,000 tables", tables),
    ("a name of 64 MiB", name),
    ("a comment of 64 MiB", comment),
];

/// Measures and prints. One that is not refused is an error.
pub(super) fn run(project: &Project, command: &Path) -> Result<(), Failure> {
    print("\n| refused | check, release | peak memory |\n|---|---|---|");
    for (name, make) in REFUSED {
        project.write(&Files {
            schema: make(),
            config: None,
        })?;
        let mut check = Command::new(command);
        check.arg("check").current_dir(&project.folder);
        let (mut best, mut memory) = (Duration::MAX, 0);
        for _ in 0..ROUNDS {
            let (run, status) = observed(&mut check)?;
            if status.code() != Some(1) {
                return Err(format!("{name}: not refused but {status}").into());
            }
            best = run.time.min(best);
            memory = run.memory_kb.max(memory);
        }
        let memory = memory / 1024;
        print(&format!("| {name} | {} | {memory} MB |", shown(best)));
    }
    Ok(())
}

fn columns() -> String {
    let mut schema = "CREATE TABLE t (a INTEGER PRIMARY KEY".to_owned();
    for at in 0..1_000_000 {
        let _ = write!(schema, ",c{at} INT");
    }
    schema + ");\n"
}

fn tables() -> String {
    let mut schema = String::new();
    for at in 0..1_000_000 {
        let _ = writeln!(schema, "CREATE TABLE t{at} (a INT);");
    }
    schema
}

fn name() -> String {
    format!(
        "CREATE TABLE {} (a INTEGER PRIMARY KEY);\n",
        "t".repeat(LONG)
    )
}

fn comment() -> String {
    format!(
        "-- {}\nCREATE TABLE t (a INTEGER PRIMARY KEY);\n",
        "x".repeat(LONG)
    )
}
