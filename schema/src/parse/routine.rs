//! Functions and procedures that a file creates and then calls. Their bodies are not applied: whether and how often a
//! statement there runs is decided by data and arguments. A call of one that would change the schema is reported.

use bindery_core::dialect::Dialect;

use super::block::{Passed, body, first_change};
use super::lex::Token;
use super::nested::Words;
use super::split::RawStatement;

/// A statement that concerns a routine.
pub(super) enum Routine {
    /// It creates one, which would change the schema so.
    Created(String, Passed),
    /// It calls one of the name, which stands here.
    Called(String, Token),
}

/// At most this many words stand before `FUNCTION` or `PROCEDURE`: `CREATE OR REPLACE DEFINER = a @ b`.
const WORDS_BEFORE: usize = 12;

pub(super) fn routine(text: &str, dialect: Dialect, statement: &RawStatement) -> Option<Routine> {
    let words = Words { text };
    let tokens = &statement.tokens;
    if words.is_any(tokens.first(), &["SELECT", "CALL"]) {
        return called(&words, &tokens[1..]);
    }
    if !words.is(tokens.first(), "CREATE") {
        return None;
    }
    let head = &tokens[..tokens.len().min(WORDS_BEFORE)];
    let is_kind = |token: &Token| words.is_any(Some(token), &["FUNCTION", "PROCEDURE"]);
    let at = head.iter().position(is_kind)?;
    let is_open = |token: &Token| words.raw(*token) == "(";
    let open = tokens[at..].iter().position(is_open)?;
    let name = name(&words, *tokens.get((at + open).checked_sub(1)?)?);
    let changed = match dialect {
        Dialect::Postgres => first_change(text, &body(text, tokens)?.0),
        Dialect::Mysql => first_change(text, &tokens[at..]),
        Dialect::Sqlite => None,
    };
    changed.map(|changed| Routine::Created(name, changed))
}

/// `SELECT f(…)`, `SELECT * FROM f(…)`, `CALL shop.p(…)`, `CALL p`.
fn called(words: &Words<'_>, tokens: &[Token]) -> Option<Routine> {
    let all = tokens.first().is_some_and(|token| words.raw(*token) == "*");
    let tokens = match tokens {
        [_, from, rest @ ..] if all && words.is(Some(from), "FROM") => rest,
        tokens => tokens,
    };
    let qualified = tokens.get(1).is_some_and(|point| words.raw(*point) == ".");
    let token = *tokens.get(if qualified { 2 } else { 0 })?;
    Some(Routine::Called(name(words, token), token))
}

/// As both dialects compare names that are not quoted.
fn name(words: &Words<'_>, token: Token) -> String {
    words.raw(token).trim_matches(['"', '`']).to_lowercase()
}
