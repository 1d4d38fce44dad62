//! `cargo xtask test`: everything that is tested, against every database.

use std::path::Path;
use std::process::{Command, ExitCode};

use bindery_testkit::Server;

use crate::Failure;
use crate::arguments::Selection;
use crate::databases::Databases;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::{Report, Step};
use crate::workspace::{self, cargo};

/// What names databases to a program: a developer's own must not get into the tests.
const FOREIGN_VARIABLES: &[&str] = &["DATABASE_URL", "B_DATABASE_URL", "BINDERY_CONFIG"];

/// Runs the selected tests; the exit code is that of the first part that failed.
pub(crate) fn run(selection: &Selection, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let databases = Databases::start()?;
    let report = Report::of(steps(selection, &databases)?, interrupt)?;
    report.print();
    if interrupt.check().is_ok() {
        complain(&format!("tested with {}", databases.describe()));
    }
    Ok(report.exit_code())
}

fn steps(selection: &Selection, databases: &Databases) -> Result<Vec<Step>, Failure> {
    let mut steps = vec![cargo_test(selection)];
    if selection.is_everything() {
        steps.extend(workspace::doors().iter().map(|folder| door(folder)));
        if workspace::root()
            .join("examples/examples/quickstart.rs")
            .is_file()
        {
            steps.extend(quickstart(databases)?);
        }
    }
    for step in &mut steps {
        step.command.envs(databases.environment());
    }
    Ok(steps)
}

fn cargo_test(selection: &Selection) -> Step {
    let mut command = clean(cargo());
    command.arg("test");
    if selection.cargo_args.is_empty() {
        command.args(["--workspace", "--all-features", "--no-fail-fast"]);
    }
    command.args(&selection.filter).args(&selection.cargo_args);
    Step::new("tests of the workspace", command)
}

/// A door crate is a user's own project: a program is run, a library tested. All share one build directory.
fn door(folder: &Path) -> Step {
    let is_program = folder.join("src/main.rs").is_file();
    let mut command = clean(cargo());
    command
        .current_dir(folder)
        .arg(if is_program { "run" } else { "test" })
        .env("CARGO_TARGET_DIR", workspace::target().join("doors"));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Step::new(format!("door `{name}`"), command)
}

/// The quickstart on SQLite, then on both servers in both orders.
fn quickstart(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let on_servers =
        |title: &str, default: &Server, b: &Server, database: &str| -> Result<Step, Failure> {
            let mut step = Step::new(title, quickstart_command());
            step.command
                .env("DATABASE_URL", default.database(database)?);
            step.command.env("B_DATABASE_URL", b.database(database)?);
            Ok(step)
        };
    let Databases { postgres, mysql } = databases;
    Ok(vec![
        Step::new("quickstart on SQLite", quickstart_command()),
        on_servers(
            "quickstart on PostgreSQL and MariaDB",
            postgres,
            mysql,
            "quickstart_1",
        )?,
        on_servers(
            "quickstart on MariaDB and PostgreSQL",
            mysql,
            postgres,
            "quickstart_2",
        )?,
    ])
}

fn quickstart_command() -> Command {
    let mut command = clean(cargo());
    command.args(["run", "--quiet", "--example", "quickstart"]);
    command
}

fn clean(mut command: Command) -> Command {
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    command
}
