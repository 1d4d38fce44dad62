//! How tightly operators bind: one scale for all that reads expressions. What binds tighter has the greater rank; which operators a dialect
//! has, and of which rank, is in its grammar.
//!
//! PostgreSQL: its manual, "Operator Precedence". SQLite: "SQL Language Expressions", section 2. MySQL and MariaDB: their manuals,
//! "Operator Precedence", and what the servers compute: `LIKE`, `IN` and `BETWEEN` bind tighter than `=` and `<`.

use super::grammar::Operators;
use super::symbols::is_operator;

pub(super) const OR: u8 = 1;
pub(super) const XOR: u8 = 2;
pub(super) const AND: u8 = 3;
pub(super) const NOT: u8 = 4;
/// PostgreSQL's `IS`.
pub(super) const IS: u8 = 5;
/// `=` and what binds like it.
pub(super) const EQUALITY: u8 = 6;
/// SQLite's `<` and its kin.
pub(super) const ORDER: u8 = 7;
/// `LIKE`, `IN` and `BETWEEN` of servers.
pub(super) const MATCH: u8 = 8;
/// PostgreSQL's operators without a rank of their own; SQLite's of bits, MySQL's `|`.
pub(super) const OTHER: u8 = 9;
pub(super) const BIT_AND: u8 = 10;
pub(super) const SHIFT: u8 = 11;
pub(super) const SUM: u8 = 12;
pub(super) const PRODUCT: u8 = 13;
/// `^`, and SQLite's `||`, `->` and `->>`.
pub(super) const POWER: u8 = 14;
/// `AT TIME ZONE`.
pub(super) const AT: u8 = 15;
/// PostgreSQL's and SQLite's `COLLATE`.
pub(super) const COLLATE: u8 = 16;
/// A sign before an operand.
pub(super) const SIGN: u8 = 17;
/// MySQL's `!`.
pub(super) const BANG: u8 = 18;
/// `::`; MySQL's `COLLATE` and `BINARY`.
pub(super) const CAST: u8 = 19;

impl Operators {
    /// The rank of an operator of words or signs that stands between two operands.
    pub(super) fn rank(&self, text: &str) -> Option<u8> {
        if text.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
            self.rank_of_word(text)
        } else {
            self.rank_of_sign(text)
        }
    }

    /// The rank of `and`, `or` and their kin.
    pub(super) fn rank_of_word(&self, word: &str) -> Option<u8> {
        find(self.words, word)
    }

    /// The rank of an operator of signs that stands between two operands. `None` where the dialect has no such operator, as far as is
    /// known.
    pub(super) fn rank_of_sign(&self, sign: &str) -> Option<u8> {
        find(self.signs, sign).or_else(|| self.rank_of_any(sign))
    }

    /// The rank of what an operator before an operand takes. `None` where the dialect has no such operator.
    pub(super) fn rank_before_operand(&self, sign: &str) -> Option<u8> {
        find(self.before, sign).or_else(|| self.rank_of_any(sign))
    }

    fn rank_of_any(&self, sign: &str) -> Option<u8> {
        self.any_signs.filter(|_| sign.chars().all(is_operator))
    }
}

/// Without an iterator: this runs often, and build scripts are not optimised.
fn find(ranks: &[(&str, u8)], operator: &str) -> Option<u8> {
    let mut at = 0;
    while at < ranks.len() {
        if ranks[at].0 == operator {
            return Some(ranks[at].1);
        }
        at += 1;
    }
    None
}
