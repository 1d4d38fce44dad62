//! The rows of `migrate check --prove` in a database of a test.

#[path = "../../../src/commands/migrate/prove/row.rs"]
mod row;
#[path = "../../../src/commands/migrate/prove/rows.rs"]
mod rows;
#[path = "../../../src/commands/migrate/prove/values.rs"]
mod values;

use std::collections::BTreeSet;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::Structure;
use mysql::prelude::Queryable;

use self::rows::{Filled, Rows};

/// A database that is open.
pub(crate) enum Client {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
    Mysql(mysql::Conn),
}

/// The number of rows, and of tables that no row was found for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Inserted {
    pub(crate) rows: u64,
    pub(crate) empty: usize,
}

impl Client {
    /// Puts rows into the tables of a schema that was pulled from it.
    pub(crate) fn fill(&mut self, pulled: &str) -> Result<Inserted, String> {
        let structure = Structure::read(pulled, self.dialect(), None);
        let structure = structure.map_err(|_| "what was pulled cannot be read")?;
        self.fill_all(&structure, &BTreeSet::new())
    }

    /// The same of a structure, but for the tables of these names.
    pub(crate) fn fill_all(
        &mut self,
        structure: &Structure,
        left_empty: &BTreeSet<String>,
    ) -> Result<Inserted, String> {
        let mut rows = Rows::default();
        let mut all_but = AllBut {
            client: self,
            left_empty,
        };
        rows.fill(structure, &mut all_but)?;
        Ok(Inserted {
            rows: rows.inserted,
            empty: rows.empty().len(),
        })
    }
}

/// A database of which some tables take no rows.
struct AllBut<'c> {
    client: &'c mut Client,
    left_empty: &'c BTreeSet<String>,
}

impl Filled for AllBut<'_> {
    type Error = String;

    fn dialect(&self) -> Dialect {
        self.client.dialect()
    }

    fn count(&mut self, sql: String) -> Result<u64, String> {
        self.client.count(sql)
    }

    fn insert(&mut self, sql: String, values: Vec<String>) -> Result<(), String> {
        let table = sql.split(['"', '`']).nth(1).unwrap_or_default();
        match self.left_empty.contains(table) {
            true => Err("it is left empty".to_owned()),
            false => self.client.insert(sql, values),
        }
    }
}

impl Filled for Client {
    type Error = String;

    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
            Self::Mysql(_) => Dialect::Mysql,
        }
    }

    fn count(&mut self, sql: String) -> Result<u64, String> {
        let counted: i64 = match self {
            Self::Sqlite(client) => {
                let counted = client.query_row(&sql, (), |row| row.get(0));
                counted.map_err(|why| why.to_string())?
            }
            Self::Postgres(client) => {
                let row = client.query_one(&sql, &[]);
                row.map_err(|why| why.to_string())?.get(0)
            }
            Self::Mysql(client) => {
                let counted = client.query_first(&sql).map_err(|why| why.to_string())?;
                counted.unwrap_or_default()
            }
        };
        Ok(counted.unsigned_abs())
    }

    fn insert(&mut self, sql: String, values: Vec<String>) -> Result<(), String> {
        match self {
            Self::Sqlite(client) => {
                let done = client.execute(&sql, rusqlite::params_from_iter(values));
                done.map(drop).map_err(|why| why.to_string())
            }
            Self::Postgres(client) => {
                let values = values.iter().map(|value| value as _);
                let values: Vec<&(dyn postgres::types::ToSql + Sync)> = values.collect();
                let done = client.execute(&sql, &values);
                done.map(drop).map_err(|why| why.to_string())
            }
            Self::Mysql(client) => {
                let done = client.query_drop(&sql);
                done.map_err(|why| why.to_string())
            }
        }
    }
}

/// A table whose foreign key leads to no table, as SQLite leaves them, takes no row, and keeps none from the others.
#[test]
fn tables_that_refer_to_none_stay_empty() {
    let both = crate::both::Both::on_sqlite();
    both.execute(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES gone (id));
CREATE TABLE b (id INTEGER PRIMARY KEY, gone_id INTEGER NOT NULL REFERENCES gone (id));
CREATE TABLE c (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
    );
    let pulled = both.good("pull --out - --quiet");
    let inserted = both.open().fill(&pulled).expect("rows");
    assert_eq!((inserted.rows, inserted.empty), (3, 2));
}
