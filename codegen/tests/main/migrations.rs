//! `[migrations] check`: a build that compares the migrations with the schema.

use std::fs;

use bindery_codegen::Config;
use tempfile::TempDir;

use crate::support::folder_with;

const SCHEMA: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n";

/// Builds a project; its error.
fn built(config: &str, migration: &str) -> Option<String> {
    let folder: TempDir = folder_with("schema.sql", SCHEMA);
    let at = |file: &str| folder.path().join(file);
    fs::create_dir_all(at("migrations/default")).expect("a folder can be made");
    fs::write(at("migrations/default/1_notes.sql"), migration).expect("it can be written to");
    fs::write(
        at("bindery.toml"),
        format!("url = \"sqlite://a.db\"\n{config}"),
    )
    .expect("it can be written to");
    let build = Config::new()
        .config_file(at("bindery.toml"))
        .schema(at("schema.sql"))
        .out_dir(at("out"));
    let here = format!("{}/", folder.path().display());
    let error = build.compile().err();
    error.map(|error| format!("{error:?}").replace(&here, ""))
}

const WITHOUT_TITLE: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n";

#[test]
fn without_the_key_no_migration_is_looked_at() {
    assert_eq!(built("", WITHOUT_TITLE), None);
    assert_eq!(built("[migrations]\ncheck = \"off\"\n", "nonsense"), None);
}

#[cfg(feature = "migrations")]
#[test]
fn migrations_that_do_not_end_at_the_schema_fail_the_build() {
    let check = "[migrations]\ncheck = \"error\"\n";
    assert_eq!(built(check, SCHEMA), None);
    let error = built(check, WITHOUT_TITLE).expect("the build fails");
    let place = "schema.sql:1:45";
    assert!(
        error.contains("error[B0334]: migrations of engine `default`:") && error.contains(place),
        "{error}"
    );
    let error = built(check, "BEGIN;\n").expect("the build fails");
    assert!(
        error.contains("migrations/default/1_notes.sql:1:1"),
        "{error}"
    );
    let only_b =
        "[engines]\nb = \"sqlite://b.db\"\n[migrations]\ncheck = \"error\"\nengines = [\"b\"]\n";
    assert_eq!(built(only_b, WITHOUT_TITLE), None, "`b` has no tables");
    let warned = "[migrations]\ncheck = \"warn\"\n";
    assert_eq!(built(warned, WITHOUT_TITLE), None);
}

#[cfg(not(feature = "migrations"))]
#[test]
fn without_the_feature_the_build_says_that_it_cannot_check() {
    let error = built("[migrations]\ncheck = \"error\"\n", SCHEMA).expect("the build fails");
    assert!(
        error.contains("error[B0335]") && error.contains("bindery.toml:3:1"),
        "{error}"
    );
}
