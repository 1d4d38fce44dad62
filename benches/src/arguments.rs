//! The arguments after the command.

use crate::Failure;

/// How the benches are run.
pub const USAGE: &str = "\
bindery-bench [--only TEXT] [--database NAME] [--rounds N] [--core N | --all-cores] [--quick]
    --only TEXT      only cases whose name contains TEXT; may be repeated
    --database NAME  only this one of sqlite, postgres and mysql; may be repeated
    --rounds N       how often the clients take turns (31)
    --core N         the core that this process and the servers are held to (the last one)
    --all-cores      hold them to none
    --quick          a few rounds of everything: shows that it runs, measures nothing";

const DATABASES: [&str; 3] = ["sqlite", "postgres", "mysql"];

/// How long one client's turn takes, about: long enough for the clock, short enough for the machine to stay the same.
const TURN_MS: u32 = 5;

/// Choices for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    only: Vec<String>,
    databases: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) turn_ms: u32,
    pub(crate) core: Option<usize>,
}

impl Arguments {
    /// Reads them.
    ///
    /// # Errors
    /// One is not known, or no number or database where one has to be.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut read = Self {
            only: Vec::new(),
            databases: Vec::new(),
            rounds: 31,
            turn_ms: TURN_MS,
            core: std::thread::available_parallelism().map_or(None, |cores| Some(cores.get() - 1)),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--only" => read.only.push(value()?),
                "--database" => read.databases.push(database(value()?)?),
                "--rounds" => read.rounds = value()?.parse::<std::num::NonZero<usize>>()?.get(),
                "--core" => read.core = Some(value()?.parse()?),
                "--all-cores" => read.core = None,
                "--quick" => read = read.quick(),
                // `cargo bench` adds it.
                "--bench" => (),
                _ => return Err(format!("`{word}` is not known\n\n{USAGE}").into()),
            }
        }
        Ok(read)
    }

    /// Shows that everything runs.
    #[must_use]
    pub fn quick(self) -> Self {
        Self {
            rounds: 2,
            turn_ms: 0,
            core: None,
            ..self
        }
    }

    /// Is this case wanted?
    pub fn takes(&self, case: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| case.contains(text))
    }

    /// Is this database wanted?
    pub fn takes_database(&self, name: &str) -> bool {
        self.databases.is_empty() || self.databases.iter().any(|known| known == name)
    }
}

fn database(name: String) -> Result<String, Failure> {
    if DATABASES.contains(&name.as_str()) {
        Ok(name)
    } else {
        Err(format!("`{name}` is no database\n\n{USAGE}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, Failure> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        let read = parse("--only find --rounds 5 --core 0").expect("all are known");
        assert_eq!((read.rounds, read.core), (5, Some(0)));
        assert!(read.takes("find by key") && !read.takes("insert 1 row"));
        assert!(parse("").expect("nothing is needed").takes("anything"));
        let read = parse("--database mysql --database sqlite").expect("all are known");
        assert!(read.takes_database("sqlite") && !read.takes_database("postgres"));
        for line in [
            "--only",
            "--database SQLite",
            "--rounds",
            "--rounds 0",
            "--fast",
            "find",
        ] {
            parse(line).expect_err(line);
        }
    }
}
