//! The crates that an application's binary links.

use std::process::Command;

/// Names of the crates that a program with only SQLite links, procedural macros and what they need left out.
fn linked_by(features: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "bindery",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .args(["--no-default-features", "--features", features])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

/// BIND-06: no driver of another database, no SQL parser, no asynchronous runtime.
#[test]
fn bind_06_a_sqlite_program_links_nothing_of_other_databases() {
    let crates = linked_by("sqlite,chrono,derive");
    assert!(crates.iter().any(|name| name == "rusqlite"), "{crates:?}");
    for unwanted in [
        "postgres",
        "tokio-postgres",
        "postgres-protocol",
        "postgres-types",
        "mysql",
        "mysql_common",
        "sqlparser",
        "tokio",
        "syn",
    ] {
        assert!(
            !crates.iter().any(|name| name == unwanted),
            "{unwanted} is linked: {crates:?}"
        );
    }
}

/// Connections are driven by an executor of our own, without an asynchronous runtime.
#[test]
fn a_program_with_servers_links_no_client_library() {
    let crates = linked_by("postgres,mysql");
    assert!(
        crates.iter().any(|name| name == "postgres-types"),
        "{crates:?}"
    );
    for unwanted in [
        "postgres",
        "tokio-postgres",
        "mysql",
        "mysql_common",
        "tokio",
        "futures-util",
    ] {
        assert!(
            !crates.iter().any(|name| name == unwanted),
            "{unwanted} is linked: {crates:?}"
        );
    }
}
