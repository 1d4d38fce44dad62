//! Triggers of SQLite's tables, which no model knows: a table that is made anew gets them again.

use crate::dialect::Dialect;
use crate::parse::lex::{Lexer, TokenKind};

/// The triggers that are there after these statements, each with the name of its table.
pub fn triggers<'s>(statements: impl IntoIterator<Item = &'s str>) -> Vec<(String, String)> {
    let mut known: Vec<Trigger> = Vec::new();
    for sql in statements {
        let words = words(sql);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["create", "trigger", rest @ ..]
            | ["create", "temp" | "temporary", "trigger", rest @ ..] => {
                known.extend(created(rest, sql));
            }
            ["drop", "trigger", rest @ ..] => {
                let name = name(rest);
                known.retain(|trigger| Some(trigger.name.as_str()) != name);
            }
            ["drop", "table", rest @ ..] => {
                let table = name(rest);
                known.retain(|trigger| Some(trigger.table.as_str()) != table);
            }
            ["alter", "table", old, "rename", "to", new] => {
                for trigger in known.iter_mut().filter(|trigger| trigger.table == *old) {
                    trigger.table = (*new).to_owned();
                }
            }
            _ => {}
        }
    }
    known.into_iter().map(|one| (one.table, one.sql)).collect()
}

struct Trigger {
    name: String,
    table: String,
    sql: String,
}

/// Its first words, in lower case, quotes left out.
fn words(sql: &str) -> Vec<String> {
    let mut lexer = Lexer::new(sql, Dialect::Sqlite);
    let mut words = Vec::new();
    while words.len() < 400 && lexer.skip_blanks() {
        let token = lexer.token();
        let text = &sql[token.start as usize..token.end as usize];
        if token.kind == TokenKind::Word && text.eq_ignore_ascii_case("begin") {
            break;
        }
        words.push(text.trim_matches(['"', '`', '[', ']']).to_lowercase());
    }
    words
}

fn name<'w>(words: &[&'w str]) -> Option<&'w str> {
    let words = words.strip_prefix(&["if", "exists"]).unwrap_or(words);
    let words = words
        .strip_prefix(&["if", "not", "exists"])
        .unwrap_or(words);
    match words {
        [_, ".", name, ..] | [name, ..] => Some(name),
        [] => None,
    }
}

fn created(words: &[&str], sql: &str) -> Option<Trigger> {
    // `UPDATE OF a ON t`: the first ON names the table.
    let on = words.iter().position(|word| *word == "on")?;
    Some(Trigger {
        name: name(words)?.to_owned(),
        table: (*words.get(on + 1)?).to_owned(),
        sql: sql.to_owned(),
    })
}
