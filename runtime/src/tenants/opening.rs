//! A tenant that one caller opens, while others that request it wait for the outcome.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::options::TenantOptions;
use crate::error::{Error, Operation};

/// The opening of one tenant.
pub(super) struct Opening {
    given: TenantOptions,
    outcome: Mutex<Option<Outcome>>,
    ended: Condvar,
}

/// The outcome of an opening.
#[derive(Clone)]
pub(super) enum Outcome {
    /// The tenant is open.
    Open,
    /// It could not be opened.
    Failed(Arc<Error>),
    /// The thread that was to open it has panicked.
    Abandoned,
}

impl Opening {
    pub(super) fn new(given: TenantOptions) -> Self {
        Self {
            given,
            outcome: Mutex::new(None),
            ended: Condvar::new(),
        }
    }

    /// Whether these were the options.
    pub(super) fn is_with(&self, given: &TenantOptions) -> bool {
        self.given == *given
    }

    pub(super) fn end(&self, outcome: Outcome) {
        let mut slot = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(outcome);
        drop(slot);
        self.ended.notify_all();
    }

    /// Waits for the outcome; `None` where it did not come in time.
    pub(super) fn wait(&self, limit: Duration) -> Option<Outcome> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .ended
            .wait_timeout_while(outcome, limit, |outcome| outcome.is_none());
        let (outcome, _) = waited.unwrap_or_else(PoisonError::into_inner);
        outcome.clone()
    }
}

/// The error of an opening for one more of those who waited for it. Its operation distinguishes a tenant that is not there from an engine of
/// the program that is not.
#[cold]
pub(super) fn again(error: &Arc<Error>) -> Error {
    let same = Error::new(error.kind().clone()).with_source(Common(Arc::clone(error)));
    let same = error.engine().into_iter().fold(same, Error::on_engine);
    let operation = if error.is_unknown_database() {
        Some(Operation::OpenTenant)
    } else {
        error.operation()
    };
    let same = operation.into_iter().fold(same, Error::during);
    error.place().into_iter().fold(same, Error::at_place)
}

/// An error that several callers have: what it says was said by the error above, and its causes are left.
struct Common(Arc<Error>);

impl fmt::Debug for Common {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for Common {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("reported to all callers that waited for the tenant")
    }
}

impl StdError for Common {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
