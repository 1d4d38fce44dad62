//! Functions and procedures that a file creates and then calls. Their bodies are not applied: whether and how often a
//! statement there runs is decided by data and arguments. A call of one that would change the schema is reported.

use super::block::{Passed, first_change};
use crate::source::Span;
use crate::syntax::grammar::RoutineBodies;
use crate::syntax::{Cursor, Cut};

/// A statement that concerns a routine.
pub(super) enum Routine {
    /// It creates one, which would change the schema so.
    Created(String, Passed),
    /// It calls one of the name, which stands here.
    Called(String, Span),
}

/// At most this many words stand before `FUNCTION` or `PROCEDURE`: `CREATE OR REPLACE DEFINER = a @ b`.
const WORDS_BEFORE: usize = 12;

pub(super) fn routine(statement: &Cursor<'_>) -> Option<Routine> {
    if statement.is_any_word(0, &["SELECT", "CALL"]) {
        return called(statement);
    }
    if !statement.is_word(0, "CREATE") {
        return None;
    }
    let is_kind = |at: &usize| statement.is_any_word(*at, &["FUNCTION", "PROCEDURE"]);
    let at = (0..WORDS_BEFORE).find(is_kind)?;
    let open = (at..statement.rest()).find(|&at| statement.is_symbol(at, "("))?;
    let name = name(statement, open.checked_sub(1)?)?;
    let changed = match statement.grammar.objects.routines {
        RoutineBodies::Text => first_change(&Cut::of_dollar_quotes(statement)?.cursor()),
        RoutineBodies::Statement => first_change(&statement.within(at, statement.rest())?),
        RoutineBodies::None => None,
    };
    changed.map(|changed| Routine::Created(name, changed))
}

/// `SELECT f(…)`, `SELECT * FROM f(…)`, `CALL shop.p(…)`, `CALL p`.
fn called(statement: &Cursor<'_>) -> Option<Routine> {
    let from = statement.is_symbol(1, "*") && statement.is_word(2, "FROM");
    let first = if from { 3 } else { 1 };
    let qualified = statement.is_symbol(first + 1, ".");
    let at = if qualified { first + 2 } else { first };
    let name = name(statement, at)?;
    Some(Routine::Called(name, statement.span_at(at)))
}

/// As both dialects compare names that are not quoted.
fn name(statement: &Cursor<'_>, at: usize) -> Option<String> {
    statement.name_at(at).map(|name| name.to_lowercase())
}
