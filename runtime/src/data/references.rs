//! Foreign keys while rows are loaded: which are not checked meanwhile, and the check of all rows before the commit.
//!
//! SQLite and MySQL check none while a setting of the session says so, so that the rows of those tables are looked at in the end.
//! PostgreSQL has no such setting for users who are no superusers: there the keys that no order of rows meets are dropped within the
//! transaction, and added again at its end, which looks at all rows.

use super::loading::LoadMode;
use super::rows::refused;
use super::table::DataTable;
use crate::databases::leaving::sqlite_dangling;
use crate::driver::Physical;
use crate::error::{DataError, DataProblem, Error, ErrorKind, Result};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

/// Foreign keys that were dropped within the transaction.
#[derive(Debug, Default)]
pub(super) struct References {
    /// The name of each, its table, and the statement that adds it again.
    dropped: Vec<(String, String, String)>,
    /// Rows of other tables may have lost what they refer to.
    is_incoming_open: bool,
}

/// A foreign key of PostgreSQL: its name, the places of its table and of the one that it refers to among those that are loaded.
struct Key {
    name: String,
    child: Option<usize>,
    parent: Option<usize>,
    table: String,
    definition: String,
    quoted_name: String,
}

/// All foreign keys of a database but those that partitions have from their table.
const POSTGRES_KEYS: &str = "SELECT c.conname::text, pg_catalog.quote_ident(c.conname), c.conrelid::pg_catalog.regclass::text, \
     pg_catalog.pg_get_constraintdef(c.oid), \
     pg_catalog.array_position(r.all_of, c.conrelid), pg_catalog.array_position(r.all_of, c.confrelid) \
     FROM pg_catalog.pg_constraint c, (SELECT pg_catalog.array_agg(pg_catalog.to_regclass(n.name)::oid ORDER BY n.place) AS all_of \
         FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS n (name, place)) r \
     WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = ANY (r.all_of) OR c.confrelid = ANY (r.all_of)) \
     ORDER BY 3, 1";

impl References {
    /// Sets what is set before the transaction, for this connection alone: foreign keys are not checked where that is a setting, and
    /// SQLite has 64 MiB for its pages.
    pub(super) fn before(physical: &mut Physical) -> Result<()> {
        match physical.dialect() {
            // The cache is there for indexes whose keys come in any order, which would be read and written again for each row.
            Dialect::Sqlite => {
                physical.batch("PRAGMA foreign_keys = OFF")?;
                physical.batch("PRAGMA cache_size = -65536")
            }
            Dialect::Mysql => physical.batch("SET SESSION foreign_key_checks = 0"),
            Dialect::Postgres => Ok(()),
        }
    }

    /// Drops the keys that rows could not meet while they come in.
    pub(super) fn suspend(
        physical: &mut Physical,
        tables: &[&DataTable],
        mode: LoadMode,
    ) -> Result<Self> {
        let is_incoming_open = matches!(mode, LoadMode::Replace | LoadMode::Upsert);
        let mut references = Self {
            dropped: Vec::new(),
            is_incoming_open,
        };
        match physical.dialect() {
            Dialect::Sqlite => return Ok(references),
            Dialect::Mysql => {
                ensure_transactional(physical, tables)?;
                return Ok(references);
            }
            Dialect::Postgres => {}
        }
        for key in postgres_keys(physical, tables)? {
            if key.is_in_the_way(mode) {
                physical.define(&format!(
                    "ALTER TABLE {} DROP CONSTRAINT {}",
                    key.table, key.quoted_name
                ))?;
                let add = format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} {}",
                    key.table, key.quoted_name, key.definition
                );
                references.dropped.push((key.name, key.table, add));
            }
        }
        Ok(references)
    }

    /// Checks what was not checked, also what would be checked by the commit.
    pub(super) fn restore(&self, physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
        match physical.dialect() {
            Dialect::Sqlite => self.check_sqlite(physical, tables),
            Dialect::Mysql => self.check_mysql(physical, tables),
            Dialect::Postgres => {
                self.add_again(physical)?;
                physical.batch("SET CONSTRAINTS ALL IMMEDIATE")
            }
        }
    }

    fn add_again(&self, physical: &mut Physical) -> Result<()> {
        self.dropped.iter().try_for_each(|(name, table, add)| {
            physical.define(add).map_err(|error| match error.kind() {
                ErrorKind::ForeignKeyViolation(_) => dangling(table, name).with_source(error),
                _ => error,
            })
        })
    }

    fn check_sqlite(&self, physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
        let names: Vec<&str> = tables.iter().map(|table| bare_name(table)).collect();
        let is_named = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        let is_checked = |child: &str, parent: &str| {
            is_named(child) || (self.is_incoming_open && is_named(parent))
        };
        match sqlite_dangling(physical, &is_checked, &|_| true)? {
            None => Ok(()),
            Some((child, parent)) => Err(dangling(&child, &format!("{child} -> {parent}"))),
        }
    }

    fn check_mysql(&self, physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
        for key in mysql_keys(physical, tables, self.is_incoming_open)? {
            let mut is_dangling = false;
            physical.query(&key.check, &mut |_| (), &mut |_| {
                is_dangling = true;
                Ok(true)
            })?;
            if is_dangling {
                return Err(dangling(&key.table, &key.name));
            }
        }
        Ok(())
    }
}

impl Key {
    /// Whether a row may come before the one that it refers to, or be left over by one that is deleted.
    fn is_in_the_way(&self, mode: LoadMode) -> bool {
        match (self.child, self.parent) {
            (Some(child), Some(parent)) => parent >= child,
            (None, Some(_)) => mode == LoadMode::Replace,
            (Some(_), None) | (None, None) => false,
        }
    }
}

fn postgres_keys(physical: &mut Physical, tables: &[&DataTable]) -> Result<Vec<Key>> {
    let names: Vec<String> = tables
        .iter()
        .map(|table| table.sql.table.to_owned())
        .collect();
    let mut keys = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.push(&names);
    physical.query(POSTGRES_KEYS, write, &mut |row| {
        let (name, quoted_name, table, definition) =
            (row.next()?, row.next()?, row.next()?, row.next()?);
        let place = |place: Option<i32>| place.and_then(|place| usize::try_from(place).ok());
        keys.push(Key {
            name,
            child: place(row.next()?),
            parent: place(row.next()?),
            table,
            definition,
            quoted_name,
        });
        Ok(true)
    })?;
    Ok(keys)
}

/// A foreign key whose rows are deleted or changed with the row that they refer to, while others are deleted.
pub(super) struct Acting {
    pub(super) name: String,
    pub(super) table: String,
    /// The query of the rows `p` that a row of the key refers to.
    pub(super) rows: String,
}

/// Such keys to a table that are not suspended: those of SQLite and MySQL do nothing meanwhile.
pub(super) fn acting(physical: &mut Physical, table: &DataTable) -> Result<Vec<Acting>> {
    const SQL: &str = "SELECT c.conname::text, c.conrelid::pg_catalog.regclass::text, \
         'SELECT 1 FROM ' || c.conrelid::pg_catalog.regclass::text || ' c JOIN ' || c.confrelid::pg_catalog.regclass::text || ' p ON ' || \
         (SELECT pg_catalog.string_agg('c.' || pg_catalog.quote_ident(ca.attname) || ' = p.' || pg_catalog.quote_ident(pa.attname), ' AND ') \
          FROM ROWS FROM (pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey)) AS k (child, parent) \
          JOIN pg_catalog.pg_attribute ca ON ca.attrelid = c.conrelid AND ca.attnum = k.child \
          JOIN pg_catalog.pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = k.parent) \
         FROM pg_catalog.pg_constraint c \
         WHERE c.contype = 'f' AND c.confrelid = pg_catalog.to_regclass($1)::oid AND c.confdeltype IN ('c', 'n', 'd') ORDER BY 2, 1";
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Mysql => return Ok(Vec::new()),
        Dialect::Postgres => {}
    }
    let name = table.sql.table.to_owned();
    let mut keys = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.push(&name);
    physical.query(SQL, write, &mut |row| {
        keys.push(Acting {
            name: row.next()?,
            table: row.next()?,
            rows: row.next()?,
        });
        Ok(true)
    })?;
    Ok(keys)
}

/// A foreign key of MySQL and the query that has a row where one of its rows refers to none.
struct Checked {
    name: String,
    table: String,
    check: String,
}

/// The columns of foreign keys, in order.
const MYSQL_KEYS: &str = "SELECT constraint_name, table_schema, table_name, column_name, referenced_table_schema, \
     referenced_table_name, referenced_column_name FROM information_schema.key_column_usage \
     WHERE referenced_table_name IS NOT NULL AND (table_schema = DATABASE() OR referenced_table_schema = DATABASE()) \
     ORDER BY table_schema, table_name, constraint_name, ordinal_position";

fn mysql_keys(
    physical: &mut Physical,
    tables: &[&DataTable],
    incoming: bool,
) -> Result<Vec<Checked>> {
    let is_loaded = |name: &str| {
        tables
            .iter()
            .any(|table| bare_name(table).eq_ignore_ascii_case(name))
    };
    let mut parts: Vec<[String; 7]> = Vec::new();
    physical.query(MYSQL_KEYS, &mut |_| (), &mut |row| {
        let mut part: [String; 7] = Default::default();
        for word in &mut part {
            *word = row.next()?;
        }
        if is_loaded(&part[2]) || (incoming && is_loaded(&part[5])) {
            parts.push(part);
        }
        Ok(true)
    })?;
    let same = |left: &[String; 7], right: &[String; 7]| left[..3] == right[..3];
    Ok(parts.chunk_by(same).map(mysql_check).collect())
}

fn mysql_check(parts: &[[String; 7]]) -> Checked {
    let [name, schema, table, _, to_schema, to_table, _] = &parts[0];
    let mut sql = bindery_core::sql_writer::SqlWriter::new(Dialect::Mysql);
    sql.push("SELECT 1 FROM ")
        .identifier(schema)
        .push(".")
        .identifier(table);
    // Rows of a transaction that is not committed are read by the table's own order: an entry of another index does not say which
    // transaction wrote it, so that the server fetches the row of each entry, from all over the table (InnoDB, "Multi-Versioning
    // and Secondary Indexes").
    sql.push(" c USE INDEX () LEFT JOIN ")
        .identifier(to_schema)
        .push(".")
        .identifier(to_table);
    sql.push(" p ON ").list(parts, " AND ", |sql, part| {
        sql.push("p.")
            .identifier(&part[6])
            .push(" = c.")
            .identifier(&part[3]);
    });
    sql.push(" WHERE p.")
        .identifier(&parts[0][6])
        .push(" IS NULL");
    for part in parts {
        sql.push(" AND c.")
            .identifier(&part[3])
            .push(" IS NOT NULL");
    }
    sql.push(" LIMIT 1");
    Checked {
        name: name.clone(),
        table: table.clone(),
        check: sql.finish(),
    }
}

/// A rollback has to undo all that was loaded.
fn ensure_transactional(physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
    const SQL: &str = "SELECT t.table_name FROM information_schema.tables t \
         JOIN information_schema.engines e ON e.engine = t.engine \
         WHERE t.table_schema = DATABASE() AND e.transactions <> 'YES'";
    let mut without: Vec<String> = Vec::new();
    physical.query(SQL, &mut |_| (), &mut |row| {
        without.push(row.next()?);
        Ok(true)
    })?;
    let found = tables.iter().find(|table| {
        without
            .iter()
            .any(|name| name.eq_ignore_ascii_case(bare_name(table)))
    });
    match found {
        Some(table) => Err(refused(DataError::new(
            table.name(),
            DataProblem::NotTransactional,
        ))),
        None => Ok(()),
    }
}

/// The name without that of its schema.
fn bare_name(table: &DataTable) -> &str {
    &table.bare_name
}

#[cold]
pub(super) fn dangling(table: &str, constraint: &str) -> Error {
    let constraint = constraint.to_owned();
    refused(DataError::new(table, DataProblem::Dangling { constraint }))
}
