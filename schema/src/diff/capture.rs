//! Triggers that record changes, as statements make and drop them. Their names hold a number made of what they do, so one that a
//! side lacks by name is missing there, whatever else it has.

use std::collections::BTreeMap;

use bindery_core::statements::cut::cut;

use super::structure::table_key;
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;
use crate::parse::lex::{Lexer, TokenKind};
use crate::plan::capture::{PREFIX, is_ours, tables};
use crate::sql_writer::SqlWriter;

/// A trigger that records the changes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureTrigger {
    /// The table whose changes it records.
    pub table: TableName,
    /// The name of the trigger.
    pub name: String,
    /// The function (PostgreSQL) and the trigger, and what switches it on.
    create: Vec<String>,
}

/// The triggers that are there after the statements of a text.
pub(super) fn captures(
    text: &str,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Vec<CaptureTrigger> {
    if !text.contains(PREFIX) {
        return Vec::new();
    }
    let mut fold = Fold {
        dialect,
        functions: BTreeMap::new(),
        found: Vec::new(),
    };
    for statement in cut(text, dialect, flavour).statements {
        fold.statement(&text[statement.start as usize..statement.end as usize]);
    }
    fold.found
}

struct Fold {
    dialect: Dialect,
    /// Statements by the names of the functions that they make.
    functions: BTreeMap<String, String>,
    found: Vec<CaptureTrigger>,
}

impl Fold {
    fn statement(&mut self, sql: &str) {
        let words = words(sql, self.dialect);
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        match lower.as_slice() {
            ["create", "function", ..] => self.function(&words[2..], sql),
            ["create", "or", "replace", "function", ..] => self.function(&words[4..], sql),
            ["create", "trigger", ..] => self.trigger(&words[2..], sql),
            ["alter", "table", rest @ ..] => {
                let start = 2 + usize::from(rest.first() == Some(&"only"));
                self.altered(&words[start..], sql);
            }
            ["drop", "trigger", rest @ ..] => {
                let start = 2 + if_exists(rest);
                if let Some(name) = words.get(start) {
                    self.found.retain(|one| one.name != *name);
                }
            }
            ["drop", "table", rest @ ..] => {
                let start = 2 + if_exists(rest);
                if let Some((table, _)) = table(&words[start..]) {
                    let dialect = self.dialect;
                    let key = table_key(&table, dialect);
                    self.found
                        .retain(|one| table_key(&one.table, dialect) != key);
                }
            }
            _ => {}
        }
    }

    fn function(&mut self, rest: &[String], sql: &str) {
        if let Some(name) = rest.iter().find(|word| is_ours(word)) {
            self.functions.insert(name.clone(), sql.to_owned());
        }
    }

    fn trigger(&mut self, rest: &[String], sql: &str) {
        let Some(name) = rest.iter().take(4).find(|word| is_ours(word)) else {
            return;
        };
        let on = rest.iter().position(|word| word.eq_ignore_ascii_case("on"));
        let Some((table, _)) = on.and_then(|at| table(&rest[at + 1..])) else {
            return;
        };
        let function = rest
            .iter()
            .rev()
            .find(|word| is_ours(word) && *word != name);
        let function = function.and_then(|name| self.functions.get(name)).cloned();
        self.found.push(CaptureTrigger {
            table,
            name: name.clone(),
            create: function.into_iter().chain([sql.to_owned()]).collect(),
        });
    }

    /// Another name of the table, and triggers that are switched on or off.
    fn altered(&mut self, words: &[String], sql: &str) {
        let Some((name, length)) = table(words) else {
            return;
        };
        let key = table_key(&name, self.dialect);
        let dialect = self.dialect;
        let is_of = |one: &CaptureTrigger| table_key(&one.table, dialect) == key;
        let lower: Vec<String> = words[length..]
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        match lower.as_slice() {
            ["rename", "to", ..] => {
                let Some((to, _)) = table(&words[length + 2..]) else {
                    return;
                };
                let schema = to.schema.or(name.schema.clone());
                for one in self.found.iter_mut().filter(|one| is_of(one)) {
                    one.table = TableName {
                        schema: schema.clone(),
                        name: to.name.clone(),
                    };
                }
            }
            ["enable", "always", "trigger", trigger, ..] => {
                let mut found = self.found.iter_mut();
                if let Some(one) = found.find(|one| one.name == *trigger) {
                    one.create.push(sql.to_owned());
                }
            }
            ["disable", "trigger", "all" | "user", ..] => self.found.retain(|one| !is_of(one)),
            ["disable" | "enable", .., trigger] => self.found.retain(|one| one.name != *trigger),
            _ => {}
        }
    }
}

fn if_exists(words: &[&str]) -> usize {
    if words.starts_with(&["if", "exists"]) {
        2
    } else {
        0
    }
}

/// A table's name, and how many words it has.
fn table(words: &[String]) -> Option<(TableName, usize)> {
    let name = |schema: Option<&String>, name: &String| TableName {
        schema: schema.cloned(),
        name: name.clone(),
    };
    match words {
        [schema, dot, table, ..] if dot == "." => Some((name(Some(schema), table), 3)),
        [table, ..] => Some((name(None, table), 1)),
        [] => None,
    }
}

/// The words before a body, as names are compared; quotes are left out.
fn words(sql: &str, dialect: Dialect) -> Vec<String> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut words = Vec::new();
    while words.len() < 40 && lexer.skip_blanks() {
        let token = lexer.token();
        let text = &sql[token.start as usize..token.end as usize];
        words.push(match token.kind {
            TokenKind::DoubleQuoted | TokenKind::Backticked | TokenKind::Bracketed => {
                let quote = &text[text.len() - 1..];
                text[1..text.len() - 1].replace(&quote.repeat(2), quote)
            }
            TokenKind::Word if dialect == Dialect::Postgres => text.to_lowercase(),
            _ => text.to_owned(),
        });
    }
    words
}

/// The statements that make triggers. One of the same name may be there, and switched off.
pub(super) fn create(
    triggers: &[CaptureTrigger],
    may_be_there: bool,
    dialect: Dialect,
) -> Vec<String> {
    let mut statements = tables(dialect);
    for trigger in triggers {
        if may_be_there {
            statements.push(drop_trigger(trigger, dialect));
        }
        for sql in &trigger.create {
            if !statements.contains(sql) {
                statements.push(sql.clone());
            }
        }
    }
    statements
}

/// The statements that remove triggers, and functions that nothing else calls.
pub(super) fn remove(triggers: &[CaptureTrigger], dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = triggers
        .iter()
        .map(|trigger| drop_trigger(trigger, dialect))
        .collect();
    if dialect == Dialect::Postgres {
        let rows = triggers
            .iter()
            .filter_map(|one| one.name.strip_prefix(PREFIX)?.strip_prefix("r_"));
        statements
            .extend(rows.map(|number| format!("DROP FUNCTION IF EXISTS \"{PREFIX}f_{number}\"()")));
    }
    statements
}

fn drop_trigger(trigger: &CaptureTrigger, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("DROP TRIGGER IF EXISTS ")
        .identifier(&trigger.name);
    if dialect == Dialect::Postgres {
        sql.push(" ON ").table(&trigger.table);
    }
    sql.finish()
}
