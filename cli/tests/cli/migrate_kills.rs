//! Runs that a signal ends at every point of their work.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::thread;
use std::time::Instant;

use super::migrated::{At, Migrated};
use super::support::wait_until;

const VERSIONS: i64 = 3;
/// Tables of each migration, with a row of the log after each.
const TABLES: i64 = 5;

/// Ten statements each, DDL and rows in turn, with the way back; each statement for itself where `head` says so.
fn write(migrated: &Migrated, head: &str) {
    for version in 1..=VERSIONS {
        let (mut up, mut down) = (head.to_owned(), head.to_owned());
        if version == 1 {
            up.push_str("CREATE TABLE log (id BIGINT);\n");
        }
        for at in 1..=TABLES {
            let (table, row) = (table(version, at), row(version, at));
            up.push_str(&format!(
                "INSERT INTO log VALUES ({row});\nCREATE TABLE {table} (id BIGINT PRIMARY KEY);\n"
            ));
            down.push_str(&format!(
                "DROP TABLE {table};\nDELETE FROM log WHERE id = {row};\n"
            ));
        }
        if version == 1 {
            down.push_str("DROP TABLE log;\n");
        }
        migrated.write(&format!("{version}_many.sql"), &up);
        migrated.write(&format!("{version}_many.down.sql"), &down);
    }
}

fn table(version: i64, at: i64) -> String {
    format!("t{version}_{}", at * 2)
}

fn row(version: i64, at: i64) -> i64 {
    version * 100 + at * 2 - 1
}

/// Everything is there once, or nothing is.
fn check(migrated: &Migrated, is_applied: bool) {
    let pairs = || (1..=VERSIONS).flat_map(|version| (1..=TABLES).map(move |at| (version, at)));
    for (version, at) in pairs() {
        assert_eq!(migrated.has_table(&table(version, at)), is_applied);
    }
    assert_eq!(migrated.has_table("log"), is_applied);
    if is_applied {
        let expected: Vec<i64> = pairs().map(|(version, at)| row(version, at)).collect();
        assert_eq!(migrated.numbers("SELECT id FROM log ORDER BY id"), expected);
    }
}

/// The command that goes on in the direction.
fn words(forth: bool) -> &'static str {
    if forth {
        "run"
    } else {
        "revert --count 3 --yes"
    }
}

/// Counts of one database.
#[derive(Debug, Default)]
struct Kills {
    killed: usize,
    /// Killed runs after which some migrations were applied and others not, or one in part.
    in_the_middle: usize,
    /// Those after which a person had to look at the database.
    looked_at: usize,
}

/// Runs forth and back, each killed at another moment.
fn kill_runs(migrated: &Migrated, rounds: u32) -> Kills {
    let begun = Instant::now();
    migrated.run(words(true)).good();
    let span = begun.elapsed();
    migrated.run(words(false)).good();
    let (mut kills, mut forth) = (Kills::default(), true);
    for round in 0..rounds {
        let mut process = migrated.start(words(forth));
        thread::sleep(span * (round * 7919 % 100) / 100);
        let signal = ["KILL", "TERM", "INT"][round as usize % 3];
        // It is not waited for yet, so its number is its own, whether it has ended or not.
        let kill = format!("kill -{signal} {}", process.id());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.expect("there is a shell").success());
        let ended = process.wait().expect("it ends");
        let was_killed = ended.signal().is_some();
        assert!(
            was_killed || ended.success(),
            "it failed by itself: {ended}"
        );
        kills.killed += usize::from(was_killed);
        let is_half = if forth {
            look(migrated)
        } else {
            look_back(migrated)
        };
        kills.looked_at += usize::from(is_half);
        let end = if forth { "applied" } else { "pending" };
        let states = migrated.states();
        if states.iter().all(|state| state == end) {
            check(migrated, forth);
            forth = !forth;
        } else {
            let moved = states.iter().any(|state| state == end);
            kills.in_the_middle += usize::from(moved || is_half);
        }
    }
    if !forth {
        migrated.run(words(false)).good();
    }
    migrated.run(words(true)).good();
    check(migrated, true);
    migrated.run(words(false)).good();
    check(migrated, false);
    kills
}

/// Killed at any moment, a run leaves a state that the next one goes on from, or that says which statement to look at.
///
/// Covers MIG-1, CLI-1.
/// In full: 300 rounds on each database, with and without a transaction.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn cli_07_a_killed_run_is_gone_on_with() {
    let is_full = bindery_testkit::is_full_run();
    let rounds = if is_full { 300 } else { 25 };
    for migrated in Migrated::on_all() {
        for head in ["", "-- @no-transaction\n"] {
            write(&migrated, head);
            let kills = kill_runs(&migrated, rounds);
            println!("{rounds} rounds {head}: {kills:?}");
            assert!(kills.killed > 0, "{kills:?}");
            assert!(!is_full || kills.in_the_middle > 0, "{kills:?}");
        }
    }
}

/// The server's side of a killed run may be at its last statement yet.
pub(super) fn wait_for_sessions(migrated: &Migrated) {
    let others = match migrated.at {
        At::File(_) => return,
        At::Postgres(_) => {
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        }
        At::Mysql(_) => {
            "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
        }
    };
    wait_until(|| migrated.numbers(others) == [0]);
}

/// Is there a row of the log?
fn has_row(migrated: &Migrated, row: i64) -> bool {
    migrated.numbers(&format!("SELECT count(*) FROM log WHERE id = {row}")) == [1]
}

/// The migration that a killed run has left half done, and the statement that may be done or not.
pub(super) fn half_done(migrated: &Migrated) -> Option<(String, u64)> {
    let listed = migrated.run("status --format json").json();
    let mut listed = listed[0]["migrations"].as_array().expect("a list").iter();
    let half = listed.find(|one| one["state"] == "half done")?;
    let version = half["version"].as_str().expect("a version").to_owned();
    Some((version, half["statement"].as_u64().expect("a number")))
}

/// Does as a person would where a statement of a killed run may be done or not.
fn look(migrated: &Migrated) -> bool {
    wait_for_sessions(migrated);
    let Some((version, statement)) = half_done(migrated) else {
        return false;
    };
    let before = u64::from(version == "1");
    // A row, then a table, in turn; before all the log.
    let at = statement - before;
    let is_there = match at % 2 {
        _ if statement == before => migrated.has_table("log"),
        0 => migrated.has_table(&format!("t{version}_{at}")),
        _ => has_row(migrated, row_at(&version, at)),
    };
    let done = if is_there { statement } else { statement - 1 };
    let words = format!("resolve {version} --statements {done} --engine default");
    migrated.run(&words).good();
    true
}

fn row_at(version: &str, at: u64) -> i64 {
    let version: i64 = version.parse().expect("a number");
    version * 100 + at as i64
}

/// The same of a run that reverted.
fn look_back(migrated: &Migrated) -> bool {
    wait_for_sessions(migrated);
    let Some((version, statement)) = half_done(migrated) else {
        return false;
    };
    // Pairs of DROP TABLE and DELETE; after all the log.
    let is_there = match statement {
        11 => migrated.has_table("log"),
        at if at % 2 == 1 => migrated.has_table(&format!("t{version}_{}", at + 1)),
        at => has_row(migrated, row_at(&version, at - 1)),
    };
    let done = if is_there { statement - 1 } else { statement };
    let words = format!("resolve {version} --statements {done} --engine default");
    migrated.run(&words).good();
    true
}
