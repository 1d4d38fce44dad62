//! Keys, indexes, foreign keys and checks of one table.

use super::{Comparison, NameRule};
use crate::diff::change::Change;
use crate::diff::facts::Facts;
use crate::diff::key::Key;
use crate::model::TableName;

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
        for key in open {
            self.drop_key(table, key);
        }
        for (from, to) in pairs {
            self.rename(table, from, to);
            if from.not_valid && !to.not_valid {
                self.validate(table, from, to);
            }
        }
        for key in added {
            self.add_key(table, key);
        }
    }

    /// Whether the key gets another name.
    fn is_renamed(&self, from: &Key, to: &Key) -> bool {
        let counts = match self.names {
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
    fn validate(&mut self, table: &TableName, from: &Key, to: &Key) {
        let named = match self.is_renamed(from, to) {
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

    fn rename(&mut self, table: &TableName, from: &Key, to: &Key) {
        if !self.is_renamed(from, to) {
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

    fn add_key(&mut self, table: &TableName, key: &Key) {
        self.changes.push(Change::AddKey {
            table: table.clone(),
            key: key.clone(),
        });
    }
}
