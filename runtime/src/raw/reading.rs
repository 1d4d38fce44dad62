//! Whether a text only reads. The words of its statements say so before they are sent: only statements that are known to read
//! do. Functions that write are the database's to refuse.

use std::fmt;

use bindery_core::dialect::Dialect;

use super::words::{Token, Words};
use crate::error::{Error, ErrorKind, Result};

/// Statements that read, unless something within them writes.
const READING: &[&str] = &["SELECT", "VALUES", "TABLE", "WITH", "SHOW"];
/// Statements that describe how another one would run.
const EXPLAINING: &[&str] = &["EXPLAIN", "DESCRIBE", "DESC"];
/// The driver finds out what becomes of them in a transaction.
const CONTROLLING: &[&str] = &["SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK", "END"];
/// Statements that write where they stand within another one.
const WRITING: &[&str] = &["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];
/// Others that an error names.
const OTHERS: &[&str] = &[
    "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "COPY", "CREATE", "DETACH", "DO", "DROP",
    "EXECUTE", "GRANT", "HANDLER", "IMPORT", "LISTEN", "LOAD", "LOCK", "NOTIFY", "PRAGMA",
    "PREPARE", "REFRESH", "REINDEX", "RENAME", "RESET", "REVOKE", "SET", "START", "TRUNCATE",
    "UNLOCK", "USE", "VACUUM",
];

/// Refuses a text of which one statement may write.
///
/// # Errors
/// [`ErrorKind::ReadOnly`], with the kind of the statement as its source.
pub(super) fn ensure(dialect: Dialect, text: &str) -> Result<()> {
    match first_write(dialect, text) {
        None => Ok(()),
        Some(write) => Err(Error::new(ErrorKind::ReadOnly).with_source(write)),
    }
}

/// The kind of a statement that may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Write(&'static str);

impl fmt::Display for Write {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} was not sent: the transaction was begun to read only",
            self.0
        )
    }
}

impl std::error::Error for Write {}

/// Finds the first statement that may write.
fn first_write(dialect: Dialect, text: &str) -> Option<Write> {
    let mut words = Words::new(text, dialect).peekable();
    while let Some(first) = words.next() {
        if first == Token::Semicolon || first == Token::Open {
            continue;
        }
        if let Some(write) = statement(dialect, first, &mut words) {
            return Some(write);
        }
    }
    None
}

type Rest<'t> = std::iter::Peekable<Words<'t>>;

/// Looks at one statement, to its semicolon.
fn statement(dialect: Dialect, first: Token<'_>, rest: &mut Rest<'_>) -> Option<Write> {
    if is_one_of(first, EXPLAINING) {
        return explained(dialect, rest);
    }
    if is_one_of(first, CONTROLLING) {
        pass(rest);
        return None;
    }
    if is_one_of(first, READING) {
        return body(dialect, rest);
    }
    let known = READING.iter().chain(WRITING).chain(OTHERS);
    let named = known.copied().find(|keyword| first.is(keyword));
    Some(Write(
        named.unwrap_or("a statement that is not known to read"),
    ))
}

/// The body of a statement that reads. A statement within it begins after a parenthesis.
fn body(dialect: Dialect, rest: &mut Rest<'_>) -> Option<Write> {
    let mut before = Token::Other;
    while let Some(token) = rest.next() {
        let next = rest.peek().copied().unwrap_or(Token::Semicolon);
        if token == Token::Semicolon {
            return None;
        }
        if let Some(write) = within(dialect, before, token, next) {
            return Some(write);
        }
        before = token;
    }
    None
}

/// One word of a body, and those before and after it.
fn within(dialect: Dialect, before: Token<'_>, token: Token<'_>, next: Token<'_>) -> Option<Write> {
    let begins = matches!(before, Token::Open | Token::Close);
    // `REPLACE(…)` and MySQL's `INSERT(…)` are functions.
    let is_statement = begins && next != Token::Open;
    let mut writing = WRITING.iter().filter(|_| is_statement);
    if let Some(write) = writing.find(|keyword| token.is(keyword)) {
        return Some(Write(write));
    }
    let locks = ["UPDATE", "SHARE", "NO", "KEY"];
    if token.is("FOR") && is_one_of(next, &locks) {
        return Some(Write("SELECT … FOR UPDATE"));
    }
    if dialect == Dialect::Mysql && token.is("LOCK") && next.is("IN") {
        return Some(Write("SELECT … LOCK IN SHARE MODE"));
    }
    token.is("INTO").then_some(Write("SELECT … INTO"))
}

/// `EXPLAIN` alone does not run a statement; `EXPLAIN ANALYZE` does.
fn explained(dialect: Dialect, rest: &mut Rest<'_>) -> Option<Write> {
    let mut is_run = false;
    while let Some(token) = rest.next() {
        if token == Token::Semicolon {
            return None;
        }
        is_run |= token.is("ANALYZE") || token.is("ANALYSE");
        let begins = is_one_of(token, READING)
            || is_one_of(token, WRITING)
            || is_one_of(token, &["CREATE", "EXECUTE", "DECLARE", "REFRESH"]);
        if begins && is_run {
            return statement(dialect, token, rest);
        }
        if begins {
            pass(rest);
            return None;
        }
    }
    None
}

/// Passes a statement to its semicolon.
fn pass(rest: &mut Rest<'_>) {
    rest.find(|token| *token == Token::Semicolon);
}

fn is_one_of(token: Token<'_>, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| token.is(keyword))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];

    fn write(dialect: Dialect, text: &str) -> Option<&'static str> {
        first_write(dialect, text).map(|write| write.0)
    }

    #[test]
    fn statements_that_only_read_pass() {
        for text in [
            "",
            ";",
            "SELECT 1",
            " ( select 1 ) union (select 2)",
            "SELECT 'INSERT INTO a', \"update\", '; DELETE FROM a'",
            "SELECT replace(a, 'b', 'c'), (replace(a, 'b', 'c')) FROM d",
            "SELECT updated, deleted_at, \"INTO\" FROM a WHERE b = 'it''s FOR UPDATE'",
            "-- INSERT INTO a\nSELECT /* FOR UPDATE; DELETE FROM a */ 1",
            "WITH a AS (SELECT 1), b(c) AS (VALUES (1)) SELECT * FROM a, b",
            "WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT n FROM a;",
            "VALUES (1), (2)",
            "EXPLAIN SELECT 1",
            "EXPLAIN INSERT INTO a VALUES (1)",
            "EXPLAIN QUERY PLAN UPDATE a SET b = 1",
            "SELECT 1; SELECT 2;",
            "SAVEPOINT a; SELECT 1; RELEASE a",
        ] {
            for dialect in ALL {
                assert_eq!(write(dialect, text), None, "{dialect:?}: {text}");
            }
        }
        for (dialect, text) in [
            (Dialect::Sqlite, "SELECT [INTO], [a] FROM b"),
            (
                Dialect::Postgres,
                "SELECT $$; DELETE FROM a$$, $x$ ' $$ INTO $x$, $1",
            ),
            (
                Dialect::Postgres,
                "SELECT E'it\\'s INTO' /* /* INTO */ INTO */",
            ),
            (Dialect::Postgres, "SELECT a WHERE lock IN (1)"),
            (Dialect::Postgres, "EXPLAIN (ANALYZE, BUFFERS) SELECT 1"),
            (
                Dialect::Mysql,
                "SELECT 'it\\'s INTO', \"\\\" INTO\", (INSERT('a', 1, 1, 'b')) # INTO",
            ),
            (Dialect::Mysql, "SHOW TABLES"),
            (Dialect::Mysql, "DESC a"),
        ] {
            assert_eq!(write(dialect, text), None, "{dialect:?}: {text}");
        }
    }

    #[test]
    fn statements_that_may_write_are_named() {
        let comments = "-- a\n/* b */".repeat(50);
        for (text, kind) in [
            ("insert into a values (1)", "INSERT"),
            (" /* SELECT */ INSERT INTO a VALUES (1)", "INSERT"),
            (&*format!("{comments} DELETE FROM a"), "DELETE"),
            (
                "WITH a AS (INSERT INTO b VALUES (1) RETURNING c) SELECT * FROM a",
                "INSERT",
            ),
            ("WITH a AS (SELECT 1) UPDATE b SET c = 1", "UPDATE"),
            (
                "WITH a AS MATERIALIZED (DELETE FROM b RETURNING c) SELECT 1",
                "DELETE",
            ),
            ("SELECT 1; DROP TABLE a", "DROP"),
            ("SELECT * FROM a FOR UPDATE", "SELECT … FOR UPDATE"),
            ("SELECT * FROM a FOR NO KEY UPDATE", "SELECT … FOR UPDATE"),
            (
                "SELECT * FROM a FOR /* */ SHARE NOWAIT",
                "SELECT … FOR UPDATE",
            ),
            ("SELECT a INTO b FROM c", "SELECT … INTO"),
            ("EXPLAIN ANALYZE UPDATE a SET b = 1", "UPDATE"),
            ("SET TRANSACTION READ WRITE", "SET"),
            ("START TRANSACTION READ WRITE", "START"),
            ("frobnicate", "a statement that is not known to read"),
        ] {
            for dialect in ALL {
                assert_eq!(write(dialect, text), Some(kind), "{dialect:?}: {text}");
            }
        }
        for (dialect, text, kind) in [
            (Dialect::Sqlite, "PRAGMA query_only = OFF", "PRAGMA"),
            (
                Dialect::Postgres,
                "EXPLAIN (ANALYZE) DELETE FROM a",
                "DELETE",
            ),
            (
                Dialect::Postgres,
                "/* /* */ SELECT */ COPY a FROM 'b'",
                "COPY",
            ),
            (Dialect::Postgres, "SELECT 'a\\'; DELETE FROM a", "DELETE"),
            (
                Dialect::Mysql,
                "SELECT * FROM a LOCK IN SHARE MODE",
                "SELECT … LOCK IN SHARE MODE",
            ),
            (
                Dialect::Mysql,
                "/*!50000 INSERT */ INTO a VALUES (1)",
                "INSERT",
            ),
            (
                Dialect::Mysql,
                "/*M!100000 REPLACE INTO a VALUES (1) */",
                "REPLACE",
            ),
            (Dialect::Mysql, "# SELECT\nCALL a()", "CALL"),
        ] {
            assert_eq!(write(dialect, text), Some(kind), "{dialect:?}: {text}");
        }
    }

    #[test]
    fn unclosed_and_odd_texts_end() {
        for text in [
            "'", "\"", "`", "[", "/*", "--", "$$", "$a$ $b$", "E'\\", "é", "'\\", "SELECT $",
            "(((", "/*!",
        ] {
            for dialect in ALL {
                let _ = write(dialect, text);
            }
        }
    }

    /// Covers SEL-06.
    #[test]
    fn sel_06_a_statement_of_a_megabyte_is_classified_in_one_pass() {
        let values = "('it''s', 1, $$a$$), ".repeat(50_000);
        let nested = "(".repeat(500_000) + &")".repeat(500_000);
        for text in [
            &values,
            &nested,
            &"/*".repeat(500_000),
            &"$a".repeat(500_000),
            &"$$ $".repeat(250_000),
        ] {
            for dialect in ALL {
                let text = format!("SELECT {text} FROM a FOR UPDATE");
                let started = std::time::Instant::now();
                let _ = write(dialect, &text);
                let took = started.elapsed();
                // Milliseconds in one pass; more than one for each character would be hours.
                assert!(took.as_secs() < 60, "{dialect:?}: {took:?}");
            }
        }
    }
}
