//! The tables and types that PostgreSQL looks for when it makes a function: in the types of its head, and in its body. A body in SQL is
//! read as the statements that it is made of, one of PL/pgSQL by its declarations and by what follows `FROM` and its kin.

use std::collections::BTreeSet;

use crate::syntax::cursor::Cursor;
use crate::syntax::names::{Names, Site, SiteKind, sequence_argument, sites_from, words_of};
use crate::syntax::reader::{look_at_expression, read_statement};
use crate::syntax::text::{Text, tokens_of};
use crate::syntax::tree::{Expr, ExprKind};
use crate::syntax::walk::{Node, walk_from, walk_statement};
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::Token;

/// The names of tables, views, types and of the sequences that numbers are taken from, in lower case. Each may be another thing.
pub(crate) fn names_in_function(sql: &str) -> BTreeSet<String> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    let body = body(&cursor);
    let mut names = in_head_before(&cursor, body);
    names.extend(match body {
        Body::Nothing(_) => BTreeSet::new(),
        Body::Value(first) => in_value(&sql[tokens[first].start as usize..]),
        Body::Statements(first) => in_statements(sql, &tokens[first..]),
        Body::Text(at) => in_text(&cursor.unquoted(tokens[at]), language(&cursor).as_deref()),
    });
    names
}

/// The argument list and the result of a function's declaration, word by word in lower case: PostgreSQL replaces a function by one in which
/// both are the same.
pub(crate) fn head_of_function(sql: &str) -> Vec<String> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let mut cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    while !cursor.at_end() && !cursor.is_symbol(0, "(") {
        cursor.advance(1);
    }
    let first = cursor.at;
    cursor.at = cursor.behind(first);
    if cursor.eat(&["RETURNS"]) {
        while !cursor.at_end() && !cursor.is_any_word(0, &OPTIONS) {
            cursor.at = cursor.behind(cursor.at);
        }
    }
    let head = tokens.get(first..cursor.at).unwrap_or_default();
    head.iter()
        .map(|token| cursor.raw(*token).to_lowercase())
        .collect()
}

/// The words that an option of a function begins with, or its body.
const OPTIONS: [&str; 19] = [
    "AS",
    "BEGIN",
    "CALLED",
    "COST",
    "IMMUTABLE",
    "LANGUAGE",
    "LEAKPROOF",
    "NOT",
    "PARALLEL",
    "RETURN",
    "RETURNS",
    "ROWS",
    "SECURITY",
    "SET",
    "STABLE",
    "STRICT",
    "SUPPORT",
    "VOLATILE",
    "WINDOW",
];

/// Those of them by which the function is bound to what they name: it goes before that does. PostgreSQL knows nothing of a body that is a
/// text.
pub(crate) fn bound_names_in_function(sql: &str) -> BTreeSet<String> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    match body(&cursor) {
        Body::Statements(_) | Body::Value(_) => names_in_function(sql),
        end @ (Body::Nothing(_) | Body::Text(_)) => in_head_before(&cursor, end),
    }
}

/// The functions that a text of PostgreSQL may call, in lower case; of a function, those of its body, too.
pub(crate) fn called_in(sql: &str) -> BTreeSet<String> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    let mut names = calls(&behind_own_name(&cursor));
    if let Body::Text(at) = body(&cursor) {
        let text = cursor.unquoted(tokens[at]);
        let tokens = tokens_of(&text, Dialect::Postgres);
        names.extend(calls(&Text::of(&text, &tokens, Dialect::Postgres).cursor()));
    }
    names
}

/// After `CREATE FUNCTION name`; what makes no function is looked at from its beginning.
fn behind_own_name<'c>(cursor: &Cursor<'c>) -> Cursor<'c> {
    let mut behind = cursor.clone();
    behind.eat(&["CREATE"]);
    behind.eat(&["OR", "REPLACE"]);
    match behind.eat(&["FUNCTION"]) && behind.qualified_name("a function").is_ok() {
        true => behind,
        false => cursor.clone(),
    }
}

/// Names before a parenthesis.
fn calls(cursor: &Cursor<'_>) -> BTreeSet<String> {
    let mut cursor = cursor.clone();
    let mut names = BTreeSet::new();
    while let Some(token) = cursor.token(0) {
        if cursor.is_name(0) && cursor.is_symbol(1, "(") {
            names.insert(cursor.name_text(token).to_lowercase());
        }
        cursor.advance(1);
    }
    names
}

fn in_text(body: &str, language: Option<&str>) -> BTreeSet<String> {
    match language {
        Some("plpgsql") => in_block(body),
        Some("sql") | None => in_statements(body, &tokens_of(body, Dialect::Postgres)),
        Some(_) => BTreeSet::new(),
    }
}

/// The body of a function, by the index of its first token.
#[derive(Clone, Copy)]
enum Body {
    /// The number of all tokens.
    Nothing(usize),
    /// `AS $$ … $$`
    Text(usize),
    /// Behind `BEGIN ATOMIC`.
    Statements(usize),
    /// Behind `RETURN`.
    Value(usize),
}

impl Body {
    /// The number of tokens before it.
    fn begin(self) -> usize {
        match self {
            Self::Nothing(at) | Self::Text(at) | Self::Statements(at) | Self::Value(at) => at,
        }
    }
}

fn body(cursor: &Cursor<'_>) -> Body {
    let mut cursor = cursor.clone();
    while let Some(token) = cursor.token(0) {
        if cursor.is_symbol(0, "(") {
            cursor.at = cursor.behind(cursor.at);
        } else if cursor.is_text_token(token) && cursor.before(&["AS"]) {
            return Body::Text(cursor.at);
        } else if cursor.is_words(&["BEGIN", "ATOMIC"]) {
            return Body::Statements(cursor.at + 2);
        } else if cursor.is_word(0, "RETURN") && cursor.token(1).is_some() {
            return Body::Value(cursor.at + 1);
        } else {
            cursor.advance(1);
        }
    }
    Body::Nothing(cursor.at)
}

/// The types in the part before the body. Its own name is none of them.
fn in_head_before(cursor: &Cursor<'_>, body: Body) -> BTreeSet<String> {
    let head = cursor.within(behind_own_name(cursor).at, body.begin());
    head.map_or_else(BTreeSet::new, in_head)
}

/// The types of arguments and of the result; of `t.c%TYPE` both names.
fn in_head(head: Cursor<'_>) -> BTreeSet<String> {
    let is_type = |site: &Site| {
        let (before, behind) = (&head.text[..site.range.start], &head.text[site.range.end..]);
        let has_point = before.trim_end().ends_with('.') || behind.trim_start().starts_with('.');
        site.kind == SiteKind::Type || has_point
    };
    let sites = sites_from(head.clone(), true).into_iter();
    let types = sites.filter(is_type);
    types.map(|site| site.text.to_lowercase()).collect()
}

/// The word or text after `LANGUAGE`, in lower case.
fn language(cursor: &Cursor<'_>) -> Option<String> {
    let mut cursor = cursor.clone();
    while !cursor.at_end() {
        if cursor.is_symbol(0, "(") {
            cursor.at = cursor.behind(cursor.at);
        } else if cursor.eat(&["LANGUAGE"]) {
            return Some(cursor.content(0).to_lowercase());
        } else {
            cursor.advance(1);
        }
    }
    None
}

/// A body of one expression names the tables of the queries in it.
fn in_value(sql: &str) -> BTreeSet<String> {
    let found = look_at_expression(sql, Dialect::Postgres, |_, expr| {
        let mut names = Names::of_part(Node::Expr(expr)).table_names();
        walk_from(Node::Expr(expr), |node| names.extend(type_at(node)));
        names
    });
    let found = found.unwrap_or_else(|_| words_of(sql, Dialect::Postgres));
    found.into_iter().collect()
}

fn in_statements(sql: &str, tokens: &[Token]) -> BTreeSet<String> {
    let cursor = Text::of(sql, tokens, Dialect::Postgres).cursor();
    let mut ends = (0..tokens.len()).filter(|at| cursor.is_symbol(*at, ";"));
    let (mut first, mut names) = (0, BTreeSet::new());
    while first < tokens.len() {
        let end = ends.next().unwrap_or(tokens.len());
        names.extend(in_statement(sql, &tokens[first..end]));
        first = end + 1;
    }
    names
}

/// A statement without a tree may name a table by each of its words. The `END` of a body that stands in no text is none.
fn in_statement(sql: &str, tokens: &[Token]) -> Vec<String> {
    let text = Text {
        parameters: true,
        ..Text::of(sql, tokens, Dialect::Postgres)
    };
    let mut cursor = text.cursor();
    if tokens.is_empty() || tokens.len() == 1 && cursor.is_word(0, "END") {
        return Vec::new();
    }
    let Ok(whole) = read_statement(&text) else {
        cursor.skip_to_end();
        return cursor.words(0);
    };
    whole.look(|statement| {
        let mut names = Names::of_rows(statement).table_names();
        walk_statement(statement, |node| {
            names.extend(type_at(node));
            names.extend(sequence_at(node));
        });
        names
    })
}

/// The sequence of `nextval('schema.name')`, which a server looks for when it makes a function in SQL.
fn sequence_at(node: Node<'_>) -> Option<String> {
    let Node::Expr(Expr { kind, .. }) = node else {
        return None;
    };
    let ExprKind::Call(call) = kind else {
        return None;
    };
    let (text, _) = sequence_argument(call).filter(|_| call.function() == "nextval")?;
    let name = text.rsplit('.').next().unwrap_or(text);
    Some(name.trim_matches('"').to_lowercase())
}

/// The type of a cast: that of a table's rows has the table's name.
fn type_at(node: Node<'_>) -> Option<String> {
    let Node::Expr(Expr { kind, .. }) = node else {
        return None;
    };
    match kind {
        ExprKind::Cast(cast) => Some(cast.to.name.to_lowercase()),
        ExprKind::Typed(of, _) => Some(of.name.to_lowercase()),
        _ => None,
    }
}

/// PL/pgSQL looks for the types of variables when a function is made, and for what its statements read when they run: PostgreSQL runs the
/// function for rows that are there as soon as a check calls it.
fn in_block(sql: &str) -> BTreeSet<String> {
    let tokens = tokens_of(sql, Dialect::Postgres);
    let mut cursor = Text::of(sql, &tokens, Dialect::Postgres).cursor();
    let mut names = BTreeSet::new();
    while !cursor.at_end() {
        if cursor.eat(&["DECLARE"]) {
            while !cursor.at_end() && !cursor.is_word(0, "BEGIN") {
                names.extend(in_declaration(&mut cursor));
            }
        } else if cursor.eat(&["INSERT", "INTO"])
            || cursor.eat(&["MERGE", "INTO"])
            || cursor.eat_any(&["FROM", "JOIN", "UPDATE", "USING"])
        {
            names.extend(listed(&mut cursor));
        } else {
            cursor.advance(1);
        }
    }
    names
}

/// The words of the type in `name CONSTANT type NOT NULL := value;`, which is eaten with its semicolon.
fn in_declaration(cursor: &mut Cursor<'_>) -> Vec<String> {
    const BEHIND_TYPE: [&str; 6] = ["COLLATE", "DEFAULT", "FOR", "IS", "NOT", "USING"];
    cursor.advance(1);
    cursor.eat(&["CONSTANT"]);
    let first = cursor.at;
    let is_over = |cursor: &Cursor<'_>| cursor.at_end() || cursor.is_symbol(0, ";");
    let is_value = |cursor: &Cursor<'_>| cursor.piece(0).ends_with('=') || cursor.is_symbol(0, ":");
    while !is_over(cursor) && !is_value(cursor) && !cursor.is_any_word(0, &BEHIND_TYPE) {
        cursor.advance(1);
    }
    let words = cursor.words(first);
    while !is_over(cursor) {
        cursor.advance(1);
    }
    cursor.eat_symbol(";");
    words
}

/// The names in `schema.name, other AS alias, …`.
fn listed(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        cursor.eat(&["ONLY"]);
        let Ok(name) = cursor.qualified_name("a table") else {
            return names;
        };
        names.push(name.name.text.to_lowercase());
        cursor.eat(&["AS"]);
        if cursor.is_name(0) && cursor.is_symbol(1, ",") {
            cursor.advance(1);
        }
        if !cursor.eat_symbol(",") {
            return names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{bound_names_in_function, called_in, names_in_function};

    #[track_caller]
    fn check(sql: &str, wanted: &[&str]) {
        let names = names_in_function(&format!("CREATE FUNCTION f{sql}"));
        let candidates = ["a", "c", "cost", "n", "other", "t", "u", "v", "w", "x", "y"];
        let named = candidates.into_iter().filter(|name| names.contains(*name));
        let names: Vec<&str> = named.collect();
        assert_eq!(names, wanted, "{sql}");
    }

    #[test]
    fn functions_are_bound_by_their_heads_and_by_bodies_that_are_no_texts() {
        let bound = |sql: &str| bound_names_in_function(&format!("CREATE FUNCTION f{sql}"));
        let text = bound("(a t) RETURNS u LANGUAGE sql AS $$ SELECT * FROM v $$");
        assert!(text.contains("t") && text.contains("u") && !text.contains("v"));
        let atomic = bound("(a t) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT b FROM v; END");
        assert!(atomic.contains("t") && atomic.contains("v"));
    }

    #[test]
    fn calls_are_those_of_heads_and_bodies() {
        let names = called_in(
            "CREATE FUNCTION f(a int DEFAULT g()) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN s.h(a, 'i()'); END $$",
        );
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["g", "h"]);
    }

    #[test]
    fn tables_of_queries_are_named() {
        check(
            "(a text) RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM t WHERE u = a $$",
            &["t"],
        );
        check(
            "() RETURNS text LANGUAGE sql AS 'SELECT $1; SELECT a FROM t JOIN s.u ON u.t = t.u;'",
            &["t", "u"],
        );
        check(
            "() RETURNS void AS 'WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w' LANGUAGE sql",
            &["t"],
        );
        check(
            "() RETURNS bigint LANGUAGE sql BEGIN ATOMIC DELETE FROM t; SELECT a FROM u; END",
            &["t", "u"],
        );
        check(
            "() RETURNS bigint LANGUAGE sql RETURN (SELECT max(t) FROM u)",
            &["u"],
        );
    }

    #[test]
    fn parameters_and_columns_are_no_tables() {
        check(
            "(cost text) RETURNS bigint LANGUAGE sql RETURN length(cost)",
            &[],
        );
        check(
            "(cost text) RETURNS bigint LANGUAGE sql AS 'SELECT length(cost)'",
            &[],
        );
        check(
            "(a text DEFAULT 'cost') RETURNS bigint LANGUAGE internal AS 'cost'",
            &[],
        );
    }

    #[test]
    fn types_of_rows_are_named() {
        check(
            "(r t) RETURNS SETOF u LANGUAGE sql AS 'SELECT (r.a)::v'",
            &["t", "u", "v"],
        );
        check(
            "(a t.c%TYPE) RETURNS text LANGUAGE sql RETURN a",
            &["c", "t"],
        );
    }

    #[test]
    fn blocks_name_the_types_of_variables_and_what_they_read() {
        check(
            "() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE cost t%ROWTYPE; n CONSTANT u.c%TYPE NOT NULL := other;
             BEGIN SELECT cost INTO n FROM v a, w WHERE x IS NULL; RETURN y; END $$",
            &["c", "t", "u", "v", "w"],
        );
    }
}
