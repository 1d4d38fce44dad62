//! Drops a column, and with it what the database drops.

use crate::ast::{Expression, KeyPart, Name, PartKey};
use crate::dialect::Dialect;
use crate::draft::{DraftCheck, DraftGenerated, DraftIndex, DraftTable, TableIndex};
use crate::lists::IntoVec as _;
use crate::model::KeyWords;

use super::effects::Effects;
use super::lookup::same_name;
use super::rename::speaks_of;

/// The column and everything that needs it.
pub(super) fn drop_column(table: &mut DraftTable, name: &str) {
    let dialect = table.dialect;
    let speaks = |expression: &Expression| speaks_of(expression, name, dialect);
    table
        .columns
        .retain(|column| !same_name(&column.name.text, name, dialect));
    table
        .foreign_keys
        .retain(|key| free(&key.columns, name, dialect));
    table.checks.retain(|check| !speaks(&check.condition));
    let exclusions = &mut table.native.exclusions;
    exclusions.retain(|(_, written)| !speaks(written));
    if Effects::of(dialect).shortens_keys {
        shorten_keys(table, name);
    } else {
        drop_keys(table, name);
    }
}

/// Returns the names of the columns that are generated from the column: `CASCADE` drops them with it.
pub(super) fn generated_from(table: &DraftTable, name: &str) -> Vec<String> {
    let needs = table
        .columns
        .iter()
        .filter(|column| match &column.generated {
            DraftGenerated::Computed { expression, .. } => {
                speaks_of(expression, name, table.dialect)
            }
            DraftGenerated::No | DraftGenerated::Counted { .. } => false,
        });
    needs.map(|column| column.name.text.clone()).into_vec()
}

/// `CASCADE`: foreign keys of other tables to the column.
pub(super) fn drop_references(
    table: &mut DraftTable,
    target: TableIndex,
    name: &str,
    dialect: Dialect,
) {
    table
        .foreign_keys
        .retain(|key| key.target != Some(target) || free(&key.reference.columns, name, dialect));
}

fn free(columns: &[Name], name: &str, dialect: Dialect) -> bool {
    let mut columns = columns.iter();
    !columns.any(|column| same_name(&column.text, name, dialect))
}

/// PostgreSQL drops keys and indexes whole.
fn drop_keys(table: &mut DraftTable, name: &str) {
    let dialect = table.dialect;
    let key = table.primary_key.take();
    let includes = |words: &KeyWords| {
        let mut include = words.include.iter();
        include.any(|column| same_name(column, name, dialect))
    };
    table.primary_key =
        key.filter(|key| free(&key.columns, name, dialect) && !includes(&key.words));
    table
        .uniques
        .retain(|unique| free(&unique.columns, name, dialect) && !includes(&unique.options.words));
    let needs = |index: &DraftIndex| {
        let mut parts = index.parts.iter();
        parts.any(|part| part_needs(part, name, dialect))
            || includes(&index.options.words)
            || index
                .predicate
                .as_ref()
                .is_some_and(|predicate| speaks_of(predicate, name, dialect))
    };
    table.indexes.retain(|index| !needs(index));
}

/// Takes the column out of its keys and indexes; one that has no other goes.
fn shorten_keys(table: &mut DraftTable, name: &str) {
    let dialect = table.dialect;
    let shorten = |columns: &mut Vec<Name>, parts: &mut Vec<KeyPart>| {
        columns.retain(|column| !same_name(&column.text, name, dialect));
        parts.retain(|part| !part_needs(part, name, dialect));
        !columns.is_empty()
    };
    if let Some(mut key) = table.primary_key.take() {
        let left = shorten(&mut key.columns, &mut key.parts);
        table.primary_key = left.then_some(key);
    }
    table
        .uniques
        .retain_mut(|unique| shorten(&mut unique.columns, &mut unique.parts));
    table.indexes.retain_mut(|index| {
        index.parts.retain(|part| !part_needs(part, name, dialect));
        !index.parts.is_empty()
    });
}

/// Why the column is not dropped, with the way out (SQLite, "ALTER TABLE", section 5); `None` where it does.
pub(super) fn kept(table: &DraftTable, name: &str) -> Option<(String, String)> {
    let dialect = table.dialect;
    let holds = |columns: &[Name]| !free(columns, name, dialect);
    let anew = || {
        format!(
            "make a new table without `{name}`, copy the rows, drop the old one and rename the new one"
        )
    };
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| holds(&key.columns));
    if in_key {
        return Some(("it is part of the primary key".to_owned(), anew()));
    }
    let unique = table.uniques.iter().find(|unique| holds(&unique.columns));
    let needs = |index: &&DraftIndex| {
        let mut parts = index.parts.iter();
        let predicate = index.predicate.as_ref();
        parts.any(|part| part_needs(part, name, dialect))
            || predicate.is_some_and(|condition| speaks_of(condition, name, dialect))
    };
    let index = table.indexes.iter().find(needs);
    let named = unique
        .filter(|unique| unique.is_index)
        .map(|unique| &unique.name);
    if let Some(Some(index)) = named.or(index.map(|index| &index.name)) {
        let help = format!("drop the index before: `DROP INDEX {index}`");
        return Some((format!("the index `{index}` needs it"), help));
    }
    if unique.is_some() || index.is_some() {
        return Some(("it is part of a unique constraint".to_owned(), anew()));
    }
    if table.foreign_keys.iter().any(|key| holds(&key.columns)) {
        return Some(("it is part of a foreign key".to_owned(), anew()));
    }
    // A check that is written with the column goes with it.
    let of_others = |check: &&DraftCheck| {
        let own = check.column.as_ref();
        let own = own.is_some_and(|column| same_name(&column.text, name, dialect));
        !own && speaks_of(&check.condition, name, dialect)
    };
    if table.checks.iter().any(|check| of_others(&check)) {
        return Some(("a CHECK needs it".to_owned(), anew()));
    }
    if !generated_from(table, name).is_empty() {
        return Some(("a computed column needs it".to_owned(), anew()));
    }
    None
}

fn part_needs(part: &KeyPart, name: &str, dialect: Dialect) -> bool {
    match &part.key {
        PartKey::Column(column) => same_name(&column.text, name, dialect),
        PartKey::Expression(expression) => speaks_of(expression, name, dialect),
    }
}
