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
