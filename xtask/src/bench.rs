//! `cargo xtask bench`: builds the program of `benches/` and runs it; with peers, that of `benches/peers`.

use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Benching;
use crate::install;
use crate::interrupt::Interrupt;
use crate::workspace::{self, cargo};

/// Measures and prints.
pub(crate) fn run(benching: &Benching, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let mut command = cargo();
    command.args(["run", "--quiet", "--release"]);
    if benching.peers {
        // Outside the workspace: no other build has to compile them.
        command
            .current_dir(workspace::root().join("benches/peers"))
            .env("CARGO_TARGET_DIR", workspace::target().join("peers"));
    } else {
        command.args(["--package", "bindery-benches"]);
    }
    let status = interrupt.run(command.arg("--").args(&benching.options))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}
