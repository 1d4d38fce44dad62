//! Functions and procedures that a file makes and then calls: what a migration may do under a condition only is often
//! written so, `CREATE PROCEDURE p() … ; CALL p();`. The body is applied where it is first called, as a `DO` block
//! would be.

use crate::dialect::Dialect;

use super::lex::{Comment, Token, TokenKind};
use super::nested::{Found, Words, block};
use super::split::RawStatement;

/// The role of a statement for routines.
pub(super) enum Routine {
    Made(String, Body),
    Called(String),
}

/// The statements of definition of a body, and its comments.
pub(super) type Body = (Vec<RawStatement>, Vec<Comment>);

/// So many words may stand before `FUNCTION` or `PROCEDURE`: `CREATE OR REPLACE DEFINER = a @ b`.
const WORDS_BEFORE: usize = 12;

pub(super) fn routine(text: &str, dialect: Dialect, statement: &RawStatement) -> Option<Routine> {
    let words = Words { text };
    let tokens = &statement.tokens;
    let first = tokens.first();
    if words.is_any(first, &["SELECT", "CALL"]) {
        return called(&words, &tokens[1..]).map(Routine::Called);
    }
    if !words.is(first, "CREATE") {
        return None;
    }
    let head = &tokens[..tokens.len().min(WORDS_BEFORE)];
    let is_kind = |token: &Token| words.is_any(Some(token), &["FUNCTION", "PROCEDURE"]);
    let at = head.iter().position(is_kind)?;
    let open = tokens[at..]
        .iter()
        .position(|token| words.raw(*token) == "(")?;
    let name = name(&words, *tokens.get((at + open).checked_sub(1)?)?);
    let body = match dialect {
        Dialect::Postgres => block(text, tokens),
        Dialect::Mysql => compound(text, &tokens[at..]),
        Dialect::Sqlite => None,
    };
    body.map(|body| Routine::Made(name, body))
}

/// `SELECT f(…)`, `SELECT * FROM f(…)`, `CALL shop.p(…)`.
fn called(words: &Words<'_>, tokens: &[Token]) -> Option<String> {
    let all = tokens.first().is_some_and(|token| words.raw(*token) == "*");
    let tokens = match tokens {
        [_, from, rest @ ..] if all && words.is(Some(from), "FROM") => rest,
        tokens => tokens,
    };
    let open = tokens
        .iter()
        .take(4)
        .position(|token| words.raw(*token) == "(");
    let named = open.filter(|open| *open == 1 || (*open == 3 && words.raw(tokens[1]) == "."))?;
    Some(name(words, tokens[named - 1]))
}

/// As both dialects compare names that are not quoted.
fn name(words: &Words<'_>, token: Token) -> String {
    words.raw(token).trim_matches(['"', '`']).to_lowercase()
}

/// Returns the body between `BEGIN` and its end.
fn compound(text: &str, tokens: &[Token]) -> Option<Body> {
    let words = Words { text };
    let begin = tokens
        .iter()
        .position(|token| words.is(Some(token), "BEGIN"))?;
    let mut found = Found::new(text);
    for token in &tokens[begin + 1..] {
        let ends = token.kind == TokenKind::Symbol && words.raw(*token) == ";";
        if ends {
            found.close();
        } else {
            found.open.push(*token);
        }
    }
    found.close();
    (!found.statements.is_empty()).then_some((found.statements, Vec::new()))
}
