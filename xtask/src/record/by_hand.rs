//! Instructions of each call of bindery's beside those of the library that is called by hand, and of rustc for the code of both.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::{DATABASES, counted, generate, plain, program};
use crate::Failure;
use crate::growth::{crate_of, schema};
use crate::interrupt::Interrupt;
use crate::output::print;
use crate::workspace;

/// The tables whose code is checked.
const TABLES: usize = 100;

/// Prints a table for each database; the record is not looked at.
pub(super) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let program = program("record,clients", interrupt)?;
    for database in DATABASES {
        let by_hand = counted::calls(&program, &["by-hand", database])?;
        let by_hand: BTreeMap<String, u64> = by_hand.into_iter().collect();
        print("| | by hand | bindery | ratio |\n|---|---|---|---|");
        for (name, ours) in counted::calls(&program, &[database])? {
            if let Some(theirs) = by_hand.get(&name) {
                let ratio = ours as f64 / (*theirs).max(1) as f64;
                print(&format!("| {name} | {theirs} | {ours} | {ratio:.2} |"));
            }
        }
        print("");
    }
    let (by_hand, ours) = checks(&program)?;
    let ratio = ours as f64 / by_hand.max(1) as f64;
    print("| | by hand | bindery | ratio |\n|---|---|---|---|");
    print(&format!(
        "| rustc, `check` of the code of {TABLES} tables | {by_hand} | {ours} | {ratio:.2} |"
    ));
    Ok(ExitCode::SUCCESS)
}

/// The instructions of rustc for structs with five functions each, and for what is generated of the same tables.
fn checks(program: &Path) -> Result<(u64, u64), Failure> {
    let folder = workspace::target().join("record/by-hand");
    let (out, plain, generated) = (
        folder.join("out"),
        folder.join("plain"),
        folder.join("generated"),
    );
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("schema.sql"), schema::plain(TABLES, "").schema)?;
    generate(program, &folder, &out)?;
    crate_of(&generated, counted::CRATE, &out, &str::to_owned)?;
    plain::crate_of(&plain, counted::CRATE, TABLES)?;
    Ok((counted::rustc(&plain)?, counted::rustc(&generated)?))
}
