//! Changes that are one statement. MySQL and MariaDB count only the first column of a key, at all times (error 1075), so such a column comes
//! and goes with its key, and one primary key takes the place of another at once.

use std::collections::BTreeMap;

use super::effects::{Sides, is_made_anew};
use super::part::{is_counted, leads};
use crate::dialect::Dialect;
use crate::diff::change::Change;
use crate::diff::key::{Key, KeyKind};
use crate::diff::structure::table_key;
use crate::model::TableName;

/// Groups of changes, each at the place of its first.
pub(in crate::diff) fn grouped_by_key(sides: &Sides<'_>, changes: Vec<Change>) -> Vec<Vec<Change>> {
    let together = Together {
        sides,
        counted: changes.iter().filter_map(counted).collect(),
        anew: changes.iter().filter_map(anew).collect(),
    };
    let keyed = together.keyed(&changes);
    let mut groups: Vec<Vec<Change>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for change in changes {
        let of_key = anew(&change).filter(|column| keyed.contains(column));
        let table = together
            .table(&change)
            .or_else(|| of_key.map(|(table, _)| table));
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

/// A table and a column of it.
type ColumnOf = (String, String);

struct Together<'a, 's> {
    sides: &'a Sides<'s>,
    counted: Vec<ColumnOf>,
    /// Columns that are dropped and added, under which no key stays.
    anew: Vec<ColumnOf>,
}

impl Together<'_, '_> {
    /// The table whose group it is of.
    fn table(&self, change: &Change) -> Option<String> {
        let (Change::AddKey { table, key } | Change::DropKey { table, key }) = change else {
            return counted(change).map(|(table, _)| table);
        };
        let at = key_of(table);
        let mut counted = self.counted.iter().filter(|(of, column)| {
            *of == at && leads(key, std::slice::from_ref(column), Dialect::Mysql)
        });
        let is_in = key.kind == KeyKind::PrimaryKey
            || counted.any(|(_, column)| !self.is_spare(table, key, column));
        is_in.then_some(at)
    }

    /// Whether the counted column has another key all the time, and this one goes for a time and comes again.
    fn is_spare(&self, table: &TableName, key: &Key, column: &str) -> bool {
        let at = key_of(table);
        let mut columns = key.columns.iter().map(|one| (at.clone(), one.clone()));
        let goes = columns.any(|column| self.anew.contains(&column));
        let column = [column.to_owned()];
        let mut known = self.sides.from.keys(table).iter();
        let stays = |one: &Key| {
            let mut wanted = self.sides.to.keys(table).iter();
            wanted.any(|other| other.does_the_same(one) && other.known_name == one.known_name)
        };
        let mut all = [&self.sides.from, &self.sides.to].into_iter();
        let comes_again = all.all(|side| side.keys(table).iter().any(|one| one.does_the_same(key)));
        let serves = |one: &Key| leads(one, &column, Dialect::Mysql) && !one.does_the_same(key);
        goes && comes_again && known.any(|one| serves(one) && stays(one))
    }

    /// The columns of the keys that come with a counted column.
    fn keyed(&self, changes: &[Change]) -> Vec<ColumnOf> {
        let keys = changes.iter().filter_map(|change| match change {
            Change::AddKey { table, key } if self.table(change).is_some() => Some((table, key)),
            _ => None,
        });
        let columns = keys.flat_map(|(table, key)| {
            let columns = key.columns.iter();
            columns.map(|column| (key_of(table), column.clone()))
        });
        columns.collect()
    }
}

/// A column that is dropped and added.
fn anew(change: &Change) -> Option<ColumnOf> {
    let Change::ChangeColumn {
        table,
        from,
        to,
        changes,
    } = change
    else {
        return None;
    };
    let is_it = is_made_anew(from, to, changes, Dialect::Mysql);
    is_it.then(|| (key_of(table), to.name.clone()))
}

/// The table and name of a column that comes or goes as a counted one, or becomes or ceases to be that.
fn counted(change: &Change) -> Option<ColumnOf> {
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

fn key_of(table: &TableName) -> String {
    table_key(table, Dialect::Mysql)
}
