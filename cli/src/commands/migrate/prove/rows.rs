//! Rows made to fit: a few in every table of a database, as its structure describes it. The database is the judge: a row that it
//! refuses is tried with other values. Nothing here knows how a statement gets to it, so that tests fill databases by it, too.

use std::collections::BTreeMap;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Structure, TableShape};
use bindery_schema::model::{Model, Table, TableName};
use bindery_schema::sql_writer::SqlWriter;
use serde::Serialize;

use super::row::{Attempts, Field};

/// Rows that a table gets each time it has another shape.
const ROWS: u64 = 3;

/// A database that is filled.
pub(super) trait Filled {
    /// A failure that ends the filling.
    type Error;

    fn dialect(&self) -> Dialect;

    /// Returns the number that a query yields.
    fn count(&mut self, sql: String) -> Result<u64, Self::Error>;

    /// Executes an INSERT with the values of its placeholders, all of them texts; else the database's words. One of MySQL has none, and
    /// is not prepared.
    fn insert(&mut self, sql: String, values: Vec<String>) -> Result<(), String>;
}

/// A table for which no row was found; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(super) struct EmptyTable {
    pub(super) table: String,
    pub(super) why: String,
}

/// The rows of a run.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) inserted: u64,
    /// The columns that each table had when it got its rows.
    shapes: BTreeMap<TableName, String>,
    /// Tables that have no row, and why.
    empty: BTreeMap<TableName, String>,
}

impl Rows {
    /// Puts rows into each table that is new, or has other columns than before.
    pub(super) fn fill<D: Filled>(
        &mut self,
        structure: &Structure,
        database: &mut D,
    ) -> Result<(), D::Error> {
        for table in structure.model().tables.iter() {
            let Some(shape) = structure
                .table(&table.name)
                .filter(|_| table.view.is_none())
            else {
                continue;
            };
            let columns = columns(shape);
            if self.shapes.get(&table.name) != Some(&columns) {
                self.fill_table(database, (structure.model(), table, shape))?;
                self.shapes.insert(table.name.clone(), columns);
            }
        }
        Ok(())
    }

    fn fill_table<D: Filled>(
        &mut self,
        database: &mut D,
        (model, table, shape): (&Model, &Table, &TableShape),
    ) -> Result<(), D::Error> {
        let mut parents = Vec::new();
        for key in &table.foreign_keys {
            let parent = model.table(key.table);
            // None is put into a table that is not bindery's, and it may not be there.
            let rows = match parent.unmanaged {
                true => 0,
                false => count(database, &parent.name)?,
            };
            parents.push(rows);
        }
        let before = count(database, &table.name)?;
        let mut refusal = None;
        let mut inserted = 0;
        for row in 0..ROWS {
            let attempts = Attempts::new((model, table, shape), &parents, before + row + 1);
            match attempts.and_then(|attempts| first_that_fits(database, table, &attempts)) {
                Ok(()) => inserted += 1,
                Err(why) => refusal = Some(why),
            }
        }
        self.inserted += inserted;
        if before + inserted > 0 {
            self.empty.remove(&table.name);
        } else if let Some(why) = refusal {
            self.empty.insert(table.name.clone(), why);
        }
        Ok(())
    }

    /// Tables that stayed empty, by their names.
    pub(super) fn empty(&self) -> Vec<EmptyTable> {
        let empty = self.empty.iter().map(|(table, why)| EmptyTable {
            table: table.to_string(),
            why: why.clone(),
        });
        empty.collect()
    }
}

/// Inserts the first row that the table takes; else why it took none.
fn first_that_fits<D: Filled>(
    database: &mut D,
    table: &Table,
    attempts: &Attempts<'_>,
) -> Result<(), String> {
    let mut refusal = None;
    for fields in attempts.rows() {
        let (sql, values) = insert(table, &fields, database.dialect());
        match database.insert(sql, values) {
            Ok(()) => return Ok(()),
            // The first is the most usual row.
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    Err(refusal.unwrap_or_default())
}

fn columns(shape: &TableShape) -> String {
    let columns = shape.columns.iter();
    let columns = columns.map(|one| format!("{} {} {}\n", one.name, one.type_sql, one.nullable));
    columns.collect()
}

fn count<D: Filled>(database: &mut D, table: &TableName) -> Result<u64, D::Error> {
    let mut sql = SqlWriter::new(database.dialect());
    sql.push("SELECT count(*) FROM ").table(table);
    database.count(sql.finish())
}

/// The statement, and the values of its placeholders.
fn insert(table: &Table, fields: &[Field<'_>], dialect: Dialect) -> (String, Vec<String>) {
    let mut sql = SqlWriter::new(dialect);
    let mut values = Vec::new();
    sql.push("INSERT INTO ").table(&table.name).push(" ");
    if fields.is_empty() {
        sql.no_values();
        return (sql.finish(), values);
    }
    sql.push("(");
    sql.identifiers(fields.iter().map(|field| field.column.name.as_str()));
    sql.push(") VALUES (");
    sql.list(fields, ", ", |sql, field| field.write(sql, &mut values));
    sql.push(")");
    (sql.finish(), values)
}
