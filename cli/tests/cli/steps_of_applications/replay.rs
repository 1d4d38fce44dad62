//! One history: what the application did at each step, and what bindery writes for it.

use std::fs;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Structure, differences};

use super::databases::Databases;
use super::filled::Inserted;
use crate::migrate_histories::History;
use crate::pull::database::good;
use crate::support::names_in;

/// The outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Equal,
    /// Equal on empty tables; rows need a value that a person writes, where the migration says so.
    Value,
    /// Equal on empty tables; the rows do not fit what the step demands of them.
    Rows,
    /// Nothing of it shows in the schema.
    Nothing,
    /// The application's own script does not run here.
    NotHere,
    /// The file is not written, `check` is not green, `baseline` does not take the database, or that ends otherwise.
    Different,
    /// By the server, after a green `check`.
    Refused,
}

/// A step of a history.
pub(super) struct Step {
    pub(super) entry: String,
    pub(super) outcome: Outcome,
    /// The differences, or the refusal.
    pub(super) told: String,
    /// The rows that were put into the tables before it.
    pub(super) inserted: Inserted,
}

/// A database, as it describes itself and as it is pulled.
#[derive(Default)]
struct Catalogue {
    lines: Vec<String>,
    pulled: String,
}

impl Catalogue {
    fn structure(&self, dialect: Dialect) -> Option<Structure> {
        Structure::read(&self.pulled, dialect, None).ok()
    }
}

pub(super) struct Replay {
    databases: Databases,
    history: History,
    /// The scripts that ran, in their order.
    done: Vec<String>,
    /// The application's database as it is; `None` where it could not be pulled.
    before: Option<Catalogue>,
}

/// The outcome of a migration on the database of before.
enum Walked {
    Equal(Inserted),
    Different(String),
    Failed(Failed),
}

/// A migration, or a way back, that did not run.
struct Failed {
    told: String,
    /// As the rows do not fit.
    by_rows: bool,
}

impl From<String> for Failed {
    fn from(told: String) -> Self {
        Self {
            told,
            by_rows: false,
        }
    }
}

impl Replay {
    pub(super) fn new(history: History) -> Option<Self> {
        Some(Self {
            databases: Databases::new(history.dialect)?,
            history,
            done: Vec::new(),
            before: Some(Catalogue::default()),
        })
    }

    /// The server's product and version.
    pub(super) fn server(&self) -> String {
        self.databases.server()
    }

    #[expect(clippy::print_stdout, reason = "the progress of a long run")]
    pub(super) fn steps(mut self) -> Vec<Step> {
        let entries = names_in(&self.history.folder);
        let forth = |name: &String| !name.ends_with(".down.sql");
        let entries: Vec<String> = entries.into_iter().filter(forth).collect();
        let mut steps = Vec::new();
        for entry in entries {
            let step = self.step(entry);
            println!("{} {} {:?}", self.history.name, step.entry, step.outcome);
            steps.push(step);
        }
        steps
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
        let before = self.before.take().map_or_else(|| self.catalogue(1), Ok);
        let mut step = Step {
            entry,
            outcome: Outcome::NotHere,
            told: String::new(),
            inserted: Inserted::default(),
        };
        if let Err(why) = self.databases.both.execute_created(&sql) {
            self.databases.take_back();
            self.before = before.ok();
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
            Ok((before, after)) if self.is_nothing(&before, &after) => {
                step.outcome = Outcome::Nothing;
                self.before = Some(after);
            }
            Ok((before, after)) => {
                (step.outcome, step.told) =
                    self.written(&before.pulled, &after.pulled).map_or_else(
                        |why| (Outcome::Different, why),
                        |written| self.outcome(&written, (&before, &after), &mut step.inserted),
                    );
                self.before = Some(after);
            }
        }
        step
    }

    /// Nothing of the step shows in the schema; triggers that are bound to columns are pulled, and not compared.
    fn is_nothing(&self, before: &Catalogue, after: &Catalogue) -> bool {
        let is_same = || {
            let sides = [before, after].map(|one| one.structure(self.history.dialect));
            let [Some(from), Some(to)] = sides else {
                return false;
            };
            before.lines == after.lines && differences(&from, &to).is_empty()
        };
        after.pulled == before.pulled || after.lines.is_empty() || is_same()
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

    /// Has the migration after the pulled schema written; `check` has to be green.
    fn written(&self, before: &str, after: &str) -> Result<Written, String> {
        let project = &self.databases.both.project;
        let folder = project.path("migrations/default");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        if !before.is_empty() {
            project.write("migrations/default/1_before.sql", before);
        }
        let old = names_in(&folder);
        self.databases.both.schema(after);
        good(project.run("migrate add step")).map_err(|why| format!("add: {why}"))?;
        self.databases.both.mean_it();
        let is_new = |name: &String| !old.contains(name);
        let new: Vec<String> = names_in(&folder).into_iter().filter(is_new).collect();
        let read_migration =
            |name: &String| fs::read_to_string(folder.join(name)).expect("a migration");
        let written = Written {
            files: new
                .iter()
                .filter(|name| !name.ends_with(".down.sql"))
                .count(),
            text: new.iter().map(read_migration).collect(),
        };
        match good(project.run("migrate check")) {
            Ok(_) => Ok(written),
            Err(why) => Err(format!("check: {why}\n{}", written.text)),
        }
    }

    fn outcome(
        &self,
        written: &Written,
        (before, after): (&Catalogue, &Catalogue),
        inserted: &mut Inserted,
    ) -> (Outcome, String) {
        let told = |why: &str| format!("{why}\n{}", written.text);
        let with_rows = match self.walk(written, (before, after), true) {
            Walked::Equal(rows) => {
                *inserted = rows;
                return (Outcome::Equal, String::new());
            }
            Walked::Different(why) => return (Outcome::Different, told(&why)),
            Walked::Failed(failed) => failed,
        };
        match self.walk(written, (before, after), false) {
            Walked::Failed(failed) => (Outcome::Refused, told(&failed.told)),
            Walked::Different(why) => (Outcome::Different, told(&why)),
            Walked::Equal(_) if written.needs_values() => (Outcome::Value, with_rows.told),
            Walked::Equal(_) if with_rows.by_rows => (Outcome::Rows, with_rows.told),
            Walked::Equal(_) => (Outcome::Refused, told(&with_rows.told)),
        }
    }

    /// Up, down and up again on the database of before.
    fn walk(
        &self,
        written: &Written,
        (before, after): (&Catalogue, &Catalogue),
        is_filled: bool,
    ) -> Walked {
        let walk = || -> Result<Walked, Failed> {
            self.databases.begin();
            if !before.pulled.is_empty()
                && let Err(failed) = self.migrate("baseline 1")
            {
                return Ok(Walked::Different(format!("baseline: {}", failed.told)));
            }
            let rows = match is_filled {
                true => self.databases.fill(&before.pulled)?,
                false => self.databases.make_empty()?,
            };
            let up = "run --quiet";
            let revert = format!("revert --yes --quiet --count {}", written.files);
            let stages = [
                ("up", up, after),
                ("down", revert.as_str(), before),
                ("up again", up, after),
            ];
            for (stage, words, wanted) in stages {
                self.migrate(words).map_err(|failed| failed.at(stage))?;
                let there = self.catalogue(0)?;
                if let Some(why) = difference(&there, wanted, self.history.dialect) {
                    return Ok(Walked::Different(format!("{stage}: {why}")));
                }
            }
            Ok(Walked::Equal(rows))
        };
        walk().unwrap_or_else(Walked::Failed)
    }

    fn migrate(&self, words: &str) -> Result<(), Failed> {
        let words = format!("migrate {words} --engine default --format json");
        let outcome = self.databases.both.project.run(&words);
        if outcome.is_good() {
            return Ok(());
        }
        let document = outcome.json();
        let [error, reason] = ["error", "reason"].map(|field| {
            let text = document[0][field].as_str();
            text.unwrap_or_default().to_owned()
        });
        // SQLite's foreign keys are looked at when a migration ends; it reads a document only where an expression does.
        let is_orphan = reason == "migration" && error.contains("does not exist; nothing of");
        let is_no_document = error.ends_with("malformed JSON");
        Err(Failed {
            by_rows: is_orphan
                || is_no_document
                || reason.ends_with("_violation")
                || reason == "value_out_of_range",
            told: format!("{error} ({reason})"),
        })
    }
}

impl Failed {
    fn at(self, stage: &str) -> Self {
        Self {
            told: format!("{stage}: {}", self.told),
            ..self
        }
    }
}

/// The files of a step.
struct Written {
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
    let [from, to] = [there, wanted].map(|one| one.structure(dialect));
    match (from, to) {
        (Some(from), Some(to)) => {
            let changes = differences(&from, &to).into_iter();
            found.extend(changes.map(|change| format!("  missing: {change}")));
        }
        (None, _) | (_, None) => found.push("  what was pulled cannot be read".to_owned()),
    }
    (!found.is_empty()).then(|| found.join("\n"))
}
