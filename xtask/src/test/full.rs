//! The tests that have a full size, each alone at that size, and the record of those that passed.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use bindery_testkit::{CI, FULL, FullRun, FullRuns, FullSize, full_sizes};

use super::binaries::{self, Binary};
use super::whole::SELECTED;
use crate::Failure;
use crate::arguments::Selection;
use crate::beside::{self, Job, Outcome};
use crate::interrupt::Interrupt;
use crate::newest;
use crate::output::complain;
use crate::step::Report;
use crate::workspace::{self, cargo, root};

/// A test that the harness of a binary lists, with its size.
struct Listed<'b> {
    binary: &'b Binary,
    name: String,
    size: String,
}

/// Builds the tests, runs those whose name contains the filter, and keeps the record up after each.
pub(super) fn run(
    selection: &Selection,
    prepare: impl Fn(&mut Command),
    report: &mut Report,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let mut build = cargo();
    prepare(build.arg("test"));
    match selection.cargo_args.as_slice() {
        [] => build.args(SELECTED),
        chosen => build.args(chosen),
    };
    let (status, built) = binaries::build(build, interrupt)?;
    if !status.success() {
        report.add("building the tests", status, std::time::Duration::ZERO);
        return Ok(());
    }
    let mut sizes = Vec::new();
    sizes_below(root(), &mut sizes)?;
    let mut listed = Vec::new();
    for binary in &built.tests {
        listed.extend(list(binary, &sizes)?);
    }
    let filter = selection.filter.as_deref().unwrap_or_default();
    listed.retain(|it| it.name.contains(filter));
    // A whole run takes hours: one that is ended early has run those that waited longest.
    let before = FullRuns::read(root())?.runs;
    listed.sort_by_key(|it| before.get(&it.name).map(|run| run.day.clone()));
    if listed.is_empty() {
        return Err(format!("no test with a full size has `{filter}` in its name").into());
    }
    for (at, test) in listed.iter().enumerate() {
        complain(&format!("\n=== {} of {}", at + 1, listed.len()));
        let Some(outcome) = run_one(test, &prepare, interrupt)? else {
            break;
        };
        report.add(&test.name, outcome.status(), outcome.took);
        report.add_failures(&outcome.told);
        if !newest::is_chosen() {
            record(test, &outcome)?;
        }
    }
    Ok(())
}

/// The full sizes that the Rust files of a folder name, and of those below it.
fn sizes_below(folder: &Path, sizes: &mut Vec<FullSize>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = workspace::name_of(&path);
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            sizes_below(&path, sizes)?;
        } else if path.extension() == Some(OsStr::new("rs")) {
            sizes.extend(full_sizes(&name, &fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn list<'b>(binary: &'b Binary, sizes: &[FullSize]) -> Result<Vec<Listed<'b>>, Failure> {
    let output = binary
        .command()
        .args(["--list", "--format=terse"])
        .output()?;
    let names = String::from_utf8(output.stdout)?;
    let names = names.lines().filter_map(|line| line.strip_suffix(": test"));
    let listed = names.filter_map(|name| {
        let size = sizes.iter().find(|it| it.is_of(name))?.size.clone();
        let name = name.to_owned();
        Some(Listed { binary, name, size })
    });
    Ok(listed.collect())
}

/// `None` once a signal came.
fn run_one(
    test: &Listed<'_>,
    prepare: impl Fn(&mut Command),
    interrupt: &Interrupt,
) -> Result<Option<Outcome>, Failure> {
    let folder = workspace::target().join("xtask/tests");
    fs::create_dir_all(&folder)?;
    let mut command = test.binary.command();
    prepare(command.args(["--exact", &test.name, "--show-output"]));
    // A test that lacks its server has not run.
    command.env(FULL, "1").env(CI, "1");
    let job = Job::new(&test.name, command);
    let outcome = beside::run(vec![job.into()], &folder, interrupt)?.pop();
    Ok(outcome.filter(|_| interrupt.check().is_ok()))
}

/// Writes the run down where it passed; a test that failed has no run on record.
fn record(test: &Listed<'_>, outcome: &Outcome) -> Result<(), Failure> {
    let mut record = FullRuns::read(root())?;
    if outcome.status().success() && outcome.told.skipped.is_empty() {
        let run = FullRun {
            day: today()?,
            seconds: outcome.took.as_secs(),
            size: test.size.clone(),
        };
        record.runs.insert(test.name.clone(), run);
    } else {
        record.runs.remove(&test.name);
    }
    Ok(record.write(root())?)
}

/// Returns the day, `2026-11-27`, of UTC.
pub(crate) fn today() -> Result<String, Failure> {
    let output = Command::new("date").args(["-u", "+%F"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
