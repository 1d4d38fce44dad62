//! `cargo xtask histories`: the upgrade scripts of applications, written anew step by step and run with rows, by a test of the command.
//! Its results are the page `docs/histories.md`.

mod page;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use self::page::Notes;
use crate::Failure;
use crate::arguments::Replaying;
use crate::databases::{self, Databases};
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::step::{Report, Step};
use crate::test::today;
use crate::workspace::{self, cargo};

/// The page that the results are written to.
const PAGE: &str = "docs/histories.md";

/// The steps that end otherwise, with the reasons that people found.
const KNOWN: &str = "xtask/src/histories/known.txt";

/// Sources of the scripts of the page.
const SOURCES: &str = "xtask/src/histories/sources.md";

/// Replays them, and writes the page where all were chosen. The exit code says whether the results are good enough.
pub(crate) fn run(replaying: &Replaying, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let folder = fs::canonicalize(&replaying.folder);
    let folder = folder.map_err(|why| format!("{}: {why}", replaying.folder))?;
    install::ensure(interrupt)?;
    let given = databases::given();
    let own = match &given {
        None => Some(Databases::start()?),
        Some(_) => None,
    };
    let environment = given.or_else(|| own.as_ref().map(Databases::environment));
    let notes = workspace::target().join("histories");
    if replaying.only.is_none() {
        let _ = fs::remove_dir_all(&notes);
    }
    fs::create_dir_all(&notes)?;
    let mut command = cargo();
    // Each step starts the command twenty times, on schemas of a hundred tables: optimised the run is shorter by more than its build.
    command
        .args(["test", "--profile", "record", "--all-features"])
        .args(["--package", "bindery-cli", "--test", "cli", "--"])
        .args(["cli_07_steps_of_applications", "--nocapture"])
        .env("BINDERY_HISTORIES", &folder)
        .env("BINDERY_HISTORIES_NOTES", &notes)
        .env(
            "BINDERY_HISTORIES_ONLY",
            replaying.only.as_deref().unwrap_or_default(),
        )
        .envs(environment.unwrap_or_default());
    let report = Report::run_all(vec![Step::new("histories", command)], interrupt)?;
    report.print();
    if interrupt.check().is_err() {
        return Ok(report.exit_code());
    }
    let concluded = conclude(&folder, &notes)?;
    // Notes of an earlier run stay with `--only`: they say nothing of a run that failed.
    Ok(if report.exit_code() == ExitCode::SUCCESS {
        concluded
    } else {
        report.exit_code()
    })
}

/// Prints the page, and writes it once there are notes of all histories.
fn conclude(folder: &Path, of_notes: &Path) -> Result<ExitCode, Failure> {
    let mut notes = Vec::new();
    for entry in fs::read_dir(of_notes)? {
        notes.push(Notes::parse(&fs::read_to_string(entry?.path())?)?);
    }
    let names = histories(folder)?;
    // Not the invented ones of the test.
    notes.retain(|one| names.contains(&one.history));
    notes.sort_by(|one, other| one.history.cmp(&other.history));
    let known = fs::read_to_string(workspace::root().join(KNOWN))?;
    let sources = fs::read_to_string(workspace::root().join(SOURCES))?;
    let page = page::page(&notes, &known, &today()?) + &sources;
    print(&page);
    if notes.len() == names.len() {
        fs::write(workspace::root().join(PAGE), page)?;
    }
    let shortfalls = page::shortfalls(&notes);
    for shortfall in &shortfalls {
        complain(&format!("error: {shortfall}"));
    }
    Ok(match shortfalls.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// Their names, `postgres/lemmy`.
fn histories(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for database in ["sqlite", "postgres", "mysql"] {
        let entries = fs::read_dir(folder.join(database));
        for entry in entries.into_iter().flatten() {
            let name = entry?.file_name();
            names.push(format!("{database}/{}", name.to_string_lossy()));
        }
    }
    match names.is_empty() {
        true => Err(format!(
            "{}: no `postgres/<application>` or the like",
            folder.display()
        )
        .into()),
        false => Ok(names),
    }
}
