//! `cargo xtask split`: kills processes that commit atomic groups, and looks for transactions that are stored on some engines only.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Splitting;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::{Report, Step};
use crate::workspace::cargo;

const TEST: &str = "atom_03_processes_that_are_killed_at_random_never_split";

/// Kills; the exit code says whether every transaction was stored on all engines or on none.
pub(crate) fn run(splitting: &Splitting, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    // A hash of nothing with a random key: enough for a number that is another each time.
    let new = || RandomState::new().hash_one(()) >> 32;
    let seed = splitting.seed.unwrap_or_else(new);
    complain(&format!(
        "killing {} processes with --seed {seed}",
        splitting.runs
    ));
    let mut command = cargo();
    command
        .args([
            "test",
            "-p",
            "bindery",
            "--all-features",
            "--lib",
            TEST,
            "--",
            "--nocapture",
        ])
        .env("BINDERY_TEST_SPLIT_RUNS", splitting.runs.to_string())
        .env("BINDERY_TEST_SPLIT_SEED", seed.to_string());
    let report = Report::run_all(vec![Step::new("split", command)], interrupt)?;
    report.print();
    Ok(report.exit_code())
}
