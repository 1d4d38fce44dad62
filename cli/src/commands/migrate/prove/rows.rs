//! Rows made to fit: a few in every table of a scratch database, as its catalogue describes it. The database is the judge: a row that it
//! refuses is tried with other values.

use std::collections::{BTreeMap, BTreeSet};

use bindery::{Connection, Engine as _, Sql};
use bindery_schema::diff::{Structure, TableShape};
use bindery_schema::model::{Engine, Model, Table, TableName};
use bindery_schema::sql_writer::SqlWriter;
use serde::Serialize;

use super::row::{Attempts, Field};
use crate::comparison::unreadable;
use crate::database::{Chosen, Engines, failure};
use crate::failure::Failure;

/// Rows that a table gets each time it has another shape.
const ROWS: u64 = 3;

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
    pub(super) fn fill(&mut self, engines: &Engines, engine: &Engine) -> Result<(), Failure> {
        let catalogue = engines.catalogue(0, &|_| ())?;
        let text = catalogue.statements(&BTreeSet::new());
        let structure = Structure::read(&text, engine.dialect, engine.flavour);
        let structure = structure.map_err(|why| unreadable(&why))?;
        let connection = engines.registry.connect(engines.chosen(0));
        let mut connection = connection.map_err(|error| failure(&error))?;
        for table in structure.model().tables.iter() {
            let Some(shape) = structure
                .table(&table.name)
                .filter(|_| table.view.is_none())
            else {
                continue;
            };
            let columns = columns(shape);
            if self.shapes.get(&table.name) != Some(&columns) {
                let filled = self.fill_table(&mut connection, (structure.model(), table, shape));
                filled.map_err(|error| failure(&error))?;
                self.shapes.insert(table.name.clone(), columns);
            }
        }
        Ok(())
    }

    fn fill_table(
        &mut self,
        connection: &mut Connection<Chosen>,
        (model, table, shape): (&Model, &Table, &TableShape),
    ) -> bindery::Result<()> {
        let mut parents = Vec::new();
        for key in &table.foreign_keys {
            parents.push(count(connection, &model.table(key.table).name)?);
        }
        let before = count(connection, &table.name)?;
        let mut refusal = None;
        let mut inserted = 0;
        for row in 0..ROWS {
            let attempts = Attempts::new((model, table, shape), &parents, before + row + 1);
            match attempts.and_then(|attempts| first_that_fits(connection, table, &attempts)) {
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
fn first_that_fits(
    connection: &mut Connection<Chosen>,
    table: &Table,
    attempts: &Attempts<'_>,
) -> Result<(), String> {
    let mut refusal = None;
    for fields in attempts.rows() {
        let (sql, values) = insert(table, &fields, connection.dialect());
        match connection.execute(Sql::assembled(sql), values) {
            Ok(_) => return Ok(()),
            // The first is the most usual row.
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let engine = connection.engine().name();
    let why = refusal.map(|error| failure(&error).without_engine(engine).message());
    Err(why.unwrap_or_default())
}

fn columns(shape: &TableShape) -> String {
    let columns = shape.columns.iter();
    let columns = columns.map(|one| format!("{} {} {}\n", one.name, one.type_sql, one.nullable));
    columns.collect()
}

fn count(connection: &mut Connection<Chosen>, table: &TableName) -> bindery::Result<u64> {
    let mut sql = SqlWriter::new(connection.dialect());
    sql.push("SELECT count(*) FROM ").table(table);
    let counted: i64 = connection.query_scalar(Sql::assembled(sql.finish()), ())?;
    Ok(counted.unsigned_abs())
}

/// The statement, and the values of its placeholders.
fn insert(table: &Table, fields: &[Field<'_>], dialect: bindery::Dialect) -> (String, Vec<String>) {
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
