//! The two databases of one schema: one made by its script, one by bindery.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use crate::catalogue::{self, Catalogue};
use crate::original;
use crate::schema::Schema;
use crate::sound;

/// How far the two databases are equal.
pub(crate) struct Comparison {
    pub(crate) compared: usize,
    equal: usize,
    pub(crate) differences: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:8} {:6}", self.compared, self.equal)
    }
}

/// Makes both and compares them. `None` without a server for the dialect.
pub(crate) fn compare(schema: &Schema) -> Option<Comparison> {
    let (original, created) = match schema.dialect {
        Dialect::Sqlite => {
            let original = in_sqlite(schema, &schema.script);
            let created = in_sqlite(schema, &schema.statements_of(&made(&original)));
            (original, created)
        }
        Dialect::Postgres => on_server(schema, fresh_postgres)?,
        Dialect::Mysql => on_server(schema, fresh_mysql)?,
    };
    Some(comparison(schema, original, created))
}

type Loaded = Result<Catalogue, String>;

/// The tables that could be made of the original script.
fn made(original: &Loaded) -> BTreeSet<String> {
    let tables = original.iter().flat_map(|catalogue| catalogue.keys());
    tables.cloned().collect()
}

fn in_sqlite(schema: &Schema, script: &str) -> Loaded {
    let facts = || -> rusqlite::Result<Catalogue> {
        let database = rusqlite::Connection::open_in_memory()?;
        database.execute_batch(script)?;
        sound::in_sqlite(schema, &database);
        catalogue::of_sqlite(&database)
    };
    facts().map_err(|error| error.to_string())
}

/// Runs a script. That of bindery must run to its end; of the original the server makes as much as it can.
fn on_server(schema: &Schema, fresh: fn() -> Option<FreshDatabase>) -> Option<(Loaded, Loaded)> {
    let dialect = schema.dialect;
    let given = original::given(&schema.name);
    let script = original::script(&schema.script, dialect);
    let original = load(schema, &fresh()?, &format!("{given}{script}"));
    let created = given + &schema.statements_of(&made(&original));
    let created = load(schema, &fresh()?, &created);
    Some((original, created))
}

fn load(schema: &Schema, database: &FreshDatabase, script: &str) -> Loaded {
    let loaded = database.run_script(script);
    loaded.map_err(|error| error.to_string())?;
    sound::at(schema, &database.url());
    catalogue::of_server(database, schema.dialect)
}

/// A table that the server could not make of the original script is not compared.
fn comparison(schema: &Schema, original: Loaded, created: Loaded) -> Comparison {
    let mut result = Comparison {
        compared: 0,
        equal: 0,
        differences: Vec::new(),
    };
    let (original, created) = match (original, created) {
        (Ok(original), Ok(created)) => (original, created),
        (original, created) => {
            let told = |what, loaded: Loaded| loaded.err().map(|error| format!("{what}: {error}"));
            let failed = [told("original", original), told("created", created)];
            result.differences = failed.into_iter().flatten().collect();
            return result;
        }
    };
    let created = |name: &String| created.get(name);
    for (name, wanted) in original.iter().filter(|(_, facts)| is_table(facts)) {
        result.compared += 1;
        let known = schema
            .model
            .tables
            .iter()
            .any(|table| table.name.name == *name);
        let found = created(name).filter(|_| known);
        let differences = differences(name, wanted, found);
        result.equal += usize::from(differences.is_empty());
        result.differences.extend(differences);
    }
    for (name, wanted) in original.iter().filter(|(_, facts)| is_view(facts)) {
        // Of the others a warning says that they are not made.
        if let Some(found) = created(name) {
            let differences = differences(name, wanted, Some(found));
            result.differences.extend(differences);
        }
    }
    result
}

fn is_view(facts: &[String]) -> bool {
    facts.iter().any(|fact| fact.starts_with("view"))
}

/// Rather than only a part or shadow of one.
fn is_table(facts: &[String]) -> bool {
    let starts = ["table", "CREATE TABLE"];
    facts
        .iter()
        .any(|fact| starts.iter().any(|start| fact.starts_with(start)))
}

fn differences(table: &str, wanted: &[String], found: Option<&Vec<String>>) -> Vec<String> {
    let Some(found) = found else {
        return vec![format!("{table}: not created")];
    };
    let (wanted, found): (BTreeSet<_>, BTreeSet<_>) =
        (wanted.iter().collect(), found.iter().collect());
    let missing = wanted
        .difference(&found)
        .map(|fact| format!("{table}: lacks {fact}"));
    let added = found
        .difference(&wanted)
        .map(|fact| format!("{table}: has {fact}"));
    missing.chain(added).collect()
}

/// Written to stderr itself: what `eprintln!` prints in a passing test is not shown.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
