//! The names that a database gives to keys that have none in the schema: by them they are dropped.

use std::collections::HashSet;

use super::key::{Key, KeyKind, Keys};
use crate::dialect::Dialect;
use crate::name::implied::first_free;

/// Fills in what is known. The keys are in the order of their kinds, and within it of the table.
pub(super) fn fill(table: &Keys<'_>, keys: &mut [Key]) {
    match table.dialect {
        Dialect::Sqlite => keep_written(keys),
        Dialect::Postgres => postgres(table, keys),
        Dialect::Mysql => mysql(table, keys),
    }
}

fn keep_written(keys: &mut [Key]) {
    for key in keys {
        key.known_name.clone_from(&key.name);
    }
}

fn postgres(table: &Keys<'_>, keys: &mut [Key]) {
    let name = table.table().name.name.as_str();
    let mut taken: HashSet<String> = keys.iter().filter_map(|key| key.name.clone()).collect();
    for key in keys {
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        let (columns, suffix) = match key.kind {
            KeyKind::PrimaryKey => (Vec::new(), "pkey"),
            KeyKind::Unique => (columns, "key"),
            KeyKind::Index => (columns, "idx"),
            KeyKind::ForeignKey => (columns, "fkey"),
            KeyKind::Exclusion => (columns, "excl"),
            KeyKind::Check => (columns_of_check(table, key), "check"),
        };
        let implied = || first_free(name, &columns, suffix, |name| taken.contains(name));
        let known = key.name.clone().unwrap_or_else(implied);
        taken.insert(known.clone());
        key.known_name = Some(known);
    }
}

/// Of a check over several columns the name says none (PostgreSQL's `ChooseConstraintName` in `AddRelationNewConstraints`).
fn columns_of_check<'t>(table: &'t Keys<'_>, key: &Key) -> Vec<&'t str> {
    let columns = table
        .table()
        .columns
        .iter()
        .map(|column| column.name.as_str());
    let meant: Vec<&str> = columns
        .filter(|name| key.reads.iter().any(|read| read == name))
        .collect();
    if meant.len() == 1 { meant } else { Vec::new() }
}

/// Keys have the name of their first column, with a number where that is taken; foreign keys and checks are numbered.
fn mysql(table: &Keys<'_>, keys: &mut [Key]) {
    let name = table.table().name.name.as_str();
    let mut taken: HashSet<String> = keys
        .iter()
        .filter_map(|key| key.name.as_ref().map(|name| name.to_lowercase()))
        .collect();
    let (mut foreign, mut checks) = (0, 0);
    for key in keys {
        let implied = match key.kind {
            KeyKind::PrimaryKey => Some("PRIMARY".to_owned()),
            KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => {
                let first = key.columns.first();
                let first = first.filter(|_| key.name.is_none());
                first.map(|first| free_key(first, &mut taken))
            }
            KeyKind::ForeignKey => {
                foreign += usize::from(key.name.is_none());
                Some(format!("{name}_ibfk_{foreign}"))
            }
            KeyKind::Check if key.at_column => None,
            KeyKind::Check => {
                checks += usize::from(key.name.is_none());
                Some(format!("CONSTRAINT_{checks}"))
            }
        };
        key.known_name = match key.kind {
            KeyKind::PrimaryKey => implied,
            KeyKind::Unique
            | KeyKind::Index
            | KeyKind::Check
            | KeyKind::Exclusion
            | KeyKind::ForeignKey => key.name.clone().or(implied),
        };
    }
}

fn free_key(first: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{first}_{number}"));
    let mut names = std::iter::once(first.to_owned()).chain(numbered);
    let free = names.find(|name| !taken.contains(&name.to_lowercase()));
    let free = free.unwrap_or_default();
    taken.insert(free.to_lowercase());
    free
}
