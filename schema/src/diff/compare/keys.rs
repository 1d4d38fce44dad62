//! Keys, indexes, foreign keys and checks of one table.

use std::collections::HashSet;

use super::{Comparison, NameRule};
use crate::dialect::Dialect;
use crate::diff::change::Change;
use crate::diff::facts::Facts;
use crate::diff::key::{Key, KeyKind};
use crate::model::TableName;
use crate::name::implied::implied_name;

impl Comparison<'_> {
    /// Keys that do the same are one; of several the one of its name first.
    pub(super) fn keys(&mut self, table: &TableName, old: &[&Key], new: &[&Key]) {
        let mut open: Vec<&Key> = old.to_vec();
        let mut pairs: Vec<(&Key, &Key)> = Vec::new();
        let mut added: Vec<&Key> = Vec::new();
        let named =
            |one: &Key, other: &Key| one.does_the_same(other) && one.known_name == other.known_name;
        let mut rest: Vec<&Key> = Vec::new();
        for key in new {
            match open.iter().position(|one| named(one, key)) {
                Some(at) => pairs.push((open.remove(at), key)),
                None => rest.push(key),
            }
        }
        for key in rest {
            match open.iter().position(|one| one.does_the_same(key)) {
                Some(at) => pairs.push((open.remove(at), key)),
                None => added.push(key),
            }
        }
        let mut given = Given::new(old, &pairs, &added);
        given.is_needed |= self.is_numbered_anew(old, &added);
        for key in open {
            self.drop_key(table, key);
        }
        let wanted: Vec<&Key> = new
            .iter()
            .copied()
            .filter(|key| key.name.is_some())
            .collect();
        for (from, to) in pairs {
            self.rename(table, from, to, &wanted);
            if from.not_valid && !to.not_valid {
                self.validate(table, from, to, &wanted);
            }
        }
        for key in added {
            let named = given.named(key, self.dialect());
            self.add_key(table, named.unwrap_or_else(|| key.clone()));
        }
    }

    /// Whether the key gets another name: one that is written, or the one that it would have in a new table, where another key has its own.
    fn is_renamed(&self, from: &Key, to: &Key, wanted: &[&Key]) -> bool {
        let is_index = |key: &Key| matches!(key.kind, KeyKind::Unique | KeyKind::Index);
        let mut others = wanted.iter().filter(|one| is_index(one));
        let counts = match self.names {
            NameRule::Written if is_index(to) && to.name.is_none() => {
                others.any(|one| one.known_name == from.known_name && !one.does_the_same(to))
            }
            NameRule::Written => to.name.is_some(),
            NameRule::Given => true,
        };
        let differ = from.known_name.is_some()
            && to.known_name.is_some()
            && from.known_name != to.known_name;
        let can_be = to.is_statement || !Facts::of(self.dialect()).keys.only_statements_renamed;
        counts && differ && can_be
    }

    /// One that is valid where the schema says `NOT VALID` stays so.
    fn validate(&mut self, table: &TableName, from: &Key, to: &Key, wanted: &[&Key]) {
        let named = match self.is_renamed(from, to, wanted) {
            true => to,
            false => from,
        };
        self.changes.push(Change::ValidateKey {
            table: table.clone(),
            key: Key {
                known_name: named.known_name.clone(),
                ..to.clone()
            },
        });
    }

    /// Whether a foreign key that comes back to others would get another number than it had.
    fn is_numbered_anew(&self, old: &[&Key], added: &[&Key]) -> bool {
        let is_foreign = |key: &&&Key| key.kind == KeyKind::ForeignKey;
        self.names == NameRule::Given
            && Facts::of(self.dialect()).keys.numbers_foreign
            && added.iter().any(|key| is_foreign(&key))
            && old.iter().any(|key| is_foreign(&key))
    }

    fn rename(&mut self, table: &TableName, from: &Key, to: &Key, wanted: &[&Key]) {
        if !self.is_renamed(from, to, wanted) {
            return;
        }
        self.changes.push(Change::RenameKey {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }

    fn drop_key(&mut self, table: &TableName, key: &Key) {
        self.changes.push(Change::DropKey {
            table: table.clone(),
            key: key.clone(),
        });
    }

    fn add_key(&mut self, table: &TableName, key: Key) {
        self.changes.push(Change::AddKey {
            table: table.clone(),
            key,
        });
    }
}

/// Names for constraints that are added without one. Where those that are there have other names than a new table would give them, as one of
/// them was dropped or renamed before, the name of a new one would be another one's.
struct Given {
    taken: HashSet<String>,
    is_needed: bool,
}

impl Given {
    fn new(old: &[&Key], pairs: &[(&Key, &Key)], added: &[&Key]) -> Self {
        let mut pairs = pairs.iter().filter(|(_, to)| to.name.is_none());
        let is_needed = pairs.any(|(from, to)| from.known_name != to.known_name);
        let written = added.iter().filter_map(|key| key.name.as_ref());
        let known = old.iter().filter_map(|key| key.known_name.as_ref());
        let taken = written.chain(known);
        Self {
            taken: taken.map(|name| name.to_lowercase()).collect(),
            is_needed,
        }
    }

    /// The constraint with a name that no other has, where it needs one.
    fn named(&mut self, key: &Key, dialect: Dialect) -> Option<Key> {
        let known = key.known_name.as_ref().filter(|_| self.is_needed)?;
        if key.name.is_some() || key.is_statement || key.at_column {
            return None;
        }
        let numbered = (1_u32..).map(|number| implied_name(known, &[], &number.to_string()));
        let mut names = std::iter::once(known.clone()).chain(numbered);
        let free = names.find(|name| !self.taken.contains(&name.to_lowercase()))?;
        self.taken.insert(free.to_lowercase());
        key.under(&free, dialect)
    }
}
