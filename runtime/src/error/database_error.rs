//! A database's report of a failure, as far as it can hold no row's value. Drivers' own errors never leave this
//! folder: PostgreSQL's DETAIL and MySQL's "duplicate entry" hold values.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// The database's own code and what is known to hold no values: a text of this side's, of a login, or of a library that has not
/// looked at a row yet. Source of an [`Error`](crate::Error).
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseError {
    code: String,
    message: Option<String>,
    /// The server's own text, which may hold values: for callers that request it.
    words: Option<String>,
    /// Those words are of the statement's text: no value was looked at yet.
    is_of_text: bool,
    /// Those words are of tables, columns and constraints: the server puts no value into such a message.
    is_of_schema: bool,
    /// Where in the text, in characters from 1.
    position: Option<usize>,
}

impl DatabaseError {
    /// The code of what was found on this side, before anything was sent or where no answer came.
    pub(crate) const CLIENT: &'static str = "client";

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn new(code: impl Into<String>, message: Option<&str>) -> Self {
        Self {
            code: code.into(),
            message: message.map(str::to_owned),
            words: None,
            is_of_text: false,
            is_of_schema: false,
            position: None,
        }
    }

    /// Builds the source of an error from a server's report about a statement.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn of_statement(code: impl Into<String>, words: &str) -> Self {
        Self {
            code: code.into(),
            message: None,
            words: Some(words.to_owned()),
            is_of_text: false,
            is_of_schema: false,
            position: None,
        }
    }

    /// Says where in the text of the statement, in characters from 1.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn at_position(mut self, position: Option<usize>) -> Self {
        self.position = position;
        self
    }

    /// Nothing was run yet: the words are of the statement's text.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn set_of_text(&mut self) {
        self.is_of_text = true;
    }

    /// The words are of a message into which the server puts no value.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn of_schema(mut self, is_of_schema: bool) -> Self {
        self.is_of_schema = is_of_schema;
        self
    }

    /// Shows the words where no value can be among them: for statements that change the schema.
    #[cfg(feature = "migrations")]
    pub(crate) fn show_schema(&mut self) {
        if (self.is_of_text || self.is_of_schema) && self.message.is_none() {
            self.message.clone_from(&self.words);
        }
    }

    /// Shows the words where they are of the text, which holds no values.
    pub(crate) fn show_text(&mut self) {
        if self.is_of_text && self.message.is_none() {
            self.message.clone_from(&self.words);
        }
    }

    /// Keeps the database's words for callers that want them.
    pub(crate) fn hide_text(&mut self) {
        if self.code != Self::CLIENT && self.words.is_none() {
            self.words = self.message.take();
        }
    }

    /// Where in the text of the statement the database found it, in characters from 1, where it says so.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// SQLSTATE, MySQL's error number or SQLite's result code; `client` for what was found on this side.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A text that holds no values, where there is one.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The server's own text, which may hold values.
    pub(crate) fn server_message(&self) -> Option<&str> {
        let shown = self.message().filter(|_| self.code != Self::CLIENT);
        self.words.as_deref().or(shown)
    }
}

/// The same as it is shown: without what may hold values.
impl fmt::Debug for DatabaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DatabaseError")
            .field("code", &self.code)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "code {}", self.code)?;
        if let Some(message) = &self.message {
            write!(out, ": {message}")?;
        }
        match self.position {
            Some(position) => write!(out, " (at character {position})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DatabaseError {}

impl Error {
    /// The same error of a statement that the program wrote: its placeholder has another type, and no column of the schema.
    #[cold]
    #[must_use]
    pub(crate) fn of_parameters(self) -> Self {
        let found = match self.kind() {
            ErrorKind::SchemaMismatch => self.found_here(),
            _ => None,
        };
        match found {
            Some(words) => Self::new(ErrorKind::WrongParameters(words)),
            None => self,
        }
    }
}

/// A value and the column it is meant for differ in type.
#[cfg(feature = "postgres")]
#[cold]
pub(crate) fn wrong_type(given: &str, column_type: &str) -> Error {
    let message = format!("{given} was given where the database has `{column_type}`");
    Error::new(ErrorKind::SchemaMismatch).with_source(DatabaseError::new(
        DatabaseError::CLIENT,
        Some(message.as_str()),
    ))
}

/// More values were written than the statement has places for, or fewer.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[cold]
pub(crate) fn wrong_count(given: usize, expected: usize) -> Error {
    let noun = |count, one, more| if count == 1 { one } else { more };
    Error::new(ErrorKind::WrongParameters(format!(
        "{given} {} given for {expected} {}",
        noun(given, "value was", "values were"),
        noun(expected, "placeholder", "placeholders"),
    )))
}
