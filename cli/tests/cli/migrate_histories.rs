//! The migrations of applications, read as schemas, imported, and written anew step by step: of an invented one for each database, in
//! `histories` beside this file, and of public ones, folders of `histories/<database>/<application>` of the corpus, where it has them. The
//! versions of Authelia's files are written `0001_…`, and `BIN2B64`, a function of its program, is `hex` there; OpenFGA's have their way
//! forth alone, and Umami's `migration.sql` is `up.sql`.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::dialect::Dialect;
use bindery_testkit::is_full_run;

use super::both::Both;
use super::support::{Outcome, Project, names_in};

/// The migrations of one application.
pub(crate) struct History {
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) folder: PathBuf,
}

fn histories() -> Vec<History> {
    let mut histories = own_histories();
    if let Some(corpus) = bindery_testkit::corpus() {
        histories.extend(histories_in(&corpus.join("histories")));
    }
    histories
}

/// Those of an invented application.
pub(crate) fn own_histories() -> Vec<History> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/histories");
    let histories = histories_in(&own);
    assert_eq!(histories.len(), Dialect::ALL.len(), "one of each");
    histories
}

/// The folders of `<database>/<application>`.
pub(crate) fn histories_in(root: &Path) -> Vec<History> {
    let of_dialect = |dialect: Dialect| {
        let folder = root.join(dialect.name());
        let names = if folder.is_dir() {
            names_in(&folder)
        } else {
            Vec::new()
        };
        names.into_iter().map(move |name| History {
            folder: folder.join(&name),
            name,
            dialect,
        })
    };
    Dialect::ALL.into_iter().flat_map(of_dialect).collect()
}

/// Copies entries of the folder, which are files, or folders of files.
fn copy(from: &Path, name: &str, to: &Path) {
    let (source, target) = (from.join(name), to.join(name));
    if !source.is_dir() {
        fs::create_dir_all(to).expect("it can be made");
        fs::copy(source, target).expect("it can be copied");
        return;
    }
    for inside in names_in(&source) {
        copy(&source, &inside, &target);
    }
}

fn config(dialect: Dialect, schema: &str) -> String {
    let url = match dialect {
        Dialect::Sqlite => "sqlite://app.db",
        Dialect::Postgres => "postgres://localhost/app",
        Dialect::Mysql => "mysql://localhost/app",
    };
    format!("url = \"{url}\"\n\n[schema]\nfiles = [\"{schema}\"]\n")
}

/// The folder is the schema, its files are imported, each, and the imported migrations end at the schema.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn cli_07_histories_of_applications_are_imported_and_checked() {
    let mut failed = Vec::new();
    for history in histories() {
        let project = Project::new(&[("bindery.toml", &config(history.dialect, "old"))]);
        for name in names_in(&history.folder) {
            copy(&history.folder, &name, &project.path("old"));
        }
        let imported = project.run("migrate import old --engine default");
        let checked = project.run("migrate check");
        let files = project.path("migrations/default");
        let files = if files.is_dir() {
            names_in(&files).len()
        } else {
            0
        };
        println!(
            "{} {}: {files} files imported: {}; check: {}",
            history.dialect.name(),
            history.name,
            imported.is_good(),
            checked.is_good()
        );
        let known = names_in(&history.folder).len();
        if imported.is_good() && files < known {
            failed.push(format!("{}: {files} of {known} entries", history.name));
        }
        for outcome in [imported, checked] {
            if !outcome.is_good() && !is_refused(&outcome) {
                failed.push(format!("{}: {}", history.name, outcome.failed()));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Only for tables whose columns come from a query (B0006), which no reader knows without a database?
fn is_refused(outcome: &Outcome) -> bool {
    let errors = outcome
        .messages
        .lines()
        .filter(|line| line.starts_with("error"));
    let mut errors = errors.peekable();
    errors.peek().is_some() && errors.all(|line| line.starts_with("error[B0006]"))
}

/// The two databases of a replay: one gets what bindery writes, the other what the application wrote.
struct Replay {
    both: Both,
    history: History,
    /// The entries of the folder, in their order.
    entries: Vec<String>,
}

/// The outcome of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Equal,
    /// Nothing of it shows in the schema.
    Nothing,
    /// The application's own migration does not run here.
    NotHere,
    Different,
}

impl Replay {
    fn new(history: History) -> Option<Self> {
        let both = match history.dialect {
            Dialect::Sqlite => Both::on_sqlite(),
            Dialect::Postgres => Both::on_postgres()?,
            Dialect::Mysql => Both::on_mysql()?,
        };
        let config = both.project.path("bindery.toml");
        let text = fs::read_to_string(&config).expect("it is there");
        both.project.write(
            "bindery.toml",
            format!("{text}\n[schema]\nfiles = [\"old\"]\n"),
        );
        let is_forth = |name: &String| !name.ends_with(".down.sql");
        let entries = names_in(&history.folder).into_iter().filter(is_forth);
        Some(Self {
            both,
            entries: entries.collect(),
            history,
        })
    }

    /// The statements of an entry.
    fn sql(&self, entry: &str) -> String {
        let path = self.history.folder.join(entry);
        let file = if path.is_dir() {
            path.join("up.sql")
        } else {
            path
        };
        fs::read_to_string(file).expect("a migration")
    }

    /// The schema is one migration ahead of the migrations: `add` writes the difference, which is run.
    fn step(&self, entry: &str, told: &mut String) -> Step {
        let migrations = self.both.project.path("migrations/default");
        let before = names_in(&migrations);
        copy(&self.history.folder, entry, &self.both.project.path("old"));
        if let Err(why) = self.both.execute_created(&self.sql(entry)) {
            told.push_str(&format!("{entry}: not run here: {why}\n"));
            copy(&self.history.folder, entry, &migrations);
            return Step::NotHere;
        }
        let added = self.both.project.run("migrate add step");
        if !added.is_good() {
            told.push_str(&format!("{entry}: add: {}\n", added.failed()));
            copy(&self.history.folder, entry, &migrations);
            return Step::Different;
        }
        self.both.mean_it();
        let text = self.new_text(&before);
        let mut outcome = Step::Equal;
        if text.is_empty() {
            outcome = Step::Nothing;
        } else if let Err(why) = self.both.try_execute(&text) {
            told.push_str(&format!("{entry}: run: {why}\n{text}\n"));
            outcome = Step::Different;
        }
        let (ours, theirs) = self.both.catalogues();
        if ours != theirs {
            if outcome != Step::Different {
                told.push_str(&format!("{entry}: {text}\n"));
            }
            for line in &ours {
                if !theirs.contains(line) {
                    told.push_str(&format!("  ours:   {line}\n"));
                }
            }
            for line in &theirs {
                if !ours.contains(line) {
                    told.push_str(&format!("  theirs: {line}\n"));
                }
            }
            outcome = Step::Different;
        }
        for name in names_in(&migrations) {
            if !before.contains(&name) {
                fs::remove_file(migrations.join(name)).expect("it can be removed");
            }
        }
        copy(&self.history.folder, entry, &migrations);
        outcome
    }

    /// The file that `add` wrote, to be executed by hand: the files before it are the application's.
    fn new_text(&self, before: &[String]) -> String {
        let migrations = self.both.project.path("migrations/default");
        let names = names_in(&migrations).into_iter();
        let new = names.filter(|name| !before.contains(name) && !name.ends_with(".down.sql"));
        let text = new.map(|name| fs::read_to_string(migrations.join(name)).expect("a migration"));
        text.collect()
    }

    /// The catalogues differ from here on, so both databases begin with the application's again.
    fn again(&self, done: usize) {
        self.both.empty_both();
        for entry in &self.entries[..done] {
            let sql = self.sql(entry);
            let _ = self.both.try_execute(&sql);
            let _ = self.both.execute_created(&sql);
        }
    }
}

/// The step of a history that comes out otherwise, and why that is right.
struct Known {
    dialect: Dialect,
    history: &'static str,
    entry: &'static str,
    step: Step,
    why: &'static str,
}

const fn of_vaultwarden(dialect: Dialect, entry: &'static str, why: &'static str) -> Known {
    Known {
        dialect,
        history: "vaultwarden",
        entry,
        step: Step::Different,
        why,
    }
}

const RENAMED_AWAY: &str = "it renames `ciphers`, which takes the keys to it along, and drops it; one refers to nothing until a later migration";

/// The steps of the replayed histories that are neither equal nor without a change.
const KNOWN: &[Known] = &[
    of_vaultwarden(
        Dialect::Sqlite,
        "2018-04-27-155151_create_users_ciphers",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Sqlite,
        "2018-05-08-161616_create_collection_cipher_map",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Sqlite,
        "2018-05-25-232323_update_attachments_reference",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Mysql,
        "2018-04-27-155151_create_users_ciphers",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Mysql,
        "2018-05-08-161616_create_collection_cipher_map",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Mysql,
        "2018-05-25-232323_update_attachments_reference",
        RENAMED_AWAY,
    ),
    of_vaultwarden(
        Dialect::Mysql,
        "2024-03-13-170000_sso_users_cascade",
        "it drops a key by a statement that it makes while it runs, which no reader of files sees",
    ),
    Known {
        dialect: Dialect::Mysql,
        history: "authelia",
        entry: "0007_ConsistencyFixes.up",
        step: Step::Different,
        why: "it drops keys by a procedure that makes its statements while it runs",
    },
];

/// Histories without an exception beside those of [`KNOWN`]; of the others the differences are only printed.
const ASSERTED: [&str; 5] = ["atuin", "authelia", "notes", "umami", "vaultwarden"];

/// The steps of a history that came out otherwise than [`KNOWN`] says.
fn unexpected(replay: &Replay, outcomes: &[Step]) -> Vec<String> {
    let History { name, dialect, .. } = &replay.history;
    if !ASSERTED.contains(&name.as_str()) {
        return Vec::new();
    }
    let is_known = |known: &&Known, entry: &str| {
        known.dialect == *dialect
            && known.history == name
            && known.entry == entry.trim_end_matches(".sql")
    };
    let pairs = replay.entries.iter().zip(outcomes);
    let wrong = pairs.filter_map(|(entry, outcome)| {
        let known = KNOWN.iter().find(|known| is_known(known, entry));
        let is_right = match known {
            Some(known) => known.step == *outcome,
            None => matches!(outcome, Step::Equal | Step::Nothing),
        };
        let why = known.map_or("none is known", |known| known.why);
        (!is_right).then(|| format!("{dialect} {name}, {entry}: {outcome:?}; the exception: {why}"))
    });
    wrong.collect()
}

/// The number of steps of each history that are replayed: the first of them, or all.
fn limit() -> usize {
    let given = std::env::var("BINDERY_TEST_HISTORY_STEPS").ok();
    let given = given.and_then(|text| text.parse().ok());
    let full = is_full_run();
    given.unwrap_or(if full { usize::MAX } else { 8 })
}

/// In full: every step of each history.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn cli_07_histories_of_applications_are_written_anew_step_by_step() {
    let only = std::env::var("BINDERY_TEST_HISTORY").unwrap_or_default();
    let mut wrong = Vec::new();
    for history in histories() {
        if !history.name.contains(&only) {
            continue;
        }
        let label = format!("{} {}", history.dialect.name(), history.name);
        let Some(replay) = Replay::new(history) else {
            continue;
        };
        let migrations = replay.both.project.path("migrations/default");
        fs::create_dir_all(&migrations).expect("it can be made");
        let (mut told, mut outcomes) = (String::new(), Vec::new());
        for (at, entry) in replay.entries.iter().take(limit()).enumerate() {
            let outcome = replay.step(entry, &mut told);
            outcomes.push(outcome);
            if matches!(outcome, Step::Different | Step::NotHere) {
                replay.again(at + 1);
            }
        }
        let count = |wanted: Step| outcomes.iter().filter(|one| **one == wanted).count();
        println!(
            "{label}: {} steps: {} equal, {} without a change of the schema, {} not run here, {} different",
            outcomes.len(),
            count(Step::Equal),
            count(Step::Nothing),
            count(Step::NotHere),
            count(Step::Different)
        );
        println!("{told}");
        wrong.extend(unexpected(&replay, &outcomes));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
