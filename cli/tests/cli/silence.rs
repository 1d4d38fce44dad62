//! Servers that fall silent: as a command connects, before the first row of a table, in the middle of its rows.

use std::thread;
use std::time::Duration;

use bindery_testkit::{
    Direction, Fault, FaultProxy, FreshDatabase, Watchdog, fresh_mysql, fresh_postgres,
};
use mysql::prelude::Queryable;

use super::support::{NOTES_SCHEMA, Outcome, Project, holds, names_in, wait_until};

const ROWS: u32 = 30_000;

/// A server behind a proxy, with a table of many rows that is dumped, and one that is not made yet.
struct Behind {
    database: FreshDatabase,
    is_postgres: bool,
}

impl Behind {
    fn all() -> Vec<Self> {
        let database_of = |is_postgres| {
            move |database| Self {
                database,
                is_postgres,
            }
        };
        let postgres = fresh_postgres().map(database_of(true));
        let servers: Vec<Self> = postgres
            .into_iter()
            .chain(fresh_mysql().map(database_of(false)))
            .collect();
        servers.iter().for_each(Self::fill);
        servers
    }

    fn fill(&self) {
        let (project, _proxy) = self.project();
        let rows = (1..=ROWS).map(|id| format!("{id},note {id} of many\n"));
        let rows: String = rows.collect();
        project.write("notes.csv", format!("id,note\n{rows}"));
        self.run_script("CREATE TABLE notes (id bigint PRIMARY KEY, note varchar(200) NOT NULL)");
        project
            .run("load --engine default --table notes --from notes.csv")
            .good();
    }

    fn run_script(&self, sql: &str) {
        self.database.run_script(sql).expect("the test server");
    }

    /// A project of its own, with a proxy of its own before the one server.
    fn project(&self) -> (Project, FaultProxy) {
        let proxy = FaultProxy::start(&self.database.url()).expect("a free port");
        let config = format!(
            "[schema]\nqueries = [\"queries\"]\n\n[engines]\nb = \"sqlite://b.db\"\n\n[engines.default]\nurl = \"{}\"\nconnect-timeout = \"1s\"\nstatement-timeout = \"2s\"\noutbox = true\ninbox = true\n\n[atomic.both]\nengines = [\"b\", \"default\"]\nhome = \"b\"\n",
            proxy.url()
        );
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", NOTES_SCHEMA)]);
        let query = "-- name: notes :many\nSELECT id, note FROM notes;\n";
        project.write("queries/notes.sql", query);
        std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
        let migration = "CREATE TABLE silent_one (id bigint);\n";
        project.write("migrations/default/1_a.sql", migration);
        project.write(
            "migrations/default/1_a.down.sql",
            "DROP TABLE silent_one;\n",
        );
        (project, proxy)
    }

    /// Runs a command during which the server falls silent.
    fn run(&self, words: &str, fault: Fault) -> Outcome {
        let (project, proxy) = self.project();
        project.write("notes.csv", "id,note\n1,one\n");
        project.run("create --engine b").good();
        proxy.set(fault);
        project.run(words)
    }
}

fn at(direction: Direction, pattern: &str) -> Fault {
    let pattern = pattern.as_bytes().to_vec();
    Fault::StallAtPattern {
        direction,
        pattern,
        passes: false,
    }
}

/// It ends with its reason, and what was dumped before is all that is there.
///
/// Covers DUMP-1, CLI-3 on PostgreSQL, MariaDB.
#[test]
fn a_server_that_falls_silent_ends_a_dump() {
    type MakeFault = fn() -> Fault;
    let _watchdog = Watchdog::start(
        "a_server_that_falls_silent_ends_a_dump",
        Duration::from_secs(240),
    );
    let before_rows = || at(Direction::ToServer, "notes");
    let in_rows = || at(Direction::ToClient, "note 20000 of many");
    let dumps: [(&str, MakeFault); 4] = [
        ("dump --table notes --force", before_rows),
        ("dump --table notes --force", in_rows),
        ("dump --table notes --archive dump.tar.zst", in_rows),
        ("dump --table notes --out notes.jsonl", in_rows),
    ];
    let servers = Behind::all();
    thread::scope(|scope| {
        for server in &servers {
            scope.spawn(move || {
                for (words, fault) in dumps {
                    a_silent_dump(server, words, fault());
                }
            });
        }
    });
}

fn a_silent_dump(server: &Behind, words: &str, fault: Fault) {
    let (project, proxy) = server.project();
    project.run("dump --table notes").good();
    let (files, before) = (project.files(), names_in(&project.path("data")));
    let dump = |file| std::fs::read(project.path(&format!("data/default/{file}"))).expect("a file");
    let kept = ["manifest.json", "notes.csv"].map(dump);
    proxy.set(fault);
    let failed = project.run(words).failed();
    holds(
        &failed,
        &[
            "engine `default`: dumping: table `notes`: time ran out",
            "nothing came for 3s, and the server answers no other connection",
        ],
    );
    assert_eq!(project.files(), files, "{words}");
    assert_eq!(names_in(&project.path("data")), before, "{words}");
    assert_eq!(["manifest.json", "notes.csv"].map(dump), kept, "{words}");
}

/// A table that another session has locked is waited for, however long nothing comes, as the server answers.
///
/// Covers CLI-3 on PostgreSQL, MariaDB.
#[test]
fn a_server_that_takes_long_is_not_silent() {
    let _watchdog = Watchdog::start(
        "a_server_that_takes_long_is_not_silent",
        Duration::from_secs(240),
    );
    for server in Behind::all() {
        let (project, proxy) = server.project();
        let release = lock(&server);
        let mut dump = project.start("dump --table notes");
        // Its own connection, and two trials.
        wait_until(|| proxy.accepted() >= 3 || !dump.is_running());
        assert!(dump.is_running(), "{}", dump.messages());
        drop(release);
        wait_until(|| !dump.is_running());
        assert_eq!(
            names_in(&project.path("data/default")),
            ["manifest.json", "notes.csv"]
        );
    }
}

/// Locks the table until the value is dropped.
fn lock(server: &Behind) -> Box<dyn std::any::Any> {
    let url = server.database.url();
    if server.is_postgres {
        let client = postgres::Client::connect(&url, postgres::NoTls);
        let mut client = client.expect("the test server");
        let locking = client.batch_execute("BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE");
        locking.expect("it is there");
        Box::new(client)
    } else {
        let mut client = mysql::Conn::new(url.as_str()).expect("the test server");
        client
            .query_drop("LOCK TABLES notes WRITE")
            .expect("it is there");
        Box::new(client)
    }
}

/// Texts of requests, of PostgreSQL and of MySQL.
type Requests = [&'static str; 2];

const NOTES: Requests = ["notes"; 2];
const CATALOGUE: Requests = ["pg_class", "information_schema"];
const PREPARED: Requests = ["pg_prepared_xacts", "XA RECOVER"];
const MIGRATIONS: Requests = ["bindery_migrations"; 2];
const TASKS: Requests = ["bindery_outbox"; 2];
const EVENTS: Requests = ["bindery_events"; 2];
const MESSAGES: Requests = ["bindery_messages"; 2];

/// Each command, and the request at which the server falls silent.
const COMMANDS: [(&str, Requests); 30] = [
    ("check --against-engine default", NOTES),
    ("create --engine default", ["CREATE TABLE"; 2]),
    ("create --engine default --dry-run", CATALOGUE),
    ("doctor", CATALOGUE),
    ("drop --engine default --yes", ["DROP TABLE"; 2]),
    ("dump --engine default --table notes", NOTES),
    (
        "load --engine default --table notes --from notes.csv",
        NOTES,
    ),
    ("migrate baseline 1 --engine default", MIGRATIONS),
    ("messages delete --failed --yes", MESSAGES),
    ("messages list", MESSAGES),
    ("messages list --events", EVENTS),
    ("messages replay --failed", MESSAGES),
    (
        "migrate resolve 1 --engine default --statements 0",
        MIGRATIONS,
    ),
    ("migrate revert --engine default --yes", MIGRATIONS),
    ("migrate run --engine default", ["silent_one"; 2]),
    ("migrate status --engine default", MIGRATIONS),
    ("mirror b default --replace --yes", ["places"; 2]),
    ("pull --engine default --out -", CATALOGUE),
    ("recover --dry-run", PREPARED),
    ("reset --engine default --yes", ["DROP TABLE"; 2]),
    ("status", PREPARED),
    ("sync", ["bindery_sync"; 2]),
    ("sync --dry-run", NOTES),
    ("tasks delete --failed --yes", TASKS),
    ("tasks list", TASKS),
    ("tasks retry --failed", TASKS),
    ("truncate --engine default --table notes --yes", NOTES),
    ("validate", CATALOGUE),
    ("verify --from b --to default notes", NOTES),
    ("verify --from default --to b notes", NOTES),
];

/// The password of a URL, which no message has.
fn password(url: &str) -> &str {
    let (user, _) = url
        .rsplit_once('@')
        .expect("the test servers have accounts");
    let (_, password) = user
        .rsplit_once(':')
        .expect("their accounts have passwords");
    password
}

/// Runs each command on a few threads: they wait most of the time.
fn run_all(server: &Behind, fault: impl Fn(&str) -> Fault + Sync, reason: &str) {
    const THREADS: usize = 4;
    let (fault, url) = (&fault, server.database.url());
    let password = password(&url);
    thread::scope(|scope| {
        for part in COMMANDS.chunks(COMMANDS.len().div_ceil(THREADS)) {
            scope.spawn(move || {
                for (words, [postgres, mysql]) in part {
                    let pattern = if server.is_postgres { postgres } else { mysql };
                    let outcome = server.run(words, fault(pattern));
                    assert!(matches!(outcome.code, Some(1 | 2)), "{words}: {outcome:#?}");
                    let text = outcome.results + &outcome.messages;
                    holds(&text, &["engine `default`", reason]);
                    assert!(!text.contains(password), "{words}");
                }
            });
        }
    });
}

/// Covers CLI-3 on PostgreSQL, MariaDB.
#[test]
fn a_silent_server_ends_every_command() {
    let _watchdog = Watchdog::start(
        "a_silent_server_ends_every_command",
        Duration::from_secs(240),
    );
    for server in Behind::all() {
        run_all(&server, |_| Fault::Stall, "time ran out while connecting");
    }
}

/// Covers CLI-3 on PostgreSQL, MariaDB.
#[test]
fn a_server_that_falls_silent_ends_every_command() {
    let _watchdog = Watchdog::start(
        "a_server_that_falls_silent_ends_every_command",
        Duration::from_secs(240),
    );
    for server in Behind::all() {
        let falls_silent = |pattern: &str| at(Direction::ToServer, pattern);
        run_all(&server, falls_silent, "time ran out in a statement");
    }
}
