//! Names that a database has once for all its tables: one of a table that goes is free before something new takes it, as the table
//! itself goes last, and perhaps not at all.

use std::collections::BTreeSet;

use super::key::{Key, KeyKind};
use super::render;
use super::structure::{Structure, TableShape, folded, table_key};
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::name::implied::implied_name;

/// The statements after which no table that goes has a name that the other structure uses elsewhere.
pub(super) fn freed(from: &Structure, to: &Structure) -> Vec<String> {
    let dialect = to.dialect;
    let wanted = names(to.tables.iter(), dialect);
    let mut taken = names(from.tables.iter(), dialect);
    taken.extend(wanted.iter().cloned());
    let mut statements = Vec::new();
    for table in gone(from, to) {
        let keys = table.keys.iter().filter(|key| {
            let name = shared_name(table, key, dialect);
            name.is_some_and(|name| wanted.contains(&name))
        });
        for key in keys {
            statements.push(match dialect {
                Dialect::Postgres => renamed(table, key, &mut taken),
                Dialect::Sqlite | Dialect::Mysql => render::free_name(&table.name, key, dialect),
            });
        }
    }
    statements
}

/// The tables that are dropped: those that the other structure has neither as its own nor unmanaged.
pub(super) fn gone<'s>(
    from: &'s Structure,
    to: &'s Structure,
) -> impl Iterator<Item = &'s TableShape> {
    let key = |name: &TableName| table_key(name, to.dialect);
    let kept: BTreeSet<String> = to.model().tables.iter().map(|one| key(&one.name)).collect();
    let tables = from.tables.iter();
    tables.filter(move |table| !kept.contains(&table_key(&table.name, to.dialect)))
}

/// The names of keys that no other table may use.
fn names<'t>(
    tables: impl Iterator<Item = &'t TableShape>,
    dialect: Dialect,
) -> BTreeSet<(String, String)> {
    let keys = tables.flat_map(|table| table.keys.iter().map(move |key| (table, key)));
    keys.filter_map(|(table, key)| shared_name(table, key, dialect))
        .collect()
}

/// The schema and name of a key, where they are one of the database's: an index of PostgreSQL and SQLite, a foreign key of MySQL.
fn shared_name(table: &TableShape, key: &Key, dialect: Dialect) -> Option<(String, String)> {
    let is_shared = match (dialect, key.kind) {
        (
            Dialect::Postgres,
            KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion,
        )
        | (Dialect::Mysql, KeyKind::ForeignKey) => true,
        (Dialect::Sqlite, _) => key.is_statement,
        (Dialect::Postgres, KeyKind::Check | KeyKind::ForeignKey) | (Dialect::Mysql, _) => false,
    };
    let name = key.known_name.as_deref().filter(|_| is_shared)?;
    let schema = table.name.schema.clone();
    let schema = schema.filter(|schema| schema != "public");
    Some((schema.unwrap_or_default(), folded(name, dialect)))
}

/// Gives a key of PostgreSQL a name that none has: `users_pkey_old`.
fn renamed(table: &TableShape, key: &Key, taken: &mut BTreeSet<(String, String)>) -> String {
    let (schema, name) = shared_name(table, key, Dialect::Postgres).unwrap_or_default();
    let suffixes = (1_u32..).map(|number| match number {
        1 => "old".to_owned(),
        _ => format!("old{number}"),
    });
    let names = suffixes.map(|suffix| (schema.clone(), implied_name(&name, &[], &suffix)));
    let mut free = names.filter(|name| !taken.contains(name));
    let free = free.next().unwrap_or_default();
    let mut to = key.clone();
    (to.name, to.known_name) = (Some(free.1.clone()), Some(free.1.clone()));
    taken.insert(free);
    render::rename_postgres_key(&table.name, key, &to)
}
