//! The crates that are published say what a user has to know: licence, purpose, features. Pages name the version that there is.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::features::ROOT;

/// The packages of the workspace that are published, as cargo reads their manifests.
fn published() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(ROOT)
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list").clone();
    let is_published = |package: &Value| package["publish"].is_null();
    packages.into_iter().filter(is_published).collect()
}

fn string_field<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn every_published_crate_describes_itself() {
    let packages = published();
    assert_eq!(
        packages.len(),
        10,
        "crates that are new: are they for users?"
    );
    for package in &packages {
        let name = string_field(package, "name");
        for field in [
            "description",
            "license",
            "readme",
            "documentation",
            "rust_version",
        ] {
            assert!(
                !string_field(package, field).is_empty(),
                "{name}: no `{field}`"
            );
        }
        let count = |field: &str| package[field].as_array().map_or(0, Vec::len);
        assert!((1..=5).contains(&count("keywords")), "{name}: keywords");
        assert!((1..=5).contains(&count("categories")), "{name}: categories");
        let page = &package["metadata"]["docs"]["rs"]["all-features"];
        let has_features = package["features"]
            .as_object()
            .is_some_and(|all| !all.is_empty());
        assert_eq!(
            page == true,
            has_features,
            "{name}: `[package.metadata.docs.rs]`"
        );
    }
}

/// The cells of the table of features in the documentation of a crate: the feature, and what it brings in.
fn documented(package: &Value) -> BTreeSet<(String, BTreeSet<String>)> {
    let targets = package["targets"].as_array().expect("a list");
    let is_library = |target: &&Value| string_field(target, "src_path").ends_with("/src/lib.rs");
    let Some(library) = targets.iter().find(is_library) else {
        return BTreeSet::new();
    };
    let source =
        fs::read_to_string(string_field(library, "src_path")).expect("the repository can be read");
    let rows = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `"));
    let row = |row: &str| {
        let (feature, rest) = row
            .split_once("` |")
            .expect("the feature alone in its cell");
        let brings = rest.trim_end_matches([' ', '|']).rsplit_once("| ");
        let brings = brings.map_or("", |(_, names)| names);
        let names = brings.split('`').skip(1).step_by(2).map(str::to_owned);
        (feature.to_owned(), names.collect())
    };
    rows.map(row).collect()
}

/// What the manifest says: crates, and features of this one. Features of other crates are theirs to explain.
fn declared(package: &Value) -> BTreeSet<(String, BTreeSet<String>)> {
    let features = package["features"].as_object().expect("a table");
    let brings = |list: &Value| {
        let names = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let names = names.filter(|name| !name.contains('/'));
        let names = names.map(|name| name.strip_prefix("dep:").unwrap_or(name).to_owned());
        names.collect()
    };
    let all = features.iter();
    all.map(|(name, list)| (name.clone(), brings(list)))
        .collect()
}

#[test]
fn the_documentation_of_a_crate_names_every_feature_and_what_it_brings_in() {
    for package in published() {
        let name = string_field(&package, "name");
        assert_eq!(documented(&package), declared(&package), "{name}");
    }
}

/// The versions of bindery's crates that a page writes into a manifest.
fn versions(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| {
        let (name, rest) = line.trim_start().split_once(" = ")?;
        name.strip_prefix("bindery")?;
        let rest = rest.strip_prefix("{ version = ").unwrap_or(rest);
        rest.strip_prefix('"')?.split('"').next()
    })
}

#[test]
fn pages_name_the_version_that_there_is() {
    let docs = fs::read_dir(format!("{ROOT}/docs")).expect("the repository can be read");
    let docs = docs.map(|file| file.expect("it is there").path().display().to_string());
    let others = [
        "README.md",
        "testkit/README.md",
        "queues/README.md",
        "web/README.md",
    ];
    let pages = docs.chain(others.map(|name| format!("{ROOT}/{name}")));
    let mut named = 0;
    for page in pages.filter(|path| path.ends_with(".md")) {
        let text = fs::read_to_string(&page).expect("the repository can be read");
        for version in versions(&text) {
            let own = env!("CARGO_PKG_VERSION");
            assert!(
                own.starts_with(version),
                "{page}: {version}, and this is {own}"
            );
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
}
