//! Indexes that InnoDB makes for a foreign key: one goes by itself as soon as another index serves the key, so that its drop would be
//! refused (1091). It has the name of the key, of its first column, or of an earlier key, as one that a person made may have: the
//! statement that adds the other one drops either.

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

/// The first new index that serves the foreign key of one over the same columns that goes.
pub(super) fn replacement_of_own_index<'c>(
    context: &'c Context<'_>,
    table: &TableName,
    key: &Key,
) -> Option<&'c Key> {
    let (from, to) = (context.from.table(table)?, context.to.table(table)?);
    let is_plain = key.kind == KeyKind::Index && !key.unique && !key.is_special;
    let goes = is_plain && named(to, key, KeyKind::Index).is_none();
    let mut served = from.keys.iter();
    let serves = |one: &Key| one.kind == KeyKind::ForeignKey && one.columns == key.columns;
    if !goes || !served.any(serves) {
        return None;
    }
    let is_index = |one: &Key| match one.kind {
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index => true,
        KeyKind::ForeignKey | KeyKind::Check | KeyKind::Exclusion => false,
    };
    let is_new = |one: &Key| match one.kind {
        KeyKind::PrimaryKey => !from.keys.iter().any(|known| known.does_the_same(one)),
        _ => named(from, one, one.kind).is_none(),
    };
    let mut new = to.keys.iter().filter(|one| is_index(one) && is_new(one));
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
