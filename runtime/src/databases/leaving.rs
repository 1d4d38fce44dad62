//! Tables that are left alone while others are dropped: none of their rows is deleted or changed by a foreign key, and none is left
//! without the row that it refers to.

use crate::driver::Physical;
use crate::error::{Constraint, Error, ErrorKind, Result};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
use bindery_core::program::TableDdl;

/// Has foreign keys do nothing while tables are dropped, on a connection that is closed afterwards: before it drops a table SQLite deletes
/// its rows, and so those that refer to them with `ON DELETE CASCADE` (SQLite, "Foreign Key Support", 5). The setting has no effect
/// within a transaction.
pub(super) fn without_actions(physical: &mut Physical) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite => physical.batch("PRAGMA foreign_keys = OFF"),
        Dialect::Postgres | Dialect::Mysql => Ok(()),
    }
}

/// The foreign keys of the database: schema and table of each, those that it refers to, and its name.
const MYSQL_KEYS: &str = "SELECT constraint_schema, table_name, unique_constraint_schema, referenced_table_name, constraint_name \
     FROM information_schema.referential_constraints \
     WHERE unique_constraint_schema = DATABASE() OR constraint_schema <> unique_constraint_schema \
     ORDER BY constraint_schema, table_name, constraint_name";

/// Fails before anything is dropped where a foreign key of another table refers to one of these. PostgreSQL refuses to drop such a table, and
/// takes back what was dropped before; MySQL and MariaDB do neither where checks are off, as they are for tables that refer to each
/// other.
pub(super) fn ensure_unreferenced(physical: &mut Physical, tables: &[&TableDdl]) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Postgres => return Ok(()),
        Dialect::Mysql => {}
    }
    let own = own_schema(physical)?;
    let is_dropped = |schema: &str, name: &str| {
        tables.iter().any(|table| {
            let is_there = table
                .schema
                .as_deref()
                .unwrap_or(&own)
                .eq_ignore_ascii_case(schema);
            is_there && table.table.eq_ignore_ascii_case(name)
        })
    };
    let mut found = None;
    physical.query(MYSQL_KEYS, &mut |_| (), &mut |row| {
        let mut names: [String; 5] = Default::default();
        for name in &mut names {
            *name = row.next()?;
        }
        let [schema, table, to_schema, to, key] = names;
        if found.is_none() && is_dropped(&to_schema, &to) && !is_dropped(&schema, &table) {
            found = Some(violated(table, Some(key)));
        }
        Ok(true)
    })?;
    found.map_or(Ok(()), Err)
}

fn own_schema(physical: &mut Physical) -> Result<String> {
    let mut own = None;
    physical.query("SELECT DATABASE()", &mut |_| (), &mut |row| {
        own = row.next()?;
        Ok(true)
    })?;
    Ok(own.unwrap_or_default())
}

/// Fails where a row that is left refers to a table that was dropped. Only SQLite has checked nothing so far.
pub(super) fn ensure_left_whole(physical: &mut Physical, dropped: &[&str]) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite => {}
        Dialect::Postgres | Dialect::Mysql => return Ok(()),
    }
    let is_dropped = |name: &str| dropped.iter().any(|one| one.eq_ignore_ascii_case(name));
    let found = sqlite_dangling(physical, &|_, parent| is_dropped(parent), &is_dropped)?;
    found.map_or(Ok(()), |(child, _)| Err(violated(child, None)))
}

/// The first table of SQLite with a row that refers to none, and the table that it refers to. Looked at are the tables that have
/// a foreign key which `is_checked` names by its table and the one it refers to; found are rows that refer to a table that `is_parent` names.
pub(crate) fn sqlite_dangling(
    physical: &mut Physical,
    is_checked: &dyn Fn(&str, &str) -> bool,
    is_parent: &dyn Fn(&str) -> bool,
) -> Result<Option<(String, String)>> {
    const KEYS: &str = "SELECT DISTINCT m.name, f.\"table\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f \
         WHERE m.type = 'table' ORDER BY m.name";
    const CHECK: &str = "SELECT DISTINCT \"parent\" FROM pragma_foreign_key_check(?)";
    let mut children: Vec<String> = Vec::new();
    physical.query(KEYS, &mut |_| (), &mut |row| {
        let (child, parent): (String, String) = (row.next()?, row.next()?);
        if is_checked(&child, &parent) {
            children.push(child);
        }
        Ok(true)
    })?;
    children.dedup();
    for child in children {
        let mut found: Option<String> = None;
        let write = &mut |params: &mut ParamWriter<'_>| params.text(&child);
        physical.query(CHECK, write, &mut |row| {
            let parent: String = row.next()?;
            if is_parent(&parent) {
                found.get_or_insert(parent);
            }
            Ok(true)
        })?;
        if let Some(parent) = found {
            return Ok(Some((child, parent)));
        }
    }
    Ok(None)
}

#[cold]
fn violated(table: String, name: Option<String>) -> Error {
    Error::new(ErrorKind::ForeignKeyViolation(Constraint {
        name,
        table: Some(table),
        ..Constraint::default()
    }))
}
