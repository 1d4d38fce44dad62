//! Tests that run a share of a promise's size: which they are, and the record of the last run of each at its full size.
//!
//! A line `/// In full: 64 writers for a minute.` in the documentation of a test names its full size, and a line of the record has a test, the
//! size it had, the day and the seconds it took.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The record, below the root of the repository.
const RECORD: &str = "tests/full-runs.txt";

const HEAD: &str = "# The last run of each test at its full size that passed, written by `cargo xtask test --full`: day | seconds | test | size\n";

/// A test that has a full size.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullSize {
    /// The name of its function, or of the module that a macro makes with a test for each database.
    pub test: String,
    /// The path below the root of the repository.
    pub file: String,
    pub size: String,
}

impl FullSize {
    /// Returns whether a name that the test harness lists, as `outbox::many_keys::sqlite`, is of this test.
    pub fn is_of(&self, listed: &str) -> bool {
        listed.split("::").any(|part| part == self.test)
    }
}

/// Returns whether this source reads `BINDERY_TEST_FULL`.
#[doc(hidden)]
pub fn reads_full(source: &str) -> bool {
    source.contains("is_full_run()")
}

/// Returns the full sizes that a source file names.
#[doc(hidden)]
pub fn full_sizes(file: &str, source: &str) -> Vec<FullSize> {
    let mut found = Vec::new();
    let mut size = None;
    for line in source.lines().map(str::trim) {
        if let Some(named) = line.strip_prefix("/// In full: ") {
            size = Some(named.trim_end_matches('.').to_owned());
        } else if let Some((name, size)) = function(line).and_then(|it| Some((it, size.take()?))) {
            let test = made_by_macro(source, name).unwrap_or(name).to_owned();
            let file = file.to_owned();
            found.push(FullSize { test, file, size });
        }
    }
    found
}

fn function(line: &str) -> Option<&str> {
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// The test of `out_2_tasks_of_many_keys = many_keys;` among the lines of a macro.
fn made_by_macro<'s>(source: &'s str, function: &str) -> Option<&'s str> {
    let mut lines = source.lines().map(str::trim);
    lines.find_map(|line| {
        let (test, made_of) = line.strip_suffix(';')?.split_once(" = ")?;
        (made_of == function && !test.contains(' ')).then_some(test)
    })
}

/// A run of a test at its full size that passed.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullRun {
    /// As `2026-11-26`.
    pub day: String,
    pub seconds: u64,
    pub size: String,
}

/// The last run of each test, by its name as the harness lists it.
#[doc(hidden)]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FullRuns {
    pub runs: BTreeMap<String, FullRun>,
}

impl FullRuns {
    /// Reads the record; without one nothing has run.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        match fs::read_to_string(path(root)) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes the record.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        fs::write(path(root), self.to_text())
    }

    fn parse(text: &str) -> Self {
        let run = |line: &str| {
            let mut parts = line.splitn(4, " | ");
            let (day, seconds) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
            let (test, size) = (parts.next()?.to_owned(), parts.next()?.to_owned());
            Some((test, FullRun { day, seconds, size }))
        };
        let runs = text.lines().filter_map(run).collect();
        Self { runs }
    }

    fn to_text(&self) -> String {
        let line = |(test, run): (&String, &FullRun)| {
            format!("{} | {} | {test} | {}\n", run.day, run.seconds, run.size)
        };
        let lines: String = self.runs.iter().map(line).collect();
        format!("{HEAD}{lines}")
    }

    /// Returns the runs of a test at the size that it has now.
    pub fn of<'r>(&'r self, test: &'r FullSize) -> impl Iterator<Item = (&'r String, &'r FullRun)> {
        let mut runs = self.runs.iter();
        std::iter::from_fn(move || {
            runs.find(|(name, run)| test.is_of(name) && run.size == test.size)
        })
    }
}

fn path(root: &Path) -> PathBuf {
    root.join(RECORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_size_is_read_from_the_documentation_of_a_test() {
        let source = "on_each! {\n    out_2_many = many;\n}\n\n/// Covers OUT-2.\n/// In full: 16 writers.\nfn many<E>() {}\n\nfn helper() {}\
                      \n/// In full: a million rows.\n#[test]\nfn rows() {}\n";
        let found = full_sizes("a.rs", source);
        let tests: Vec<_> = found.iter().map(|it| (&*it.test, &*it.size)).collect();
        assert_eq!(
            tests,
            [("out_2_many", "16 writers"), ("rows", "a million rows")]
        );
        assert!(found[0].is_of("outbox::keys::out_2_many::sqlite"));
        assert!(!found[0].is_of("outbox::keys::out_2_many_more::sqlite"));
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_is_of_one_size() {
        let run = FullRun {
            day: "2026-01-02".to_owned(),
            seconds: 61,
            size: "16 writers".to_owned(),
        };
        let runs = BTreeMap::from([("keys::many::sqlite".to_owned(), run)]);
        let record = FullRuns { runs };
        assert_eq!(FullRuns::parse(&record.to_text()), record);
        let mut test = FullSize {
            test: "many".to_owned(),
            file: "a.rs".to_owned(),
            size: "16 writers".to_owned(),
        };
        assert_eq!(record.of(&test).count(), 1);
        test.size = "64 writers".to_owned();
        assert_eq!(record.of(&test).count(), 0, "the size has changed since");
    }
}
