//! Keys, indexes, foreign keys and checks of one table.

use super::{Comparison, NameRule};
use crate::dialect::Dialect;
use crate::diff::change::Change;
use crate::diff::key::{Key, KeyKind};
use crate::diff::structure::{folded, table_key};
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
        }
        for key in added {
            self.add_key(table, key);
        }
    }

    fn rename(&mut self, table: &TableName, from: &Key, to: &Key) {
        let counts = match self.names {
            NameRule::Written => to.name.is_some(),
            NameRule::Given => true,
        };
        let differ = from.known_name.is_some()
            && to.known_name.is_some()
            && from.known_name != to.known_name;
        if !counts || !differ || (self.dialect() == Dialect::Sqlite && !to.is_statement) {
            return;
        }
        self.parts.add_keys.push(Change::RenameKey {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }

    fn drop_key(&mut self, table: &TableName, key: &Key) {
        let change = Change::DropKey {
            table: table.clone(),
            key: key.clone(),
        };
        if key.kind == KeyKind::ForeignKey {
            self.parts.drop_foreign_keys.push(change);
        } else if self.is_needed_meanwhile(table, key) {
            self.parts.drop_indexes.push(change);
        } else {
            self.parts.drop_keys.push(change);
        }
    }

    /// A database that needs an index for each foreign key refuses to drop the last one of its columns (MySQL's error 1553). An
    /// index of its name cannot come first.
    fn is_needed_meanwhile(&self, table: &TableName, key: &Key) -> bool {
        let serves = matches!(key.kind, KeyKind::Index | KeyKind::Unique);
        let at = table_key(table, self.dialect());
        let tables = self.to.tables.iter();
        let mut after = tables.filter(|one| table_key(&one.name, self.dialect()) == at);
        self.dialect().capabilities(None).indexes_foreign_keys
            && serves
            && !self.goes_with_columns(table, key)
            && after.all(|one| {
                one.keys
                    .iter()
                    .all(|other| other.known_name != key.known_name)
            })
    }

    /// A computed column that is made anew takes its indexes with it, so they go first; those that begin with the column of a
    /// foreign key stay for that, without the computed one.
    fn goes_with_columns(&self, table: &TableName, key: &Key) -> bool {
        let at = table_key(table, self.dialect());
        let is_anew = |change: &Change| {
            let Change::ChangeColumn {
                table, from, to, ..
            } = change
            else {
                return false;
            };
            table_key(table, self.dialect()) == at
                && (from.computed || to.computed)
                && from.generated != to.generated
                && key
                    .columns
                    .iter()
                    .any(|column| self.is_same(column, &from.name))
        };
        self.parts.columns.iter().any(is_anew) && !self.leads_a_key(table, key)
    }

    /// Whether the index begins with the column that a foreign key begins with.
    fn leads_a_key(&self, table: &TableName, key: &Key) -> bool {
        let keys = self.from.table(table).map_or(&[][..], |one| &one.keys);
        let mut keys = keys.iter().filter(|one| one.kind == KeyKind::ForeignKey);
        keys.any(|one| {
            let mut firsts = one.columns.first().zip(key.columns.first()).into_iter();
            firsts.any(|(one, other)| self.is_same(one, other))
        })
    }

    fn is_same(&self, column: &str, other: &str) -> bool {
        folded(column, self.dialect()) == folded(other, self.dialect())
    }

    fn add_key(&mut self, table: &TableName, key: &Key) {
        let change = Change::AddKey {
            table: table.clone(),
            key: key.clone(),
        };
        if key.kind == KeyKind::ForeignKey {
            self.parts.add_foreign_keys.push(change);
        } else {
            self.parts.add_keys.push(change);
        }
    }
}
