//! MySQL names a key that has no name after its first column, and with a number where that is taken: `a`, `a_2`, `a_3`.
//! The name stays when the column gets another. Here a key has no name as long as it is the usual one.

use crate::ast::{KeyPart, PartKey, TableConstraintKind};
use crate::dialect::Dialect;
use crate::draft::{DraftTable, DraftUnique};

/// No table of MySQL or MariaDB has more keys (64, or 128 where it was built so).
const MOST_KEYS: usize = 128;

/// The name of a key that is added without one, where the usual one is taken.
pub(in crate::lower) fn numbered(table: &DraftTable, kind: &TableConstraintKind) -> Option<String> {
    match kind {
        TableConstraintKind::Unique { parts, .. } | TableConstraintKind::Index { parts, .. } => {
            numbered_after(table, first_column(parts)?)
        }
        TableConstraintKind::PrimaryKey { .. }
        | TableConstraintKind::UsingIndex { .. }
        | TableConstraintKind::ForeignKey { .. }
        | TableConstraintKind::Check(..)
        | TableConstraintKind::NotNull(_)
        | TableConstraintKind::Exclude(_)
        | TableConstraintKind::Period(_) => None,
    }
}

/// The same for a key whose first column this is.
pub(in crate::lower) fn numbered_after(table: &DraftTable, column: &str) -> Option<String> {
    let is_taken = |name: &str| {
        let mut names = names(table);
        names.any(|known| known.eq_ignore_ascii_case(name))
    };
    let too_many = table.uniques.len() + table.indexes.len() > MOST_KEYS;
    if table.dialect != Dialect::Mysql || too_many || !is_taken(column) {
        return None;
    }
    let mut numbers = (2_u32..).map(|number| format!("{column}_{number}"));
    numbers.find(|name| !is_taken(name))
}

/// Names of all keys, the usual ones too.
fn names(table: &DraftTable) -> impl Iterator<Item = &str> {
    let uniques = table.uniques.iter();
    let uniques = uniques.map(|unique| (&unique.name, first_of(unique)));
    let indexes = table.indexes.iter();
    let indexes = indexes.map(|index| (&index.name, first_column(&index.parts)));
    let named = uniques.chain(indexes);
    named.filter_map(|(name, column)| name.as_deref().or(column))
}

/// Whether this is the usual name of a key that has none.
pub(in crate::lower) fn is_usual(table: &DraftTable, column: Option<&str>, name: &str) -> bool {
    let same = column.is_some_and(|column| column.eq_ignore_ascii_case(name));
    table.dialect == Dialect::Mysql && same
}

/// Keys that begin with a column which is to get another name keep theirs.
pub(in crate::lower) fn keep(table: &mut DraftTable, column: &str) {
    if table.dialect != Dialect::Mysql {
        return;
    }
    let begins =
        |first: Option<&str>| first.is_some_and(|first| first.eq_ignore_ascii_case(column));
    for unique in &mut table.uniques {
        if unique.name.is_none() && begins(first_of(unique)) {
            unique.name = Some(column.to_owned());
        }
    }
    for index in &mut table.indexes {
        if index.name.is_none() && begins(first_column(&index.parts)) {
            index.name = Some(column.to_owned());
        }
    }
}

pub(in crate::lower) fn first_of(unique: &DraftUnique) -> Option<&str> {
    unique.columns.first().map(|column| column.text.as_str())
}

pub(in crate::lower) fn first_column(parts: &[KeyPart]) -> Option<&str> {
    match &parts.first()?.key {
        PartKey::Column(column) => Some(&column.text),
        PartKey::Expression(_) => None,
    }
}
