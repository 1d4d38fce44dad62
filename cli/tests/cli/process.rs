//! The command as a process: closed and full outputs, odd arguments, times.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output};

use super::support::{Project, holds};

/// Everything is there: tables with rows, migrations, a dump.
fn full() -> Project {
    filled(Project::blogs(), &["b", "default"])
}

/// The same of a project with the usual schema and these engines, wherever they are.
pub(super) fn filled(project: Project, engines: &[&str]) -> Project {
    for engine in engines {
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
    project.write("blogs.csv", "id,title\n1,one\n");
    project
        .run("load --engine b --table blogs --from blogs.csv")
        .good();
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
