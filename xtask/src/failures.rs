//! The failures that a run of tests has printed, kept to be printed once more at the end: the log of a whole run is long, and often
//! only its end is looked at.

use std::collections::{BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read};

use crate::output::print;

/// Lines kept of one test binary, and of the whole run.
const MOST_LINES_OF_A_BINARY: usize = 80;
const MOST_LINES: usize = 240;
/// Lines kept of the end of one that reported no result.
const LAST_LINES: usize = 16;

/// Passes everything on to stdout and returns what it reports of tests.
pub(crate) fn pass_on(output: impl Read) -> Told {
    let mut told = Told::default();
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        print(&line);
        told.look_at(&line);
    }
    told
}

/// The reports of test binaries. Follows the form in which the test harness reports: `failures:` begins what failed, `test result:`
/// ends it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The messages of the tests that failed.
    pub(crate) failures: Vec<String>,
    /// Their names.
    pub(crate) names: BTreeSet<String>,
    /// Tests that passed, by the lines that nothing was printed into.
    pub(crate) passed: BTreeSet<String>,
    within: Option<usize>,
    begun: usize,
    ended: usize,
    failed: usize,
    /// The tests that were passed over for want of what they need, as they say it.
    pub(crate) skipped: BTreeSet<String>,
    /// The last lines so far.
    last: VecDeque<String>,
}

impl Told {
    /// Adds what other binaries have reported.
    pub(crate) fn add(&mut self, other: Self) {
        let room = MOST_LINES.saturating_sub(self.failures.len());
        self.failures.extend(other.failures.into_iter().take(room));
        self.names.extend(other.names);
        self.passed.extend(other.passed);
        self.begun += other.begun;
        self.ended += other.ended;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }

    /// Whether each binary that began has reported its result, and each failed test its name.
    pub(crate) fn is_complete(&self) -> bool {
        self.begun == self.ended && self.failed == self.names.len()
    }

    /// Of one binary in which these failed.
    #[cfg(test)]
    pub(crate) fn of(names: &[String]) -> Self {
        Self {
            names: names.iter().cloned().collect(),
            failed: names.len(),
            ..Self::default()
        }
    }

    /// After the last line of a run that failed: a binary that was ended by a signal says why in its last lines, if it says so at all.
    pub(crate) fn end_in_failure(&mut self) {
        if self.begun > self.ended {
            self.failures
                .push("---- the end of what reported no result ----".to_owned());
            self.failures.extend(self.last.drain(..));
        }
    }

    fn look_at(&mut self, line: &str) {
        if self.last.len() == LAST_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
        if is_beginning(line) {
            self.begun += 1;
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|it| it.strip_suffix(" ... ok"))
        {
            self.passed.insert(name.to_owned());
        } else if let Some(skipped) = line.strip_prefix("skipped: ") {
            self.skipped.insert(skipped.to_owned());
        } else if line == "failures:" {
            self.within.get_or_insert(0);
        } else if let Some(result) = line.strip_prefix("test result:") {
            self.within = None;
            self.ended += 1;
            self.failed += failed(result);
        } else if let Some(lines) = &mut self.within {
            if let Some(name) = line
                .strip_prefix("---- ")
                .and_then(|it| it.strip_suffix(" stdout ----"))
            {
                self.names.insert(name.to_owned());
            }
            if !line.trim().is_empty()
                && *lines < MOST_LINES_OF_A_BINARY
                && self.failures.len() < MOST_LINES
            {
                *lines += 1;
                self.failures.push(line.to_owned());
            }
        }
    }
}

/// `running 12 tests`.
fn is_beginning(line: &str) -> bool {
    let number = line
        .strip_prefix("running ")
        .and_then(|rest| rest.split_once(' '));
    number.is_some_and(|(number, rest)| {
        number.parse::<usize>().is_ok() && matches!(rest, "test" | "tests")
    })
}

/// The number of ` FAILED. 3 passed; 1 failed; 0 ignored; …`.
fn failed(result: &str) -> usize {
    let counts = result.split(';').map(str::trim);
    let mut failed = counts.filter_map(|count| count.strip_suffix(" failed")?.parse().ok());
    failed.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_names_of_what_failed_are_kept() {
        let output = "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b stdout ----\nleft: 1\n\nfailures:\n    b\n\n\
                      test result: FAILED. 1 passed; 1 failed\n\nrunning 1 test\ntest c ... ok\ntest result: ok.\n";
        let told = told(output);
        assert_eq!(told.failures, ["---- b stdout ----", "left: 1", "    b"]);
        assert_eq!(told.names, BTreeSet::from(["b".to_owned()]));
        assert_eq!(
            told.passed,
            BTreeSet::from(["a".to_owned(), "c".to_owned()])
        );
        assert!(told.is_complete());
    }

    #[test]
    fn a_flood_of_failures_is_cut() {
        let mut told = Told::default();
        for _ in 0..5 {
            told.look_at("failures:");
            (0..500).for_each(|_| told.look_at("a line"));
            told.look_at("test result: FAILED.");
        }
        assert_eq!(told.failures.len(), MOST_LINES);
    }

    #[test]
    fn a_binary_that_was_ended_by_a_signal_has_told_no_result() {
        let ended = told("running 2 tests\ntest a ... ok\nb still runs after 5 s\n");
        assert!(!ended.is_complete());
        assert_eq!(
            ended.failures[1..],
            ["running 2 tests", "test a ... ok", "b still runs after 5 s"]
        );
        let skipped = told("skipped: no real schemas\n").skipped;
        assert!(skipped.contains("no real schemas") && ended.skipped.is_empty());
        let nameless = told("running 1 test\ntest result: FAILED. 0 passed; 1 failed; 0 ignored\n");
        assert!(!nameless.is_complete());
    }

    fn told(output: &str) -> Told {
        let mut told = Told::default();
        output.lines().for_each(|line| told.look_at(line));
        told.end_in_failure();
        told
    }
}
