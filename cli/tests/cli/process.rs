//! The command as a process: closed and full outputs, odd arguments, silent servers, forms that only look.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};

use bindery_testkit::{Fault, FaultProxy, fresh_postgres};

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
fn output_that_nobody_reads_and_odd_arguments_are_no_panic() {
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
fn a_full_device_is_a_failure() {
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
fn names_from_the_command_line_are_names() {
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

/// Covers CLI-10 on SQLite.
#[test]
fn forms_that_only_look_change_nothing() {
    let project = full();
    let before = content(&project.path(""));
    for words in [
        "check",
        "create --all --dry-run",
        "create --all --print",
        "docs",
        "doctor",
        "drop --all --dry-run",
        "dump --all --dry-run --force",
        "load --all --dry-run",
        "migrate add later --dry-run",
        "migrate baseline 2 --all --dry-run",
        "migrate check",
        "migrate revert --all --dry-run",
        "migrate run --all --dry-run",
        "migrate squash --all --dry-run",
        "migrate status --all",
        "mirror default b --dry-run",
        "pull --engine b --out -",
        "reset --all --dry-run",
        "shell --dry-run",
        "status",
        "truncate --all --dry-run",
        "validate",
        "validate --links",
        "verify --from default --to b",
    ] {
        let outcome = project.run(words);
        assert_ne!(outcome.code, Some(101), "{words}: {outcome:#?}");
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
fn times_of_documents_are_in_utc() {
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

/// Covers CLI-3 on PostgreSQL.
#[test]
fn a_silent_server_ends_every_command() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let proxy = FaultProxy::start(&database.url()).expect("a free port");
    let config = format!(
        "[engines.default]\nurl = \"{}\"\nconnect-timeout = \"1s\"\n",
        proxy.url()
    );
    let schema = "-- @dialect postgres\n\nCREATE TABLE blogs (id bigint PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
    std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
    project.write(
        "migrations/default/1_a.sql",
        "CREATE TABLE a (id bigint);\n",
    );
    proxy.set(Fault::Stall);
    for words in [
        "create",
        "drop --yes",
        "dump",
        "migrate run",
        "migrate status",
        "pull --out -",
        "truncate --yes",
        "validate",
    ] {
        holds(
            &project.run(words).failed(),
            &["time ran out while connecting"],
        );
    }
}
