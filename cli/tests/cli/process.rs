//! The command as a process: closed and full outputs, odd arguments, silent servers, forms that only look.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use bindery_testkit::{Direction, Fault, FaultProxy, FreshDatabase, fresh_mysql, fresh_postgres};

use super::support::{Project, holds, names_in};

/// Everything is there: tables with rows, migrations, a dump.
fn full() -> Project {
    let project = Project::blogs();
    for engine in ["b", "default"] {
        let folder = project.path(&format!("migrations/{engine}"));
        std::fs::create_dir_all(folder).expect("a folder");
        for (file, sql) in [
            (
                "1_extra.sql",
                "CREATE TABLE extra (id INTEGER PRIMARY KEY);\n",
            ),
            ("1_extra.down.sql", "DROP TABLE extra;\n"),
            (
                "2_more.sql",
                "CREATE TABLE more (id INTEGER PRIMARY KEY);\n",
            ),
        ] {
            project.write(&format!("migrations/{engine}/{file}"), sql);
        }
    }
    project.run("create --all").good();
    project.run("migrate baseline 1 --all").good();
    project.sqlite("b.db", "INSERT INTO blogs VALUES (1, 'one')");
    project.run("dump --all").good();
    project
}

fn shell(project: &Project, words: &str) -> Output {
    let run = format!("'{}' {words}", env!("CARGO_BIN_EXE_bindery"));
    let mut command = Command::new("sh");
    command.args(["-c", &run]).current_dir(project.path(""));
    command.output().expect("there is a shell")
}

const PRINTING: [&str; 8] = [
    "--help",
    "create --print --all",
    "explain B0410",
    "docs",
    "dump --engine b --table blogs --out -",
    "migrate status --all",
    "pull --engine b --out -",
    "status --format json",
];

/// Covers CLI-2.
#[test]
fn cli_02_output_that_nobody_reads_and_odd_arguments_are_no_panic() {
    let project = full();
    for words in PRINTING {
        for ends in ["| true", "| head -c 1", ">&- 2>&- <&-"] {
            let ended = shell(&project, &format!("{words} {ends}"));
            let messages = String::from_utf8_lossy(&ended.stderr);
            assert!(!messages.contains("panicked"), "{words} {ends}: {messages}");
            assert_ne!(ended.status.code(), Some(101), "{words} {ends}");
        }
    }
    for words in [
        "",
        "create",
        "dump --table",
        "migrate add",
        "load --from",
        "explain",
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(words.split_whitespace())
            .arg(OsStr::from_bytes(b"\xff\xfe"))
            .current_dir(project.path(""))
            .output()
            .expect("the command was built before its tests");
        let messages = String::from_utf8_lossy(&ended.stderr);
        assert!(
            matches!(ended.status.code(), Some(1 | 2)),
            "{words}: {messages}"
        );
        assert!(!messages.contains("panicked"), "{words}: {messages}");
    }
}

/// Covers CLI-6.
#[test]
fn cli_06_a_full_device_is_a_failure() {
    let project = full();
    for words in PRINTING.iter().skip(1) {
        let ended = shell(&project, &format!("{words} > /dev/full"));
        let messages = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{words}: {messages}");
        assert!(!messages.is_empty(), "{words}");
    }
}

/// Covers CLI-5.
#[test]
fn cli_05_names_from_the_command_line_are_names() {
    let project = full();
    for words in [
        "dump --engine b --out out",
        "load --engine b",
        "truncate --engine b --yes",
    ] {
        for name in ["blogs;DROP", "blogs\"--", "x'", "../blogs"] {
            let failed = project.run(&format!("{words} --table {name}")).failed();
            holds(&failed, &["there is no table"]);
        }
    }
    assert!(project.sqlite_tables("b.db").contains(&"blogs".to_owned()));
}

/// The files below a folder with their bytes.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for name in names_in(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inside = content(&path).into_iter();
            found.extend(inside.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, std::fs::read(path).expect("it is there"));
        }
    }
    found
}

/// Forms that only look, and how each ends: a migration is pending, and two engines have other rows.
const LOOKING: [(&str, i32); 24] = [
    ("check", 0),
    ("create --all --dry-run", 0),
    ("create --all --print", 0),
    ("docs", 0),
    ("doctor", 1),
    ("drop --all --dry-run", 0),
    ("dump --all --dry-run --force", 0),
    ("load --all --dry-run", 0),
    ("migrate add later --dry-run", 0),
    ("migrate baseline 2 --all --dry-run", 0),
    ("migrate check", 1),
    ("migrate revert --all --dry-run", 0),
    ("migrate run --all --dry-run", 0),
    ("migrate squash --all --dry-run", 0),
    ("migrate status --all", 0),
    ("mirror default b --dry-run", 0),
    ("pull --engine b --out -", 0),
    ("reset --all --dry-run", 0),
    ("shell --dry-run", 0),
    ("status", 1),
    ("truncate --all --dry-run", 0),
    ("validate", 0),
    ("validate --links", 0),
    ("verify blogs --from default --to b", 1),
];

/// Covers CLI-10 on SQLite.
#[test]
fn cli_10_forms_that_only_look_change_nothing_and_end_as_they_should() {
    let project = full();
    let before = content(&project.path(""));
    let mut others = Vec::new();
    for (words, code) in LOOKING {
        let outcome = project.run(words);
        if outcome.code != Some(code) {
            others.push(format!("{words}: {outcome:#?}"));
        }
        let after = content(&project.path(""));
        let changed = after
            .iter()
            .filter(|(name, bytes)| before.get(*name) != Some(bytes));
        let changed: Vec<&String> = changed.map(|(name, _)| name).collect();
        assert!(
            changed.is_empty() && after.len() == before.len(),
            "{words}: {changed:?}"
        );
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// A database that refuses every write: what only looks ends there as it does elsewhere.
///
/// Covers CLI-10 on PostgreSQL.
#[test]
fn cli_10_forms_that_only_look_need_no_right_to_write() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let config = format!("url = \"{}\"\n", database.url());
    let schema = "-- @dialect postgres\n\nCREATE TABLE blogs (id bigint PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
    std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
    for (file, sql) in [
        ("1_a.sql", "CREATE TABLE a (id bigint);\n"),
        ("1_a.down.sql", "DROP TABLE a;\n"),
        ("2_b.sql", "CREATE TABLE b (id bigint);\n"),
    ] {
        project.write(&format!("migrations/default/{file}"), sql);
    }
    project.run("create").good();
    project.run("migrate baseline 1 --all").good();
    project.run("dump").good();
    let of_one = LOOKING.iter().filter(|(words, _)| {
        let both = ["engine b", "default b", "--to b", "shell"];
        !both.iter().any(|part| words.contains(part))
    });
    let before: Vec<_> = of_one
        .map(|(words, _)| (*words, project.run(words).code))
        .collect();
    let sql = format!(
        "ALTER DATABASE \"{}\" SET default_transaction_read_only = on",
        database.name()
    );
    database
        .run_script(&sql)
        .expect("it only reads from now on");
    holds(
        &project.run("truncate --yes").failed(),
        &["the database may only be read"],
    );
    for (words, code) in before {
        let outcome = project.run(words);
        assert_eq!(outcome.code, code, "{words}: {outcome:#?}");
    }
}

/// `2026-01-31T12:00:00Z`.
fn is_rfc_3339(text: &str) -> bool {
    let digits = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'Z'),
    ];
    text.len() == 20
        && marks.iter().all(|(at, mark)| text.as_bytes()[*at] == *mark)
        && (0..19).all(|at| marks.iter().any(|(mark, _)| *mark == at) || digits(at))
}

/// Covers CLI-11.
#[test]
fn cli_11_times_of_documents_are_in_utc() {
    let project = full().with("TZ", "Asia/Kathmandu");
    let listed = project.run("migrate status --all --format json").json();
    let applied = listed[0]["migrations"][0]["applied_at"]
        .as_str()
        .expect("a time");
    assert!(is_rfc_3339(applied), "{applied}");
    let manifest = std::fs::read_to_string(project.path("data/b/manifest.json")).expect("a dump");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("a document");
    let taken = manifest["taken_at"].as_str().expect("a time");
    assert!(is_rfc_3339(taken), "{taken}");
}

/// A project whose one engine is behind a proxy, with short deadlines.
fn behind_a_proxy(database: &FreshDatabase) -> (Project, FaultProxy) {
    let url = database.url();
    let dialect = if url.starts_with("postgres") {
        "postgres"
    } else {
        "mysql"
    };
    let proxy = FaultProxy::start(&url).expect("a free port");
    let config = format!(
        "[engines.default]\nurl = \"{}\"\nconnect-timeout = \"1s\"\nstatement-timeout = \"1s\"\n",
        proxy.url()
    );
    let schema = format!("-- @dialect {dialect}\n\nCREATE TABLE blogs (id bigint PRIMARY KEY);\n");
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
    std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
    project.write(
        "migrations/default/1_a.sql",
        "CREATE TABLE a (id bigint);\n",
    );
    (project, proxy)
}

/// Commands that use a server, and what they send to it at some time.
const USING_A_SERVER: [(&str, &str); 12] = [
    ("create", "blogs"),
    ("doctor", "SELECT"),
    ("drop --yes", "blogs"),
    ("dump --out out", "blogs"),
    ("migrate baseline 1 --engine default", "_bindery_migrations"),
    ("migrate revert --yes", "_bindery_migrations"),
    ("migrate run", "_bindery_migrations"),
    ("migrate status", "_bindery_migrations"),
    ("pull --out -", "blogs"),
    ("reset --yes", "blogs"),
    ("truncate --yes", "blogs"),
    ("validate", "blogs"),
];

/// `doctor` and `status` say how bad it is by their exit code.
fn ends_in_time(project: &Project, words: &str, why: &str) {
    let outcome = project.run(words);
    let said = format!("{}{}", outcome.results, outcome.messages);
    assert!(said.contains(why), "{words}: {outcome:#?}");
    let code = if words == "doctor" { 2 } else { 1 };
    assert_eq!(outcome.code, Some(code), "{words}: {outcome:#?}");
}

/// Covers CLI-3 on PostgreSQL, MariaDB.
#[test]
fn cli_03_a_server_that_is_silent_from_the_beginning_ends_every_command() {
    for database in [fresh_postgres(), fresh_mysql()].into_iter().flatten() {
        let (project, proxy) = behind_a_proxy(&database);
        proxy.set(Fault::Stall);
        for (words, _) in USING_A_SERVER {
            ends_in_time(&project, words, "time ran out while connecting");
        }
    }
}

/// The server gets a statement and is silent from then on; the connection is reset later than the command waits.
///
/// Covers CLI-3 on PostgreSQL, MariaDB.
#[test]
fn cli_03_a_server_that_becomes_silent_ends_every_command() {
    for database in [fresh_postgres(), fresh_mysql()].into_iter().flatten() {
        let (project, proxy) = behind_a_proxy(&database);
        project.run("create").good();
        for (words, sent) in USING_A_SERVER {
            proxy.set(Fault::CutAfterPattern {
                direction: Direction::ToServer,
                pattern: sent.as_bytes().to_vec(),
                wait: Duration::from_secs(10),
            });
            ends_in_time(&project, words, "time ran out");
            proxy.heal();
        }
    }
}
