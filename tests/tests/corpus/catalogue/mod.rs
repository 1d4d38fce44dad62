//! The content of a database's catalogue: for each table a list of facts, as text. Two databases are equal when their
//! lists are.

mod mysql;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;

use bindery_schema::dialect::Dialect;
use bindery_testkit::FreshDatabase;

/// Facts by the table's name, without its schema.
pub(crate) type Catalogue = BTreeMap<String, Vec<String>>;

/// Everything of a server's database.
pub(crate) fn of_server(database: &FreshDatabase, dialect: Dialect) -> Result<Catalogue, String> {
    let rows = match dialect {
        Dialect::Postgres => postgres::rows(database),
        Dialect::Mysql => mysql::rows(database),
        Dialect::Sqlite => Ok(String::new()),
    };
    rows.map(|rows| parse_catalogue(&rows))
        .map_err(|error| error.to_string())
}

/// Everything of a database in memory.
pub(crate) fn of_sqlite(database: &rusqlite::Connection) -> rusqlite::Result<Catalogue> {
    sqlite::rows(database).map(|rows| parse_catalogue(&rows))
}

/// Rows of `table|fact` as a catalogue.
fn parse_catalogue(rows: &str) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for row in rows.lines() {
        if let Some((table, fact)) = row.split_once('|') {
            let facts = catalogue.entry(table.to_owned()).or_default();
            facts.push(fact.to_owned());
        }
    }
    catalogue.values_mut().for_each(|facts| facts.sort());
    catalogue
}
