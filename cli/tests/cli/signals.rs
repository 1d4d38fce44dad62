//! Commands that a signal ends while the server is at their last request: nothing of them is there, or all, and the next run makes
//! the rest.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use bindery_testkit::{
    Direction, Fault, FaultProxy, FreshDatabase, Watchdog, fresh_mysql, fresh_postgres,
};

use super::messages::{event, messages};
use super::support::{NOTES_SCHEMA, Project, holds, wait_until};
use super::tasks::FAILED;

struct Signalled {
    project: Project,
    database: FreshDatabase,
}

impl Signalled {
    fn on_servers() -> Vec<Self> {
        let all = fresh_postgres().into_iter().chain(fresh_mysql());
        all.map(Self::on).collect()
    }

    fn on(database: FreshDatabase) -> Self {
        let project = Project::new(&[("schema.sql", NOTES_SCHEMA)]);
        let signalled = Self { project, database };
        signalled.connect_to(&signalled.database.url());
        signalled.project.run("create --all").good();
        signalled.fill();
        signalled
    }

    fn connect_to(&self, url: &str) {
        let config = format!(
            "[engines]\nb = \"sqlite://b.db\"\n\n[engines.default]\nurl = \"{url}\"\noutbox = true\ninbox = true\n\n\
             [atomic.both]\nengines = [\"b\", \"default\"]\nhome = \"b\"\n"
        );
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

/// A row that is not copied yet is copied by the next run.
///
/// Covers CLI-1 on PostgreSQL, MariaDB.
#[test]
fn a_sync_that_a_signal_ends_is_run_again() {
    let _watchdog = Watchdog::start("a_sync_that_a_signal_ends", Duration::from_secs(240));
    for test in Signalled::on_servers() {
        for signal in ["INT", "TERM"] {
            test.fill();
            test.end_at("sync", "a note", signal);
            assert!(!test.rows("notes").contains("2,a note"));
            // The server lets the lock of a run go when it has seen its end.
            wait_until(|| test.project.run("sync").is_good());
            assert_eq!(test.rows("notes"), "id,note\n2,a note\n");
        }
    }
}

/// Covers CLI-1 on PostgreSQL, MariaDB.
#[test]
fn a_command_of_tasks_that_a_signal_ends_keeps_them() {
    let _watchdog = Watchdog::start("a_command_of_tasks", Duration::from_secs(240));
    for test in Signalled::on_servers() {
        test.database.run_script(FAILED).expect("the tasks");
        let failed = || test.project.run("tasks list --failed").good();
        let before = failed();
        for signal in ["INT", "TERM"] {
            for (words, request) in [
                ("tasks delete --failed --yes", "DELETE FROM"),
                ("tasks retry --failed", "UPDATE"),
            ] {
                test.end_at(words, request, signal);
                assert_eq!(failed(), before, "{words} by {signal}");
            }
        }
        test.project.run("tasks delete --failed --yes").good();
        assert_eq!(failed(), "no tasks\n");
    }
}

/// Covers CLI-1 on PostgreSQL, MariaDB.
#[test]
fn a_command_of_messages_that_a_signal_ends_keeps_them() {
    let _watchdog = Watchdog::start("a_command_of_messages", Duration::from_secs(240));
    for test in Signalled::on_servers() {
        let rows = messages() + &event();
        test.database.run_script(&rows).expect("the messages");
        let failed = || {
            let lists = ["messages list --failed", "messages list --events --failed"];
            lists.map(|list| test.project.run(list).good())
        };
        let before = failed();
        for signal in ["INT", "TERM"] {
            for (words, request) in [
                ("messages delete --failed --yes", "DELETE FROM"),
                ("messages delete --events --failed --yes", "DELETE FROM"),
                ("messages replay --failed", "UPDATE"),
                ("messages replay --events --failed", "UPDATE"),
            ] {
                test.end_at(words, request, signal);
                assert_eq!(failed(), before, "{words} by {signal}");
            }
        }
        test.project.run("messages replay --failed").good();
        test.project
            .run("messages delete --events --failed --yes")
            .good();
        assert_eq!(failed(), ["no messages\n", "no events\n"]);
    }
}

/// A decided transaction stays prepared, and the next run commits it.
///
/// Covers CLI-1, REC-1 on PostgreSQL.
#[test]
fn a_recovery_that_a_signal_ends_is_run_again() {
    let _watchdog = Watchdog::start("a_recovery", Duration::from_secs(240));
    let Some(test) = fresh_postgres().map(Signalled::on) else {
        return;
    };
    for (id, signal) in [(31, "INT"), (32, "TERM")] {
        let transaction = format!("bnd1:lost.b:k1-{id}");
        let prepared = format!(
            "BEGIN; INSERT INTO places VALUES ({id}); PREPARE TRANSACTION '{transaction}:both.default.0'"
        );
        test.database.run_script(&prepared).expect("it is prepared");
        test.project.sqlite("b.db", &format!(
            "INSERT OR IGNORE INTO _bindery_coordinators VALUES ('lost.b', 0); \
             INSERT INTO _bindery_decisions VALUES ('{transaction}', 'C', 'lost.b', 'both.default.0', 4102444800000);"
        ));
        test.end_at("recover --older-than 0", "COMMIT PREPARED", signal);
        let listed = test.project.run("recover --older-than 0 --dry-run");
        holds(&listed.results, &["will be committed"]);
        test.project.run("recover --older-than 0").good();
        holds(&test.rows("places"), &[&id.to_string()]);
    }
}
