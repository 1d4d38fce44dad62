//! The crates that an application's binary links.

use std::process::Command;

/// Names of the crates that a program with these features links, procedural macros and what they need left out.
fn linked_by(features: &str) -> Vec<String> {
    let lines = tree(
        features,
        &["--edges", "normal,no-proc-macro", "--format", "{p}"],
    );
    lines.iter().map(|line| name(line)).collect()
}

/// The same with procedural macros and what they need: all that is compiled for such a program.
fn compiled_by(features: &str) -> Vec<String> {
    let lines = tree(features, &["--edges", "normal", "--format", "{p}"]);
    lines.iter().map(|line| name(line)).collect()
}

fn name(line: &str) -> String {
    line.split(' ').next().unwrap_or_default().to_owned()
}

fn tree(features: &str, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "bindery", "--prefix", "none"])
        .args(["--no-default-features", "--features", features])
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines().map(str::to_owned).collect()
}

/// Only models that are structs of the program's own need the compiler of schemas in the program's build.
#[test]
fn the_compiler_of_schemas_comes_with_derive_alone() {
    let is_compiler = |name: &String| matches!(&**name, "bindery-schema" | "bindery-codegen");
    assert!(compiled_by("derive").iter().any(is_compiler));
    for features in ["outbox", "messages", "migrations", "cron,signals", "saga"] {
        let crates = compiled_by(features);
        assert!(!crates.iter().any(is_compiler), "{features}: {crates:?}");
    }
}

/// Events are written, relayed and consumed without copies of tables.
#[test]
fn messages_do_not_bring_sync() {
    let with = |features| {
        let lines = tree(
            features,
            &["--edges", "normal", "--depth", "0", "--format", "{f}"],
        );
        let on: Vec<String> = lines[0].split(',').map(str::to_owned).collect();
        on.contains(&"sync".to_owned())
    };
    assert!(with("messages,sync"));
    assert!(!with("messages"));
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
