//! A text cut into statements, for those who send them to a database.

use super::kind::kind_of;
use super::lex::Comment;
use super::reverted;
use super::split::split;
use crate::dialect::{Dialect, Flavour};
use crate::lists::IntoVec as _;

/// The statements of a text.
#[derive(Debug)]
pub struct Cut {
    /// Those that apply it, in their order.
    pub statements: Vec<CutStatement>,
    /// Those of its part that reverts the others.
    pub down: Vec<CutStatement>,
    /// A line `-- @no-transaction` stands in it, or another tool's word for it.
    pub no_transaction: bool,
    /// The same for its part that reverts the others: dbmate has a word for each.
    pub down_no_transaction: bool,
    /// Comments `-- @requires PostgreSQL 16`.
    pub requires: Vec<Required>,
}

/// A comment that names a server, and where it stands.
#[derive(Debug, Clone)]
pub struct Required {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// The words after `@requires`.
    pub words: Vec<String>,
}

/// A statement without its delimiter.
#[derive(Debug, Clone)]
pub struct CutStatement {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// `BEGIN`, `COMMIT` and the like.
    pub controls_transaction: bool,
}

/// Cuts a text as the database's own shell would.
pub fn cut(text: &str, dialect: Dialect, flavour: Option<Flavour>) -> Cut {
    let split = split(text, dialect, flavour);
    let reverted = reverted::ranges(text, &split.comments);
    let is_reverted = |at: u32| reverted.iter().any(|&(start, end)| start <= at && at < end);
    let all = split.statements.iter().map(|statement| CutStatement {
        start: statement.start(),
        end: statement.end,
        controls_transaction: controls_transaction(&kind_of(text, &statement.tokens)),
    });
    let says = |says: fn(&str) -> bool| {
        let mut comments = split.comments.iter();
        comments.any(|comment| says(&words_of(text, comment)))
    };
    let (down, statements) = all.partition(|statement| is_reverted(statement.start));
    Cut {
        statements,
        down,
        no_transaction: says(|words| is_no_transaction(words, "migrate:up transaction:false")),
        down_no_transaction: says(|words| {
            is_no_transaction(words, "migrate:down transaction:false")
        }),
        requires: split
            .comments
            .iter()
            .filter_map(|comment| required(text, comment))
            .into_vec(),
    }
}

/// Goose and sqlx have words of their own for it; dbmate's are of one direction.
fn is_no_transaction(words: &str, of_direction: &str) -> bool {
    let of_both = ["@no-transaction", "no-transaction", "+goose no transaction"];
    of_both.contains(&words) || words == of_direction
}

fn words_of(text: &str, comment: &Comment) -> String {
    let words = text[comment.start as usize..comment.end as usize].trim_start_matches('-');
    words.trim().to_ascii_lowercase()
}

fn required(text: &str, comment: &Comment) -> Option<Required> {
    let words = text[comment.start as usize..comment.end as usize].trim_start_matches('-');
    let mut words = words.split_whitespace();
    let is_one = words.next() == Some("@requires");
    is_one.then(|| Required {
        start: comment.start,
        end: comment.end,
        words: words.map(str::to_owned).into_vec(),
    })
}

fn controls_transaction(kind: &str) -> bool {
    matches!(
        kind,
        "BEGIN" | "START TRANSACTION" | "COMMIT" | "END" | "ROLLBACK" | "ABORT"
    )
}
