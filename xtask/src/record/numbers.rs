//! The file of the record: a number and its name to a line.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::tools::Tools;
use crate::Failure;

/// A number may grow by this part of it, as no run is quite like another.
const ALLOWED: f64 = 0.03;

const HEAD: &str = "\
# Instructions of one call, of a check and of rustc, as callgrind counts them, and bytes: written by `cargo xtask record --update`.
# `cargo xtask record` fails where one grows by more than 3 %. A call of the allocator counts as 20 instructions, as does a comparison of memory.
";

/// Names with their numbers, in the order in which they are counted, and by what the counted code was compiled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    tools: Tools,
    all: Vec<(String, u64)>,
}

/// The lines that differ, and whether one of them is an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) lines: Vec<String>,
    pub(super) has_grown: bool,
}

impl Numbers {
    pub(super) fn new(tools: Tools, all: Vec<(String, u64)>) -> Self {
        Self { tools, all }
    }

    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let read = lines.map(|line| {
            let (number, name) = line.split_once("  ").ok_or_else(|| malformed(line))?;
            let number = number.parse().map_err(|_| malformed(line))?;
            Ok((name.trim_start().to_owned(), number))
        });
        let read: Result<_, String> = read.collect();
        Ok(Self::new(Tools::read(text), read?))
    }

    pub(super) fn text(&self) -> String {
        let mut text = HEAD.to_owned() + &self.tools.text();
        for (name, number) in &self.all {
            let _ = writeln!(text, "{number:<12}  {name}");
        }
        text
    }

    /// The lesser of each number and the one of its name in `other`, which was counted after it.
    pub(super) fn least(self, other: Self) -> Self {
        let again: BTreeMap<String, u64> = other.all.into_iter().collect();
        let least = |(name, number): (String, u64)| {
            let again = again.get(&name).copied();
            (name, again.map_or(number, |again| again.min(number)))
        };
        Self::new(self.tools, self.all.into_iter().map(least).collect())
    }

    /// Compares the committed ones with those of now, where they are of the same compilers.
    pub(super) fn compare(&self, now: &Self) -> Comparison {
        let mut before: BTreeMap<&str, u64> = self.all.iter().map(pair).collect();
        let mut found = Comparison {
            lines: Vec::new(),
            has_grown: false,
        };
        for (name, number) in now.all.iter().map(pair) {
            let known = before.remove(name);
            if let Some(other) = self.tools.other(&now.tools, name) {
                found.lines.push(format!("{name}: not compared, {other}"));
                continue;
            }
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
        numbers_of("1.2.3", lines)
    }

    fn numbers_of(rustc: &str, lines: &[(&str, u64)]) -> Numbers {
        let tools = Tools::read(&format!("# rustc: {rustc}\n# cc: 4.5\n"));
        let lines = lines.iter();
        let all = lines.map(|&(name, number)| (name.to_owned(), number));
        Numbers::new(tools, all.collect())
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
    fn numbers_of_another_compiler_are_not_compared_and_that_is_said() {
        let before = numbers(&[("a", 1_000), ("bytes of code", 1_000)]);
        let other = |bytes| numbers_of("1.2.4", &[("a", 2_000), ("bytes of code", bytes)]);
        let found = before.compare(&other(1_000));
        let line = "a: not compared, the record is of rustc 1.2.3, this is 1.2.4";
        assert_eq!(
            (found.lines, found.has_grown),
            (vec![line.to_owned()], false)
        );
        assert!(before.compare(&other(2_000)).has_grown);
    }

    #[test]
    fn the_lesser_of_two_countings_is_taken() {
        let least = numbers(&[("a", 3), ("b", 2)]).least(numbers(&[("b", 5), ("a", 2)]));
        assert_eq!(least, numbers(&[("a", 2), ("b", 2)]));
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
