//! Whether statements that a squash keeps can still be run where the tables are as they are at the end.

use std::collections::HashMap;

use super::super::folder::model_of;
use super::{Gone, Other, changes_schema, first_line};
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::migrations::Migration;
use crate::model::{Column, Engine, Generated, Model, Table};
use crate::parse::lex::{Lexer, TokenKind};
use crate::source::Sources;

/// Those that name what is not there at the end, or leave out what is needed there.
pub(super) fn gone(
    kept: &[Other<'_>],
    old: &[Migration],
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
        let statement = Named::of(&other.statement.sql, engine.dialect);
        let why = if changes_schema(&other.statement.sql, engine) {
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
fn after(old: &[Migration], engine: &Engine) -> Model {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    model_of(old, engine, &mut sources, &mut found)
}

fn why_gone(statement: &Named, then: &[Model; 2], end: &Model) -> Option<String> {
    let tables = mentioned(statement, end);
    let columns = |tables: &[&Table]| -> Vec<String> {
        let columns = tables.iter().flat_map(|table| &table.columns);
        columns.map(|column| column.name.to_lowercase()).collect()
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
    if let Some(column) = statement.values().find(is_gone) {
        return Some(format!("the column `{column}` is not there at the end"));
    }
    lacking(statement, then, end)
}

/// An `INSERT` that gives no value, or another one, to a column as it is at the end.
fn lacking(statement: &Named, then: &[Model; 2], end: &Model) -> Option<String> {
    let (target, listed) = statement.inserts()?;
    let at_end = table(end, &target)?;
    let then: Vec<&Table> = then
        .iter()
        .filter_map(|model| table(model, &target))
        .collect();
    let names = |table: &Table| -> Vec<String> {
        let columns = table.columns.iter();
        columns.map(|column| column.name.to_lowercase()).collect()
    };
    let Some(listed) = listed else {
        let is_same = |one: &&Table| names(one) == names(at_end);
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

fn name_of(table: &Table) -> String {
    table.name.name.to_lowercase()
}

fn table<'m>(model: &'m Model, name: &str) -> Option<&'m Table> {
    model.tables.iter().find(|table| name_of(table) == name)
}

fn mentioned<'m>(statement: &Named, model: &'m Model) -> Vec<&'m Table> {
    let tables = model.tables.iter();
    let is_named = |table: &&Table| {
        let name = name_of(table);
        statement
            .words
            .iter()
            .any(|word| word.is_name && word.text == name)
    };
    tables.filter(is_named).collect()
}

/// A statement as its names.
struct Named {
    words: Vec<Word>,
}

struct Word {
    /// In lower case, without quotes.
    text: String,
    is_name: bool,
    /// A function may have this name: no quotes, and a parenthesis follows.
    is_called: bool,
}

impl Named {
    fn of(sql: &str, dialect: Dialect) -> Self {
        let mut lexer = Lexer::new(sql, dialect);
        let mut words: Vec<Word> = Vec::new();
        let mut last = TokenKind::Symbol;
        while lexer.skip_blanks() {
            let token = lexer.token();
            let text = &sql[token.start as usize..token.end as usize];
            if let Some(before) = words.last_mut().filter(|_| text == "(") {
                before.is_called = last == TokenKind::Word;
            }
            let is_name = match token.kind {
                TokenKind::Word | TokenKind::Backticked | TokenKind::Bracketed => true,
                TokenKind::DoubleQuoted => dialect != Dialect::Mysql,
                TokenKind::SingleQuoted
                | TokenKind::Escaped
                | TokenKind::Dollar
                | TokenKind::Hex
                | TokenKind::Bits
                | TokenKind::Number
                | TokenKind::Symbol => false,
            };
            words.push(Word {
                text: text.trim_matches(['"', '`', '[', ']']).to_lowercase(),
                is_name,
                is_called: false,
            });
            last = token.kind;
        }
        Self { words }
    }

    /// The names that may be those of columns.
    fn values(&self) -> impl Iterator<Item = &String> {
        let names = self
            .words
            .iter()
            .filter(|word| word.is_name && !word.is_called);
        names.map(|word| &word.text)
    }

    /// The table that an `INSERT` writes to, and the columns that it lists. `None` where it is another statement, or names its columns
    /// one by one.
    fn inserts(&self) -> Option<(String, Option<Vec<String>>)> {
        let text = |at: usize| self.words.get(at).map(|word| word.text.as_str());
        if !matches!(text(0), Some("insert" | "replace")) {
            return None;
        }
        let mut at = 1 + self.words.iter().position(|word| word.text == "into")?;
        if text(at + 1) == Some(".") {
            at += 2;
        }
        let target = text(at)?.to_owned();
        match (text(at + 1)?, text(at + 2)) {
            ("(", Some("select" | "values" | "with")) => Some((target, None)),
            ("(", _) => {
                let listed = self.words[at + 2..].iter();
                let listed = listed.take_while(|word| word.text != ")");
                let listed = listed.map(|word| word.text.clone()).collect();
                Some((target, Some(listed)))
            }
            ("values" | "value" | "select" | "with" | "overriding", _) => Some((target, None)),
            _ => None,
        }
    }
}
