//! Commands that a signal ends while the server is at their last request: nothing of them is there, or all, and the next run makes
//! the rest.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use bindery_testkit::{
    Direction, Fault, FaultProxy, FreshDatabase, Watchdog, fresh_mysql, fresh_postgres,
};

use super::support::{Project, holds, wait_until};

const SCHEMA: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE notes (
  id bigint PRIMARY KEY,
  note varchar(200) NOT NULL
);

-- @engines default, b
CREATE TABLE places (
  id bigint PRIMARY KEY
);
";

struct Signalled {
    project: Project,
    database: FreshDatabase,
}

impl Signalled {
    fn on_servers() -> Vec<Self> {
        let of = |database: FreshDatabase| {
            let project = Project::new(&[("schema.sql", SCHEMA)]);
            let signalled = Self { project, database };
            signalled.connect_to(&signalled.database.url());
            signalled.project.run("create --all").good();
            signalled.fill();
            signalled
        };
        let all = fresh_postgres().into_iter().chain(fresh_mysql());
        all.map(of).collect()
    }

    fn connect_to(&self, url: &str) {
        let config = format!("[engines]\nb = \"sqlite://b.db\"\ndefault = \"{url}\"\n");
        self.project.write("bindery.toml", config);
    }

    /// One row of each table on `default`, another one on `b`.
    fn fill(&self) {
        for (engine, id) in [("default", 1), ("b", 2)] {
            self.project
                .write("notes.csv", format!("id,note\n{id},a note\n"));
            self.project.write("places.csv", format!("id\n{id}\n"));
            for table in ["notes", "places"] {
                let load = format!(
                    "load --engine {engine} --table {table} --from {table}.csv --replace --yes"
                );
                self.project.run(&load).good();
            }
        }
    }

    /// The rows of a table on `default`.
    fn rows(&self, table: &str) -> String {
        let dump = format!("dump --engine default --table {table} --out -");
        self.project.run(&dump).good()
    }

    fn all_rows(&self) -> [String; 2] {
        ["notes", "places"].map(|table| self.rows(table))
    }

    /// Runs a command until a request, and ends it by a signal there.
    fn end_at(&self, words: &str, request: &str, signal: &str) {
        let proxy = FaultProxy::start(&self.database.url()).expect("a free port");
        self.connect_to(proxy.url());
        proxy.set(Fault::StallAtPattern {
            direction: Direction::ToServer,
            pattern: request.as_bytes().to_vec(),
            passes: false,
        });
        let mut process = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(words.split_whitespace())
            .current_dir(self.project.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command was built before its tests");
        wait_until(|| proxy.fault() == Fault::Stall);
        let kill = format!("kill -{signal} {}", process.id());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.expect("there is a shell").success());
        let ended = process.wait().expect("it is our child");
        assert!(ended.signal().is_some(), "{words}: {ended}");
        drop(proxy);
        self.connect_to(&self.database.url());
    }
}

/// Commands that replace or delete rows do it in one transaction: a signal leaves those that there were.
///
/// Covers CLI-1 on PostgreSQL, MariaDB.
#[test]
fn a_command_that_a_signal_ends_keeps_the_rows() {
    let _watchdog = Watchdog::start("a_command_that_a_signal_ends", Duration::from_secs(240));
    for test in Signalled::on_servers() {
        for signal in ["INT", "TERM"] {
            for (words, request) in [
                ("truncate --engine default --yes", "COMMIT"),
                ("mirror b default --replace --yes", "COMMIT"),
                (
                    "load --engine default --table notes --from notes.csv --replace --yes",
                    "COMMIT",
                ),
            ] {
                let before = test.all_rows();
                test.end_at(words, request, signal);
                assert_eq!(test.all_rows(), before, "{words} by {signal}");
            }
        }
        test.project.run("mirror b default --replace --yes").good();
        assert_eq!(test.rows("places"), "id\n2\n");
        test.project.run("truncate --engine default --yes").good();
        assert_eq!(test.rows("places"), "id\n");
    }
}

/// Tables are made and dropped one after the other; the next run does the rest.
///
/// Covers CLI-1 on PostgreSQL, MariaDB.
#[test]
fn a_command_of_tables_that_a_signal_ends_is_run_again() {
    let _watchdog = Watchdog::start("a_command_of_tables", Duration::from_secs(240));
    for test in Signalled::on_servers() {
        for signal in ["INT", "TERM"] {
            for (words, request) in [
                ("drop --engine default --yes", "DROP TABLE"),
                ("create --engine default", "places"),
                ("reset --engine default --yes", "CREATE TABLE"),
            ] {
                test.end_at(words, request, signal);
                test.project.run(words).good();
            }
            holds(
                &test.project.run("validate --engine default").good(),
                &["2 tables as the schema says"],
            );
            assert_eq!(test.rows("places"), "id\n");
        }
    }
}
