//! One history: what the application did at each step, and what bindery writes for it.

use std::fs;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Structure, differences};

use super::databases::Databases;
use super::filled::Inserted;
use crate::migrate_histories::History;
use crate::pull::database::good;
use crate::support::names_in;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Equal,
    /// Equal on empty tables; rows need a value that a person writes, where the migration says so.
    Value,
    /// Equal on empty tables; the application's own script is refused by the same rows, too.
    Rows,
    /// Nothing of it shows in the schema.
    Nothing,
    /// The application's own script does not run here.
    NotHere,
    /// The file is not written, `check` is not green, or the database ends otherwise.
    Different,
    /// By the server, after a green `check`.
    Refused,
}

/// A step of a history.
pub(super) struct Step {
    pub(super) entry: String,
    pub(super) outcome: Outcome,
    /// What there is to say of it.
    pub(super) told: String,
    /// The rows that were put into the tables before it.
    pub(super) inserted: Inserted,
}

/// A database, as it describes itself and as it is pulled.
struct Catalogue {
    lines: Vec<String>,
    pulled: String,
}

pub(super) struct Replay {
    databases: Databases,
    history: History,
    /// The scripts that ran, in their order.
    done: Vec<String>,
    /// What is pulled from the application's database; `None` after an error.
    pulled: Option<String>,
}

/// What a migration did to the database of before.
enum Walked {
    Equal(Inserted),
    Different(String),
    Failed(String),
}

impl Replay {
    pub(super) fn new(history: History) -> Option<Self> {
        Some(Self {
            databases: Databases::new(history.dialect)?,
            history,
            done: Vec::new(),
            pulled: Some(String::new()),
        })
    }

    /// The server's product and version.
    pub(super) fn server(&self) -> String {
        self.databases.server()
    }

    pub(super) fn steps(mut self) -> Vec<Step> {
        let entries = names_in(&self.history.folder);
        let forth = |name: &String| !name.ends_with(".down.sql");
        let entries: Vec<String> = entries.into_iter().filter(forth).collect();
        entries.into_iter().map(|entry| self.step(entry)).collect()
    }

    fn sql(&self, entry: &str) -> String {
        let path = self.history.folder.join(entry);
        let file = if path.is_dir() {
            path.join("up.sql")
        } else {
            path
        };
        fs::read_to_string(file).expect("a script")
    }

    fn step(&mut self, entry: String) -> Step {
        let sql = self.sql(&entry);
        self.databases.keep(&self.done);
        let before = self.pulled.take().map_or_else(|| self.pull(), Ok);
        let mut step = Step {
            entry,
            outcome: Outcome::NotHere,
            told: String::new(),
            inserted: Inserted::default(),
        };
        if let Err(why) = self.databases.both.execute_created(&sql) {
            self.databases.take_back();
            self.pulled = before.ok();
            step.told = why;
            return step;
        }
        self.done.push(sql.clone());
        let pulled = before.and_then(|before| Ok((before, self.catalogue(1)?)));
        match pulled {
            Err(why) => {
                step.outcome = Outcome::Different;
                step.told = format!("pull: {why}");
            }
            Ok((before, after)) if after.pulled == before || after.lines.is_empty() => {
                step.outcome = Outcome::Nothing;
                self.pulled = Some(after.pulled);
            }
            Ok((before, after)) => {
                (step.outcome, step.told) = self.written(&before, &after.pulled).map_or_else(
                    |why| (Outcome::Different, why),
                    |written| self.outcome(&written, (&before, &after), &sql, &mut step.inserted),
                );
                self.pulled = Some(after.pulled);
            }
        }
        step
    }

    fn pull(&self) -> Result<String, String> {
        Ok(self.catalogue(1)?.pulled)
    }

    /// One of the databases; what bindery lists as left out is no part of it.
    fn catalogue(&self, number: usize) -> Result<Catalogue, String> {
        let both = &self.databases.both;
        let config = ["bindery.toml", "created.toml"][number];
        let words = format!("pull --out - --quiet --config {config}");
        let pulled = good(both.project.run(&words))?;
        let pulled = pulled.split("\n-- Left out").next().unwrap_or_default();
        Ok(Catalogue {
            lines: both.lines_of(number),
            pulled: pulled.trim_end().to_owned() + "\n",
        })
    }

    /// Has the migration written, once `check` is green.
    fn written(&self, before: &str, after: &str) -> Result<Written, String> {
        let project = &self.databases.both.project;
        let folder = project.path("migrations/default");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        if !before.is_empty() {
            self.databases.both.schema(before);
            let added = project.run("migrate add before");
            good(added).map_err(|why| format!("add of the schema before: {why}"))?;
        }
        let old = names_in(&folder);
        self.databases.both.schema(after);
        good(project.run("migrate add step")).map_err(|why| format!("add: {why}"))?;
        self.databases.both.mean_it();
        let is_new = |name: &String| !old.contains(name);
        let new: Vec<String> = names_in(&folder).into_iter().filter(is_new).collect();
        let text = |name: &String| fs::read_to_string(folder.join(name)).expect("a migration");
        let written = Written {
            before: old
                .last()
                .and_then(|name| name.split('_').next())
                .map(str::to_owned),
            files: new
                .iter()
                .filter(|name| !name.ends_with(".down.sql"))
                .count(),
            text: new.iter().map(text).collect(),
        };
        match good(project.run("migrate check")) {
            Ok(_) => Ok(written),
            Err(why) => Err(format!("check: {why}\n{}", written.text)),
        }
    }

    fn outcome(
        &self,
        written: &Written,
        (before, after): (&str, &Catalogue),
        sql: &str,
        inserted: &mut Inserted,
    ) -> (Outcome, String) {
        let told = |why: &str| format!("{why}\n{}", written.text);
        let with_rows = match self.walk(written, Some(before), after) {
            Walked::Equal(rows) => {
                *inserted = rows;
                return (Outcome::Equal, String::new());
            }
            Walked::Different(why) => return (Outcome::Different, told(&why)),
            Walked::Failed(why) => why,
        };
        match self.walk(written, None, after) {
            Walked::Failed(why) => (Outcome::Refused, told(&why)),
            Walked::Different(why) => (Outcome::Different, told(&why)),
            Walked::Equal(_) if written.needs_values() => (Outcome::Value, with_rows),
            Walked::Equal(_) if self.is_refused_by_rows(before, sql) => (Outcome::Rows, with_rows),
            Walked::Equal(_) => (Outcome::Refused, told(&with_rows)),
        }
    }

    /// Up, down and up again on the database of before, with rows where a schema for them is given.
    fn walk(&self, written: &Written, filled: Option<&str>, after: &Catalogue) -> Walked {
        let walk = || -> Result<Walked, String> {
            self.databases.begin();
            let start = self.catalogue(0)?;
            let project = &self.databases.both.project;
            let run = |words: &str| good(project.run(words)).map(drop);
            if let Some(version) = &written.before {
                let words = format!("migrate baseline {version} --engine default");
                run(&words).map_err(|why| format!("baseline: {why}"))?;
            }
            let rows = match filled {
                Some(pulled) => self.databases.both.open().fill(pulled)?,
                None => Inserted::default(),
            };
            let revert = format!(
                "migrate revert --engine default --yes --quiet --count {}",
                written.files
            );
            let up = "migrate run --quiet";
            let stages = [
                ("up", up, after),
                ("down", revert.as_str(), &start),
                ("up again", up, after),
            ];
            for (stage, words, wanted) in stages {
                run(words).map_err(|why| format!("{stage}: {why}"))?;
                let there = self.catalogue(0)?;
                if let Some(why) = difference(&there, wanted, self.history.dialect) {
                    return Ok(Walked::Different(format!("{stage}: {why}")));
                }
            }
            Ok(Walked::Equal(rows))
        };
        walk().unwrap_or_else(Walked::Failed)
    }

    /// Whether the application's own script does not run on such rows either.
    fn is_refused_by_rows(&self, before: &str, sql: &str) -> bool {
        self.databases.begin();
        let filled = self.databases.both.open().fill(before);
        filled.is_ok() && self.databases.both.try_execute(sql).is_err()
    }
}

/// The files of a step.
struct Written {
    /// The version of the last migration before it.
    before: Option<String>,
    /// The number of migrations.
    files: usize,
    /// All of them and their ways back, one after the other.
    text: String,
}

impl Written {
    /// Whether a remark says that rows need a value, which a person writes.
    fn needs_values(&self) -> bool {
        let mut lines = self.text.lines();
        lines.any(|line| line.starts_with("-- rows "))
    }
}

/// The lines and changes by which one differs from the other; `None` where both are equal. The order of columns is no difference: on
/// PostgreSQL and SQLite one that comes again is the last.
fn difference(there: &Catalogue, wanted: &Catalogue, dialect: Dialect) -> Option<String> {
    let lacks = |one: &[String], other: &[String], sign: char| -> Vec<String> {
        let lines = one.iter().filter(|line| !other.contains(line));
        lines.map(|line| format!("  {sign} {line}")).collect()
    };
    let mut found = lacks(&there.lines, &wanted.lines, '+');
    found.extend(lacks(&wanted.lines, &there.lines, '-'));
    let [from, to] = [there, wanted].map(|one| Structure::read(&one.pulled, dialect, None));
    match (from, to) {
        (Ok(from), Ok(to)) => {
            let changes = differences(&from, &to).into_iter();
            found.extend(changes.map(|change| format!("  missing: {change}")));
        }
        (Err(_), _) | (_, Err(_)) => found.push("  what was pulled cannot be read".to_owned()),
    }
    (!found.is_empty()).then(|| found.join("\n"))
}
