//! Progress of long work: a bar on a terminal, and none elsewhere.

use super::support::{Project, holds};

/// One migration of three statements.
fn project() -> Project {
    let project = Project::new(&[("bindery.toml", "url = \"sqlite://default.db\"\n")]);
    std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
    let table = |name: &str| format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n");
    let sql: String = ["a", "b", "c"].map(table).concat();
    project.write("migrations/default/1_tables.sql", sql);
    project
}

/// Demand of every command for engines: a bar on a terminal, lines elsewhere, nothing with `--quiet`.
#[test]
fn cli_01_long_work_has_a_bar_on_a_terminal_alone() {
    let shown = project().run_on_terminal("migrate run");
    let bar = "\r\u{1b}[Kapplying 1 on default [";
    holds(
        &shown,
        &[bar, "[########----------------] 1 of 3 statements"],
    );
    assert!(shown.ends_with("\r\u{1b}[K"), "the bar goes: {shown:?}");

    assert_eq!(project().run_on_terminal("migrate run --quiet"), "");

    let outcome = project().run("migrate run");
    assert_eq!(outcome.messages, "", "{outcome:#?}");
}

/// Is a part of the screen a bar, drawn over what was there before?
fn has_bar(shown: &str) -> bool {
    shown.contains("\u{1b}[K")
}

/// Every command that may take long has a bar on a terminal and none elsewhere, and shows nothing with `--quiet`.
#[test]
fn cli_01_every_long_command_shows_its_steps_on_a_terminal() {
    let full = "[########################]";
    let commands = [
        ("create --engine b", "creating posts on b", "3 of 3 tables"),
        (
            "pull --engine b --out pulled.sql --yes",
            "reading the schema on b",
            "2 of 2 queries",
        ),
        (
            "pull --engine b --dry-run",
            "reading the schema on b",
            "2 of 2 queries",
        ),
        (
            "validate --engine b",
            "reading the schema on b",
            "2 of 2 queries",
        ),
        ("truncate --engine b --yes", "emptying", "3 of 3 tables"),
        ("reset --engine b --yes", "dropping", "3 of 3 tables"),
        (
            "reset --engine b --yes",
            "creating posts on b",
            "3 of 3 tables",
        ),
        ("drop --engine b --yes", "dropping", "4 of 4 tables"),
    ];
    let project = Project::blogs();
    for (words, place, steps) in commands {
        let shown = project.run_on_terminal(words);
        holds(
            &shown,
            &[
                &format!("\r\u{1b}[K{place}"),
                &format!(" on b {full} {steps}"),
            ],
        );
        let last = shown.rsplit('\r').find(|line| !line.trim().is_empty());
        assert!(
            last.is_some_and(|line| !line.contains('#')),
            "the bar goes: {shown:?}"
        );
    }
    for (words, ..) in commands {
        let shown = project.run_on_terminal(&format!("{words} --quiet"));
        assert!(!has_bar(&shown), "{words}: {shown:?}");
    }
    for (words, place, _) in commands {
        let outcome = project.run(words);
        assert!(outcome.is_good(), "{outcome:#?}");
        assert!(!outcome.messages.contains(place), "{outcome:#?}");
    }
    project.run("validate --links --quiet").good();
}

/// A load of fixtures counts rows, as that of a dump does.
#[test]
fn cli_01_a_load_of_fixtures_counts_rows() {
    let project = Project::blogs();
    project.run("create --engine b").good();
    std::fs::create_dir(project.path("fixtures")).expect("a folder");
    let row = |id: u32| format!("{id},title {id}\n");
    let rows: String = (1..=200_000).map(row).collect();
    project.write("fixtures/blogs.csv", format!("id,title\n{rows}"));
    let shown = project.run_on_terminal("load --engine b --fixtures fixtures");
    holds(&shown, &["\r\u{1b}[Kloading blogs on b: "]);
    let quiet = project.run_on_terminal("load --engine b --fixtures fixtures --quiet");
    assert!(!has_bar(&quiet), "{quiet:?}");
}
