//! The ends of transactions and sessions, as metrics have them.

use crate::error::{Applied, Error};

/// The end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransactionOutcome {
    Committed,
    RolledBack,
    /// It was to be committed, and is not.
    Failed,
    /// The answer to its COMMIT was lost.
    Unknown,
    /// Its connection was lost or closed before its end.
    Lost,
}

impl TransactionOutcome {
    /// The outcome of a COMMIT.
    pub(crate) fn of_commit(error: Option<&Error>) -> Self {
        match error.map(Error::applied) {
            None | Some(Applied::Yes) => Self::Committed,
            Some(Applied::No) => Self::Failed,
            Some(Applied::Unknown) => Self::Unknown,
        }
    }
}

/// The end of a session.
#[cfg(feature = "session")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionOutcome {
    Committed,
    RolledBack,
    /// Its engines did not end alike, or it is not known how.
    Split,
}

#[cfg(feature = "session")]
impl SessionOutcome {
    /// The outcome of its commit.
    pub(crate) fn of_commit(error: Option<&Error>) -> Self {
        match error.map(Error::applied) {
            None | Some(Applied::Yes) => Self::Committed,
            Some(Applied::No) => Self::RolledBack,
            Some(Applied::Unknown) => Self::Split,
        }
    }
}
