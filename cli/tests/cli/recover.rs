//! `bindery recover`: what lost programs have left prepared.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use bindery_testkit::{Watchdog, fresh_postgres};

use super::support::{Project, holds};

const CONFIG: &str = r#"url = "${DEFAULT_URL}"

[engines]
lite = "sqlite://lite.db"

[atomic.checkout]
engines = ["default", "lite"]
"#;

/// As a program leaves it that was killed: the tables of the home, with one decision.
const HOME: &str = "\
CREATE TABLE _bindery_coordinators (coordinator VARCHAR(64) NOT NULL PRIMARY KEY, started_ms BIGINT NOT NULL);
CREATE TABLE _bindery_decisions (transaction_id VARCHAR(64) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL,
  coordinator VARCHAR(64) NOT NULL, branches TEXT NOT NULL, created_ms BIGINT NOT NULL);
INSERT INTO _bindery_coordinators VALUES ('lost.lite', 0);
INSERT INTO _bindery_decisions VALUES ('bnd1:lost.lite:k1-1', 'C', 'lost.lite', 'checkout.default.0', 4102444800000);";

/// The same with its decision about another transaction: the server has each name once, and tests run beside each other.
fn home_of(transaction: &str) -> String {
    HOME.replace("bnd1:lost.lite:k1-1", transaction)
}

/// Covers REC-1, CLI-10 on PostgreSQL: another process finishes what is decided, rolls back what is not, and leaves what is not its own.
#[test]
fn atom_03_recover_finishes_what_a_killed_program_left() {
    let Some(fresh) = fresh_postgres() else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG)]).with("DEFAULT_URL", &fresh.url());
    project.sqlite("lite.db", HOME);
    fresh
        .run_script("CREATE TABLE t (id INT PRIMARY KEY)")
        .expect("a table");
    for (id, name) in [
        (1, "lost.lite:k1-1"),
        (2, "lost.lite:k1-2"),
        (3, "other.lite:k1-3"),
    ] {
        let script = format!(
            "BEGIN; INSERT INTO t VALUES ({id}); PREPARE TRANSACTION 'bnd1:{name}:checkout.default.0'"
        );
        fresh.run_script(&script).expect("it is prepared");
    }
    let fates = |words: &str| -> Vec<String> {
        let listed = project.run(words).json();
        let listed = listed.as_array().expect("a list").clone();
        listed
            .iter()
            .map(|one| one["fate"].as_str().expect("a sentence").to_owned())
            .collect()
    };
    let not_ours = "left alone: the engine that keeps its decision does not know its program";
    assert_eq!(
        fates("recover --dry-run --older-than 0 --format json"),
        ["will be committed", "will be rolled back", not_ours]
    );
    assert_eq!(
        fates("recover --older-than 0 --format json"),
        ["committed", "rolled back", not_ours]
    );
    assert_eq!(fates("recover --older-than 0 --format json"), [not_ours]);
    assert_eq!(
        fresh
            .answer("SELECT string_agg(id::text, ',') FROM t")
            .expect("rows"),
        "1"
    );
    fresh
        .run_script("ROLLBACK PREPARED 'bnd1:other.lite:k1-3:checkout.default.0'")
        .expect("it is there");
    holds(&project.run("recover").good(), &["nothing is in doubt"]);
    // A decision is kept for some minutes after its branches are committed, and is no doubt.
    let home = rusqlite::Connection::open(project.path("lite.db")).expect("a database file");
    let kept =
        "SELECT count(*) FROM _bindery_decisions WHERE transaction_id = 'bnd1:lost.lite:k1-1'";
    let kept = home.query_row(kept, [], |row| row.get::<_, i64>(0));
    assert_eq!(kept.expect("a number"), 1);
    for words in ["recover --dry-run", "recover --dry-run --older-than 0"] {
        assert_eq!(project.run(words).good().trim(), "nothing is in doubt");
    }
    let listed = project.run("recover --dry-run --format json").json();
    assert_eq!(listed, serde_json::json!([]));
}

/// A hundred thousand branches take minutes.
#[test]
fn cli_01_recover_shows_its_progress() {
    let Some(fresh) = fresh_postgres() else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG)]).with("DEFAULT_URL", &fresh.url());
    project.sqlite("lite.db", &home_of("bnd1:lost.lite:k1-21"));
    let prepare = |number: u32| {
        let gid = format!("bnd1:lost.lite:k1-{number}:checkout.default.0");
        let script = format!("BEGIN; CREATE TABLE t{number} (id INT); PREPARE TRANSACTION '{gid}'");
        fresh.run_script(&script).expect("it is prepared");
    };
    prepare(21);
    prepare(22);
    let shown = project.run_on_terminal("recover --older-than 0");
    let place = "\r\u{1b}[Krecovering prepared transactions on default";
    let half = format!("{place} [############------------] 1 of 2 transactions");
    let full = format!("{place} [########################] 2 of 2 transactions");
    holds(&shown, &[&half, &full]);
    prepare(23);
    let quiet = project.run_on_terminal("recover --older-than 0 --quiet");
    assert_eq!(quiet, "");
    holds(&project.run("recover").good(), &["nothing is in doubt"]);
}

/// Covers REC-9 on PostgreSQL: what was rolled back by hand is reported each time, with its transaction, and nothing clears it.
#[test]
fn a_branch_that_was_rolled_back_by_hand_though_it_is_decided_is_an_error_for_good() {
    let Some(fresh) = fresh_postgres() else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG)]).with("DEFAULT_URL", &fresh.url());
    project.sqlite("lite.db", &home_of("bnd1:lost.lite:k1-8"));
    let gid = "bnd1:lost.lite:k1-8:checkout.default.0";
    let script = format!("BEGIN; CREATE TABLE t (id INT PRIMARY KEY); PREPARE TRANSACTION '{gid}'");
    fresh.run_script(&script).expect("it is prepared");
    let number = format!("SELECT transaction FROM pg_prepared_xacts WHERE gid = '{gid}'");
    let number = fresh.answer(&number).expect("its number");
    project.sqlite(
        "lite.db",
        &format!(
            "UPDATE _bindery_decisions SET created_ms = 0, branches = branches || '@{number}'"
        ),
    );
    let dry = project.run("recover --dry-run --format json").json();
    assert_eq!(dry[0]["fate"], "will be committed", "{dry:#}");
    let by_hand = format!("ROLLBACK PREPARED '{gid}'");
    fresh.run_script(&by_hand).expect("it is there");
    for words in [
        "recover --dry-run",
        "recover",
        "recover",
        "recover --engine default",
    ] {
        let outcome = project.run(words);
        assert_eq!(outcome.code, Some(1), "{words}: {outcome:#?}");
        holds(
            &outcome.results,
            &[
                "default: group `checkout`, transaction bnd1:lost.lite:k1-8",
                "rolled back by hand",
            ],
        );
    }
    holds(
        &project.run("recover --engine lite").good(),
        &["nothing is in doubt"],
    );
    let status = project.run("status --engine default --max-age 4000000000");
    assert_eq!(status.code, Some(2), "{status:#?}");
    holds(
        &status.results,
        &[
            "error      atomic groups on default: ",
            "rolled back by hand",
        ],
    );
    project.sqlite("lite.db", "DELETE FROM _bindery_decisions");
    holds(&project.run("recover").good(), &["nothing is in doubt"]);
}

/// It finds what a program leaves while it runs.
#[test]
fn recover_with_watch_goes_on_until_it_is_stopped() {
    let _watchdog = Watchdog::start("recover --watch", Duration::from_secs(120));
    let Some(fresh) = fresh_postgres() else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG)]);
    project.sqlite("lite.db", &home_of("bnd1:lost.lite:k1-9"));
    fresh
        .run_script("CREATE TABLE t (id INT PRIMARY KEY)")
        .expect("a table");
    let mut recovery = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(["recover", "--watch"])
        .current_dir(project.path(""))
        .env("DEFAULT_URL", fresh.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command was built before its tests");
    let results = recovery.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(results)
        .lines()
        .map(|line| line.expect("it is text"));
    let nothing = "nothing is in doubt";
    assert_eq!(lines.next().as_deref(), Some(nothing));
    let script = "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'bnd1:lost.lite:k1-9:checkout.default.0'";
    fresh.run_script(script).expect("it is prepared");
    let found = lines.find(|line| line != nothing).expect("it goes on");
    holds(
        &found,
        &[
            "default: group `checkout`, transaction bnd1:lost.lite:k1-9",
            ": committed",
        ],
    );
    recovery.kill().expect("it runs until then");
    recovery.wait().expect("it is gone");
    assert_eq!(fresh.answer("SELECT count(*) FROM t").expect("rows"), "1");
}

#[test]
fn recover_needs_a_group() {
    let refused = Project::blogs().run("recover").failed();
    holds(
        &refused,
        &["the configuration has no atomic groups", "[atomic.NAME]"],
    );
}
