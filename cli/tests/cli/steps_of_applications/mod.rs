//! The upgrade scripts of applications, step by step: the schema before and after is pulled from a database on which the application's
//! own scripts run, `migrate add` writes the migration between both, and once `migrate check` is green it runs on the database of before,
//! with rows. The database is then the one that the application's own script makes.
//!
//! In every run: an invented history for each database, in `histories` beside this folder. `cargo xtask histories FOLDER` has it done with
//! those of a folder, which are no part of the repository: `FOLDER/<sqlite|postgres|mysql>/<application>/<step>.sql`, or folders with
//! `up.sql`, in the order of their names.

mod databases;
mod filled;
mod replay;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

pub(crate) use self::filled::Client;
use self::replay::{Outcome, Replay, Step};
use crate::migrate_histories::{History, histories_in, own_histories};
use crate::support::names_in;

/// The folder of the histories.
const FOLDER: &str = "BINDERY_HISTORIES";

/// The folder of the notes, of which the page is made.
const NOTES: &str = "BINDERY_HISTORIES_NOTES";

/// A part of the name of the histories to replay.
const ONLY: &str = "BINDERY_HISTORIES_ONLY";

fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// A line for the history and its server, one for each number, then a part for each step that is not equal.
fn notes((history, server): (&str, &str), steps: &[Step]) -> String {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for step in steps {
        *numbers.entry(format!("{:?}", step.outcome)).or_default() += 1;
    }
    let rows: u64 = steps.iter().map(|step| step.inserted.rows).sum();
    let empty: usize = steps.iter().map(|step| step.inserted.empty).sum();
    let mut notes = format!("history {history}\nserver {server}\nRow {rows}\nEmpty {empty}\n");
    for (outcome, number) in numbers {
        let _ = writeln!(notes, "{outcome} {number}");
    }
    for step in steps {
        if !matches!(step.outcome, Outcome::Equal | Outcome::Nothing) {
            let told = step.told.trim_end().replace('\n', "\n    ");
            let _ = writeln!(notes, "\n{:?} {}\n    {told}", step.outcome, step.entry);
        }
    }
    notes
}

/// The histories of the repository, and those of the folder, of which a part may be chosen.
fn histories() -> Vec<History> {
    let mut histories = own_histories();
    if let Some(folder) = variable(FOLDER) {
        let only = std::env::var(ONLY).unwrap_or_default();
        let of_folder = histories_in(&folder).into_iter();
        histories.extend(of_folder.filter(|history| title(history).contains(&only)));
    }
    histories
}

fn title(history: &History) -> String {
    format!("{}/{}", history.dialect.name(), history.name)
}

/// Covers MIG-1. With the variable of the folder this is what `cargo xtask histories` runs.
#[test]
fn cli_07_steps_of_applications_are_written_and_run_with_rows() {
    let mut histories = histories();
    // The longest first, so that none of them is alone at the end.
    histories.sort_by_key(|history| Reverse(names_in(&history.folder).len()));
    let (next, wrong) = (Mutex::new(histories.into_iter()), Mutex::new(Vec::new()));
    let replay_all = || {
        while let Some(history) = taken(&next) {
            let found = replayed(history);
            wrong.lock().expect("no panic").extend(found);
        }
    };
    // A server and its client wait for each other.
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| (0..processors).for_each(|_| drop(scope.spawn(replay_all))));
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// By itself, so that the lock is not held while it is replayed.
fn taken(next: &Mutex<impl Iterator<Item = History>>) -> Option<History> {
    next.lock().expect("no panic").next()
}

/// Replays a history. Returns the notes of one that ends otherwise than it shall.
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn replayed(history: History) -> Option<String> {
    let title = title(&history);
    let replay = Replay::new(history)?;
    let server = replay.server();
    let steps = replay.steps();
    let notes = notes((&title, &server), &steps);
    println!("{notes}");
    if let Some(folder) = variable(NOTES) {
        let file = folder.join(format!("{}.txt", title.replace('/', "-")));
        fs::write(file, &notes).expect("the folder can be written to");
    }
    (!is_expected(&title, &steps)).then_some(notes)
}

/// No server refuses what `check` passed; the invented application has no exception, and rows.
fn is_expected(title: &str, steps: &[Step]) -> bool {
    use Outcome::{Equal, Nothing};
    let outcomes: Vec<Outcome> = steps.iter().map(|step| step.outcome).collect();
    let is_own = title.ends_with("/notes");
    let is_filled = steps.iter().any(|step| step.inserted.rows > 0);
    !outcomes.contains(&Outcome::Refused)
        && (!is_own || (outcomes == [Equal, Equal, Nothing, Equal] && is_filled))
}
