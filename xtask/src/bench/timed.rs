//! A command with its time and its memory.

use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::Failure;
use crate::growth::peak_kb;
use crate::interrupt::Interrupt;

/// A run of a command that has ended as it was to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timed {
    pub(super) seconds: f64,
    /// The memory of the process at its peak, in MiB; 0 where it ended before it could be looked at.
    pub(super) memory: u64,
}

/// Runs a command that is to end with this code.
pub(super) fn timed(
    command: &mut Command,
    code: i32,
    interrupt: &Interrupt,
) -> Result<Timed, Failure> {
    let begun = Instant::now();
    let mut peak = 0;
    let status = interrupt.run_watched(command, |pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status"));
        peak = peak_kb(&status.unwrap_or_default()).max(peak);
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    if status.code() == Some(code) {
        let memory = peak >> 10;
        return Ok(Timed { seconds, memory });
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let words: Vec<_> = command
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect();
    Err(format!("`{program} {}` ended with {status}", words.join(" ")).into())
}
