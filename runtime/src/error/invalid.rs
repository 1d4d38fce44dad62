//! The message of a rule of the program about a row that does not meet it.

use std::borrow::Cow;
use std::fmt;

/// Why a row is not written: a rule of the program's [`Validate`](crate::Validate) that it does not meet. The text is part of the
/// error that is logged, so it holds no values.
///
/// ```
/// use bindery::Invalid;
///
/// let invalid = Invalid::of("title", "must not be empty");
/// assert_eq!(invalid.column(), Some("title"));
/// assert_eq!(invalid.to_string(), "`title` must not be empty");
/// assert_eq!(Invalid::new("the end is before the beginning").column(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    column: Option<&'static str>,
    why: Cow<'static, str>,
}

impl Invalid {
    /// A rule about the row as a whole.
    pub fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            column: None,
            why: why.into(),
        }
    }

    /// A rule about one column.
    pub fn of(column: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            column: Some(column),
            why: why.into(),
        }
    }

    /// The column, where the rule is about one.
    pub fn column(&self) -> Option<&'static str> {
        self.column
    }

    /// The rule's own words.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = self.column {
            write!(out, "`{column}` ")?;
        }
        out.write_str(&self.why)
    }
}

impl std::error::Error for Invalid {}
