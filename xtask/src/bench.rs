//! `cargo xtask bench`: builds the program of `benches/` and runs it; with peers, that of `benches/peers`; the application of
//! `benches/async`; the workers of `benches/outbox`; `benches/observation` and `benches/cluster`, whose instructions are counted; and the command
//! `bindery`, which dumps, loads and verifies.

use std::process::ExitCode;

use crate::Failure;
use crate::arguments::{BenchProgram, Benching};
use crate::install;
use crate::interrupt::Interrupt;
use crate::workspace::{self, cargo};

mod cluster;
mod dump;
mod observation;
mod timed;
mod verify;

/// Measures and prints.
pub(crate) fn run(benching: &Benching, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    // Outside the workspace: no other build has to compile them.
    let apart = match benching.program {
        BenchProgram::Own => None,
        BenchProgram::Peers => Some("benches/peers"),
        BenchProgram::Async => Some("benches/async"),
        BenchProgram::Outbox => Some("benches/outbox"),
        BenchProgram::Observation => return observation::run(interrupt),
        BenchProgram::Cluster => return cluster::run(interrupt),
        BenchProgram::Atomic => return atomic(benching, interrupt),
        BenchProgram::Dump => {
            install::ensure(interrupt)?;
            return dump::run(&benching.options, interrupt);
        }
        BenchProgram::Verify => {
            install::ensure(interrupt)?;
            return verify::run(&benching.options, interrupt);
        }
    };
    install::ensure(interrupt)?;
    let mut command = cargo();
    command.args(["run", "--quiet", "--release"]);
    match apart {
        None => command.args(["--package", "bindery-benches"]),
        Some(folder) => command
            .current_dir(workspace::root().join(folder))
            .env("CARGO_TARGET_DIR", workspace::target().join("peers")),
    };
    let status = interrupt.run(command.arg("--").args(&benching.options))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

/// A test of the runtime, which has the protocol's inside at hand; the servers' disk takes most of the time.
fn atomic(benching: &Benching, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    const TEST: &str = "groups_and_the_same_by_hand_take_their_time";
    const FEW: &str = "200";
    install::ensure(interrupt)?;
    let rounds = benching.options.first().map_or(FEW, String::as_str);
    let mut command = cargo();
    command
        .args([
            "test",
            "--quiet",
            "-p",
            "bindery",
            "--all-features",
            "--release",
            "--lib",
            TEST,
        ])
        .args(["--", "--nocapture"])
        .env("BINDERY_TEST_LATENCY_ROUNDS", rounds);
    let status = interrupt.run(&mut command)?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo run` refuses a package of several programs where none is named.
    #[test]
    fn the_package_of_the_benches_says_which_program_is_run() {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let output = command.output().expect("cargo runs");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let packages = found["packages"].as_array().expect("a list");
        let mut packages = packages.iter();
        let benches = packages.find(|one| one["name"] == "bindery-benches");
        assert_eq!(
            benches.expect("it is there")["default_run"],
            "bindery-bench"
        );
    }
}
