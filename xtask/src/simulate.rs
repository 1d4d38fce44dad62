//! `cargo xtask simulate`: runs the protocol of atomic groups in the simulated world of `tests/simulator`.

use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Simulating;
use crate::interrupt::Interrupt;
use crate::workspace::cargo;

/// Simulates; the exit code says whether every invariant held.
pub(crate) fn run(simulating: &Simulating, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let mut command = cargo();
    // Optimised by its profile in the workspace's manifest.
    command.args(["run", "--quiet", "--package", "bindery-simulator", "--"]);
    let status = interrupt.run(command.args(&simulating.options))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}
