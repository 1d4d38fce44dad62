//! Whether statements that a squash keeps can still be run where the tables are as they are at the end.

use std::collections::HashMap;

use super::super::folder::model_of;
use super::super::parsed::ParsedMigration;
use super::{Gone, Other, changes_schema, first_line};
use crate::ast::Name;
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::model::{Column, Engine, Generated, Model, Table};
use crate::parse::SingleStatement;
use crate::source::Sources;
use crate::syntax::{InsertSource, Names, Statement};

/// Those that name what is not there at the end, or leave out what is needed there.
pub(super) fn gone(
    kept: &[Other<'_>],
    old: &[ParsedMigration],
    end: &Model,
    engine: &Engine,
) -> Vec<Gone> {
    let mut models = HashMap::new();
    let refused = kept.iter().filter_map(|other| {
        let place = old
            .iter()
            .position(|one| one.version == other.migration.version)?;
        let mut model = |number: usize| {
            let model = models
                .entry(number)
                .or_insert_with(|| after(&old[..number], engine));
            model.clone()
        };
        let then = [model(place), model(place + 1)];
        let statement = Named::of(other.tree, &other.statement.sql, engine.dialect);
        let why = if changes_schema(other) {
            Some("it changes the schema as well".to_owned())
        } else {
            why_gone(&statement, &then, end)
        };
        Some(Gone {
            place: other.place(),
            sql: first_line(&other.statement.sql),
            why: why?,
        })
    });
    refused.collect()
}

/// The schema that the first migrations make. Where they cannot be read alone, as a key refers to a later table, nothing is known of them.
fn after(old: &[ParsedMigration], engine: &Engine) -> Model {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    model_of(old, engine, &mut sources, &mut found)
}

fn why_gone(statement: &Named, then: &[Model; 2], end: &Model) -> Option<String> {
    let tables = mentioned(statement, end);
    let columns = |tables: &[&Table]| -> Vec<String> {
        tables.iter().copied().flat_map(columns_of).collect()
    };
    let end_columns = columns(&tables);
    let then_tables: Vec<&Table> = then
        .iter()
        .flat_map(|model| mentioned(statement, model))
        .collect();
    let is_at_end = |name: &String| end_columns.contains(name) || table(end, name).is_some();
    let names = then_tables.iter().map(|table| name_of(table));
    if let Some(table) = names.into_iter().find(|name| !is_at_end(name)) {
        return Some(format!("the table `{table}` is not there at the end"));
    }
    let then_columns = columns(&then_tables);
    let is_gone = |name: &&String| then_columns.contains(name) && !is_at_end(name);
    if let Some(column) = statement.columns.iter().find(is_gone) {
        return Some(format!("the column `{column}` is not there at the end"));
    }
    lacking(statement, then, end)
}

/// An `INSERT` that gives no value, or another one, to a column as it is at the end.
fn lacking(statement: &Named, then: &[Model; 2], end: &Model) -> Option<String> {
    let (target, listed) = statement.insert.as_ref()?;
    let at_end = table(end, target)?;
    let then: Vec<&Table> = then
        .iter()
        .filter_map(|model| table(model, target))
        .collect();
    let Some(listed) = listed else {
        let is_same = |one: &&Table| columns_of(one).eq(columns_of(at_end));
        let is_other = !then.is_empty() && !then.iter().any(is_same);
        return is_other.then(|| {
            format!("it lists no columns, and those of `{target}` are others at the end")
        });
    };
    let needed_then = |column: &Column| {
        let columns = then.last().into_iter().flat_map(|table| &table.columns);
        let mut same = columns.filter(|one| one.name == column.name);
        same.any(needs_value)
    };
    let mut columns = at_end.columns.iter();
    let column = columns.find(|column| {
        let is_listed = listed.contains(&column.name.to_lowercase());
        needs_value(column) && !is_listed && !needed_then(column)
    })?;
    Some(format!(
        "it gives no value to `{}` of `{target}`, which needs one at the end",
        column.name
    ))
}

fn needs_value(column: &Column) -> bool {
    !column.nullable && column.default.is_none() && column.generated == Generated::No
}

fn columns_of(table: &Table) -> impl Iterator<Item = String> {
    let columns = table.columns.iter();
    columns.map(|column| column.name.to_lowercase())
}

fn name_of(table: &Table) -> String {
    table.name.name.to_lowercase()
}

fn table<'m>(model: &'m Model, name: &str) -> Option<&'m Table> {
    model.tables.iter().find(|table| name_of(table) == name)
}

fn mentioned<'m>(statement: &Named, model: &'m Model) -> Vec<&'m Table> {
    let tables = model.tables.iter();
    let is_named = |table: &&Table| statement.tables.contains(&name_of(table));
    tables.filter(is_named).collect()
}

/// The names in a statement.
struct Named {
    tables: Vec<String>,
    columns: Vec<String>,
    /// The table that an `INSERT` writes to, and the columns that it lists.
    insert: Option<(String, Option<Vec<String>>)>,
}

impl Named {
    fn of(tree: &SingleStatement, sql: &str, dialect: Dialect) -> Self {
        let rows = match tree {
            SingleStatement::Rows(whole) => Some(&whole.statement),
            _ => None,
        };
        let names = rows.map_or_else(|| Names::of_tokens(sql, dialect), Names::of_rows);
        Self {
            tables: names.table_names(),
            columns: names.column_names(),
            insert: rows.and_then(inserts),
        }
    }
}

fn inserts(statement: &Statement) -> Option<(String, Option<Vec<String>>)> {
    let Statement::Insert(insert) = statement else {
        return None;
    };
    let lower = |name: &Name| name.text.to_lowercase();
    let listed = match &insert.source {
        InsertSource::Set(assignments) => {
            let targets = assignments.iter().flat_map(|one| &one.targets);
            let columns = targets.filter_map(|target| target.last());
            Some(columns.map(lower).collect())
        }
        InsertSource::Defaults => Some(Vec::new()),
        InsertSource::Values(_) | InsertSource::Query(_) => {
            let columns = insert.columns.iter();
            (columns.len() > 0).then(|| columns.map(lower).collect())
        }
    };
    Some((lower(&insert.table.name), listed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_single;

    fn named(sql: &str, dialect: Dialect) -> Named {
        Named::of(&parse_single(sql, dialect), sql, dialect)
    }

    #[test]
    fn names_are_those_of_the_tree_and_not_words_of_texts() {
        let sql = "INSERT INTO shop.t (a, \"B\") SELECT 'gone', x FROM u AS v -- gone\n WHERE \"from\" = 1";
        let found = named(sql, Dialect::Postgres);
        assert_eq!(found.tables, ["t", "u"]);
        let mut columns = found.columns;
        columns.sort();
        assert_eq!(columns, ["a", "b", "from", "x"]);
        let listed = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(found.insert, Some(("t".to_owned(), Some(listed))));
        let set = named("INSERT INTO `t` SET `a` = \"gone\"", Dialect::Mysql);
        assert_eq!(set.columns, ["a"]);
        let listed = named("DELETE FROM t WHERE a IN u", Dialect::Sqlite);
        assert_eq!(listed.tables, ["u", "t"]);
        let common = "WITH u AS (SELECT 1) SELECT * FROM shop.u, u";
        assert_eq!(named(common, Dialect::Postgres).tables, ["u"]);
        let grant = named("GRANT SELECT ON t TO f /* gone */", Dialect::Postgres);
        assert!(grant.tables.contains(&"t".to_owned()));
        assert!(!grant.tables.contains(&"gone".to_owned()));
    }
}
