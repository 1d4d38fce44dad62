//! Tables, their parts, views and domains of a schema as the server writes them: they are made as temporary ones and read back, so that expressions
//! are compared word by word. A server keeps `a NOT IN (1, 2)` as `a <> ALL (ARRAY[1, 2])`, and `json` as `longtext` with a check.
//!
//! Nothing of it stays. What a server refuses to make, as one that takes no writes does, is left out.

mod mysql;
mod postgres;

use std::collections::BTreeMap;

use bindery::{Connection, Dialect};
use bindery_schema::dialect::{self, Flavour};
use bindery_schema::diff::{
    ColumnShape, Key, KeyKind, ObjectShape, PartitionShape, TableShape, ViewShape,
};
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use crate::database::Chosen;

/// The things of a schema whose texts a server is to write.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'s> {
    pub(crate) flavour: Option<Flavour>,
    pub(crate) tables: Vec<&'s TableShape>,
    pub(crate) views: Vec<&'s ViewShape>,
    pub(crate) domains: Vec<&'s ObjectShape>,
    /// Parts of tables of PostgreSQL.
    pub(crate) partitions: Vec<&'s PartitionShape>,
}

/// The texts of the server.
#[derive(Debug, Default)]
pub(crate) struct Respelled {
    /// The statements that make each table, without its foreign keys.
    pub(crate) tables: Vec<(TableName, Vec<String>)>,
    /// Queries, by the names of the views.
    pub(crate) views: BTreeMap<TableName, String>,
    /// Domains, and whether that of the database is the same.
    pub(crate) domains: BTreeMap<TableName, bool>,
    /// Parts of tables, and whether those of the database hold the same rows.
    pub(crate) partitions: BTreeMap<TableName, bool>,
}

impl Wanted<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.views.is_empty()
            && self.domains.is_empty()
            && self.partitions.is_empty()
    }
}

/// Has the server write them.
pub(crate) fn respelled(
    connection: &mut Connection<Chosen>,
    wanted: &Wanted<'_>,
) -> bindery::Result<Respelled> {
    match connection.dialect() {
        Dialect::Sqlite => Ok(Respelled::default()),
        Dialect::Postgres => postgres::respelled(connection, wanted),
        Dialect::Mysql => mysql::respelled(connection, wanted),
    }
}

/// A temporary table like this one, without foreign keys: those of a temporary table may lead to another such table only.
fn temporary(table: &TableShape, flavour: Option<Flavour>, dialect: dialect::Dialect) -> String {
    let is_beside = |key: &Key| !key.at_column || flavour == Some(Flavour::Mysql);
    let keys = table.keys.iter().filter(|key| {
        key.kind != KeyKind::ForeignKey && !key.is_statement && is_beside(key) && !is_special(key)
    });
    let line = |column: &ColumnShape| match flavour {
        Some(Flavour::Mysql) => column.alone.clone(),
        Some(_) | None => column.line.clone(),
    };
    let lines = table.columns.iter().map(line);
    let lines: Vec<String> = lines.chain(keys.map(|key| key.sql.clone())).collect();
    let options = table
        .options
        .split("PARTITION BY")
        .next()
        .unwrap_or_default();
    let name = quoted(&table.name.name, dialect);
    format!(
        "CREATE TEMPORARY TABLE {name} ({}) {options}",
        lines.join(", ")
    )
}

/// An index that no temporary table has.
pub(crate) fn is_special(key: &Key) -> bool {
    key.kind == KeyKind::Index && (key.sql.contains("FULLTEXT") || key.sql.contains("SPATIAL"))
}

fn quoted(name: &str, dialect: dialect::Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.identifier(name);
    sql.finish()
}
