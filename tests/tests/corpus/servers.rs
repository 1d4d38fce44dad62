//! The two databases of one schema: one made by its script, one by bindery.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use crate::catalogue::{self, Catalogue};
use crate::original;
use crate::schema::Schema;

/// How far the two databases are equal.
pub(crate) struct Comparison {
    compared: usize,
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
        Dialect::Sqlite => (in_sqlite(&schema.script), in_sqlite(&schema.statements())),
        Dialect::Postgres => on_server(schema, fresh_postgres)?,
        Dialect::Mysql => on_server(schema, fresh_mysql)?,
    };
    Some(comparison(schema, original, created))
}

type Loaded = Result<Catalogue, String>;

fn in_sqlite(script: &str) -> Loaded {
    let database = rusqlite::Connection::open_in_memory().map_err(|error| error.to_string())?;
    let rows = || -> rusqlite::Result<String> {
        database.execute_batch(script)?;
        let mut query = database.prepare(catalogue::query(Dialect::Sqlite))?;
        let rows = query.query_map([], |row| row.get::<_, Option<String>>(0))?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().flatten().collect::<Vec<_>>().join("\n"))
    };
    rows()
        .map(|rows| catalogue::read(&rows))
        .map_err(|error| error.to_string())
}

fn on_server(schema: &Schema, fresh: fn() -> Option<FreshDatabase>) -> Option<(Loaded, Loaded)> {
    let dialect = schema.dialect;
    let original = original::script(&schema.script, dialect);
    let before = match dialect {
        Dialect::Postgres => original::extensions(&schema.script),
        Dialect::Sqlite | Dialect::Mysql => String::new(),
    };
    let created = before + &schema.statements();
    Some((
        load(&fresh()?, &original, dialect),
        load(&fresh()?, &created, dialect),
    ))
}

fn load(database: &FreshDatabase, script: &str, dialect: Dialect) -> Loaded {
    let rows = || {
        database.run_script(script)?;
        database.answer(catalogue::query(dialect))
    };
    rows()
        .map(|rows| catalogue::read(&rows))
        .map_err(|error| error.to_string())
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
    for table in schema.tables() {
        let name = &table.name.name;
        let Some(wanted) = original.get(name) else {
            continue;
        };
        result.compared += 1;
        let differences = differences(name, wanted, created.get(name));
        result.equal += usize::from(differences.is_empty());
        result.differences.extend(differences);
    }
    result
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
