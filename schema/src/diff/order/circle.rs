//! Keys that take each other's names: no rename of such a circle can be the first, so one of them is dropped and made again.

use std::collections::BTreeMap;

use super::effects::Sides;
use super::part::Part;
use crate::diff::change::Change;

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
        opened.push(Change::DropKey {
            table: table.clone(),
            key: from.clone(),
        });
        opened.push(Change::AddKey {
            table: table.clone(),
            key: to.clone(),
        });
    }
    opened
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
