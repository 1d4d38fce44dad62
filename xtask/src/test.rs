//! `cargo xtask test`: everything that is tested, against every database.

mod binaries;
mod full;
mod memory;
mod whole;

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::Failure;
use crate::arguments::Selection;
use crate::citus;
use crate::databases::Databases;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::programs;
use crate::step::{Report, Step};
use crate::workspace::cargo;

pub(crate) use self::binaries::Built;
pub(crate) use self::full::today;

/// Runs the selected tests; the exit code is that of the first part that failed.
pub(crate) fn run(selection: &Selection, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let memory = memory::folder(selection.is_full);
    let databases = Databases::start_within(memory)?;
    let citus = citus::installed(interrupt)?;
    let citus = citus.as_deref();
    let mut report = Report::default();
    if selection.is_full {
        let prepare = |command: &mut Command| prepare(command, &databases, (memory, citus));
        full::run(selection, prepare, &mut report, interrupt)?;
    } else if selection.is_everything() {
        whole::run(
            |command| prepare(command, &databases, (memory, citus)),
            |built| programs::steps(&databases, built),
            &mut report,
            interrupt,
        )?;
    } else {
        report.run(
            vec![selected(selection, &databases, (memory, citus))],
            interrupt,
        )?;
    }
    report.print();
    if interrupt.check().is_ok() {
        complain(&format!("tested with {}", databases.describe()));
    }
    Ok(report.exit_code())
}

fn selected(
    selection: &Selection,
    databases: &Databases,
    folders: (Option<&Path>, Option<&Path>),
) -> Step {
    let mut command = cargo();
    prepare(command.arg("test"), databases, folders);
    if selection.cargo_args.is_empty() {
        command.args(whole::SELECTED);
    }
    command.args(&selection.filter).args(&selection.cargo_args);
    Step::new("tests of the workspace", command).of_tests()
}

/// The environment of tests: the servers, the folder for temporary files, that of Citus, and nothing of the developer's own.
fn prepare(
    command: &mut Command,
    databases: &Databases,
    (memory, citus): (Option<&Path>, Option<&Path>),
) {
    for name in programs::FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    command.envs(databases.environment());
    command.envs(memory.map(|folder| ("TMPDIR", folder)));
    command.envs(citus.map(|folder| (bindery_testkit::CITUS, folder)));
}
