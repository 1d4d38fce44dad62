//! Statements that the program wrote itself. Facts that are not known before they run are the database's to report: which
//! columns there are, whether a transaction has begun or ended, whether anything may be left in the session.

use super::{AnyDriver, TakeRow, WriteParams};
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

/// Calls the same method of whichever database it is.
macro_rules! each {
    ($self:ident, $connection:ident => $call:expr) => {
        match $self {
            #[cfg(feature = "sqlite")]
            AnyDriver::Sqlite($connection) => $call,
            #[cfg(feature = "postgres")]
            AnyDriver::Postgres($connection) => $call,
            #[cfg(feature = "mysql")]
            AnyDriver::Mysql($connection) => $call,
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            AnyDriver::None(never) => match **never {},
        }
    };
}

impl AnyDriver {
    /// Runs one statement, hands over its columns and its rows, and gives the number of rows it changed.
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        self.writing(|this| each!(this, it => it.raw_query(raw, write, columns, take)))
            .map_err(Error::of_parameters)
    }

    /// Runs the statements of a text one after the other.
    pub(crate) fn raw_batch(&mut self, sql: &str) -> Result<()> {
        self.writing(|this| each!(this, it => it.raw_batch(sql)))
    }
}

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
