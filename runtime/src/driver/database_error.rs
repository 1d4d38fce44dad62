//! What a database said about a failure, as far as it can hold no row's value. Drivers' own errors never leave this
//! folder: PostgreSQL's DETAIL and MySQL's "duplicate entry" hold values.

use std::fmt;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use crate::error::{Error, ErrorKind};

/// The database's own code and, for kinds of errors whose text holds no values, its text. Source of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    code: String,
    message: Option<String>,
}

impl DatabaseError {
    /// The code of what was found on this side, before anything was sent or where no answer came.
    pub(crate) const CLIENT: &'static str = "client";

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(super) fn new(code: impl Into<String>, message: Option<&str>) -> Self {
        Self {
            code: code.into(),
            message: message.map(str::to_owned),
        }
    }

    /// SQLSTATE, MySQL's error number or SQLite's result code; `client` for what was found on this side.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The database's words, where they cannot hold values.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "code {}", self.code)?;
        match &self.message {
            Some(message) => write!(out, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DatabaseError {}

/// A value and the column it is meant for differ in type.
#[cfg(feature = "postgres")]
#[cold]
pub(super) fn wrong_type(given: &str, column_type: &str) -> Error {
    let message = format!("{given} was given where the database has `{column_type}`");
    Error::new(ErrorKind::SchemaMismatch).with_source(DatabaseError::new(
        DatabaseError::CLIENT,
        Some(message.as_str()),
    ))
}

/// More values were written than the statement has places for, or fewer.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[cold]
pub(super) fn wrong_count(given: usize, expected: usize) -> Error {
    let message = format!("{given} values were given for {expected} placeholders");
    Error::new(ErrorKind::SchemaMismatch).with_source(DatabaseError::new(
        DatabaseError::CLIENT,
        Some(message.as_str()),
    ))
}
