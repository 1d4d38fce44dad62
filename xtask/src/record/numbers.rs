//! The file of the record: a number and its name to a line.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::Failure;

/// A number may grow by this part of it, as no run is quite like another.
const ALLOWED: f64 = 0.03;

const HEAD: &str = "\
# Instructions of one call, of a check and of rustc, as callgrind counts them, and bytes: written by `cargo xtask record --update`.
# `cargo xtask record`, which CI runs, fails where one grows by more than 3 %. A call of the allocator counts as 20 instructions, as does a comparison of memory.
";

/// Names with their numbers, in the order in which they are counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers(Vec<(String, u64)>);

/// The lines that differ, and whether one of them is an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) lines: Vec<String>,
    pub(super) has_grown: bool,
}

impl From<Vec<(String, u64)>> for Numbers {
    fn from(numbers: Vec<(String, u64)>) -> Self {
        Self(numbers)
    }
}

impl Numbers {
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let read = lines.map(|line| {
            let (number, name) = line.split_once("  ").ok_or_else(|| malformed(line))?;
            let number = number.parse().map_err(|_| malformed(line))?;
            Ok((name.trim_start().to_owned(), number))
        });
        let read: Result<_, String> = read.collect();
        Ok(Self(read?))
    }

    pub(super) fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (name, number) in &self.0 {
            let _ = writeln!(text, "{number:<12}  {name}");
        }
        text
    }

    /// Compares the committed ones with those of now.
    pub(super) fn compare(&self, now: &Self) -> Comparison {
        let mut before: BTreeMap<&str, u64> = self.0.iter().map(pair).collect();
        let mut found = Comparison {
            lines: Vec::new(),
            has_grown: false,
        };
        for (name, number) in now.0.iter().map(pair) {
            let known = before.remove(name);
            match known.map(|known| number as f64 / known.max(1) as f64) {
                None => found.error(format!("{name}: {number}, not in the record")),
                Some(ratio) if ratio > 1.0 + ALLOWED => {
                    found.error(format!("{name}: {number}, {ratio:.3} of the record"));
                }
                Some(ratio) if ratio < 1.0 - ALLOWED => {
                    let line = format!("{name}: {number}, only {ratio:.3} of the record");
                    found.lines.push(line);
                }
                Some(_) => {}
            }
        }
        for name in before.keys() {
            found.error(format!("{name}: in the record, not counted"));
        }
        found
    }
}

impl Comparison {
    fn error(&mut self, line: String) {
        self.lines.push(line);
        self.has_grown = true;
    }
}

fn pair((name, number): &(String, u64)) -> (&str, u64) {
    (name, *number)
}

fn malformed(line: &str) -> String {
    format!("`{line}` is no line of the record")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(lines: &[(&str, u64)]) -> Numbers {
        let lines = lines.iter();
        Numbers(
            lines
                .map(|&(name, number)| (name.to_owned(), number))
                .collect(),
        )
    }

    #[test]
    fn a_written_record_is_read() {
        let written = numbers(&[("sqlite, find by key", 2_345), ("bytes", 1_000_000_000_000)]);
        assert_eq!(
            Numbers::read(&written.text()).expect("its own text"),
            written
        );
        Numbers::read("12 of one space\n").expect_err("no line of it");
    }

    #[test]
    fn a_number_that_grows_comes_or_goes_is_an_error_and_less_is_said() {
        let before = numbers(&[("a", 1_000), ("b", 1_000)]);
        let same = before.compare(&numbers(&[("a", 1_030), ("b", 970)]));
        assert_eq!((same.lines.len(), same.has_grown), (0, false));
        let less = before.compare(&numbers(&[("a", 1_000), ("b", 500)]));
        assert_eq!((less.lines.len(), less.has_grown), (1, false));
        for (case, now) in [
            ("grows", &[("a", 1_031), ("b", 1_000)][..]),
            ("comes", &[("a", 1_000), ("b", 1_000), ("c", 1)]),
            ("goes", &[("a", 1_000)]),
        ] {
            assert!(before.compare(&numbers(now)).has_grown, "{case}");
        }
    }
}
