//! Statements that end the transaction they run in, where the database does not report it. MySQL and MariaDB report whether a
//! transaction is open; after `COMMIT AND CHAIN`, and after `BEGIN` within a transaction, the next one is. So the words of
//! a text are read before it is sent there.

use bindery_core::dialect::Dialect;

use super::truncated;
use super::words::{Token, Words};
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};

/// The database reports by the open transaction what becomes of it in these.
const REPORTED: &[&str] = &[
    "ANALYZE",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DO",
    "EXPLAIN",
    "HANDLER",
    "INSERT",
    "KILL",
    "LOAD",
    "PREPARE",
    "RELEASE",
    "REPLACE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "TABLE",
    "UPDATE",
    "USE",
    "VALUES",
    "WITH",
];
/// The savepoint that is gone where the transaction around a statement has ended.
const SAVEPOINT: &str = "SAVEPOINT bindery_raw";
const RELEASE: &str = "RELEASE SAVEPOINT bindery_raw";
/// `ER_SP_DOES_NOT_EXIST`, of savepoints too.
const NO_SAVEPOINT: &str = "1305";

/// The effect of a text on the transaction that it runs in, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// None that the database would not report.
    Reported,
    /// Procedures, prepared texts and compound statements may hold a COMMIT that the words do not show.
    Hidden,
    /// Its transaction would end.
    Ends,
    /// COMMIT would mean something else from then on.
    Chains,
}

/// Runs `work`, which sends this text, so that no transaction ends unnoticed.
///
/// # Errors
/// [`ErrorKind::TransactionControl`] before anything is sent, or, where the words do not tell, after the transaction has ended.
/// [`ErrorKind::Unsupported`] for a change of `completion_type`, and for a TRUNCATE that would not be recorded.
pub(super) fn guarded<T>(
    physical: &mut Physical,
    text: &str,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    let dialect = physical.dialect();
    if dialect != Dialect::Mysql || is_of_rows(text) {
        return work(physical);
    }
    truncated::ensure_recorded(physical, text)?;
    let effect = effect(text);
    if effect == Effect::Chains {
        let why = "`completion_type` would have COMMIT and ROLLBACK begin another transaction: leave it as it is";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    if !physical.in_transaction() {
        return work(physical);
    }
    match effect {
        Effect::Ends => Err(Error::new(ErrorKind::TransactionControl)),
        Effect::Hidden => watched(physical, work),
        Effect::Reported | Effect::Chains => work(physical),
    }
}

/// Whether it is one statement that reads or writes rows, as most are: its first word says so, and the others need not be read at each call.
fn is_of_rows(text: &str) -> bool {
    const OF_ROWS: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"];
    let first = || Words::new(text, Dialect::Mysql).next();
    let is_of_rows = |token: Token<'_>| OF_ROWS.iter().any(|keyword| token.is(keyword));
    !text.contains(';') && first().is_some_and(is_of_rows)
}

/// Runs `work` after a savepoint, which ends with its transaction.
fn watched<T>(physical: &mut Physical, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
    physical.batch(SAVEPOINT)?;
    let outcome = work(physical);
    let is_ended = |error: &Error| error.kind() == &ErrorKind::TransactionControl;
    if physical.is_broken() || outcome.as_ref().is_err_and(is_ended) {
        return outcome;
    }
    match physical.batch(RELEASE) {
        Ok(()) => outcome,
        Err(error) if error.code() == Some(NO_SAVEPOINT) => {
            Err(Error::new(ErrorKind::TransactionControl).perhaps_applied())
        }
        Err(error) => outcome.and(Err(error)),
    }
}

/// Reads the statements of a text. The strongest effect of one of them is that of all.
fn effect(text: &str) -> Effect {
    let mut words = Words::new(text, Dialect::Mysql);
    let mut found = Effect::Reported;
    while let Some(first) = words.next() {
        match first {
            Token::Semicolon | Token::Open => continue,
            Token::Word(_) | Token::Quoted(_) | Token::Close | Token::Other => (),
        }
        let mut rest = words
            .by_ref()
            .take_while(|token| *token != Token::Semicolon)
            .peekable();
        match statement(first, &mut rest) {
            Effect::Reported => (),
            Effect::Hidden => found = Effect::Hidden,
            strong @ (Effect::Ends | Effect::Chains) => return strong,
        }
        rest.for_each(drop);
    }
    found
}

fn statement<'t>(
    first: Token<'t>,
    rest: &mut std::iter::Peekable<impl Iterator<Item = Token<'t>>>,
) -> Effect {
    let next = rest.peek().copied();
    let next_is = |keyword| next.is_some_and(|token| token.is(keyword));
    let ends = first.is("COMMIT")
        || first.is("ROLLBACK") && !rolls_back_to(rest)
        || first.is("BEGIN") && !next_is("NOT")
        || first.is("START") && next_is("TRANSACTION");
    if ends {
        return Effect::Ends;
    }
    if first.is("SET") && rest.any(|token| token.is("completion_type")) {
        return Effect::Chains;
    }
    if REPORTED.iter().any(|keyword| first.is(keyword)) {
        Effect::Reported
    } else {
        Effect::Hidden
    }
}

/// `ROLLBACK TO a`, also with WORK before and SAVEPOINT after.
fn rolls_back_to<'t>(rest: &mut impl Iterator<Item = Token<'t>>) -> bool {
    rest.find(|token| !token.is("WORK"))
        .is_some_and(|token| token.is("TO"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tx_7_statements_that_end_a_transaction_are_told_by_their_words() {
        for (text, expected) in [
            ("", Effect::Reported),
            ("SELECT commit, rollback FROM begin", Effect::Reported),
            (
                "/* COMMIT */ SELECT 'a; COMMIT AND CHAIN' -- ;\n",
                Effect::Reported,
            ),
            ("(SELECT 1) UNION (SELECT 2)", Effect::Reported),
            ("SET @completion = 1; ROLLBACK TO a", Effect::Reported),
            ("ROLLBACK WORK TO SAVEPOINT commit", Effect::Reported),
            ("CALL a()", Effect::Hidden),
            ("EXECUTE IMMEDIATE 'COMMIT AND CHAIN'", Effect::Hidden),
            ("SELECT 1; x: LOOP SELECT 2", Effect::Hidden),
            ("BEGIN NOT ATOMIC SELECT 1", Effect::Hidden),
            ("commit and chain", Effect::Ends),
            ("SELECT 1; ROLLBACK /* TO a */ AND CHAIN", Effect::Ends),
            ("/*!50000 COMMIT */ AND NO CHAIN", Effect::Ends),
            ("# a\nBEGIN", Effect::Ends),
            ("START TRANSACTION READ ONLY", Effect::Ends),
            (
                "BEGIN NOT ATOMIC SELECT 1; COMMIT AND CHAIN; END",
                Effect::Ends,
            ),
            ("CALL a(); ROLLBACK WORK", Effect::Ends),
            (
                "SET @a = 1, SESSION completion_type = 'CHAIN'",
                Effect::Chains,
            ),
            ("SET @@session.completion_type = 1", Effect::Chains),
        ] {
            assert_eq!(effect(text), expected, "{text}");
            assert!(!is_of_rows(text) || expected == Effect::Reported, "{text}");
        }
    }

    #[test]
    fn the_first_word_of_one_statement_of_rows_says_what_it_is() {
        for text in ["SELECT 1", "/* a */ with a AS (SELECT 1) SELECT * FROM a"] {
            assert!(is_of_rows(text), "{text}");
        }
        for text in [
            "",
            "SELECT 1; COMMIT",
            "SELECT ';'",
            "/*! COMMIT */",
            "`SELECT` 1",
            "(SELECT 1)",
            "SET completion_type = 1",
            "TRUNCATE a",
        ] {
            assert!(!is_of_rows(text), "{text}");
        }
    }
}
