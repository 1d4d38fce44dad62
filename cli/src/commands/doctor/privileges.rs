//! Checks the privileges of the account on the tables.

use std::fs;

use bindery::{Dialect, Sql};
use bindery_schema::config::{Address, SqliteAddress};

use super::fine;
use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::migrations::files;

const SECTION: &str = "privileges";

/// Tables, each with whether it is in the schema in use, and what the account may not do with it; and the sequences of their columns that it
/// may not use.
const POSTGRES: &str = "\
WITH tables AS (SELECT c.oid, n.nspname || '.' || c.relname AS name, n.nspname = current_schema() AS is_current, \
    CASE WHEN n.nspname = current_schema() THEN c.relname::text ELSE n.nspname || '.' || c.relname END AS shown \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')) \
SELECT name, is_current, concat_ws(', ', \
    CASE WHEN NOT has_table_privilege(oid, 'SELECT') THEN 'SELECT' END, CASE WHEN NOT has_table_privilege(oid, 'INSERT') THEN 'INSERT' END, \
    CASE WHEN NOT has_table_privilege(oid, 'UPDATE') THEN 'UPDATE' END, CASE WHEN NOT has_table_privilege(oid, 'DELETE') THEN 'DELETE' END), \
    shown \
FROM tables \
UNION ALL SELECT t.name, t.is_current, 'USAGE', 'SEQUENCE ' || s.oid::regclass FROM tables t \
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid AND d.deptype = 'a' \
    JOIN pg_catalog.pg_class s ON d.classid = 'pg_catalog.pg_class'::regclass AND s.oid = d.objid \
    WHERE CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') END \
ORDER BY 1, 4";

/// The roles in use, whose privileges are not among those of the account.
const MYSQL_ROLES: &str =
    "SELECT count(*) FROM information_schema.enabled_roles WHERE role_name IS NOT NULL";

/// All privileges of the account that are wide enough for a table: each with the table, empty for all of the database's.
const MYSQL: &str = "\
SELECT '' AS t, privilege_type FROM information_schema.user_privileges WHERE grantee = (SELECT concat(quote(substring_index(current_user(), '@', 1)), '@', quote(substring_index(current_user(), '@', -1)))) \
UNION ALL SELECT '', privilege_type FROM information_schema.schema_privileges WHERE database() LIKE table_schema \
UNION ALL SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE table_schema = database()";

const NEEDED: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Tables that a program only reads: whose schema the tables are of, and which migrations are applied.
const READ: [&str; 2] = ["_bindery_schema", "_bindery_migrations"];

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
    let found: Vec<(String, bool, String, String)> =
        connection.query_as(Sql::assembled(POSTGRES), ())?;
    let is_ours = |name: &str, is_current: bool| {
        let bare = name.split_once('.').map(|(_, bare)| bare);
        let bare = bare.filter(|_| is_current);
        tables
            .iter()
            .any(|it| it == name || Some(it.as_str()) == bare)
    };
    let lacks = found
        .into_iter()
        .filter_map(|(name, is_current, missing, on)| {
            let is_read = READ.iter().any(|read| is_current && on == *read);
            let missing = match is_read {
                true if missing.contains("SELECT") => "SELECT".to_owned(),
                true => String::new(),
                false => missing,
            };
            let is_wanted = is_read || is_ours(&name, is_current);
            (is_wanted && !missing.is_empty()).then_some((on, missing))
        });
    Ok(told(lacks.collect()))
}

/// The records that are expected on an engine: those of its migrations. MySQL shows an account no table on which it has no privilege, so
/// whether others are there is not known.
fn expected_records(look: &Look<'_>) -> &'static [&'static str] {
    match files::folder(look.project, look.name()).is_dir() {
        true => &READ,
        false => &[],
    }
}

fn mysql(look: &Look<'_>, tables: &[String]) -> bindery::Result<Vec<Row>> {
    let mut connection = look.engines.registry.connect(look.chosen())?;
    let granted: Vec<(String, String)> = connection.query_as(Sql::assembled(MYSQL), ())?;
    let roles: i64 = connection.query_scalar(Sql::assembled(MYSQL_ROLES), ())?;
    if roles > 0 {
        return Ok(fine(
            SECTION,
            "the account has roles, whose rights are not looked at",
        ));
    }
    let has = |table: &str, needed: &str| {
        let mut granted = granted.iter();
        granted.any(|(on, what)| what == needed && (on.is_empty() || on == table))
    };
    let missing = |(table, needed): (&str, &[&str])| {
        let lacked = needed.iter().filter(|needed| !has(table, needed));
        let lacked: Vec<&str> = lacked.copied().collect();
        (table.to_owned(), lacked.join(", "))
    };
    let read = expected_records(look)
        .iter()
        .map(|record| (*record, &["SELECT"][..]));
    let lacks = tables
        .iter()
        .map(|table| (table.as_str(), &NEEDED[..]))
        .chain(read)
        .map(missing)
        .filter(|(_, missing)| !missing.is_empty());
    Ok(told(lacks.collect()))
}

/// A row for each table with which the account may not do all, and for each sequence that it may not use.
fn told(lacks: Vec<(String, String)>) -> Vec<Row> {
    if lacks.is_empty() {
        return fine(SECTION, "the account may read and write all tables");
    }
    let row = |(table, missing): (String, String)| {
        let text = format!("the account lacks {missing} on `{table}`");
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
