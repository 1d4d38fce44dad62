//! Whether two texts of one dialect are the same: expressions and queries as their trees have them. Redundant parentheses and words,
//! the quoting of names, case, layout and what a server writes in place of what it was given do not count.
//!
//! ```
//! use bindery_schema::dialect::Dialect;
//! use bindery_schema::diff::same_expression;
//!
//! let same = |one, other| same_expression(one, other, Dialect::Postgres);
//! assert!(same("a > 0 AND b <> 'x'", "((a > 0) AND (\"b\" != 'x'::text))"));
//! assert!(same("kind IN ('a', 'b')", "(kind)::text = ANY (ARRAY['a'::text, 'b'::text])"));
//! assert!(!same("a > 0 OR b > 0 AND c > 0", "(a > 0 OR b > 0) AND c > 0"));
//! ```

mod form;
mod pieces;
mod query;
#[cfg(test)]
mod query_tests;
mod settled;
mod type_name;
mod written;

use bindery_core::dialect::Dialect;

use self::form::Form;
pub(crate) use self::pieces::{Piece, PieceKind, pieces};
pub use self::settled::settled_expression;
use crate::syntax::{
    Body, ItemKind, Node, Select, SelectItem, Statement, Text, look_at_expression, read_statement,
    read_text, tokens_of, walk_statement,
};

/// Returns whether both expressions mean the same, as far as their tokens tell.
pub fn same_expression(one: &str, other: &str, dialect: Dialect) -> bool {
    one == other || normal_expression(one, dialect) == normal_expression(other, dialect)
}

/// Returns whether both queries mean the same, as far as their trees tell: columns, joins and conditions in the same order, by whatever
/// spelling.
///
/// ```
/// use bindery_schema::dialect::Dialect;
/// use bindery_schema::diff::same_query;
///
/// let same = |one, other| same_query(one, other, Dialect::Postgres);
/// assert!(same("SELECT a b FROM t ORDER BY a ASC", "select (\"a\") as b from t order by a"));
/// assert!(!same("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"));
/// ```
pub fn same_query(one: &str, other: &str, dialect: Dialect) -> bool {
    one == other || normal_query(one, dialect) == normal_query(other, dialect)
}

/// Whether a part of the query takes all columns of what it reads; one that is not understood may.
pub(crate) fn has_star(sql: &str, dialect: Dialect) -> bool {
    let is_star = |item: &SelectItem| !matches!(item.kind, ItemKind::Value(..));
    has_select(sql, dialect, |select| select.items.iter().any(is_star))
}

/// The same of groups.
pub(crate) fn has_groups(sql: &str, dialect: Dialect) -> bool {
    has_select(sql, dialect, |select| !select.group.is_empty())
}

fn has_select(sql: &str, dialect: Dialect, is_it: impl Fn(&Select) -> bool + Sync) -> bool {
    let found = read_text(sql, dialect).map(|whole| {
        whole.look(|statement| {
            let mut found = false;
            walk_statement(statement, |node| {
                if let Node::Body(Body::Select(select)) = node {
                    found |= is_it(select);
                }
            });
            found
        })
    });
    found.unwrap_or(true)
}

/// The query in one form for all of its spellings. It is compared and never sent.
fn normal_query(sql: &str, dialect: Dialect) -> String {
    let sql = sql.trim().trim_end_matches(';');
    let tokens = tokens_of(sql, dialect);
    let text = &Text::of(sql, &tokens, dialect);
    match read_statement(text) {
        Ok(whole) => whole.look(|statement| match statement {
            Statement::Query(query) => Form { text }.query(query),
            _ => normal_tokens(sql, dialect),
        }),
        Err(_) => normal_tokens(sql, dialect),
    }
}

/// The expression in one form for all of its spellings. It is compared and never sent.
pub(crate) fn normal_expression(sql: &str, dialect: Dialect) -> String {
    let form = look_at_expression(sql, dialect, |text, expr| Form { text }.of(expr));
    form.unwrap_or_else(|_| normal_tokens(sql, dialect))
}

/// The words, signs, numbers and texts of a text of SQL: words in small letters, names without their quotes, texts in theirs.
pub fn token_texts(sql: &str, dialect: Dialect) -> Vec<String> {
    let pieces = pieces(sql, dialect).into_iter();
    pieces.map(|piece| piece.text).collect()
}

/// The words and signs of that form without casts, and without the schemas before names: texts that a server has rewritten have these
/// in common.
pub fn loose_words(sql: &str, dialect: Dialect) -> Vec<String> {
    pieces::loose_words(&normal_expression(sql, dialect), dialect)
}

/// The tokens in one form, one blank between two: for texts that have no tree.
fn normal_tokens(sql: &str, dialect: Dialect) -> String {
    let pieces = pieces(sql, dialect);
    let words = pieces.iter().map(|piece| piece.form(dialect));
    words.collect::<Vec<_>>().join(" ")
}

/// The parts of an expression, whatever it does with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpressionParts {
    /// Words and quoted names, which may be those of columns.
    pub names: Vec<String>,
    /// Constants of text, without their quotes.
    pub texts: Vec<String>,
    /// Numbers, without a sign.
    pub numbers: Vec<String>,
}

/// Returns the names and constants of an expression, in their order.
///
/// ```
/// use bindery_schema::dialect::Dialect;
/// use bindery_schema::diff::expression_parts;
///
/// let parts = expression_parts("length(code) = 3 OR kind IN ('it''s', 'b')", Dialect::Sqlite);
/// assert_eq!((parts.texts, parts.numbers), (vec!["it's".to_owned(), "b".to_owned()], vec!["3".to_owned()]));
/// assert!(parts.names.contains(&"kind".to_owned()));
/// ```
pub fn expression_parts(sql: &str, dialect: Dialect) -> ExpressionParts {
    let mut parts = ExpressionParts::default();
    for piece in pieces(sql, dialect) {
        match piece.kind {
            PieceKind::Word | PieceKind::Quoted => parts.names.push(piece.text),
            PieceKind::Literal => {
                let inner = piece.text.strip_prefix('\'').unwrap_or(&piece.text);
                let inner = inner.strip_suffix('\'').unwrap_or(inner);
                parts.texts.push(inner.replace("''", "'"));
            }
            PieceKind::Number => parts.numbers.push(piece.text),
            PieceKind::Symbol => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_same(dialect: Dialect, pairs: &[(&str, &str)]) {
        for (one, other) in pairs {
            assert!(
                same_expression(one, other, dialect),
                "{one} | {other}: {} | {}",
                normal_expression(one, dialect),
                normal_expression(other, dialect)
            );
        }
    }

    #[test]
    fn spellings_of_a_server_are_the_same() {
        assert_same(
            Dialect::Postgres,
            &[
                ("a > 0", "(a > 0)"),
                ("a > 0 AND b < 5", "((a > 0) AND (b < 5))"),
                (
                    "a > 0 and b < 5 and c = 1",
                    "(((a > 0) AND (b < 5)) AND (c = 1))",
                ),
                ("a > 0 and (b < 5 and c = 1)", "a > 0 and b < 5 and c = 1"),
                ("a + b * 2 > 1", "((a + (b * 2)) > 1)"),
                ("a BETWEEN 1 AND 9", "((a >= 1) AND (a <= 9))"),
                (
                    "kind IN ('a', 'b')",
                    "((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                ),
                (
                    "kind IN ('a', 'b')",
                    "kind::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])",
                ),
                ("name LIKE 'a%'", "((name)::text ~~ 'a%'::text)"),
                ("NOT (a IS NULL)", "(NOT (a IS NULL))"),
                ("a IS NOT NULL", "(a IS NOT NULL)"),
                ("-1", "'-1'::integer"),
                ("'x'", "'x'::character varying"),
                ("now()", "CURRENT_TIMESTAMP"),
                ("lower(Name)", "lower((name)::text)"),
                (
                    "CASE WHEN a THEN 1 ELSE 2 END",
                    "CASE\n    WHEN a THEN 1\n    ELSE 2\nEND",
                ),
                ("CAST(a AS bigint)", "(a)::bigint"),
                ("data->>'a' = 'b'", "((data ->> 'a'::text) = 'b'::text)"),
                ("a != 1", "(a <> 1)"),
                ("a ISNULL OR b NOTNULL", "((a IS NULL) OR (b IS NOT NULL))"),
            ],
        );
        assert_same(
            Dialect::Mysql,
            &[
                ("a > 0 AND b = 'x'", "(`a` > 0) and (`b` = _utf8mb4'x')"),
                ("a > 0", "`A` > 0"),
                ("current_timestamp()", "NOW()"),
                ("lower(a) = upper(b)", "(lcase(`a`) = ucase(`b`))"),
            ],
        );
        assert_same(
            Dialect::Sqlite,
            &[("a>0", "\"a\" > 0"), ("[a] == 1", "a = 1")],
        );
    }

    #[test]
    fn nested_expressions_end() {
        let many = "NOT ".repeat(100_000);
        for text in [
            format!("a {many}IN (1)"),
            format!("{many}a"),
            "(".repeat(100_000),
        ] {
            assert!(same_expression(
                &text,
                &format!(" {text}"),
                Dialect::Postgres
            ));
        }
    }

    /// As the databases group them: seen in the byte code of SQLite, in values of MariaDB, in the views that PostgreSQL prints.
    #[test]
    fn operators_are_grouped_as_their_dialect_groups_them() {
        use Dialect::{Mysql, Postgres, Sqlite};
        for (dialect, text, grouped, otherwise) in [
            (
                Sqlite,
                "a - b || c > 0",
                "a - (b || c) > 0",
                "(a - b) || c > 0",
            ),
            (Sqlite, "a * b || c", "a * (b || c)", "(a * b) || c"),
            (Sqlite, "a || b -> c", "(a || b) -> c", "a || (b -> c)"),
            (Sqlite, "a + b & c", "(a + b) & c", "a + (b & c)"),
            (Sqlite, "a | b & c", "(a | b) & c", "a | (b & c)"),
            (Sqlite, "a = b < c", "a = (b < c)", "(a = b) < c"),
            (Sqlite, "a = b LIKE c", "(a = b) LIKE c", "a = (b LIKE c)"),
            (
                Sqlite,
                "a IS NULL < b",
                "a IS (NULL < b)",
                "(a IS NULL) < b",
            ),
            (Sqlite, "~ a || b", "(~ a) || b", "~ (a || b)"),
            (Mysql, "a || b AND c", "a || (b AND c)", "(a || b) AND c"),
            (Mysql, "a || b AND c", "a OR b && c", "(a OR b) AND c"),
            (Mysql, "a | b & c", "a | (b & c)", "(a | b) & c"),
            (Mysql, "a & b << c", "a & (b << c)", "(a & b) << c"),
            (Mysql, "a << b + c", "a << (b + c)", "(a << b) + c"),
            (Mysql, "a * b ^ c", "a * (b ^ c)", "(a * b) ^ c"),
            (Mysql, "a XOR b AND c", "a XOR (b AND c)", "(a XOR b) AND c"),
            (Mysql, "a = b LIKE c", "a = (b LIKE c)", "(a = b) LIKE c"),
            (Mysql, "a = b IS NULL", "(a = b) IS NULL", "a = (b IS NULL)"),
            (
                Mysql,
                "a BETWEEN b AND c LIKE d",
                "a BETWEEN b AND (c LIKE d)",
                "(a BETWEEN b AND c) LIKE d",
            ),
            (Postgres, "a - b || c", "(a - b) || c", "a - (b || c)"),
            (Postgres, "a | b & c", "(a | b) & c", "a | (b & c)"),
            (Postgres, "a = b LIKE c", "a = (b LIKE c)", "(a = b) LIKE c"),
            (
                Postgres,
                "a = b IS NULL",
                "(a = b) IS NULL",
                "a = (b IS NULL)",
            ),
            (
                Postgres,
                "a IS NULL = b",
                "(a IS NULL) = b",
                "a IS (NULL = b)",
            ),
            (Postgres, "~ a + b", "~ (a + b)", "(~ a) + b"),
        ] {
            assert_same(dialect, &[(text, grouped)]);
            assert!(
                !same_expression(text, otherwise, dialect),
                "{dialect:?}: {text} | {otherwise}"
            );
        }
    }

    #[test]
    fn words_that_the_tree_does_not_have_count() {
        use Dialect::{Mysql, Postgres};
        for (dialect, one, other) in [
            (
                Postgres,
                "trim(leading 'x' from a)",
                "trim(trailing 'x' from a)",
            ),
            (Postgres, "trim(leading from a)", "trim(a)"),
            (Postgres, "at + interval '1' day", "at + interval '1' month"),
            (Postgres, "extract(year from a)", "extract(month from a)"),
            (Mysql, "convert(a using utf8)", "convert(a using latin1)"),
            (
                Mysql,
                "cast(a as char charset utf8)",
                "cast(a as char charset latin1)",
            ),
            (Mysql, "trim(leading from a)", "trim(trailing from a)"),
        ] {
            assert!(!same_expression(one, other, dialect), "{one} | {other}");
            assert_same(dialect, &[(one, &format!("({one})"))]);
        }
    }

    #[test]
    fn expressions_of_another_meaning_are_not_the_same() {
        for (one, other) in [
            ("a > 0 OR b > 0 AND c > 0", "(a > 0 OR b > 0) AND c > 0"),
            ("a - (b - c)", "a - b - c"),
            ("'x'", "'X'"),
            ("\"A\" > 0", "a > 0"),
            ("NOT a AND b", "NOT (a AND b)"),
            ("a IN (1, 2)", "a IN (2, 1)"),
            ("a IS NULL", "a IS NOT NULL"),
            ("a IS NULL", "a NOTNULL"),
            ("lower(a)", "upper(a)"),
            ("lcase", "lower"),
        ] {
            assert!(
                !same_expression(one, other, Dialect::Postgres),
                "{one} | {other}"
            );
        }
    }
}
