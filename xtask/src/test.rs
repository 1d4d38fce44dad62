//! `cargo xtask test`: everything that is tested, against every database.

use std::process::{Command, ExitCode};

use crate::Failure;
use crate::arguments::Selection;
use crate::databases::Databases;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::programs;
use crate::step::{Report, Step};
use crate::workspace::cargo;

const WHOLE: [&str; 3] = ["--workspace", "--all-features", "--no-fail-fast"];

/// Runs the selected tests; the exit code is that of the first part that failed.
pub(crate) fn run(selection: &Selection, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let databases = Databases::start()?;
    let report = Report::run_all(steps(selection, &databases)?, interrupt)?;
    report.print();
    if interrupt.check().is_ok() {
        complain(&format!("tested with {}", databases.describe()));
    }
    Ok(report.exit_code())
}

fn steps(selection: &Selection, databases: &Databases) -> Result<Vec<Step>, Failure> {
    let mut steps = vec![cargo_test(selection, databases)];
    if selection.is_everything() {
        steps.extend(programs::steps(databases)?);
    }
    Ok(steps)
}

fn cargo_test(selection: &Selection, databases: &Databases) -> Step {
    let mut command = cargo_of_tests(databases);
    if selection.cargo_args.is_empty() {
        command.args(WHOLE);
    }
    command.args(&selection.filter).args(&selection.cargo_args);
    let again = selection.is_everything().then(|| {
        let mut again = cargo_of_tests(databases);
        again
            .args(WHOLE)
            .args(["--", "--exact", "--test-threads=1"]);
        again
    });
    Step::new("tests of the workspace", command).of_tests(again)
}

fn cargo_of_tests(databases: &Databases) -> Command {
    let mut command = cargo();
    command.arg("test");
    for name in programs::FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    command.envs(databases.environment());
    command
}
