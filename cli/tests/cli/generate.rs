//! `bindery generate`: a crate, and whether it is still what the schema says.

use std::fs;

use serde_json::json;

use crate::support::{Project, holds, names_in};

const GENERATE: &str = "generate --out db --crate shop-db";

#[test]
fn a_crate_is_written_once_and_checked() {
    let project = Project::blogs();
    let missing = project.run(&format!("{GENERATE} --check"));
    holds(
        &missing.results,
        &["missing   Cargo.toml", "missing   src/lib.rs"],
    );
    assert_eq!(missing.code, Some(1), "{missing:#?}");
    assert!(!project.path("db").exists());
    holds(
        &project.run(GENERATE).good(),
        &["written   Cargo.toml", "written   src/blogs.rs"],
    );
    assert_eq!(names_in(&project.path("db")), ["Cargo.toml", "src"]);
    assert_eq!(project.run(&format!("{GENERATE} --check")).good(), "");
    let again = project.run(GENERATE).good();
    assert!(
        again.ends_with("files unchanged\n") && !again.contains("written"),
        "{again}"
    );
}

#[test]
fn a_crate_that_is_stale_fails_the_check_and_stays_as_it_is() {
    let project = Project::blogs();
    project.run(GENERATE).good();
    let before = fs::read(project.path("db/src/lib.rs")).expect("the crate was written");
    project.write(
        "schema.sql",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n",
    );
    let outcome = project.run(&format!("{GENERATE} --check"));
    let expected = [
        "changed   src/lib.rs",
        "leftover  src/blogs.rs",
        "missing   src/notes.rs",
    ];
    holds(&outcome.results, &expected);
    holds(
        &outcome.failed(),
        &["`bindery generate --out db --crate shop-db`"],
    );
    let after = fs::read(project.path("db/src/lib.rs")).expect("the crate is there");
    assert_eq!(after, before);
    holds(
        &project.run(GENERATE).good(),
        &["removed   src/blogs.rs", "written   src/notes.rs"],
    );
    project.run(&format!("{GENERATE} --check")).good();
}

#[test]
fn what_was_done_as_data() {
    let project = Project::new(&[(
        "schema.sql",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n",
    )]);
    let check = format!("{GENERATE} --check --format json");
    let states = project.run(&check).json();
    assert_eq!(states[0], json!({"path": "Cargo.toml", "state": "missing"}));
    let document = project.run(&format!("{GENERATE} --format json")).json();
    let expected = json!({"written": ["Cargo.toml", "src/lib.rs", "src/note.rs", "src/notes.rs"], "removed": [], "unchanged": 0});
    assert_eq!(document, expected);
    assert_eq!(project.run(&check).json(), json!([]));
}

#[test]
fn a_file_that_was_not_generated_is_left_alone() {
    let project = Project::blogs();
    fs::create_dir(project.path("db")).expect("the folder can be made");
    project.write("db/Cargo.toml", "[package]\nname = \"mine\"\n");
    holds(
        &project.run(GENERATE).failed(),
        &["error: `db/Cargo.toml` was not generated"],
    );
    assert_eq!(names_in(&project.path("db")), ["Cargo.toml"]);
}

#[test]
fn a_broken_schema_writes_nothing() {
    let schema = "CREATE TABLE t (id INTEGER REFERENCES nowhere (id));\n";
    let project = Project::new(&[("schema.sql", schema)]);
    holds(&project.run(GENERATE).failed(), &["error[B"]);
    let document = project.run(&format!("{GENERATE} --format json")).json();
    assert_eq!(document["ok"], false);
    assert_eq!(project.files(), ["schema.sql"]);
}

#[test]
fn a_name_that_no_crate_can_have_is_refused() {
    let project = Project::blogs();
    for name in ["1db", "shop.db", "../db", "crate", "bindery"] {
        let messages = project
            .run(&format!("generate --out db --crate {name}"))
            .failed();
        holds(&messages, &["error: ", name, "help: "]);
    }
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

#[test]
fn without_rustfmt_the_code_is_indented_and_a_note_says_so() {
    let project = Project::blogs().with("RUSTFMT", "/no/such/rustfmt");
    let outcome = project.run(GENERATE);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    holds(&outcome.messages, &["note: rustfmt cannot be run"]);
    let text = fs::read_to_string(project.path("db/src/blogs.rs")).expect("it was written");
    holds(&text, &["\n        Self {\n            "]);
}
