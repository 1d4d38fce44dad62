//! Keys that take each other's names: no rename of such a circle can be the first, so one of them has a third name for a time. On
//! MySQL a statement that drops some keys of a table and adds others may be in the circle, too.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::Sides;
use super::part::DatabasePart;
use crate::diff::change::Change;
use crate::diff::key::{Key, KeyKind};
use crate::model::TableName;
use crate::name::implied::first_free;

/// The groups of changes, without circles of renames.
pub(super) fn opened(sides: &Sides<'_>, groups: Vec<Vec<Change>>) -> Vec<Vec<Change>> {
    let mut names = Names::of(sides, &groups);
    let mut opened = Vec::new();
    for (at, group) in groups.into_iter().enumerate() {
        let [Change::RenameKey { table, from, to }] = group.as_slice() else {
            opened.push(group);
            continue;
        };
        if names.is_in_a_circle(at) {
            names.taken[at].clear();
            opened.extend(in_two(sides, table, (from, to)));
        } else {
            opened.push(group);
        }
    }
    opened
}

/// The names of keys that groups of changes free and take.
struct Names {
    taken: Vec<BTreeSet<DatabasePart>>,
    /// The groups that free a name.
    freed: BTreeMap<DatabasePart, Vec<usize>>,
}

impl Names {
    fn of(sides: &Sides<'_>, groups: &[Vec<Change>]) -> Self {
        let is_name =
            |part: &DatabasePart| matches!(part, DatabasePart::Key(..) | DatabasePart::Name(..));
        let mut names = Self {
            taken: Vec::new(),
            freed: BTreeMap::new(),
        };
        for (at, group) in groups.iter().enumerate() {
            let effects: Vec<_> = group.iter().map(|one| sides.effects(one)).collect();
            for part in effects.iter().flat_map(|one| &one.drops) {
                if is_name(part) {
                    names.freed.entry(part.clone()).or_default().push(at);
                }
            }
            let made = effects.into_iter().flat_map(|one| one.makes);
            names.taken.push(made.filter(is_name).collect());
        }
        names
    }

    /// Whether the group waits for itself, by way of others or none.
    fn is_in_a_circle(&self, at: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![at];
        while let Some(one) = open.pop() {
            let before = self.taken[one]
                .iter()
                .filter_map(|name| self.freed.get(name));
            for &next in before.flatten().filter(|next| **next != one) {
                if next == at {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }
}

/// A rename that frees the name before it takes the other one. What cannot be renamed is dropped and added.
fn in_two(sides: &Sides<'_>, table: &TableName, (from, to): (&Key, &Key)) -> [Vec<Change>; 2] {
    let is_made_anew = matches!(from.kind, KeyKind::ForeignKey | KeyKind::Check)
        && sides.to.facts().keys.constraints_made_anew;
    let (first, second) = match is_made_anew {
        true => (
            Change::DropKey {
                table: table.clone(),
                key: from.clone(),
            },
            Change::AddKey {
                table: table.clone(),
                key: to.clone(),
            },
        ),
        false => renames(sides, table, (from, to)),
    };
    [vec![first], vec![second]]
}

fn renames(sides: &Sides<'_>, table: &TableName, (from, to): (&Key, &Key)) -> (Change, Change) {
    let between = between(sides, table, from);
    let rename = |from: &Key, to: &Key| Change::RenameKey {
        table: table.clone(),
        from: from.clone(),
        to: to.clone(),
    };
    (rename(from, &between), rename(&between, to))
}

/// The key under a name that none has. No statement makes it: renames are written by names alone.
fn between(sides: &Sides<'_>, table: &TableName, key: &Key) -> Key {
    let tables = [&sides.from, &sides.to].map(|side| &side.structure.tables);
    let keys = tables.into_iter().flatten().flat_map(|table| &table.keys);
    let known: BTreeSet<&str> = keys.filter_map(|key| key.known_name.as_deref()).collect();
    let name = key.known_name.as_deref().unwrap_or(&table.name);
    let name = first_free(name, &[], "old", |name| known.contains(name));
    Key {
        sql: String::new(),
        name: Some(name.clone()),
        known_name: Some(name),
        ..key.clone()
    }
}
