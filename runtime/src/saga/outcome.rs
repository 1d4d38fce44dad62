//! How a saga ended, or how far it is.

use super::failure::StepError;
use super::store::{Ended, Record, Way};
use crate::error::{Error, ErrorKind, Operation, Result, SagaError};

/// How a saga ended, or how far it is.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a saga that failed or is half done is no error of the call: look at the outcome, or call `completed`"]
pub enum SagaOutcome<Out> {
    /// All steps are done; the output is that of the last.
    Completed(Out),
    /// A step failed, and all steps before it are compensated.
    Failed {
        /// The step and its error.
        failure: StepFailure,
        /// The compensations that were run, in the order in which that was done.
        compensated: Vec<CompensatedStep>,
    },
    /// A step failed, and so did a compensation: the work of some steps is still there. A [`Worker`](super::Worker) tries again;
    /// where `is_parked`, a person has to, by [`Saga::retry`](super::Saga::retry).
    CompensationPending {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
        /// The step and its error.
        failure: StepFailure,
        /// The step whose compensation failed, and the error of that.
        compensation: StepFailure,
        /// The compensations that were run before.
        compensated: Vec<CompensatedStep>,
        /// It is not tried again by itself.
        is_parked: bool,
    },
    /// It cannot go on before a person has looked at it: it was started by another version of the program, whose steps are not those of
    /// this one.
    Parked {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
        /// Why a person has to look at it, in a sentence.
        reason: String,
    },
    /// Another process runs it, or a worker goes on with it later.
    Running {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
    },
}

/// A step that failed, or a compensation.
#[derive(Debug)]
pub struct StepFailure {
    /// The name of the step.
    pub step: String,
    /// The text of its error, which is also in the log.
    pub message: String,
    /// The error itself, where the step failed in this call.
    pub error: Option<StepError>,
}

/// A step that was compensated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompensatedStep {
    /// The name of the step.
    pub step: String,
    /// The rows of the step had been changed, and are left as they were.
    pub left_changed: bool,
}

impl<Out> SagaOutcome<Out> {
    /// The output of a saga that completed; every other outcome is an error, with its details.
    ///
    /// # Errors
    /// [`ErrorKind::Saga`] with the outcome.
    pub fn completed(self) -> Result<Out> {
        let (error, source) = match self {
            Self::Completed(output) => return Ok(output),
            Self::Failed { failure, .. } => {
                let StepFailure {
                    step,
                    message,
                    error,
                } = failure;
                (SagaError::Failed { step, message }, error)
            }
            Self::CompensationPending {
                saga,
                id,
                compensation,
                ..
            } => (compensation.pending(&saga, &id), None),
            Self::Parked { saga, id, reason } => (SagaError::Parked { saga, id, reason }, None),
            Self::Running { saga, id } => (SagaError::Running { saga, id }, None),
        };
        let error = Error::new(ErrorKind::Saga(error)).during(Operation::Saga);
        Err(match source {
            Some(source) => error.with_source(Shown(source)),
            None => error,
        })
    }

    /// Returns whether all steps are done.
    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed(_))
    }
}

/// A step's error as the source of another.
#[derive(Debug)]
struct Shown(StepError);

impl std::fmt::Display for Shown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for Shown {}

impl StepFailure {
    pub(super) fn stored(failed: Option<&(String, String)>) -> Self {
        let (step, message) = failed.cloned().unwrap_or_default();
        Self {
            step,
            message,
            error: None,
        }
    }

    pub(super) fn pending(self, saga: &str, id: &str) -> SagaError {
        SagaError::CompensationPending {
            saga: saga.to_owned(),
            id: id.to_owned(),
            step: self.step,
            message: self.message,
        }
    }
}

/// The compensations among the records, in the order in which they were run.
pub(super) fn compensated(records: &[Record]) -> Vec<CompensatedStep> {
    let back = records.iter().filter(|record| record.way == Way::Back);
    let mut found: Vec<_> = back.collect();
    found.sort_by_key(|record| std::cmp::Reverse(record.at));
    let step = |record: &&Record| CompensatedStep {
        step: record.step.clone(),
        left_changed: record.outcome == Ended::Skipped,
    };
    found.iter().map(step).collect()
}
