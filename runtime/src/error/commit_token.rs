//! The outcome of a COMMIT whose answer was lost: a token that can be kept, and how to find out. Where drivers look is
//! said in `driver`.

use std::fmt;
use std::str::FromStr;

use super::{Error, ErrorKind, Result};

/// A COMMIT whose outcome is not known yet: the token that [`Registry::resolve`](crate::Registry::resolve) needs to
/// find out.
///
/// Its text can be stored and read back, also by another process: it holds the engine's name and a number of the
/// database's, no password and no value.
///
/// ```
/// use bindery::error::CommitToken;
///
/// let token: CommitToken = "default/postgres/7311/1763640000000000".parse()?;
/// assert_eq!(token.engine(), "default");
/// assert_eq!(token.to_string(), "default/postgres/7311/1763640000000000");
/// # Ok::<(), bindery::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommitToken {
    engine: String,
    pub(crate) mark: Mark,
}

/// The trace that a transaction leaves in its database when it is committed, and only then.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// PostgreSQL keeps the outcome of every transaction by its number.
    Transaction {
        /// The number that the transaction has in the database.
        number: u64,
        /// Since when the server has not crashed: a crash may have it give the number of a transaction that was not
        /// committed once more.
        era: i64,
    },
    /// The row of a session in a table of ours counts its transactions.
    Counted {
        /// A UUID, as the server writes one.
        session: String,
        /// The value of the row once this one is committed.
        number: u64,
    },
}

/// The transaction at hand, as COMMIT would make it permanent.
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "no answer of a file is ever lost")
)]
pub(crate) enum Written {
    /// Nothing: a COMMIT whose answer is lost has lost nothing.
    Nothing,
    /// Something that leaves no trace to find it by; what to do so that it does, where there is a way.
    Unmarked(Option<&'static str>),
    /// Something that can be found out.
    Marked(Mark),
}

/// The outcome of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// Everything is stored.
    Committed,
    /// Nothing is stored, and nothing will be: the work may be done again.
    Aborted,
    /// The database has not finished with it; it may still be stored. Ask again later.
    StillRunning,
}

impl CommitToken {
    /// Makes a token. The error adds the engine when it learns where it happened.
    pub(crate) fn new(mark: Mark) -> Self {
        Self {
            engine: String::new(),
            mark,
        }
    }

    /// Says on which engine, unless it is known already.
    pub(crate) fn name_engine(&mut self, engine: &str) {
        if self.engine.is_empty() {
            engine.clone_into(&mut self.engine);
        }
    }

    fn of(engine: &str, mark: Mark) -> Self {
        let mut token = Self::new(mark);
        token.name_engine(engine);
        token
    }

    /// The engine it belongs to.
    pub fn engine(&self) -> &str {
        &self.engine
    }
}

impl fmt::Display for CommitToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = &self.engine;
        match &self.mark {
            Mark::Transaction { number, era } => {
                write!(out, "{engine}/postgres/{number}/{era}")
            }
            Mark::Counted { session, number } => write!(out, "{engine}/mysql/{session}/{number}"),
        }
    }
}

impl FromStr for CommitToken {
    type Err = Error;

    /// # Errors
    /// The text is not one that a token was written as.
    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let read = match parts[..] {
            [engine, "postgres", number, era] => {
                let mark = number.parse().ok().zip(era.parse().ok());
                let mark = mark.map(|(number, era)| Mark::Transaction { number, era });
                mark.map(|mark| Self::of(engine, mark))
            }
            [engine, "mysql", session, number] if is_session(session) => {
                let mark = number.parse().ok().map(|number| Mark::Counted {
                    session: session.to_owned(),
                    number,
                });
                mark.map(|mark| Self::of(engine, mark))
            }
            _ => None,
        };
        read.ok_or_else(|| {
            let why = "this is not the text of a token".to_owned();
            Error::new(ErrorKind::UnsupportedValue(why))
        })
    }
}

/// A UUID in its usual form.
fn is_session(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    text.len() == 36 && text.bytes().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "6ccd780c-baba-1026-9564-5b8c656024db";

    #[test]
    fn texts_come_back() {
        let session = SESSION.to_owned();
        for mark in [
            Mark::Transaction {
                number: u64::MAX,
                era: -1,
            },
            Mark::Counted { session, number: 3 },
        ] {
            let token = CommitToken::of("b", mark);
            let read: CommitToken = token.to_string().parse().unwrap();
            assert_eq!(read, token);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "b",
            "b/postgres/1",
            "b/postgres/-1/2",
            "b/postgres/x/2",
            "b/postgres/1/x",
            "b/postgres/1/2/3",
            "b/sqlite/1/2",
            "b/mysql/1",
            "b/mysql/x' OR 1=1 -- x' OR 1=1 -- x' OR 1=1/1",
            &format!("b/mysql/{SESSION}/"),
        ] {
            let refused = text.parse::<CommitToken>().unwrap_err();
            assert!(
                matches!(refused.kind(), ErrorKind::UnsupportedValue(_)),
                "{text}"
            );
        }
    }
}
