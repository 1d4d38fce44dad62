//! `cargo xtask soak`: runs `tests/soak`, optimised, for a time.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Soaking;
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::{Report, Step};
use crate::workspace::cargo;

/// Soaks; the exit code says whether every promise held.
pub(crate) fn run(soaking: &Soaking, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    // A hash of nothing with a random key: enough for a number that is another each time.
    let new = || RandomState::new().hash_one(()) >> 32;
    let seed = soaking.seed.unwrap_or_else(new);
    complain(&format!("soaking with --seed {seed}"));
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--release", "-p", "bindery-soak", "--"])
        .arg((soaking.minutes * 60).to_string())
        .arg(seed.to_string())
        .arg(soaking.threads.to_string());
    let report = Report::run_all(vec![Step::new("soak", command)], interrupt)?;
    report.print();
    Ok(report.exit_code())
}
