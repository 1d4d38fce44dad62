//! Real schemas, where they are at hand: each is read without an error and generated from, and the database that bindery
//! makes of it holds what the database holds that the schema's own script makes. Prints one line a schema.
//!
//! `BINDERY_CORPUS` names the folder of the schemas, else `shared/corpus` beside the checkout is looked for; nothing of
//! it is part of this repository. Those of the reader's cases that a server takes are tried likewise. That each schema's meaning is read right is the matter of the crate `bindery-schema`.

mod cases;
mod catalogue;
mod expected;
mod foreign_keys;
mod limits;
mod original;
mod schema;
mod servers;
mod sound;
mod three_dialects;
mod views;

use std::path::Path;

use bindery_schema::dialect::Dialect;
use bindery_testkit::corpus;

use schema::Schema;

/// The result of one schema.
struct Outcome {
    line: String,
    /// Whether the server made every table of it; `true` where there is no server.
    all_made: bool,
    /// The differences that `expected` does not list.
    surprises: Vec<String>,
}

/// Tries every schema of a dialect.
fn try_all(dialect: Dialect) {
    let Some(corpus) = corpus() else {
        return;
    };
    let head = format!("{:44} tables columns  typed compared  equal", "schema");
    servers::say(&head);
    let mut surprises = Vec::new();
    let schemas = schema::files(&corpus.join(dialect.name()));
    assert!(!schemas.is_empty(), "no schema for {dialect}");
    for path in schemas {
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
                all_made: false,
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
    let made = comparison.as_ref().map(|comparison| comparison.compared);
    let all_made = made.is_none_or(|made| made == schema.tables().count());
    if let Some(comparison) = comparison {
        surprises.extend(expected::unexpected(&schema.name, comparison.differences));
    }
    Outcome {
        line,
        all_made,
        surprises,
    }
}

/// Writes a comparison down for `cargo xtask corpus`, where that requests it: numbers of tables compared and equal,
/// then what differs.
fn note(name: &str, comparison: Option<&servers::Comparison>) {
    let (Some(folder), Some(comparison)) = (std::env::var_os("BINDERY_CORPUS_NOTES"), comparison)
    else {
        return;
    };
    let file = Path::new(&folder).join(name.replace(['/', '_'], "-") + ".equal");
    let text = format!("{comparison}\n{}\n", comparison.differences.join("\n"));
    std::fs::write(file, text).expect("the folder of the notes can be written to");
}

/// Covers constructs that real schemas have too seldom: each of the reader's cases that a server takes makes what
/// bindery makes of it.
fn try_cases(dialect: Dialect) {
    let mut surprises = Vec::new();
    for path in cases::equal_on_server(dialect) {
        let outcome = try_one(&path, dialect);
        servers::say(&outcome.line);
        assert!(outcome.all_made, "the server does not take all of it");
        surprises.extend(outcome.surprises);
    }
    assert_eq!(surprises, Vec::<String>::new());
}

#[test]
fn cases_of_postgres_come_back_equal() {
    try_cases(Dialect::Postgres);
}

#[test]
fn cases_of_sqlite_come_back_equal() {
    try_cases(Dialect::Sqlite);
}

#[test]
fn cases_of_mysql_come_back_equal() {
    try_cases(Dialect::Mysql);
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
