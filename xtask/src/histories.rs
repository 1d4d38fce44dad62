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
    let _ = fs::remove_dir_all(&notes);
    fs::create_dir_all(&notes)?;
    let mut command = cargo();
    command
        .args([
            "test",
            "--workspace",
            "--all-features",
            "--test",
            "cli",
            "--",
        ])
        .args(["cli_07_steps_of_applications", "--nocapture"])
        .env("BINDERY_HISTORIES", folder)
        .env("BINDERY_HISTORIES_NOTES", &notes)
        .env(
            "BINDERY_HISTORIES_ONLY",
            replaying.only.as_deref().unwrap_or_default(),
        )
        .envs(environment.unwrap_or_default());
    let report = Report::run_all(vec![Step::new("histories", command)], interrupt)?;
    report.print();
    interrupt.check()?;
    conclude(&notes, replaying.only.is_none())
}

/// Prints the page, and writes it after a run of all histories.
fn conclude(folder: &Path, is_whole: bool) -> Result<ExitCode, Failure> {
    let mut notes = Vec::new();
    for entry in fs::read_dir(folder)? {
        notes.push(Notes::parse(&fs::read_to_string(entry?.path())?)?);
    }
    notes.sort_by(|one, other| one.history.cmp(&other.history));
    let known = fs::read_to_string(workspace::root().join(KNOWN))?;
    let page = page::page(&notes, &known, &today()?);
    print(&page);
    if is_whole {
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
