//! `cargo xtask migrations`: random changes of a schema, written as migrations and run on the three databases.

use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Migrating;
use crate::databases::{self, Databases};
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::{Report, Step};
use crate::workspace::cargo;

/// Runs the steps; the exit code says whether every one ended where `create` and the step before did.
pub(crate) fn run(migrating: &Migrating, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let given = databases::given();
    let own = match &given {
        None => Some(Databases::start()?),
        Some(_) => None,
    };
    let environment = given.or_else(|| own.as_ref().map(Databases::environment));
    let Migrating { steps, seed, only } = migrating;
    complain(&format!(
        "changing schemas at random, {steps} steps on each database, with --seed {seed}"
    ));
    let test = format!(
        "cli_07_random_changes_of_a_schema_on_{}",
        only.as_deref().unwrap_or_default()
    );
    let mut command = cargo();
    command
        .args([
            "test",
            "-p",
            "bindery-cli",
            "--all-features",
            "--test",
            "cli",
        ])
        .args([&test, "--", "--nocapture"])
        .env("BINDERY_TEST_MIGRATION_STEPS", steps.to_string())
        .env("BINDERY_TEST_MIGRATION_SEED", seed.to_string())
        .envs(environment.unwrap_or_default());
    let report = Report::run_all(vec![Step::new("migrations", command)], interrupt)?;
    report.print();
    Ok(report.exit_code())
}
