//! How tightly each dialect's operators bind: one table for all that reads expressions. What binds tighter has the greater rank.
//!
//! PostgreSQL: its manual, "Operator Precedence". SQLite: "SQL Language Expressions", section 2. MySQL and MariaDB: their manuals,
//! "Operator Precedence", and what the servers compute: `LIKE`, `IN` and `BETWEEN` bind tighter than `=` and `<`.

use super::symbols::is_operator;
use bindery_core::dialect::Dialect;

const OR: u8 = 1;
const XOR: u8 = 2;
const AND: u8 = 3;
pub(crate) const NOT: u8 = 4;
/// PostgreSQL's `IS`.
const IS: u8 = 5;
/// `=` and what binds like it.
const EQUALITY: u8 = 6;
/// SQLite's `<` and its kin.
const ORDER: u8 = 7;
/// `LIKE`, `IN` and `BETWEEN` of servers.
const MATCH: u8 = 8;
/// PostgreSQL's operators without a rank of their own; SQLite's of bits, MySQL's `|`.
const OTHER: u8 = 9;
const BIT_AND: u8 = 10;
const SHIFT: u8 = 11;
const SUM: u8 = 12;
const PRODUCT: u8 = 13;
/// `^`, and SQLite's `||`, `->` and `->>`.
const POWER: u8 = 14;
/// `AT TIME ZONE`.
const AT: u8 = 15;
/// PostgreSQL's and SQLite's `COLLATE`.
const COLLATE: u8 = 16;
/// A sign before an operand.
pub(crate) const SIGN: u8 = 17;
/// MySQL's `!`.
const BANG: u8 = 18;
/// `::`; MySQL's `COLLATE` and `BINARY`.
pub(crate) const CAST: u8 = 19;

/// The rank of an operator of words in lower case that stands between two operands or after one. `None` where the dialect has no
/// such operator.
pub(crate) fn of_word(dialect: Dialect, word: &str) -> Option<u8> {
    let is_mysql = dialect == Dialect::Mysql;
    Some(match word {
        "or" => OR,
        "xor" if is_mysql => XOR,
        "and" => AND,
        "is" | "isnull" | "notnull" => of_is(dialect),
        "in" | "like" | "ilike" | "between" | "regexp" | "rlike" | "glob" | "match" | "similar" => {
            of_match(dialect)
        }
        "div" | "mod" if is_mysql => PRODUCT,
        "collate" => of_collate(dialect),
        "at" if dialect == Dialect::Postgres => AT,
        _ => return None,
    })
}

/// The rank of `COLLATE`.
const fn of_collate(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => COLLATE,
        Dialect::Mysql => CAST,
    }
}

/// The rank of `IS`.
pub(crate) const fn of_is(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Postgres => IS,
        Dialect::Sqlite | Dialect::Mysql => EQUALITY,
    }
}

/// The rank of `LIKE`, `IN` and `BETWEEN`.
pub(crate) const fn of_match(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Sqlite => EQUALITY,
        Dialect::Postgres | Dialect::Mysql => MATCH,
    }
}

/// The rank of an operator of words or symbols that stands between two operands.
pub(super) fn of_operator(dialect: Dialect, text: &str) -> Option<u8> {
    if text.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
        of_word(dialect, text)
    } else {
        of_symbol(dialect, text)
    }
}

/// The rank of an operator of symbols that stands between two operands. `None` where the dialect has no such operator, as far as
/// is known.
pub(crate) fn of_symbol(dialect: Dialect, symbol: &str) -> Option<u8> {
    match symbol {
        "=" | "<>" | "!=" => Some(EQUALITY),
        "<" | ">" | "<=" | ">=" => Some(match dialect {
            Dialect::Sqlite => ORDER,
            Dialect::Postgres | Dialect::Mysql => EQUALITY,
        }),
        "+" | "-" => Some(SUM),
        "*" | "/" | "%" => Some(PRODUCT),
        other => match dialect {
            Dialect::Sqlite => of_sqlite(other),
            Dialect::Postgres => of_postgres(other),
            Dialect::Mysql => of_mysql(other),
        },
    }
}

fn of_sqlite(symbol: &str) -> Option<u8> {
    Some(match symbol {
        "==" => EQUALITY,
        "&" | "|" | "<<" | ">>" => OTHER,
        "||" | "->" | "->>" => POWER,
        _ => return None,
    })
}

fn of_postgres(symbol: &str) -> Option<u8> {
    match symbol {
        "(" | ")" | "," | "[" | "]" | "." | ":" | ";" => None,
        "^" => Some(POWER),
        "::" => Some(CAST),
        other => other.chars().all(is_operator).then_some(OTHER),
    }
}

fn of_mysql(symbol: &str) -> Option<u8> {
    Some(match symbol {
        "||" => OR,
        "&&" => AND,
        "<=>" => EQUALITY,
        "|" => OTHER,
        "&" => BIT_AND,
        "<<" | ">>" => SHIFT,
        "^" => POWER,
        // Of a column and a path.
        "->" | "->>" => CAST,
        _ => return None,
    })
}

/// The rank of what an operator before an operand takes. `None` where the dialect has no such operator.
pub(crate) fn before_operand(dialect: Dialect, symbol: &str) -> Option<u8> {
    match (symbol, dialect) {
        ("+" | "-", _) | ("~", Dialect::Sqlite | Dialect::Mysql) => Some(SIGN),
        ("!", Dialect::Mysql) => Some(BANG),
        ("binary", Dialect::Mysql) => Some(CAST),
        (_, Dialect::Postgres) => of_postgres(symbol).filter(|rank| *rank == OTHER),
        _ => None,
    }
}
