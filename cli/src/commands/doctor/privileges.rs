//! Checks the privileges of the account on the tables.

use std::fs;

use bindery::{Dialect, Sql};
use bindery_schema::config::{Address, SqliteAddress};

use super::super::status::{Look, Row};
use super::fine;
use crate::level::Level;

const SECTION: &str = "privileges";

/// Tables of the schema in use, each with what the account may not do with it.
const POSTGRES: &str = "\
SELECT c.relname::text, concat_ws(', ', \
    CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END, CASE WHEN NOT has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END, \
    CASE WHEN NOT has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END, CASE WHEN NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END) \
FROM pg_catalog.pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') \
ORDER BY 1";

/// All privileges of the account that are wide enough for a table: each with the table, empty for all of the database's.
const MYSQL: &str = "\
SELECT '' AS t, privilege_type FROM information_schema.user_privileges WHERE grantee = (SELECT concat(quote(substring_index(current_user(), '@', 1)), '@', quote(substring_index(current_user(), '@', -1)))) \
UNION ALL SELECT '', privilege_type FROM information_schema.schema_privileges WHERE database() LIKE table_schema \
UNION ALL SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE table_schema = database()";

const NEEDED: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

pub(super) fn rows(look: &Look<'_>, tables: &[String]) -> bindery::Result<Vec<Row>> {
    match look.dialect() {
        Dialect::Sqlite => Ok(sqlite(look)),
        Dialect::Postgres => postgres(look, tables),
        Dialect::Mysql => mysql(look, tables),
    }
}

/// The file is written, and beside it the log of what is being written.
fn sqlite(look: &Look<'_>) -> Vec<Row> {
    let Some(Address::Sqlite(SqliteAddress::File(path))) = look.address() else {
        return Vec::new();
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let may_write = |path: &std::path::Path| {
        fs::metadata(path).is_ok_and(|found| !found.permissions().readonly())
    };
    if may_write(&path) && folder.is_none_or(may_write) {
        return fine(SECTION, "the file can be read and written");
    }
    let text = format!("`{}` or its folder cannot be written", path.display());
    let row = Row::new(SECTION, text).level(Level::Warning);
    vec![row.hint("give the program's account the right to write both, unless it only reads")]
}

fn postgres(look: &Look<'_>, tables: &[String]) -> bindery::Result<Vec<Row>> {
    let mut connection = look.engines.registry.connect(look.chosen())?;
    let found: Vec<(String, String)> = connection.query_as(Sql::assembled(POSTGRES), ())?;
    let lacks = found
        .into_iter()
        .filter(|(table, missing)| tables.contains(table) && !missing.is_empty());
    Ok(told(lacks.collect()))
}

fn mysql(look: &Look<'_>, tables: &[String]) -> bindery::Result<Vec<Row>> {
    let mut connection = look.engines.registry.connect(look.chosen())?;
    let granted: Vec<(String, String)> = connection.query_as(Sql::assembled(MYSQL), ())?;
    let has = |table: &String, needed: &str| {
        let mut granted = granted.iter();
        granted.any(|(on, what)| what == needed && (on.is_empty() || on == table))
    };
    let missing = |table: &String| {
        let missing: Vec<&str> = NEEDED
            .into_iter()
            .filter(|needed| !has(table, needed))
            .collect();
        (table.clone(), missing.join(", "))
    };
    let lacks = tables
        .iter()
        .map(missing)
        .filter(|(_, missing)| !missing.is_empty());
    Ok(told(lacks.collect()))
}

/// A row for each table with which the account may not do all.
fn told(lacks: Vec<(String, String)>) -> Vec<Row> {
    if lacks.is_empty() {
        return fine(SECTION, "the account may read and write all tables");
    }
    let row = |(table, missing): (String, String)| {
        let text = format!("the account may not {missing} on `{table}`");
        let hint = format!(
            "`GRANT {missing} ON {table} TO` the account, unless the program does not need it"
        );
        Row::new(SECTION, text)
            .count(1)
            .level(Level::Warning)
            .hint(hint)
    };
    lacks.into_iter().map(row).collect()
}
