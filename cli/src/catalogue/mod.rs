//! The schema of an existing database as DDL: what `pull` writes and `validate` compares. The databases write types,
//! expressions and constraints themselves; put together here is only what they have no statement for.
//!
//! bindery's own tables, those of extensions, and what nothing but the server knows are left out. Triggers, routines and
//! the like, which bindery neither makes nor compares, are listed by name, but for triggers and functions of PostgreSQL that migrations have to know,
//! as a column, a type or a table cannot go before them; triggers that record changes are `@capture` of
//! their table.

mod binary;
mod capture;
mod distinct;
mod distribution;
mod graph;
mod mysql;
mod postgres;
mod respelled;
mod sqlite;

use std::collections::BTreeSet;

use bindery::{Connection, Dialect, ErrorKind, Isolation, Sql, TransactionOptions};
use bindery_schema::diff::TableTrigger;
use bindery_schema::model::{Engine, Table, TableName};
use bindery_schema::sql_writer::SqlWriter;

use crate::database::Chosen;
use crate::progress::Steps;

pub(crate) use self::mysql::quoted as quoted_of_mysql;
pub(crate) use self::respelled::{Respelled, Wanted, is_special, respelled};

/// Everything that is read of a database, in an order in which it can be made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Catalogue {
    pub(crate) items: Vec<CatalogueItem>,
    /// Statements after all others: foreign keys of tables that refer to each other in a circle.
    pub(crate) last: Vec<String>,
    /// The kind and name of each object that is not part of the DDL, in order.
    pub(crate) left_out: Vec<String>,
    /// SQLite's triggers: a table that is made anew gets them again.
    pub(crate) triggers: Vec<TableTrigger>,
    /// PostgreSQL: a column without a collation compares texts byte by byte, as `COLLATE "C"` does.
    pub(crate) compares_bytes: bool,
    /// Triggers that record the changes of a table.
    pub(crate) captures: Vec<(TableName, String)>,
    /// PostgreSQL with Citus: the tags of tables whose rows are not on the coordinator alone.
    pub(crate) distributions: Vec<(TableName, String)>,
    /// PostgreSQL: what was begun and not ended.
    pub(crate) unfinished: Vec<Unfinished>,
    /// Views of SQLite and MySQL that cannot be made: of what is not there, or of a function of the database, which is left out.
    pub(crate) unmakeable: BTreeSet<TableName>,
    /// SQLite: tables that foreign keys lead to and that are not there.
    pub(crate) missing: BTreeSet<TableName>,
}

const NOT_THERE: &str = "Not there: foreign keys lead to it, so SQLite refuses rows that need it.";

const NOT_MADE: &str = "Not made by this file: what it needs is not there, or is left out.";

/// Whether a table or view was tagged `@unmanaged` by `pull` itself, for a reason that may be gone.
pub(crate) fn is_tagged_by_pull(table: &Table) -> bool {
    let mut lines = table.docs.iter();
    lines.any(|line| [NOT_THERE, NOT_MADE].contains(&line.trim()))
}

/// An index that is not valid, as a `CREATE INDEX CONCURRENTLY` leaves it that failed, or a constraint that is `NOT VALID`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) table: TableName,
    pub(crate) name: String,
    pub(crate) is_index: bool,
}

/// One table, view or other object, with the statements that make it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CatalogueItem {
    /// Its name, where it is a table or view.
    pub(crate) table: Option<TableName>,
    /// The statements that make the item, without semicolons.
    pub(crate) statements: Vec<String>,
}

/// Receives the steps of reading.
pub(crate) type Told<'t> = &'t dyn Fn(Steps);

/// Reads the schema of the database behind a connection, in one snapshot of it.
pub(crate) fn read(
    connection: &mut Connection<Chosen>,
    told: Told<'_>,
) -> bindery::Result<Catalogue> {
    match connection.dialect() {
        Dialect::Sqlite => {
            let snapshot = TransactionOptions::new().read_only();
            connection.transaction_with(snapshot, |tx| sqlite::read(tx, told))
        }
        Dialect::Postgres => {
            let snapshot = TransactionOptions::new().read_only();
            let snapshot = snapshot.isolation(Isolation::RepeatableRead);
            connection.transaction_with(snapshot, |tx| postgres::read(tx, told))
        }
        Dialect::Mysql => mysql::read(connection, told),
    }
}

/// Views of what is not there any more: the database keeps them, and refuses each query of theirs.
fn broken_views<'v>(
    connection: &mut Connection<Chosen>,
    views: impl Iterator<Item = &'v str>,
) -> BTreeSet<TableName> {
    let mut is_broken = |name: &TableName| {
        let mut sql = SqlWriter::new(connection.dialect());
        sql.push("SELECT 1 FROM ").table(name).push(" LIMIT 0");
        // By itself: in the transaction of the snapshot it would be the last.
        let read =
            connection.transaction(|tx| tx.query_as::<(i64,)>(Sql::assembled(sql.finish()), ()));
        // A view of SQLite may call a function of the program, which this connection lacks: it is not broken. ER_VIEW_INVALID.
        read.is_err_and(|error| {
            *error.kind() == ErrorKind::SchemaMismatch || error.code() == Some("1356")
        })
    };
    let views = views.map(without_schema);
    views.filter(|view| is_broken(view)).collect()
}

/// Of SQLite or MySQL.
fn without_schema(name: &str) -> TableName {
    TableName {
        schema: None,
        name: name.to_owned(),
    }
}

impl Catalogue {
    /// Returns the number of tables and views.
    pub(crate) fn tables(&self) -> usize {
        let tables = self.items.iter().filter_map(|item| item.table.as_ref());
        tables.filter(|table| !self.missing.contains(table)).count()
    }

    /// Writes it as a schema of the engine. Tables of these names are tagged `@unmanaged`.
    pub(crate) fn schema_text(&self, engine: &Engine, unmanaged: &BTreeSet<TableName>) -> String {
        let name = &engine.name;
        let mut text = format!("-- The schema of engine `{name}`, written by `bindery pull`.\n");
        if self.tables() > 0 {
            // Tags belong to tables.
            text += &format!("-- @dialect {}\n-- @engine {name}\n", engine.dialect.name());
        }
        text += &distinct::with_distinct_names(self.tables_and_tags(unmanaged, true), engine);
        if !self.left_out.is_empty() {
            text.push_str("\n-- Left out, as bindery neither makes nor compares it:\n");
            let line = |name: &String| format!("--   {}\n", name.escape_debug());
            text.extend(self.left_out.iter().map(line));
        }
        text
    }
}

impl Catalogue {
    /// All statements, those of each object after an empty line.
    pub(crate) fn statements(&self, unmanaged: &BTreeSet<TableName>) -> String {
        let mut text = self.tables_and_tags(unmanaged, false);
        text.extend(self.captures.iter().map(|(_, sql)| ended(sql)));
        text
    }

    /// The same without triggers, in whose place their table may have a tag.
    fn tables_and_tags(&self, unmanaged: &BTreeSet<TableName>, tags: bool) -> String {
        let mut text = String::new();
        for item in &self.items {
            text.push('\n');
            let is_among = |names: &BTreeSet<TableName>| {
                let table = item.table.as_ref();
                table.is_some_and(|table| names.contains(table))
            };
            let why = if is_among(&self.missing) {
                Some(NOT_THERE)
            } else if tags && is_among(&self.unmakeable) {
                Some(NOT_MADE)
            } else {
                None
            };
            if let Some(why) = why.filter(|_| tags) {
                text.push_str(&format!("-- {why}\n"));
            }
            if why.is_some() || is_among(unmanaged) {
                text.push_str("-- @unmanaged\n");
            } else if tags
                && item
                    .table
                    .as_ref()
                    .is_some_and(|table| self.is_captured(table))
            {
                text.push_str("-- @capture\n");
            }
            let tag = item
                .table
                .as_ref()
                .and_then(|table| self.distribution(table));
            text.extend(tag.map(|tag| format!("-- {tag}\n")));
            text.extend(item.statements.iter().map(|sql| ended(sql)));
        }
        if !self.last.is_empty() {
            text.push('\n');
            text.extend(self.last.iter().map(|sql| ended(sql)));
        }
        text
    }
}

impl Catalogue {
    fn is_captured(&self, table: &TableName) -> bool {
        let mut captured = self.captures.iter();
        captured.any(|(name, _)| is_same(name, table))
    }

    fn distribution(&self, table: &TableName) -> Option<&str> {
        let mut known = self.distributions.iter();
        known.find_map(|(name, tag)| is_same(name, table).then_some(tag.as_str()))
    }
}

/// PostgreSQL's `public` is where tables without a schema are.
fn is_same(one: &TableName, other: &TableName) -> bool {
    let schema = |name: &TableName| name.schema.clone().filter(|schema| schema != "public");
    one.name == other.name && schema(one) == schema(other)
}

/// The statement with its semicolon, which no comment at its end swallows.
fn ended(sql: &str) -> String {
    let last = sql.lines().next_back().unwrap_or_default();
    if last.contains("--") || last.contains('#') {
        format!("{sql}\n;\n")
    } else {
        format!("{sql};\n")
    }
}
