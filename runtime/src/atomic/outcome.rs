//! How an atomic transaction ended, and the handle of one of which that is not known yet.

use std::fmt;
use std::time::Duration;

use super::commit::Commit;
use super::{Hook, ended};
use crate::error::{CommitToken, Error, Result};

/// How an atomic transaction ended.
///
/// [`stored`](Self::stored) is the short way for programs that handle what is in doubt by its error.
#[derive(Debug)]
#[must_use = "an atomic transaction may be rolled back, or its outcome not known yet"]
#[non_exhaustive]
pub enum AtomicOutcome<T, F = Error> {
    /// It is committed on all engines.
    Committed {
        /// The value of the work.
        value: T,
        /// Engines whose branch is decided and prepared, but not committed yet: they could not be reached. Recovery commits
        /// them; until then readers there do not see it, and its locks stay.
        pending: Vec<&'static str>,
        /// The first error of a hook that ran after it.
        failed_hook: Option<Error>,
    },
    /// Nothing is stored, on no engine.
    RolledBack {
        /// Why: the error of the work, or that of the first engine that refused.
        cause: F,
    },
    /// The answer to the decision was lost, and home cannot be queried at the moment. It is committed on all engines or on none.
    Unknown(InDoubt<T>),
}

impl<T, F: From<Error>> AtomicOutcome<T, F> {
    /// The value of the work, where it is stored; also where a branch is pending.
    ///
    /// # Errors
    /// The cause of a rollback. [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown): not known yet.
    /// [`ErrorKind::AfterCommit`](crate::ErrorKind::AfterCommit): it is stored, but a hook failed.
    pub fn stored(self) -> Result<T, F> {
        match self {
            Self::Committed {
                failed_hook: Some(error),
                ..
            } => Err(error.into()),
            Self::Committed { value, .. } => Ok(value),
            Self::RolledBack { cause } => Err(cause),
            Self::Unknown(doubt) => Err(doubt.into_error().into()),
        }
    }
}

impl<T, F> AtomicOutcome<T, F> {
    /// Returns whether the group is committed, on all engines or with some of them pending. `false` says that nothing is stored or that
    /// it is not known.
    pub fn is_committed(&self) -> bool {
        match self {
            Self::Committed { .. } => true,
            Self::RolledBack { .. } | Self::Unknown(_) => false,
        }
    }
}

/// An atomic transaction of which it is not known whether it is committed.
///
/// Dropping it leaves it to recovery, which finds out and finishes it.
#[must_use = "`resolve` finds out what became of it"]
pub struct InDoubt<T> {
    commit: Box<Commit>,
    hooks: Vec<Hook>,
    value: T,
}

impl<T> InDoubt<T> {
    pub(super) fn new(mut commit: Commit, hooks: Vec<Hook>, value: T) -> Self {
        // Other connections can finish what these have prepared once they are gone.
        commit.slots.leave_connections();
        Self {
            commit: Box::new(commit),
            hooks,
            value,
        }
    }

    /// Finds out within the limit what became of it, and finishes it: reads the decision, and where there is none, sees to it
    /// that there cannot be one. The hooks run once that is known. Where this program stood still until others had finished the
    /// transaction and its decision was [forgotten](crate::atomic::RecoverOptions::retention), it stays unknown.
    pub fn resolve<F: From<Error>>(mut self, limit: Duration) -> AtomicOutcome<T, F> {
        let outcome = self.commit.run(limit);
        ended(*self.commit, outcome, self.hooks, self.value)
    }

    /// Where one engine alone was written, it was committed plainly, and no decision is kept. Its COMMIT can be found by this
    /// token ([`Registry::resolve`](crate::Registry::resolve)), where the engine keeps outcomes.
    pub fn commit_token(&self) -> Option<&CommitToken> {
        self.commit.lost_commit()?.commit_token()
    }

    /// The error of the lost answer; what became of it is left to recovery.
    pub fn into_error(mut self) -> Error {
        self.commit.lost()
    }
}

impl<T> fmt::Debug for InDoubt<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("InDoubt").finish_non_exhaustive()
    }
}
