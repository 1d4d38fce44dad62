//! Names that PostgreSQL gives to what has none: keys, foreign keys and indexes. Each is the first of its form that is free
//! when the statement runs, and stays when tables and columns get other names.

use crate::lists::IntoVec as _;
use std::collections::HashSet;

use crate::ast::{CreateIndex, Expression, KeyPart, Name, PartKey, TableConstraintKind};
use crate::dialect::Dialect;
use crate::draft::{DraftTable, TableIndex};
pub(in crate::lower) use crate::name::implied::{first_free, implied_name};
use crate::parse::exclusion_parts;
use crate::syntax::{ExprKind, look_at_expression};

use crate::lower::Fold;
use crate::lower::check_name;
use crate::lower::constraint::is_named;

/// Gives what has no name the one that the database gave it.
pub(in crate::lower) fn settle_names(table: &mut DraftTable) {
    if table.dialect != Dialect::Postgres {
        return;
    }
    check_name::settle(table, None);
    let base = table.name.name.text.clone();
    let names = (table.primary_key.iter().map(|key| &key.name))
        .chain(table.uniques.iter().map(|unique| &unique.name))
        .chain(table.indexes.iter().map(|index| &index.name))
        .chain(table.foreign_keys.iter().map(|key| &key.name))
        .chain(table.checks.iter().map(|check| &check.name));
    let mut taken: HashSet<String> = names.flatten().cloned().collect();
    let mut free = |columns: &[&str], suffix: &str| {
        let free = first_free(&base, columns, suffix, |name| taken.contains(name));
        taken.insert(free.clone());
        Some(free)
    };
    for key in table
        .primary_key
        .iter_mut()
        .filter(|key| key.name.is_none())
    {
        key.name = free(&[], "pkey");
    }
    for key in table.uniques.iter_mut().filter(|key| key.name.is_none()) {
        key.name = free(&key.columns_of_name(), "key");
    }
    for key in table
        .foreign_keys
        .iter_mut()
        .filter(|key| key.name.is_none())
    {
        key.name = free(&texts(&key.columns), "fkey");
    }
}

pub(in crate::lower) fn texts(columns: &[Name]) -> Vec<&str> {
    columns.iter().map(|column| column.text.as_str()).into_vec()
}

/// Returns the word that each part of an index adds to its name: a column, an included one too, the function that is
/// called, else `expr` (PostgreSQL's `FigureIndexColname`); one that is there before gets a number.
fn words_of_index(index: &CreateIndex) -> Vec<String> {
    let parts = index.parts.iter().map(|part| match &part.key {
        PartKey::Column(name) => name.text.clone(),
        PartKey::Expression(expression) => word_of(expression).unwrap_or_else(|| "expr".to_owned()),
    });
    numbered_words(parts.chain(index.words.include.iter().cloned()))
}

/// The same of `EXCLUDE`; `None` where a part is not understood.
fn words_of_exclusion(written: &Expression) -> Option<Vec<String>> {
    let (parts, _) = exclusion_parts(&written.sql);
    let words: Option<Vec<String>> = parts.iter().map(word_of).collect();
    Some(numbered_words(words?.into_iter()))
}

fn numbered_words(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in all {
        let numbers = (0_u32..).map(|number| match number {
            0 => word.clone(),
            _ => format!("{word}{number}"),
        });
        let free = numbers.filter(|word| !words.contains(word)).take(1);
        let free: Vec<String> = free.into_vec();
        words.extend(free);
    }
    words
}

/// `lower(a)`, `(a)::text`, `a + 1`; `None` where it is not understood.
fn word_of(expression: &Expression) -> Option<String> {
    let found = look_at_expression(&expression.sql, Dialect::Postgres, |_, expr| {
        match &expr.without_casts().kind {
            ExprKind::Column(names) => names.last().map(|name| name.text.clone()),
            ExprKind::Call(call) => Some(call.function().to_owned()),
            ExprKind::Case(_) => Some("case".to_owned()),
            _ => None,
        }
    });
    let word = found.ok()?;
    Some(word.unwrap_or_else(|| "expr".to_owned()))
}

impl Fold<'_> {
    /// The name of a new constraint of this table, where the usual one belongs to another already.
    pub(in crate::lower) fn numbered_name(
        &self,
        table: &DraftTable,
        kind: &TableConstraintKind,
    ) -> Option<String> {
        match kind {
            TableConstraintKind::PrimaryKey { .. } => self.numbered(table, &[], "pkey"),
            TableConstraintKind::Unique { parts, options } => {
                let columns = parts.iter().filter_map(column_text);
                let include = options.words.include.iter().map(String::as_str);
                let columns: Vec<&str> = columns.chain(include).into_vec();
                self.numbered(table, &columns, "key")
            }
            TableConstraintKind::ForeignKey { columns, .. } => {
                self.numbered(table, &texts(columns), "fkey")
            }
            TableConstraintKind::Exclude(written) => {
                let words = words_of_exclusion(written)?;
                let words: Vec<&str> = words.iter().map(String::as_str).into_vec();
                let is_taken = |name: &str| is_named(table, name) || self.is_index(table, name);
                Some(first_free(&table.name.name.text, &words, "excl", is_taken))
            }
            TableConstraintKind::UsingIndex { .. }
            | TableConstraintKind::Check(..)
            | TableConstraintKind::Index { .. }
            | TableConstraintKind::NotNull(_)
            | TableConstraintKind::Period(_) => None,
        }
    }

    /// `None` where the usual name is free.
    pub(in crate::lower) fn numbered(
        &self,
        table: &DraftTable,
        columns: &[&str],
        suffix: &str,
    ) -> Option<String> {
        if table.dialect != Dialect::Postgres {
            return None;
        }
        let base = &table.name.name.text;
        // A foreign key shares its table's names alone.
        let is_index = suffix != "fkey";
        let is_taken =
            |name: &str| is_named(table, name) || (is_index && self.is_index(table, name));
        let usual = implied_name(base, columns, suffix);
        is_taken(&usual).then(|| first_free(base, columns, suffix, is_taken))
    }

    /// Whether an index of another table has this name in the schema of this one.
    fn is_index(&self, table: &DraftTable, name: &str) -> bool {
        let owners = self.index_owner.get(&name.to_lowercase());
        let owners = owners.into_iter().flatten();
        let mut tables = owners.filter_map(|&owner| self.tables[owner].as_ref());
        tables.any(|known| known.name.schema == table.name.schema && is_named(known, name))
    }

    /// The name that PostgreSQL gives to an index without one.
    pub(in crate::lower) fn name_of_index(
        &self,
        owner: TableIndex,
        index: &CreateIndex,
    ) -> Option<Name> {
        let table = self.tables[owner].as_ref()?;
        if index.name.is_some() || table.dialect != Dialect::Postgres {
            return index.name.clone();
        }
        let words = words_of_index(index);
        let words: Vec<&str> = words.iter().map(String::as_str).into_vec();
        let is_taken = |name: &str| is_named(table, name) || self.is_index(table, name);
        Some(Name {
            text: first_free(&table.name.name.text, &words, "idx", is_taken),
            span: index.span,
        })
    }

    /// Keys that have a name have an index of that name.
    pub(in crate::lower) fn note_keys(&mut self, index: TableIndex, table: &mut DraftTable) {
        if table.dialect != Dialect::Postgres {
            return;
        }
        self.number_repeats(table);
        let primary = table.primary_key.iter().map(|key| &key.name);
        let names = primary.chain(table.uniques.iter().map(|unique| &unique.name));
        for name in names.flatten() {
            let owners = self.index_owner.entry(name.to_lowercase()).or_default();
            if !owners.contains(&index) {
                owners.push(index);
            }
        }
    }
}

impl Fold<'_> {
    /// Each of several keys over the same columns has a name of its own.
    fn number_repeats(&self, table: &mut DraftTable) {
        if table.uniques.len() < 2 {
            return;
        }
        let base = table.name.name.text.clone();
        let mut implied_names = HashSet::new();
        let mut known: HashSet<Vec<String>> = HashSet::new();
        for at in 0..table.uniques.len() {
            let unique = &table.uniques[at];
            let columns = unique.columns_of_name();
            let is_first = known.insert(columns.iter().map(|&text| text.to_owned()).into_vec());
            if unique.name.is_some() {
                continue;
            }
            let usual = implied_name(&base, &columns, "key");
            if is_first && !implied_names.contains(&usual) {
                implied_names.insert(usual);
                continue;
            }
            let is_taken = |name: &str| {
                implied_names.contains(name) || is_named(table, name) || self.is_index(table, name)
            };
            table.uniques[at].name = Some(first_free(&base, &columns, "key", is_taken));
        }
    }
}

fn column_text(part: &KeyPart) -> Option<&str> {
    match &part.key {
        PartKey::Column(name) => Some(&name.text),
        PartKey::Expression(_) => None,
    }
}
