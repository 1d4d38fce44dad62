//! PostgreSQL.

use std::collections::HashSet;

use crate::diff::key::{Key, KeyKind, Keys};
use crate::name::implied::first_free;

/// Names are made of the table, the columns and a word for the kind.
pub(in crate::diff) fn fill(table: &Keys<'_>, keys: &mut [Key]) {
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
