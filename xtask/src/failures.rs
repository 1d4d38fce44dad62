//! The failures that a run of tests has printed, kept to be told once more at the end: the log of a whole run is long, and often
//! only its end is looked at.

use std::io::{BufRead, BufReader, Read};

use crate::output::print;

/// Lines kept of one test binary, and of the whole run.
const MOST_LINES_OF_A_BINARY: usize = 80;
const MOST_LINES: usize = 240;

/// Passes everything on to stdout and returns the failures among it.
pub(crate) fn pass_on(output: impl Read) -> Vec<String> {
    let mut failures = Failures::default();
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        print(&line);
        failures.look_at(&line);
    }
    failures.kept
}

/// Follows the form in which the test harness reports: `failures:` begins it, `test result:` ends it.
#[derive(Debug, Default)]
struct Failures {
    kept: Vec<String>,
    within: Option<usize>,
}

impl Failures {
    fn look_at(&mut self, line: &str) {
        if line == "failures:" {
            self.within.get_or_insert(0);
        } else if line.starts_with("test result:") {
            self.within = None;
        } else if let Some(lines) = &mut self.within
            && !line.trim().is_empty()
            && *lines < MOST_LINES_OF_A_BINARY
            && self.kept.len() < MOST_LINES
        {
            *lines += 1;
            self.kept.push(line.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_names_of_what_failed_are_kept() {
        let output = "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b stdout ----\nleft: 1\n\nfailures:\n    b\n\n\
                      test result: FAILED. 1 passed; 1 failed\n\nrunning 1 test\ntest c ... ok\ntest result: ok.\n";
        let mut failures = Failures::default();
        output.lines().for_each(|line| failures.look_at(line));
        assert_eq!(failures.kept, ["---- b stdout ----", "left: 1", "    b"]);
    }

    #[test]
    fn a_flood_of_failures_is_cut() {
        let mut failures = Failures::default();
        for _ in 0..5 {
            failures.look_at("failures:");
            (0..500).for_each(|_| failures.look_at("a line"));
            failures.look_at("test result: FAILED.");
        }
        assert_eq!(failures.kept.len(), MOST_LINES);
    }
}
