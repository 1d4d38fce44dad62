//! The crate that `bindery generate` writes.

use std::fs;
use std::path::Path;

use bindery_codegen::{FileState, Standalone};
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::CheckedModel;
use bindery_schema::source::Sources;

use crate::support::{folder_with, model, model_of};

const TWO: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY);\nCREATE TABLE lib (id INTEGER PRIMARY KEY, day DATE NOT NULL);";
const ONE: &str = "CREATE TABLE lib (id INTEGER PRIMARY KEY, day DATE NOT NULL);";

fn paths(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn only_what_differs_is_written_and_what_is_gone_is_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let own = folder.path().join("src/own.rs");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    let first = shop
        .generate(&model(TWO))
        .expect("the folder can be written");
    let all = paths(&[
        "Cargo.toml",
        "src/lib.rs",
        "src/lib_.rs",
        "src/lib__.rs",
        "src/note.rs",
        "src/notes.rs",
    ]);
    assert_eq!((first.written, first.unchanged), (all, 0));
    fs::write(&own, "// mine\n").expect("the folder can be written");
    let again = shop
        .generate(&model(TWO))
        .expect("the folder can be written");
    assert_eq!((again.written, again.unchanged), (Vec::new(), 6));
    let less = shop
        .generate(&model(ONE))
        .expect("the folder can be written");
    assert_eq!(less.written, paths(&["src/lib.rs"]));
    assert_eq!(less.removed, paths(&["src/note.rs", "src/notes.rs"]));
    assert!(own.exists());
}

/// The code says once which version of bindery it is of, and the manifest takes no other.
#[test]
fn the_crate_is_bound_to_the_version_of_its_generator() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    assert_eq!(shop.generator(), None);
    shop.generate(&model(TWO))
        .expect("the folder can be written");
    let read_file =
        |path: &str| fs::read_to_string(folder.path().join(path)).expect("it was written");
    let version = env!("CARGO_PKG_VERSION");
    let manifest = read_file("Cargo.toml");
    let dependency = format!("bindery = {{ version = \"={version}\",");
    assert!(manifest.contains(&dependency), "{manifest}");
    let (lib, module) = (read_file("src/lib.rs"), read_file("src/note.rs"));
    let (_, after_head) = lib.split_once("\n\n").expect("items after the head");
    let first = format!("::bindery::__private::generated_by!(\"{version}\");\n");
    assert!(after_head.starts_with(&first), "{lib}");
    assert!(!module.contains("generated_by"), "{module}");
    assert_eq!(shop.generator().as_deref(), Some(version));
    let older = lib.replace(&format!("(\"{version}\")"), "(\"0.0.9\")");
    fs::write(folder.path().join("src/lib.rs"), older).expect("it can be written");
    assert_eq!(shop.generator().as_deref(), Some("0.0.9"));
}

#[test]
fn files_of_modules_beyond_ascii_are_named_in_the_crate() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    shop.generate(&model(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY);\nCREATE TABLE größen (id INTEGER PRIMARY KEY);",
    ))
    .expect("the folder can be written");
    let lib = fs::read_to_string(folder.path().join("src/lib.rs")).expect("it was written");
    assert!(
        lib.contains("#[path = \"größen.rs\"]\npub mod größen;"),
        "{lib}"
    );
    assert!(
        lib.contains("#[path = \"größen_.rs\"]\npub mod größen_;"),
        "{lib}"
    );
    assert_eq!(lib.matches("#[path").count(), 2);
    assert!(folder.path().join("src/größen.rs").exists());
}

#[test]
fn checking_tells_what_is_stale() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    shop.generate(&model(TWO))
        .expect("the folder can be written");
    assert_eq!(shop.check(&model(TWO)).expect("it can be read"), []);
    fs::remove_file(folder.path().join("src/lib_.rs")).expect("it is there");
    let found = shop.check(&model(ONE)).expect("it can be read");
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.path.as_str(), one.state))
        .collect();
    let expected = [
        ("src/lib.rs", FileState::Changed),
        ("src/lib_.rs", FileState::Missing),
        ("src/note.rs", FileState::Leftover),
        ("src/notes.rs", FileState::Leftover),
    ];
    assert_eq!(found, expected);
}

#[test]
fn files_of_others_are_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(folder.path().join("Cargo.toml"), "[package]\n").expect("it can be written");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    let error = shop
        .generate(&model(ONE))
        .expect_err("a manifest is in the way");
    assert!(
        error.to_string().contains("was not generated by bindery"),
        "{error}"
    );
    assert!(!folder.path().join("src").exists());
}

#[test]
fn names_that_no_crate_can_have_are_refused() {
    for name in ["", "1a", "a b", "../a", "type", "bindery", "größe"] {
        assert!(Standalone::new("folder", name).is_err(), "{name}");
    }
}

/// Covers COMP-6: what is written stays in the crate's folder.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_links_that_lead_elsewhere() {
    let (folder, outside) = (tempfile::tempdir(), tempfile::tempdir());
    let (folder, outside) = (folder.expect("a folder"), outside.expect("a folder"));
    std::os::unix::fs::symlink(outside.path(), folder.path().join("src")).expect("a link");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    for error in [
        shop.generate(&model(ONE)).map(|_| ()),
        shop.check(&model(ONE)).map(|_| ()),
    ] {
        let error = error.expect_err("it leads elsewhere").to_string();
        assert!(error.contains("leads out of the crate's folder"), "{error}");
    }
    let left = fs::read_dir(outside.path()).expect("it is there").count();
    assert_eq!(left, 0);
}

/// A model whose columns have types of these paths.
fn typed(path: &str) -> CheckedModel {
    model(&format!(
        "CREATE TABLE lib (\n  id INTEGER PRIMARY KEY,\n  -- @type {path}\n  mail TEXT NOT NULL\n);"
    ))
}

fn config(text: &str) -> Config {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let text = format!("url = \"sqlite://app.db\"\n[crates]\n{text}");
    let folder = Path::new("shop");
    let config = Config::parse("bindery.toml", folder, &text, &mut sources, &mut found);
    config.expect("a good configuration")
}

#[test]
fn crates_of_types_are_in_the_manifest() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let text = "shop-types = { path = \"types\", features = [\"mail\"] }\nother = \"1.2\"\nunused = \"3\"\n";
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    let shop = shop.with_crates_of(&config(text));
    let manifest = |path: &str| {
        shop.generate(&typed(path)).expect("it can be written");
        fs::read_to_string(folder.path().join("Cargo.toml")).expect("it was written")
    };
    let found = manifest("bindery::types::Json<other::Of<::shop_types::Mail>>");
    let lines: Vec<&str> = found.lines().rev().take(2).collect();
    assert_eq!(lines[1], "other = { version = \"1.2\" }");
    let way = lines[0]
        .strip_prefix("shop-types = { path = \"../")
        .expect(lines[0]);
    assert!(
        way.ends_with("/shop/types\", features = [\"mail\"] }"),
        "{way}"
    );
    let found = manifest("std::string::String");
    assert!(
        found.trim_end().ends_with("features = [\"sqlite\"] }"),
        "{found}"
    );
}

#[test]
fn crates_of_derives_and_modules_are_in_the_manifest() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    let schema = "CREATE TABLE lib (\n  id INTEGER PRIMARY KEY,\n  -- @serde with \"money::cents\"\n  spent INTEGER NOT NULL\n);";
    let schema = folder_with("schema.sql", schema);
    let text = "url = \"sqlite://app.db\"\n[derives.Lib]\nnew = [\"serde::Serialize\"]\n";
    fs::write(schema.path().join("bindery.toml"), text).expect("it can be written to");
    let model = model_of(schema.path());
    let error = shop.generate(&model).expect_err("unknown");
    let told = "error: `serde::Serialize` is of the crate `serde`, which the generated crate does not depend on";
    assert!(error.to_string().contains(told), "{error}");

    let shop = shop.with_crates_of(&config(
        "money = \"2\"\nserde = { version = \"1\", features = [\"derive\"] }\n",
    ));
    shop.generate(&model).expect("it can be written");
    let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).expect("it was written");
    for line in [
        "features = [\"serde\", \"sqlite\"] }\n",
        "serde = { version = \"1\", features = [\"derive\"] }\n",
        "money = { version = \"2\" }\n",
    ] {
        assert!(manifest.contains(line), "{manifest}");
    }
}

#[test]
fn types_of_unknown_crates_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let shop = Standalone::new(folder.path(), "shop-db").expect("a good name");
    for (path, told) in [
        (
            "::shop_types::Mail",
            "is of the crate `shop_types`, which the generated crate does not depend on",
        ),
        (
            "bindery::types::Json<shop_types::Mail>",
            "is of the crate `shop_types`",
        ),
        (
            "crate::Mail",
            "is in the crate that uses it, and a generated crate is one of its own",
        ),
    ] {
        let error = shop.generate(&typed(path)).expect_err(path).to_string();
        assert!(error.contains(told) && error.contains("help: "), "{error}");
    }
    assert!(!folder.path().join("Cargo.toml").exists());
}
