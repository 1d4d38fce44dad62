//! Real schemas, where they are at hand: each is read without an error and generated from, and the database that bindery
//! makes of it holds what the database holds that the schema's own script makes. Prints one line a schema.
//!
//! `BINDERY_CORPUS` names the folder of the schemas, else `shared/corpus` beside the checkout is looked for; nothing of
//! it is part of this repository. That each schema's meaning is read right is the matter of the crate `bindery-schema`.

mod catalogue;
mod expected;
mod foreign_keys;
mod original;
mod schema;
mod servers;
mod sound;
mod three_dialects;

use std::path::{Path, PathBuf};

use bindery_schema::dialect::Dialect;

use schema::Schema;

/// What became of one schema.
struct Outcome {
    line: String,
    /// What is not as it should be, beyond what `expected` knows of.
    surprises: Vec<String>,
}

/// The folder of the schemas.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let folder = std::env::var_os("BINDERY_CORPUS").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Tries every schema of a dialect.
fn try_all(dialect: Dialect) {
    let Some(corpus) = corpus() else {
        return servers::say("skipped: no corpus to test with (name its folder in BINDERY_CORPUS)");
    };
    let head = format!("{:44} tables columns  typed compared  equal", "schema");
    servers::say(&head);
    let mut surprises = Vec::new();
    for path in schema::files(&corpus.join(dialect.name())) {
        let outcome = try_one(&path, dialect);
        servers::say(&outcome.line);
        for surprise in &outcome.surprises {
            servers::say(&format!("    {surprise}"));
        }
        surprises.extend(outcome.surprises);
    }
    assert!(surprises.is_empty(), "{} findings", surprises.len());
}

fn try_one(path: &Path, dialect: Dialect) -> Outcome {
    let schema = match Schema::read(path, dialect) {
        Ok(schema) => schema,
        Err(findings) => {
            return Outcome {
                line: format!("{:44} is not read", schema::name(path, dialect)),
                surprises: vec![findings],
            };
        }
    };
    let comparison = servers::compare(&schema);
    note(&schema.name, comparison.as_ref());
    let mut surprises = Vec::new();
    let line = format!(
        "{:44} {:6} {:7} {:6} {}",
        schema.name,
        schema.tables().count(),
        schema.columns(),
        schema.typed(),
        comparison
            .as_ref()
            .map_or_else(|| "       -      -".to_owned(), ToString::to_string),
    );
    if let Some(comparison) = comparison {
        surprises.extend(expected::unexpected(&schema.name, comparison.differences));
    }
    Outcome { line, surprises }
}

/// Writes a comparison down for `cargo xtask corpus`, where that asks for it: numbers of tables compared and equal, then
/// what differs.
fn note(name: &str, comparison: Option<&servers::Comparison>) {
    let (Some(folder), Some(comparison)) = (std::env::var_os("BINDERY_CORPUS_NOTES"), comparison)
    else {
        return;
    };
    let file = Path::new(&folder).join(name.replace(['/', '_'], "-") + ".equal");
    let text = format!("{comparison}\n{}\n", comparison.differences.join("\n"));
    std::fs::write(file, text).expect("the folder of the notes can be written to");
}

/// What real schemas have too seldom for one of the folder: each script of `features` makes what bindery makes of it.
fn try_features(dialect: Dialect) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/features");
    let mut surprises = Vec::new();
    for path in schema::files(&folder.join(dialect.name())) {
        let outcome = try_one(&path, dialect);
        servers::say(&outcome.line);
        surprises.extend(outcome.surprises);
    }
    assert_eq!(surprises, Vec::<String>::new());
}

#[test]
fn seldom_features_of_postgres_come_back_equal() {
    try_features(Dialect::Postgres);
}

#[test]
fn seldom_features_of_sqlite_come_back_equal() {
    try_features(Dialect::Sqlite);
}

#[test]
fn seldom_features_of_mysql_come_back_equal() {
    try_features(Dialect::Mysql);
}

#[test]
fn real_schemas_of_sqlite_come_back_equal() {
    try_all(Dialect::Sqlite);
}

#[test]
fn real_schemas_of_postgres_come_back_equal() {
    try_all(Dialect::Postgres);
}

#[test]
fn real_schemas_of_mysql_come_back_equal() {
    try_all(Dialect::Mysql);
}
