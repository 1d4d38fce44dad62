//! Sagas that cannot begin, go on or end as they should: what an error reports of them.

use std::fmt;
use std::time::Duration;

/// Why a call about a saga has no result. It holds the saga's name and id, never its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SagaError {
    /// A table that sagas need is not in the engine's database.
    NoTable {
        /// The name of the table.
        table: &'static str,
    },
    /// There is a saga of this id already, and it was started with other parameters.
    OtherInput {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
    },
    /// The id is empty or longer than 191 characters.
    Id,
    /// Parameters or outputs cannot be written as JSON, or cannot be read from it.
    Json {
        /// The name of the saga.
        saga: String,
        /// The text that was to be written or read, and the reason.
        problem: String,
    },
    /// There is no saga of this id, or it does not wait for a person.
    NotParked {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
    },
    /// The connection is of another engine than the one that keeps the log.
    OtherEngine {
        /// The engine that keeps the log.
        log: &'static str,
    },
    /// Sagas were to be forgotten so soon after they were over that a process that was lost could run their steps again.
    TooFresh {
        /// The shortest age.
        shortest: Duration,
    },
    /// A step failed, and all steps before it are compensated.
    Failed {
        /// The name of the step that failed.
        step: String,
        /// The text of its error.
        message: String,
    },
    /// A step failed, and so did a compensation: it is tried again, or waits for a person.
    CompensationPending {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
        /// The step whose compensation failed.
        step: String,
        /// The text of the compensation's error.
        message: String,
    },
    /// It cannot go on before a person has looked at it.
    Parked {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
        /// Why a person has to look at it, in a sentence.
        reason: String,
    },
    /// It is not over yet: another process runs it, or a worker goes on with it later.
    Running {
        /// The name of the saga.
        saga: String,
        /// The id that the saga was started with.
        id: String,
    },
}

impl fmt::Display for SagaError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTable { table } => write!(
                out,
                "sagas need the table `{table}`, which is not there: call `create_tables` of the saga, or write \
                 `sagas = \"log\"` for the engine of the log, `sagas = \"steps\"` for others, and run `bindery migrate run` or `bindery create`"
            ),
            Self::OtherInput { saga, id } => write!(
                out,
                "saga `{saga}` with the id `{id}` was started with other parameters: give it another id"
            ),
            Self::Id => out.write_str("the id of a saga has 1 to 191 characters"),
            Self::Json { saga, problem } => write!(out, "saga `{saga}`: {problem}"),
            Self::NotParked { saga, id } => {
                write!(
                    out,
                    "no saga `{saga}` with the id `{id}` waits to be retried"
                )
            }
            Self::OtherEngine { log } => write!(
                out,
                "the log of the saga is on engine `{log}`: give a connection of that engine"
            ),
            Self::TooFresh { shortest } => write!(
                out,
                "a saga is forgotten once it has been over for {} seconds at least: give a longer age",
                shortest.as_millis().div_ceil(1000)
            ),
            Self::Failed { step, message } => {
                write!(
                    out,
                    "step `{step}` failed, and nothing of the saga is kept: {message}"
                )
            }
            Self::CompensationPending {
                saga,
                id,
                step,
                message,
            } => write!(
                out,
                "saga `{saga}` with the id `{id}`: the compensation of step `{step}` failed: {message}"
            ),
            Self::Parked { saga, id, reason } => {
                write!(out, "saga `{saga}` with the id `{id}` is parked: {reason}")
            }
            Self::Running { saga, id } => {
                write!(out, "saga `{saga}` with the id `{id}` is not over yet")
            }
        }
    }
}
