//! Reads the statements of data definition that change a model, each from its own tokens.
//!
//! This is a reader of our own rather than a general SQL parser: the model needs names, types, keys and the places of all
//! of them; expressions stay what they are, pieces between parentheses. It never recurses and looks at a token a fixed
//! number of times, so what it does with hostile input is known.

mod alter;
mod clauses;
mod column;
mod constraint;
mod database_object;
mod elsewhere;
mod expression;
mod mysql;
mod object;
mod option;
mod postgres;
mod sqlite;
pub(crate) mod table;
mod types;
mod view;

pub(crate) use postgres::{equal_in_exclusion, exclusion_parts, input_types};
pub(crate) use types::type_of;

use crate::ast::{AlterTable, CreateView, Statement};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::ItemKind;
use crate::syntax::grammar::Schemas;
use bindery_core::dialect::Dialect;

use crate::syntax::{Cursor, Problem, Read};
use table::{TablePlaces, TableStatement};

/// The result of reading a statement.
pub(crate) enum Outcome {
    /// A table, with the places its comments are sought at.
    Table(Box<crate::ast::CreateTable>, TablePlaces),
    /// A change of a table, with the places of its added columns.
    Alter(AlterTable, Vec<(u32, u32)>),
    /// A view, with the places of its columns.
    View(Box<CreateView>, Vec<(usize, Span)>),
    /// Other statements that matter.
    Statements(Vec<Statement>),
    /// Nothing that matters; a kind where the leading words do not show it.
    Skipped(Option<&'static str>),
}

/// Reads one statement. Problems of single elements are collected, the rest is read all the same.
pub(crate) fn parse_statement(cursor: &mut Cursor<'_>, problems: &mut Vec<Problem>) -> Outcome {
    cursor.set_for_statement();
    let outcome = if cursor.eat(&["CREATE"]) {
        create(cursor, problems)
    } else if cursor.eat(&["ALTER"]) {
        alter(cursor)
    } else if cursor.eat(&["DROP"]) {
        cursor.drop_statement().map(one_statement)
    } else if cursor.eat(&["COMMENT", "ON"]) {
        cursor
            .comment()
            .map(|comment| one_statement(comment.map(Statement::Comment)))
    } else if cursor.eat(&["RENAME", "TABLE"]) || cursor.eat(&["RENAME", "TABLES"]) {
        cursor.rename_tables().map(|renames| {
            Outcome::Statements(renames.into_iter().map(Statement::AlterTable).into_vec())
        })
    } else {
        let first = cursor.at;
        let added = cursor.add_geometry_column().map(Statement::AlterTable);
        cursor.at = first;
        let changed = added.or_else(|| cursor.distribution().map(Statement::Distribute));
        Ok(one_statement(changed))
    };
    outcome.unwrap_or_else(|problem| {
        problems.push(problem);
        Outcome::Skipped(Some(""))
    })
}

fn one_statement(statement: Option<Statement>) -> Outcome {
    statement.map_or(Outcome::Skipped(None), |statement| {
        Outcome::Statements(vec![statement])
    })
}

fn several_statements(statements: Vec<Statement>) -> Outcome {
    if statements.is_empty() {
        Outcome::Skipped(None)
    } else {
        Outcome::Statements(statements)
    }
}

fn table_outcome(found: TableStatement) -> Outcome {
    match found {
        TableStatement::Partition(partition) => {
            one_statement(Some(Statement::Partition(partition)))
        }
        TableStatement::Table(table, places) => Outcome::Table(table, places),
        TableStatement::NoModel(name, kind) => one_statement(Some(Statement::NoModel {
            name,
            kind: kind.to_owned(),
        })),
    }
}

fn create(cursor: &mut Cursor<'_>, problems: &mut Vec<Problem>) -> Read<Outcome> {
    let or_replace = cursor.eat(&["OR", "REPLACE"]);
    let head = cursor.view_head()?;
    if let Some(skipped) = no_model(cursor)? {
        return Ok(skipped);
    }
    if cursor.eat(&["FOREIGN", "TABLE"]) {
        return cursor.foreign_table(problems).map(table_outcome);
    }
    if cursor.eat(&["VIRTUAL", "TABLE"]) {
        return cursor.virtual_table().map(table_outcome);
    }
    of_postgres_only(cursor)?;
    let unlogged = cursor.eat(&["UNLOGGED"]);
    if cursor.eat(&["TABLE"]) {
        let mut found = cursor.create_table(unlogged, problems)?;
        if let TableStatement::Table(table, _) = &mut found {
            table.or_replace = or_replace;
        }
        return Ok(table_outcome(found));
    }
    if let Some(method) = ["fulltext", "spatial", "vector"]
        .into_iter()
        .find(|word| cursor.eat(&[word, "INDEX"]))
    {
        return Ok(Outcome::Alter(cursor.special_index(method)?, Vec::new()));
    }
    let unique = cursor.eat(&["UNIQUE"]);
    if cursor.eat(&["INDEX"]) {
        return cursor
            .create_index(unique)
            .map(|index| one_statement(Some(Statement::CreateIndex(index))));
    }
    if cursor.eat(&["TYPE"]) {
        return cursor.create_type().map(one_statement);
    }
    if cursor.eat(&["DOMAIN"]) {
        return cursor
            .create_domain()
            .map(|domain| one_statement(Some(Statement::CreateDomain(domain))));
    }
    if cursor.is_any_word(0, &["FUNCTION", "AGGREGATE"]) {
        let first = cursor.at;
        let mut returns = cursor.create_function();
        cursor.at = first;
        let object = cursor.create_object()?;
        // It is counted once, as an object.
        if let (Some(returns), Some(_)) = (&mut returns, &object) {
            returns.kind.clear();
        }
        let returns = returns.map(Statement::CreateFunction);
        let object = object.map(|object| Statement::CreateObject(Box::new(object)));
        return Ok(several_statements(
            returns.into_iter().chain(object).into_vec(),
        ));
    }
    if eat_database(cursor) {
        return Ok(one_statement(cursor.database_character_set()));
    }
    let materialized = cursor.eat(&["MATERIALIZED"]);
    if cursor.eat(&["VIEW"]) {
        let view = cursor.create_view(materialized, head)?;
        let places = view_places(&view);
        return Ok(Outcome::View(Box::new(view), places));
    }
    let object = cursor.create_object()?;
    Ok(one_statement(
        object.map(|object| Statement::CreateObject(Box::new(object))),
    ))
}

/// Objects that the other two have no word for.
fn of_postgres_only(cursor: &Cursor<'_>) -> Read<()> {
    let objects = [
        ("TYPE", "write the column's values at the column"),
        ("DOMAIN", "write the type and its `CHECK` at each column"),
        ("UNLOGGED", "remove `UNLOGGED`"),
    ];
    let found = objects.iter().find(|(word, _)| cursor.is_word(0, word));
    match found.filter(|_| !cursor.grammar.objects.types) {
        Some((word, instead)) => {
            let what = format!("`CREATE {word}`");
            Err(cursor.foreign(cursor.at, &what, Dialect::Postgres, instead))
        }
        None => Ok(()),
    }
}

/// Returns the places that name the columns of a view: in its own list, else the items of its query except `*`.
fn view_places(view: &CreateView) -> Vec<(usize, Span)> {
    if !view.columns.is_empty() {
        let names = view.columns.iter().map(|name| name.span);
        return names.enumerate().into_vec();
    }
    let items = view.query.as_ref().map_or(&[][..], |query| query.items());
    let named = items.iter().enumerate();
    let named = named.filter(|(_, item)| matches!(item.kind, ItemKind::Value(..)));
    named.map(|(index, item)| (index, item.span)).into_vec()
}

/// Tables that live for a while only.
fn no_model(cursor: &mut Cursor<'_>) -> Read<Option<Outcome>> {
    cursor.eat_any(&["GLOBAL", "LOCAL"]);
    if !(cursor.eat(&["TEMP", "TABLE"]) || cursor.eat(&["TEMPORARY", "TABLE"])) {
        return Ok(None);
    }
    cursor.eat(&["IF", "NOT", "EXISTS"]);
    let name = cursor.object_name("the table's name")?;
    Ok(Some(one_statement(Some(Statement::NoModel {
        name,
        kind: cursor.kind.to_owned(),
    }))))
}

fn alter(cursor: &mut Cursor<'_>) -> Read<Outcome> {
    while cursor.eat_any(&["ONLINE", "IGNORE"]) {}
    if cursor.is_words(&["TABLE", "ALL", "IN"]) {
        return Ok(Outcome::Skipped(None));
    }
    if cursor.eat(&["TABLE"]) || cursor.eat(&["FOREIGN", "TABLE"]) {
        let mut places = Vec::new();
        return cursor
            .alter_table(&mut places)
            .map(|alter| Outcome::Alter(alter, places));
    }
    if cursor.eat(&["TYPE"]) {
        return cursor.alter_type().map(several_statements);
    }
    let head = cursor.view_head()?;
    cursor.eat(&["MATERIALIZED"]);
    if cursor.eat(&["VIEW"]) {
        return cursor.alter_view(head);
    }
    if cursor.eat(&["INDEX"]) {
        return cursor.rename_index().map(one_statement);
    }
    let schemas = cursor.grammar.objects.schemas;
    if schemas == Schemas::OnPath && cursor.eat(&["SCHEMA"]) {
        return cursor.rename_schema().map(one_statement);
    }
    if eat_database(cursor) {
        return Ok(one_statement(cursor.database_character_set()));
    }
    cursor.alter_object().map(several_statements)
}

/// A schema is the same.
fn eat_database(cursor: &mut Cursor<'_>) -> bool {
    cursor.grammar.objects.schemas == Schemas::Databases && cursor.eat_any(&["DATABASE", "SCHEMA"])
}
