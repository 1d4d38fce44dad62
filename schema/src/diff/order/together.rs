//! Changes that are one statement. MySQL counts only the first column of a key, at all times (error 1075), so such a column comes
//! and goes with its key, and one primary key takes the place of another at once.

use std::collections::BTreeMap;

use super::part::{is_counted, leads};
use crate::dialect::Dialect;
use crate::diff::change::Change;
use crate::diff::key::KeyKind;
use crate::diff::structure::table_key;
use crate::model::TableName;

/// Groups of changes, each at the place of its first.
pub(super) fn groups(changes: Vec<Change>, dialect: Dialect) -> Vec<Vec<Change>> {
    match dialect {
        Dialect::Mysql => {}
        Dialect::Sqlite | Dialect::Postgres => {
            return changes.into_iter().map(|one| vec![one]).collect();
        }
    }
    let counted: Vec<(String, String)> = changes.iter().filter_map(counted).collect();
    let mut groups: Vec<Vec<Change>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for change in changes {
        let table = joined(&change, &counted);
        let known = table.as_ref().and_then(|table| places.get(table));
        if let Some(&at) = known {
            groups[at].push(change);
            continue;
        }
        places.extend(table.map(|table| (table, groups.len())));
        groups.push(vec![change]);
    }
    groups
}

/// The table and name of a column that comes or goes as a counted one, or becomes or ceases to be that.
fn counted(change: &Change) -> Option<(String, String)> {
    let (table, column) = match change {
        Change::AddColumn { table, column } | Change::DropColumn { table, column } => {
            (table, Some(column).filter(|column| is_counted(column)))
        }
        Change::ChangeColumn {
            table, from, to, ..
        } => (
            table,
            Some(to.as_ref()).filter(|to| is_counted(from) != is_counted(to)),
        ),
        _ => return None,
    };
    Some((key_of(table), column?.name.clone()))
}

/// The table whose group it is of.
fn joined(change: &Change, counted: &[(String, String)]) -> Option<String> {
    let (Change::AddKey { table, key } | Change::DropKey { table, key }) = change else {
        return self::counted(change).map(|(table, _)| table);
    };
    let table = key_of(table);
    let serves = |(at, column): &(String, String)| {
        *at == table && leads(key, std::slice::from_ref(column), Dialect::Mysql)
    };
    let is_in = key.kind == KeyKind::PrimaryKey || counted.iter().any(serves);
    is_in.then_some(table)
}

fn key_of(table: &TableName) -> String {
    table_key(table, Dialect::Mysql)
}
