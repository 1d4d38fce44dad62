//! Keys, indexes, foreign keys and checks: which of one side are another way to write one of the other.

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Change, Key, KeyKind, Structure, ViewShape};
use bindery_schema::model::TableName;

use super::exact::Exact;
use super::finding::FindingKind;
use super::text::{has_same_parts, is_same_text, may_be_rewritten};
use super::{Comparison, Finding};

/// Those that have no equal on the other side.
pub(super) struct Keys<'s> {
    sides: (&'s Structure, &'s Structure),
    exact: &'s Exact,
    expected: Vec<OfTable>,
    found: Vec<OfTable>,
}

/// A key, its table, and which change it comes from.
struct OfTable {
    at: Option<usize>,
    table: TableName,
    key: Key,
}

/// A change that is a difference.
pub(super) enum At {
    /// One of those that were compared.
    Change(usize),
    /// One of a materialized view, which itself stays.
    View(Box<Change>),
}

impl OfTable {
    fn change(&self, is_added: bool) -> At {
        let (table, key) = (self.table.clone(), self.key.clone());
        match self.at {
            Some(at) => At::Change(at),
            None if is_added => At::View(Box::new(Change::AddKey { table, key })),
            None => At::View(Box::new(Change::DropKey { table, key })),
        }
    }
}

impl<'s> Keys<'s> {
    pub(super) fn new(found: &'s Structure, expected: &'s Structure, exact: &'s Exact) -> Self {
        Self {
            sides: (found, expected),
            exact,
            expected: Vec::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn expect(&mut self, at: Option<usize>, table: TableName, key: Key) {
        self.expected.push(OfTable { at, table, key });
    }

    pub(super) fn find(&mut self, at: Option<usize>, table: TableName, key: Key) {
        if !self.comes_with_foreign_key(&table, &key) {
            self.found.push(OfTable { at, table, key });
        }
    }

    /// MySQL makes an index for a foreign key that has none.
    fn comes_with_foreign_key(&self, table: &TableName, key: &Key) -> bool {
        let (_, expected) = self.sides;
        let is_plain =
            expected.dialect == Dialect::Mysql && key.kind == KeyKind::Index && !key.unique;
        let keys = expected.table(table).filter(|_| is_plain);
        let mut keys = keys.into_iter().flat_map(|table| &table.keys);
        keys.any(|one| one.kind == KeyKind::ForeignKey && one.columns == key.columns)
    }

    /// The indexes of a materialized view that is on both sides.
    pub(super) fn of_view(&mut self, found: &ViewShape, expected: &ViewShape) {
        let is_open =
            |key: &&Key, others: &[Key]| !others.iter().any(|other| other.does_the_same(key));
        let known = |keys: &[OfTable], key: &Key| {
            keys.iter()
                .any(|one| one.table == expected.name && one.key.does_the_same(key))
        };
        for key in expected.keys.iter().filter(|key| is_open(key, &found.keys)) {
            if !known(&self.expected, key) {
                self.expect(None, expected.name.clone(), key.clone());
            }
        }
        for key in found.keys.iter().filter(|key| is_open(key, &expected.keys)) {
            if !known(&self.found, key) {
                self.find(None, expected.name.clone(), key.clone());
            }
        }
    }

    /// Pairs what is left, and reports it. Returns the changes that are differences, and whether only the database has the key.
    pub(super) fn finish(mut self, result: &mut Comparison) -> Vec<(At, bool)> {
        let dialect = self.sides.1.dialect;
        let mut changes = Vec::new();
        for wanted in self.expected {
            let OfTable { table, key, .. } = &wanted;
            let named = |one: &OfTable| {
                one.table == *table
                    && one.key.kind == key.kind
                    && one.key.known_name.is_some()
                    && one.key.known_name == key.known_name
            };
            let alike = |one: &OfTable| {
                let is_alike = |one: &str, key: &str| has_same_parts(one, key, dialect);
                one.table == *table && one.key.is_like(key, is_alike)
            };
            let pair = self.found.iter().position(named);
            let pair = pair.or_else(|| self.found.iter().position(alike));
            let found = pair.map(|at| self.found.remove(at));
            let of_found = found.as_ref().map(|one| &one.key);
            let is_like = |is_same: fn(&str, &str, Dialect) -> bool| {
                of_found.is_some_and(|one| one.is_like(key, |one, key| is_same(one, key, dialect)))
            };
            // Two expressions in the server's own form are compared exactly.
            let is_known = self.exact.has(table) && holds_expression(key);
            if !is_known && is_like(is_same_text) {
                continue;
            }
            let rewritten = !is_known && holds_expression(key) && is_like(may_be_rewritten);
            let finding = finding(table, key, (Some(key), of_found));
            if rewritten {
                &mut result.notes
            } else {
                let replaced = found.iter().map(|one| one.change(false));
                let all = replaced.chain([wanted.change(true)]);
                changes.extend(all.map(|at| (at, false)));
                &mut result.differences
            }
            .push(finding);
        }
        for one in &self.found {
            changes.push((one.change(false), true));
            let OfTable { table, key, .. } = one;
            result.extra.push(finding(table, key, (None, Some(key))));
        }
        changes
    }
}

fn holds_expression(key: &Key) -> bool {
    match key.kind {
        KeyKind::Check | KeyKind::Exclusion | KeyKind::Index => true,
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::ForeignKey => false,
    }
}

fn finding(
    table: &TableName,
    key: &Key,
    (expected, found): (Option<&Key>, Option<&Key>),
) -> Finding {
    let text = |key: &Key| key.sql.clone();
    let what = FindingKind::Key(key.kind);
    Finding::of_table(what, table, expected.map(text), found.map(text)).of_columns(&key.columns)
}
