//! Keys that take each other's names: no rename of such a circle can be the first, so one of them has a third name for a time.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::Sides;
use super::part::Part;
use crate::diff::change::Change;
use crate::diff::key::Key;
use crate::model::TableName;
use crate::name::implied::first_free;
use crate::sql_writer::SqlWriter;

/// The changes, without circles of renames.
pub(super) fn opened(sides: &Sides<'_>, changes: &[Change]) -> Vec<Change> {
    let renames = changes.iter().map(|change| renamed(sides, change));
    let mut renames: Vec<Option<(Part, Part)>> = renames.collect();
    let mut opened = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let Change::RenameKey { table, from, to } = change else {
            opened.push(change.clone());
            continue;
        };
        if !is_in_a_circle(&renames, at) {
            opened.push(change.clone());
            continue;
        }
        renames[at] = None;
        let between = between(sides, table, from);
        opened.push(Change::RenameKey {
            table: table.clone(),
            from: from.clone(),
            to: between.clone(),
        });
        opened.push(Change::RenameKey {
            table: table.clone(),
            from: between,
            to: to.clone(),
        });
    }
    opened
}

/// The key under a name that none has.
fn between(sides: &Sides<'_>, table: &TableName, key: &Key) -> Key {
    let tables = [&sides.from, &sides.to].map(|side| &side.structure.tables);
    let keys = tables.into_iter().flatten().flat_map(|table| &table.keys);
    let known: BTreeSet<&str> = keys.filter_map(|key| key.known_name.as_deref()).collect();
    let name = key.known_name.as_deref().unwrap_or(&table.name);
    let name = first_free(name, &[], "old", |name| known.contains(name));
    let mut between = key.clone();
    between.sql = between.sql.replacen(
        &quoted(key.known_name.as_deref().unwrap_or_default(), sides),
        &quoted(&name, sides),
        1,
    );
    (between.name, between.known_name) = (Some(name.clone()), Some(name));
    between
}

fn quoted(name: &str, sides: &Sides<'_>) -> String {
    let mut sql = SqlWriter::new(sides.to.dialect());
    sql.identifier(name);
    sql.finish()
}

/// The name that a rename frees, and the one that it takes.
fn renamed(sides: &Sides<'_>, change: &Change) -> Option<(Part, Part)> {
    let Change::RenameKey { table, from, to } = change else {
        return None;
    };
    let old = sides.from.name_part(table, from);
    let new = sides.to.name_part(table, to);
    Some((
        old.unwrap_or_else(|| sides.from.key_part(table, from)),
        new.unwrap_or_else(|| sides.to.key_part(table, to)),
    ))
}

fn is_in_a_circle(renames: &[Option<(Part, Part)>], at: usize) -> bool {
    let known = renames.iter().flatten().map(|(from, to)| (from, to));
    let known: BTreeMap<&Part, &Part> = known.collect();
    let Some((first, mut next)) = renames[at].as_ref().map(|(from, to)| (from, to)) else {
        return false;
    };
    // A chain of renames has no more than all of them.
    for _ in 0..known.len() {
        if next == first {
            return true;
        }
        match known.get(next) {
            Some(further) => next = *further,
            None => return false,
        }
    }
    false
}
