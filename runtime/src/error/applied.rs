//! Whether a failed call has changed anything, and whether the same work is worth trying again.

use super::{Error, ErrorKind, TimeoutPhase};
use crate::error::CommitToken;
use crate::error::Written;

/// Whether a call that failed changed the database all the same. Every error has one of three answers, and a definite one is never
/// wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// Nothing of it is stored. For a call in a transaction: nothing of the transaction, unless that is committed later.
    No,
    /// The write is stored; only a step after it has failed, such as reading the row back.
    Yes,
    /// The answer was lost on the way. Trying again may do it twice.
    Unknown,
}

impl Error {
    /// Returns whether the failed call changed the database all the same.
    pub fn applied(&self) -> Applied {
        self.0.applied
    }

    /// Returns whether the same work may succeed when it is tried again. Nothing of it was kept: for a statement in a transaction, the
    /// whole transaction has to be tried again.
    pub fn is_retryable(&self) -> bool {
        self.0.applied == Applied::No && self.0.kind.passes()
    }

    /// Something was sent, and its answer has not come or says that the session was ended.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    #[must_use]
    pub(crate) fn with_lost_answer(mut self) -> Self {
        self.0.answer_lost = true;
        self
    }

    /// Marks an error of a call that was not sent yet, or not to its end.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    #[must_use]
    pub(crate) fn before_it_ran(mut self) -> Self {
        self.0.answer_lost = false;
        self
    }

    /// It was a write outside a transaction, or a COMMIT: where the answer is lost, its outcome is not known.
    #[must_use]
    pub(crate) fn of_write(self) -> Self {
        if !self.0.answer_lost {
            return self;
        }
        let mut unknown = Self::new(ErrorKind::OutcomeUnknown);
        unknown.0.applied = Applied::Unknown;
        unknown.with_source(self)
    }

    /// It was a COMMIT.
    #[must_use]
    pub(crate) fn of_commit(self, written: Written) -> Self {
        let is_lost = self.0.answer_lost;
        match written {
            Written::Nothing => self,
            _ if !is_lost => self,
            Written::Unmarked(None) => self.of_write(),
            Written::Unmarked(Some(advice)) => self.of_write().with_advice(advice),
            Written::Marked(mark) => {
                let mut unknown = self.of_write();
                unknown.0.token = Some(CommitToken::new(mark));
                unknown
            }
        }
    }

    /// The outcome was found out since: nothing is stored. The failure that lost the answer is the error then, and no token is left to find it
    /// out by.
    #[cfg(feature = "atomic")]
    #[must_use]
    pub(crate) fn not_applied(mut self) -> Self {
        if self.0.kind == ErrorKind::OutcomeUnknown
            && let Some(source) = self.0.source.take()
        {
            match source.downcast::<Self>() {
                Ok(failure) => (self.0.kind, self.0.source) = (failure.0.kind, failure.0.source),
                Err(source) => self.0.source = Some(source),
            }
        }
        self.0.applied = Applied::No;
        (self.0.token, self.0.advice) = (None, None);
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn with_advice(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    /// Whether the database is out of reach, so that trying again later may help.
    pub(crate) fn is_of_reaching(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Unavailable
                | ErrorKind::UnknownHost { .. }
                | ErrorKind::ConnectionLost
                | ErrorKind::PoolExhausted { .. }
                | ErrorKind::ConnectionLimit { .. }
                | ErrorKind::Timeout { .. }
        )
    }

    /// It may have been applied.
    #[must_use]
    pub(crate) fn perhaps_applied(mut self) -> Self {
        self.0.applied = Applied::Unknown;
        self
    }

    /// Marks an error after a write that is stored already.
    #[must_use]
    pub(crate) fn after_write(mut self) -> Self {
        self.0.applied = Applied::Yes;
        self
    }

    /// Says during what time ran out, if it did.
    #[must_use]
    pub(crate) fn in_phase(mut self, during: TimeoutPhase) -> Self {
        if let ErrorKind::Timeout { phase } = &mut self.0.kind {
            *phase = during;
        }
        self
    }
}

impl ErrorKind {
    /// Whether it is of a kind that goes away by itself.
    fn passes(&self) -> bool {
        match self {
            Self::Conflict
            | Self::Busy
            | Self::PoolExhausted { .. }
            | Self::WorkersBusy { .. }
            | Self::ConnectionLimit { .. }
            | Self::TenantLimit { .. }
            | Self::Unavailable
            | Self::UnknownHost { .. }
            | Self::ConnectionLost
            | Self::Timeout {
                phase: TimeoutPhase::Connect,
            } => true,
            // A statement that took too long takes as long again.
            Self::Timeout {
                phase:
                    TimeoutPhase::Begin
                    | TimeoutPhase::Statement
                    | TimeoutPhase::Commit
                    | TimeoutPhase::Rollback
                    | TimeoutPhase::Transaction
                    | TimeoutPhase::Tenant
                    | TimeoutPhase::Session,
            }
            | Self::Config(_)
            | Self::UnknownEngine { .. }
            | Self::NotHosted { .. }
            | Self::WrongEngine
            | Self::RefusedByCluster(_)
            | Self::OtherShard(_)
            | Self::NotFound
            | Self::SeveralRows
            | Self::StaleVersion
            | Self::Invalid(_)
            | Self::Output(_)
            | Self::UniqueViolation(_)
            | Self::ForeignKeyViolation(_)
            | Self::NotNullViolation(_)
            | Self::CheckViolation(_)
            | Self::ValueOutOfRange(_)
            | Self::UnsupportedValue(_)
            | Self::Decode { .. }
            | Self::UnknownDatabase
            | Self::TenantConflict { .. }
            | Self::TenantLocked { .. }
            | Self::AccessDenied
            | Self::PermissionDenied
            | Self::OutcomeUnknown
            | Self::DiskFull
            | Self::ReadOnly
            | Self::Io
            | Self::Corrupt
            | Self::Syntax
            | Self::SchemaMismatch
            | Self::SchemaDrift(_)
            | Self::NotTransactional { .. }
            | Self::UnsupportedServer { .. }
            | Self::TransactionAborted
            | Self::TransactionForgotten
            | Self::Unsupported(_)
            | Self::WrongTransaction
            | Self::TransactionControl
            | Self::WrongParameters(_)
            | Self::WrongColumns { .. }
            | Self::AfterCommit
            | Self::SessionSplit
            | Self::SessionLocked { .. }
            | Self::OutsideTransaction { .. }
            | Self::Closed
            | Self::Cancelled
            | Self::StillInUse { .. }
            | Self::Forked
            | Self::Database { .. } => false,
            #[cfg(feature = "migrations")]
            Self::Migration(_) => false,
            #[cfg(feature = "data")]
            Self::Data(_) => false,
            #[cfg(feature = "saga")]
            Self::Saga(_) => false,
            #[cfg(feature = "shards")]
            Self::NoShard { .. } => false,
            #[cfg(feature = "shards")]
            Self::ShardMoved => true,
            #[cfg(feature = "sync")]
            Self::Sync(_) => false,
        }
    }
}
