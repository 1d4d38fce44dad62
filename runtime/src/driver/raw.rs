//! Statements that the program wrote itself. Facts that are not known before they run are the database's to report: which
//! columns there are, whether a transaction has begun or ended, whether anything may be left in the session.

use crate::error::{Error, ErrorKind, Result};

/// A statement's text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawText<'a> {
    pub(crate) sql: &'a str,
    /// The statement stays prepared: its text is the same each time.
    pub(crate) is_kept: bool,
}

/// Checks the names of a statement's columns; before it runs where the database describes it so early.
pub(crate) type TakeColumns<'a> = &'a mut dyn FnMut(&[Box<str>]) -> Result<()>;

/// The text is blank, or a comment: nothing was run.
#[cold]
pub(crate) fn no_statement() -> Error {
    Error::new(ErrorKind::Unsupported("the text has no statement"))
}

/// A statement began a transaction outside of bindery's; it was rolled back, or not run at all.
#[cold]
pub(super) fn began_transaction() -> Error {
    Error::new(ErrorKind::TransactionControl)
}

/// A statement ended the transaction that it ran in. Whether by COMMIT or ROLLBACK is not known.
#[cfg(any(feature = "postgres", feature = "mysql"))]
#[cold]
pub(super) fn ended_transaction() -> Error {
    Error::new(ErrorKind::TransactionControl).perhaps_applied()
}
