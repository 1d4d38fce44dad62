//! Every way in which a database differs from its schema: `validate` names it, `validate --fix` writes what mends it, and then nothing
//! differs and the rows are kept. The cases are in `truth`, a file for each database.

use std::path::Path;

use serde_json::Value;

use super::both::Both;
use super::support::names_in;
use super::validate_fix::execute_by_hand;

/// The tables, their rows, and what was changed.
struct Cases {
    schema: String,
    rows: String,
    /// A query of everything that the changes leave.
    digest: String,
    cases: Vec<Case>,
}

#[derive(Default)]
struct Case {
    name: String,
    /// `missing`, `differs` or `extra`, with the rest of the line.
    finds: Vec<(String, String)>,
    sql: String,
    /// Rows go with the change.
    loses: bool,
    /// The way to it, or back, is none that migrations are read to have.
    no_migration: bool,
    /// Nothing is written but this.
    by_hand: Option<String>,
}

impl Cases {
    fn read(dialect: &str) -> Self {
        let path = format!("tests/cli/truth/{dialect}.sql");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(path).expect("a file of the repository");
        let mut parts = ["schema", "rows", "digest"]
            .map(|name| part(&text, name))
            .into_iter();
        let mut next = || parts.next().expect("three parts");
        let (schema, rows, digest) = (next(), next(), next());
        let cases = text.split("-- @case ").skip(1).map(Case::read).collect();
        Self {
            schema,
            rows,
            digest,
            cases,
        }
    }
}

/// The lines after `-- @name`, to the next part.
fn part(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("-- @{name}\n")).expect(name);
    let (part, _) = rest.split_once("\n-- @").expect("another part");
    format!("{}\n", part.trim())
}

impl Case {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let mut case = Self {
            name: lines.next().unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for line in lines {
            if let Some(found) = line.strip_prefix("-- @finds ") {
                let (word, rest) = found.split_once(' ').expect("a word and a place");
                case.finds.push((word.to_owned(), rest.to_owned()));
            } else if let Some(words) = line.strip_prefix("-- @by-hand ") {
                case.by_hand = Some(words.to_owned());
            } else {
                case.loses |= line == "-- @loses";
                case.no_migration |= line == "-- @no-migration";
                case.sql.push_str(line);
                case.sql.push('\n');
            }
        }
        case
    }
}

/// A database as the schema says.
struct Truth {
    both: Both,
    /// The document of `validate`, the catalogue and the rows.
    first: (Value, Vec<String>, Vec<String>),
    digest: String,
}

impl Truth {
    /// Made by `create`, or by a migration.
    fn new(both: Both, cases: &Cases, by_migrations: bool) -> Self {
        both.schema(&cases.schema);
        if by_migrations {
            both.good("migrate add first");
            both.good("migrate run");
        } else {
            both.good("create");
        }
        both.execute(&cases.rows);
        both.good("validate --strict");
        let digest = cases.digest.trim().to_owned();
        let mut truth = Self {
            both,
            first: (Value::Null, Vec::new(), Vec::new()),
            digest,
        };
        truth.first = truth.state();
        truth
    }

    fn state(&self) -> (Value, Vec<String>, Vec<String>) {
        let document = self.both.project.run("validate --format json").json();
        (
            document,
            self.both.catalogue(),
            self.both.texts(&self.digest),
        )
    }

    /// Has the change made by hand, or by a migration.
    fn change(&self, case: &Case, by_migrations: bool) {
        if !by_migrations {
            return self.both.execute(&case.sql);
        }
        let folder = self.both.project.path("migrations/default");
        let last = names_in(&folder).pop().expect("the first migration");
        let (version, _) = last.split_once('_').expect("a version");
        let version: u64 = version.parse().expect("a number");
        let sql: Vec<&str> = case
            .sql
            .lines()
            .filter(|line| !line.starts_with("-- @"))
            .collect();
        let path = folder.join(format!("{}_change.sql", version + 1));
        std::fs::write(path, sql.join("\n")).expect("it can be written");
        self.both.good("migrate run");
    }

    /// The faults of a case; none if it passes.
    fn wrong(&self, case: &Case, by_migrations: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        self.change(case, by_migrations);
        let found = self.both.project.run("validate --format json").json();
        for (word, place) in &case.finds {
            if !is_found(&found[0], word, place) {
                wrong.push(format!("{word} {place} is not among {found:#}"));
            }
        }
        let fixed = self.both.project.run("validate --fix --format json").json();
        let fix = &fixed[0]["fix"];
        if by_migrations && case.by_hand.is_none() && fix["migrations"] != true {
            wrong.push(format!("no migration: {fix:#}"));
        }
        let text = self.execute(fix);
        if let Some(words) = &case.by_hand {
            if !text.contains(words.as_str()) {
                wrong.push(format!("`{words}` is not in {text}"));
            }
            return wrong;
        }
        let (document, catalogue, rows) = self.state();
        if document != self.first.0 {
            wrong.push(format!("{document:#} after {text}"));
        }
        if catalogue != self.first.1 {
            let is_new = |line: &&String| !self.first.1.contains(line);
            let new: Vec<&String> = catalogue.iter().filter(is_new).collect();
            wrong.push(format!("the catalogue has {new:?} after {text}"));
        }
        if !case.loses && rows != self.first.2 {
            wrong.push(format!("{rows:?} after {text}"));
        }
        wrong
    }

    /// Executes what was written, its comment signs removed. Returns the texts.
    fn execute(&self, fix: &Value) -> String {
        let files = fix["files"].as_array().cloned().unwrap_or_default();
        let is_migration = fix["migrations"] == true;
        let mut all = String::new();
        for file in &files {
            let path = self
                .both
                .project
                .path(file["path"].as_str().expect("a path"));
            let text = std::fs::read_to_string(&path).expect("it was written");
            let text = meant(&text);
            std::fs::write(&path, &text).expect("it can be written");
            if !is_migration {
                execute_by_hand(&self.both, &path);
                std::fs::remove_file(&path).expect("it is there");
            }
            all.push_str(&text);
        }
        if is_migration {
            self.both.good("migrate run");
        }
        all
    }
}

fn is_found(document: &Value, word: &str, place: &str) -> bool {
    let list = if word == "extra" {
        "extra"
    } else {
        "differences"
    };
    let list = document[list].as_array().expect("a list");
    list.iter().any(|one| {
        let string_field = |name: &str| one[name].as_str().unwrap_or_default();
        let column = match string_field("column") {
            "" => String::new(),
            column => format!(".{column}"),
        };
        let shown = format!("{}{column} {}", string_field("table"), string_field("what"));
        shown == place && (word != "missing" || one["found"].is_null())
    })
}

/// A text without the comment signs of what is not executed.
fn meant(text: &str) -> String {
    let mut commented = false;
    let bare = |line: &str| {
        let is_mark = line.starts_with("-- Not executed.");
        commented = (commented && !line.is_empty()) || is_mark;
        let bare = line.strip_prefix("-- ").filter(|_| commented && !is_mark);
        format!("{}\n", bare.unwrap_or(line))
    };
    text.lines().map(bare).collect()
}

fn run(dialect: &str, make: impl Fn() -> Option<Both>, by_migrations: bool) {
    let cases = Cases::read(dialect);
    assert!(cases.cases.len() > 40, "they are read");
    let mut truth: Option<Truth> = None;
    let is_full = bindery_testkit::is_full_run();
    let mut wrong = Vec::new();
    for (number, case) in cases.cases.iter().enumerate() {
        // The folder of migrations grows with each.
        let is_left_out = !is_full && number % 3 != 0;
        if by_migrations && (case.no_migration || is_left_out) {
            continue;
        }
        let at = match truth.take() {
            Some(at) => at,
            None => match make() {
                Some(both) => Truth::new(both, &cases, by_migrations),
                None => return,
            },
        };
        let found = at.wrong(case, by_migrations);
        let is_clean = found.is_empty() && !case.loses && case.by_hand.is_none();
        wrong.extend(
            found
                .into_iter()
                .map(|text| format!("{}: {text}", case.name)),
        );
        truth = is_clean.then_some(at);
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn cli_05_a_change_by_hand_is_found_and_mended_on_sqlite() {
    run("sqlite", || Some(Both::on_sqlite()), false);
}

#[test]
fn cli_05_a_change_by_hand_is_found_and_mended_on_postgres() {
    run("postgres", Both::on_postgres, false);
}

#[test]
fn cli_05_a_change_by_hand_is_found_and_mended_on_mysql() {
    run("mysql", Both::on_mariadb, false);
}

/// In full: every change, in place of each third.
#[test]
fn cli_05_a_change_by_migration_is_found_and_mended_on_sqlite() {
    run("sqlite", || Some(Both::on_sqlite()), true);
}

/// In full: every change, in place of each third.
#[test]
fn cli_05_a_change_by_migration_is_found_and_mended_on_postgres() {
    run("postgres", Both::on_postgres, true);
}

/// In full: every change, in place of each third.
#[test]
fn cli_05_a_change_by_migration_is_found_and_mended_on_mysql() {
    run("mysql", Both::on_mariadb, true);
}
