//! A generated crate whose schema has changed is not built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_codegen::{FileState, Standalone};

use crate::support::model;

const SCHEMA: &str = "CREATE TABLE notes (\n  id INTEGER PRIMARY KEY\n);\n";

/// Compiles the build script of a crate, and returns how it is run there.
fn build_script(of: &Path) -> impl Fn() -> String + use<'_> {
    let program = of.join("built");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(compiler)
        .args(["--edition", "2024", "-D", "warnings", "-o"])
        .args([&program, &of.join("build.rs")])
        .status();
    assert!(status.expect("there is a compiler").success());
    move || {
        let ran = Command::new(&program).current_dir(of).output();
        let ran = ran.expect("it can be run");
        assert!(ran.status.success());
        String::from_utf8(ran.stdout).expect("text")
    }
}

#[test]
fn a_crate_is_not_built_where_its_schema_has_changed() {
    let project = tempfile::tempdir().expect("a temporary folder can be made");
    let place = |name: &str| project.path().join(name);
    let write = |name: &str, text: &str| fs::write(place(name), text).expect("it can be written");
    for folder in ["queries", "migrations", "migrations/1_notes"] {
        fs::create_dir(place(folder)).expect("it can be made");
    }
    write("bindery.toml", "url = \"sqlite://app.db\"\n");
    write("schema.sql", SCHEMA);
    write("queries/a.sql", "");
    let files: Vec<PathBuf> = [
        "bindery.toml",
        "schema.sql",
        "queries",
        "queries/a.sql",
        "migrations",
        "gone.sql",
    ]
    .map(place)
    .into();
    let shop = Standalone::new(place("crates/db"), "shop-db").expect("a good name");
    let shop = shop.made_of(files);
    let outcome = shop.generate(&model(SCHEMA)).expect("it can be written");
    assert!(
        outcome.written.contains(&"build.rs".to_owned()),
        "{outcome:?}"
    );
    let formatted = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "build.rs"])
        .current_dir(place("crates/db"))
        .status();
    assert!(formatted.expect("there is a formatter").success());

    let folder = place("crates/db");
    let run = build_script(&folder);
    let fresh = "cargo::rerun-if-changed=build.rs\n\
                 cargo::rerun-if-changed=../../bindery.toml\n\
                 cargo::rerun-if-changed=../../schema.sql\n\
                 cargo::rerun-if-changed=../../queries\n\
                 cargo::rerun-if-changed=../../queries/a.sql\n\
                 cargo::rerun-if-changed=../../migrations\n";
    assert_eq!(run(), fresh);
    write("schema.sql", &SCHEMA.replace('\n', "\r\n"));
    assert_eq!(run(), fresh, "line ends are no change");
    write("queries/notes.txt", "no query");
    assert_eq!(run(), fresh);

    let again = "has changed since this crate was generated: run `bindery generate --out crates/db --crate shop-db`";
    let told = |path: &str| format!("cargo::error=`../../{path}` {again}\n");
    write("schema.sql", &SCHEMA.replace("id", "number"));
    assert!(run().contains(&told("schema.sql")), "{}", run());
    write("schema.sql", SCHEMA);
    write("queries/b.sql", "");
    assert!(run().contains(&told("queries")), "{}", run());
    fs::create_dir(place("migrations/2_names")).expect("it can be made");
    assert!(run().contains(&told("migrations")), "{}", run());
    assert!(!run().contains(&told("schema.sql")), "{}", run());

    let stale = shop.check(&model(SCHEMA)).expect("it can be read");
    let stale: Vec<_> = stale
        .iter()
        .map(|it| (it.path.as_str(), it.state))
        .collect();
    assert_eq!(stale, [("build.rs", FileState::Changed)]);
    shop.generate(&model(SCHEMA)).expect("it can be written");
    assert_eq!(build_script(&folder)(), fresh);

    // Without its schema it is built as it is.
    for path in ["bindery.toml", "schema.sql"] {
        fs::remove_file(place(path)).expect("it is there");
    }
    for folder in ["queries", "migrations"] {
        fs::remove_dir_all(place(folder)).expect("it is there");
    }
    assert_eq!(run(), "cargo::rerun-if-changed=build.rs\n");

    // A crate that is made of no files has no build script.
    let shop = Standalone::new(&folder, "shop-db").expect("a good name");
    let outcome = shop.generate(&model(SCHEMA)).expect("it can be written");
    assert_eq!(outcome.removed, ["build.rs"]);
}
