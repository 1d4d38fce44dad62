//! Finds the expressions that mention a column, and writes them anew where a column, a sequence or a value gets another name.

use std::borrow::Cow;

use crate::ast::{Expression, KeyPart, Name, PartKey};
use crate::dialect::Dialect;
use crate::draft::{DraftDistribution, DraftGenerated, DraftTable};
use crate::sql_writer::SqlWriter;
use crate::syntax::{Site, SiteKind, sites, without_own_table};

use super::lookup::same_name;

/// Whether it mentions the column. One that is not understood does where a word of it is the column's name.
pub(super) fn speaks_of(expression: &Expression, column: &str, dialect: Dialect) -> bool {
    let mut sites = sites(&expression.sql, dialect).into_iter();
    sites.any(|site| is_column(&site, column, dialect))
}

fn is_column(site: &Site, column: &str, dialect: Dialect) -> bool {
    site.kind == SiteKind::Column && same_name(&site.text, column, dialect)
}

/// Renames a column in everything of its own table.
pub(super) fn rename_column(table: &mut DraftTable, from: &str, to: &Name) {
    super::postgres::implied::settle_names(table);
    super::mysql::key_name::keep(table, from);
    super::postgres::rename::rename_in_partitioning(table, from, to);
    let dialect = table.dialect;
    for name in names(table).filter(|name| same_name(&name.text, from, dialect)) {
        name.text.clone_from(&to.text);
    }
    for name in included(table).filter(|name| same_name(name, from, dialect)) {
        name.clone_from(&to.text);
    }
    for expression in expressions(table) {
        rewrite(expression, dialect, |site, _| {
            is_column(site, from, dialect).then(|| {
                let mut sql = SqlWriter::new(dialect);
                sql.identifier(&to.text);
                sql.finish()
            })
        });
    }
}

/// Expressions that a table takes along under another name: without the one that it had.
pub(super) fn forget_own_name(table: &mut DraftTable) {
    let (own, dialect) = (table.name.name.text.clone(), table.dialect);
    for expression in expressions(table) {
        if let Cow::Owned(sql) = without_own_table(&expression.sql, &own, dialect) {
            expression.sql = sql;
        }
    }
}

fn names(table: &mut DraftTable) -> impl Iterator<Item = &mut Name> {
    let primary = table.primary_key.iter_mut();
    let primary = primary.flat_map(|key| key.columns.iter_mut().chain(columns(&mut key.parts)));
    let uniques = table.uniques.iter_mut();
    let uniques = uniques.flat_map(|key| key.columns.iter_mut().chain(columns(&mut key.parts)));
    let indexes = table.indexes.iter_mut();
    let foreign = table.foreign_keys.iter_mut();
    let checks = table.checks.iter_mut();
    let periods = table.native.periods.iter_mut();
    let shards = table.distribution.iter_mut();
    let shards = shards.filter_map(DraftDistribution::column_mut);
    (table.columns.iter_mut().map(|column| &mut column.name))
        .chain(primary)
        .chain(uniques)
        .chain(indexes.flat_map(|index| columns(&mut index.parts)))
        .chain(foreign.flat_map(|key| {
            let deleted = &mut key.reference.on_delete_columns;
            key.columns.iter_mut().chain(deleted)
        }))
        .chain(checks.filter_map(|check| check.column.as_mut()))
        .chain(periods.flat_map(|period| &mut period.columns))
        .chain(shards)
}

fn included(table: &mut DraftTable) -> impl Iterator<Item = &mut String> {
    let primary = table.primary_key.iter_mut().map(|key| &mut key.words);
    let uniques = table.uniques.iter_mut().map(|key| &mut key.options);
    let indexes = table.indexes.iter_mut().map(|index| &mut index.options);
    let words = primary.chain(uniques.chain(indexes).map(|options| &mut options.words));
    words.flat_map(|words| &mut words.include)
}

fn columns(parts: &mut [KeyPart]) -> impl Iterator<Item = &mut Name> {
    parts.iter_mut().filter_map(|part| match &mut part.key {
        PartKey::Column(column) => Some(column),
        PartKey::Expression(_) => None,
    })
}

fn expressions(table: &mut DraftTable) -> impl Iterator<Item = &mut Expression> {
    let computed = table
        .columns
        .iter_mut()
        .filter_map(|column| match &mut column.generated {
            DraftGenerated::Computed { expression, .. } => Some(expression),
            DraftGenerated::No | DraftGenerated::Counted { .. } => None,
        });
    let parts = table
        .indexes
        .iter_mut()
        .flat_map(|index| index.predicate.iter_mut().chain(keys(&mut index.parts)));
    let checks = table.checks.iter_mut().map(|check| &mut check.condition);
    let exclusions = table.native.exclusions.iter_mut().map(|(_, sql)| sql);
    computed.chain(parts).chain(checks).chain(exclusions)
}

fn keys(parts: &mut [KeyPart]) -> impl Iterator<Item = &mut Expression> {
    parts.iter_mut().filter_map(|part| match &mut part.key {
        PartKey::Column(_) => None,
        PartKey::Expression(expression) => Some(expression),
    })
}

/// Writes other texts in place of names, which are given as they stand there too. The rest stays as it is.
pub(super) fn rewrite(
    value: &mut Expression,
    dialect: Dialect,
    new: impl Fn(&Site, &str) -> Option<String>,
) {
    value.sql = rewritten(&value.sql, &sites(&value.sql, dialect), new);
}

/// The same of a text whose names are known.
pub(super) fn rewritten(
    sql: &str,
    sites: &[Site],
    new: impl Fn(&Site, &str) -> Option<String>,
) -> String {
    let mut written = sql.to_owned();
    for site in sites.iter().rev() {
        if let Some(new) = new(site, &sql[site.range.clone()]) {
            written.replace_range(site.range.clone(), &new);
        }
    }
    written
}
