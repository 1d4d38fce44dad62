//! Indexes that InnoDB makes for a foreign key and names like it: one goes by itself as soon as another index serves the key, so that its
//! drop would be refused (1091). The statement that adds the other one drops it.

use crate::diff::key::{Key, KeyKind};
use crate::diff::render::Context;
use crate::diff::structure::TableShape;
use crate::model::TableName;

/// The indexes that go and that this new one replaces.
pub(super) fn own_indexes_replaced_by<'c>(
    context: &'c Context<'_>,
    table: &'c TableName,
    new: &'c Key,
) -> impl Iterator<Item = &'c Key> {
    let known = context.from.table(table).map_or(&[][..], |one| &one.keys);
    known.iter().filter(move |one| {
        let replacement = replacement_of_own_index(context, table, one);
        replacement.is_some_and(|by| by.known_name == new.known_name)
    })
}

/// The first new index that serves the foreign key of one that goes and is named like it.
pub(super) fn replacement_of_own_index<'c>(
    context: &'c Context<'_>,
    table: &TableName,
    key: &Key,
) -> Option<&'c Key> {
    let (from, to) = (context.from.table(table)?, context.to.table(table)?);
    let goes = key.kind == KeyKind::Index && named(to, key, KeyKind::Index).is_none();
    let of_key = named(from, key, KeyKind::ForeignKey);
    of_key.filter(|of| goes && of.columns == key.columns)?;
    let mut new = to
        .keys
        .iter()
        .filter(|one| one.kind == KeyKind::Index && named(from, one, KeyKind::Index).is_none());
    // One that does the same is the old one under another name.
    new.find(|one| {
        let serves = one.known_name.is_some() && one.columns.starts_with(&key.columns);
        serves && !one.does_the_same(key)
    })
}

/// The key of another kind, or the same, that bears the name of this one.
fn named<'t>(table: &'t TableShape, key: &Key, kind: KeyKind) -> Option<&'t Key> {
    let mut keys = table.keys.iter().filter(|one| one.kind == kind);
    keys.find(|one| one.known_name.is_some() && one.known_name == key.known_name)
}
