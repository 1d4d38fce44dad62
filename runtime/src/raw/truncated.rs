//! `TRUNCATE` of a table whose changes are recorded. MySQL and MariaDB fire no trigger for it, so no reader of the changes would see
//! that the rows are gone: a statement that begins with the word is refused before it is sent.
//!
//! Not seen, and so sent, are those with other words before it: `ALTER TABLE … TRUNCATE PARTITION`, `EXECUTE IMMEDIATE` and what
//! `PREPARE` has prepared, the first statement within `BEGIN NOT ATOMIC`, and what procedures do.

use bindery_core::dialect::Dialect;

use super::words::{Token, Words};
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ParamWriter;

/// Triggers that record changes, by their names; those of one table, or of any where its name was not read. None are shown to an
/// account without the privilege `TRIGGER`.
const RECORDING: &str = "SELECT 1 FROM information_schema.triggers WHERE trigger_schema = COALESCE(NULLIF(?, ''), database()) \
     AND (? IN ('', event_object_table)) AND trigger_name LIKE '|_bindery|_capture|_d|_%' ESCAPE '|' LIMIT 1";

/// A table as a text names it: empty parts are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Named {
    database: String,
    table: String,
}

/// Refuses a text that empties a recorded table in this way.
///
/// # Errors
/// [`ErrorKind::Unsupported`] where it does; the database fails.
pub(super) fn ensure_recorded(physical: &mut Physical, text: &str) -> Result<()> {
    for table in truncated(text) {
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(&table.database);
            params.text(&table.table);
        };
        let mut is_recorded = false;
        physical.query(RECORDING, write, &mut |_| {
            is_recorded = true;
            Ok(true)
        })?;
        if is_recorded {
            return Err(refused());
        }
    }
    Ok(())
}

#[cold]
fn refused() -> Error {
    let why = "TRUNCATE of a table whose changes are recorded (`@capture`): MySQL and MariaDB fire no trigger for it; \
               run `DELETE FROM` the table, or `all_rows().delete()`";
    Error::new(ErrorKind::Unsupported(why))
}

/// The tables of the statements that begin with this word.
fn truncated(text: &str) -> Vec<Named> {
    let mut words = Words::new(text, Dialect::Mysql);
    let mut found = Vec::new();
    while let Some(first) = words.next() {
        if matches!(first, Token::Semicolon | Token::Open) {
            continue;
        }
        let rest = words
            .by_ref()
            .take_while(|token| *token != Token::Semicolon);
        if first.is("TRUNCATE") {
            found.push(named(&rest.collect::<Vec<_>>()));
        } else {
            rest.for_each(drop);
        }
    }
    found
}

/// `[TABLE] [database.]table`, and what may follow. Where a part is not read, so is the table: it may be any.
fn named(rest: &[Token<'_>]) -> Named {
    let rest = match rest {
        [table, rest @ ..] if table.is("TABLE") => rest,
        rest => rest,
    };
    match rest {
        [database, Token::Other, rest @ ..] => {
            let table = rest.first().and_then(|table| name(*table));
            match (name(*database), table) {
                (Some(database), Some(table)) => Named { database, table },
                (database, _) => Named {
                    database: database.unwrap_or_default(),
                    table: String::new(),
                },
            }
        }
        [table, ..] => Named {
            database: String::new(),
            table: name(*table).unwrap_or_default(),
        },
        [] => Named::default(),
    }
}

fn name(token: Token<'_>) -> Option<String> {
    match token {
        Token::Word(name) => Some(name.to_owned()),
        Token::Quoted(name) => Some(name.replace("``", "`")),
        Token::Open | Token::Close | Token::Semicolon | Token::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emptied_tables_are_found_by_the_words_of_a_text() {
        let named = |database: &str, table: &str| Named {
            database: database.to_owned(),
            table: table.to_owned(),
        };
        for (text, expected) in [
            ("SELECT truncate(1.5, 0)", vec![]),
            ("DELETE FROM truncate", vec![]),
            ("-- TRUNCATE a\nSELECT 'TRUNCATE a'", vec![]),
            ("truncate a", vec![named("", "a")]),
            (
                "TRUNCATE TABLE `a ``b`` c` WAIT 5",
                vec![named("", "a `b` c")],
            ),
            ("SELECT 1; TRUNCATE shop.`a`;", vec![named("shop", "a")]),
            (
                "/*! TRUNCATE */ TABLE `s` . a NOWAIT",
                vec![named("s", "a")],
            ),
            (
                "TRUNCATE a; TRUNCATE b",
                vec![named("", "a"), named("", "b")],
            ),
            ("TRUNCATE 1a", vec![named("", "")]),
            ("TRUNCATE shop.1a", vec![named("shop", "")]),
            ("TRUNCATE \"shop\".a", vec![named("", "")]),
            ("TRUNCATE `a```", vec![named("", "a`")]),
        ] {
            assert_eq!(truncated(text), expected, "{text}");
        }
    }
}
