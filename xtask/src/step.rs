//! The steps of a command: run one after the other, all of them, and reported at the end.

use std::collections::BTreeSet;
use std::io::{IsTerminal, stdout};
use std::process::{Command, ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::failures::{self, Told};
use crate::interrupt::Interrupt;
use crate::output::complain;

/// Something to run, with the name it has in the summary.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) title: String,
    pub(crate) command: Command,
    kind: StepKind,
}

#[derive(Debug, PartialEq, Eq)]
enum StepKind {
    Other,
    /// The failures among its output are printed once more at the end.
    Tests,
}

impl Step {
    pub(crate) fn new(title: impl Into<String>, command: Command) -> Self {
        Self {
            title: title.into(),
            command,
            kind: StepKind::Other,
        }
    }

    /// A step that runs tests.
    pub(crate) fn of_tests(mut self) -> Self {
        self.kind = StepKind::Tests;
        self
    }
}

/// The outcomes of the steps.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    failures: Vec<String>,
    /// Tests that failed, and passed at the second try.
    unsteady: Vec<String>,
    /// The tests that were not run for want of what they need.
    skipped: BTreeSet<String>,
    first_failure: Option<u8>,
}

impl Report {
    /// Runs every step, also after one has failed, until a signal comes.
    pub(crate) fn run_all(steps: Vec<Step>, interrupt: &Interrupt) -> Result<Self, Failure> {
        let mut report = Self::default();
        report.run(steps, interrupt)?;
        Ok(report)
    }

    /// Runs more steps.
    pub(crate) fn run(&mut self, steps: Vec<Step>, interrupt: &Interrupt) -> Result<(), Failure> {
        for mut step in steps {
            if interrupt.check().is_err() {
                break;
            }
            complain(&format!("\n=== {}", step.title));
            let started = Instant::now();
            let status = self.run_one(&mut step, interrupt)?;
            self.add(&step.title, status, started.elapsed());
        }
        if let Err(interrupted) = interrupt.check() {
            self.lines
                .push(format!("ended by signal {}", interrupted.0));
            self.first_failure = Some(interrupted.exit_code());
        }
        Ok(())
    }

    fn run_one(&mut self, step: &mut Step, interrupt: &Interrupt) -> Result<ExitStatus, Failure> {
        // At a terminal the tests write themselves, with their colours.
        if step.kind == StepKind::Other || stdout().is_terminal() {
            return interrupt.run(&mut step.command);
        }
        let (status, told) = interrupt.run_read(&mut step.command, failures::pass_on)?;
        let mut told = told.unwrap_or_default();
        if !status.success() {
            told.end_in_failure();
        }
        self.add_failures(&told);
        Ok(status)
    }

    /// Keeps what failed among tests, and what was not run, to be printed once more at the end.
    pub(crate) fn add_failures(&mut self, told: &Told) {
        self.failures.extend_from_slice(&told.failures);
        self.skipped.extend(told.skipped.iter().cloned());
    }

    /// Keeps the names of tests that failed, and passed at the second try.
    pub(crate) fn add_unsteady(&mut self, names: BTreeSet<String>) {
        self.unsteady.extend(names);
    }

    /// Adds a line about a part of a step.
    pub(crate) fn note(&mut self, text: &str) {
        self.lines.push(format!("        {text}"));
    }

    /// Adds the outcome of a step.
    pub(crate) fn add(&mut self, title: &str, status: ExitStatus, took: Duration) {
        let seconds = took.as_secs();
        if status.success() {
            self.lines.push(format!("ok      {title} ({seconds} s)"));
        } else {
            self.lines
                .push(format!("FAILED  {title} ({seconds} s, {status})"));
            self.first_failure.get_or_insert(exit_code(status));
        }
    }

    /// The failures again, then one line for each step.
    pub(crate) fn print(&self) {
        if !self.failures.is_empty() {
            complain("\n=== failures");
            self.failures.iter().for_each(|line| complain(line));
        }
        if !self.unsteady.is_empty() {
            complain(
                "\n=== unsteady: these failed among the others and passed alone; find out why, each is a fault of a test or of bindery",
            );
            self.unsteady.iter().for_each(|name| complain(name));
        }
        if !self.skipped.is_empty() {
            complain(&format!("\n=== {} not run", self.skipped.len()));
            self.skipped.iter().for_each(|line| complain(line));
        }
        complain("\n=== summary");
        self.lines.iter().for_each(|line| complain(line));
    }

    /// Returns the exit code of the first step that failed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.first_failure.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

/// The code of a command that failed; 1 where a signal ended it.
fn exit_code(status: ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn the_first_failure_is_the_exit_code() {
        let mut report = Report::default();
        assert_eq!(report.exit_code(), ExitCode::SUCCESS);
        for code in [0, 101, 2] {
            report.add("a step", ExitStatus::from_raw(code << 8), Duration::ZERO);
        }
        assert_eq!(report.first_failure, Some(101));
        assert_eq!(report.lines.len(), 3);
    }
}
