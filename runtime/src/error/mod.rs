//! The one error type: where it happened, what kind it is, and the driver's own error as source where that holds no values.

mod applied;
mod column;
mod commit_token;
mod constraint;
mod database_error;
pub(crate) mod invalid;
#[cfg(any(feature = "saga", feature = "outbox"))]
mod json;
pub(crate) mod kind;
mod kind_name;
pub(crate) mod located;
mod operation;
mod predicates;
#[cfg(feature = "session")]
mod session_report;

pub use applied::Applied;
pub(crate) use column::unquoted;
pub use commit_token::{CommitToken, Resolution};
pub(crate) use commit_token::{Mark, Written};
pub(crate) use constraint::ReportedConstraint;
pub use constraint::{Constraint, ConstraintKind, ModelConstraint};
pub use database_error::DatabaseError;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use database_error::wrong_count;
#[cfg(feature = "postgres")]
pub(crate) use database_error::wrong_type;
pub(crate) use invalid::Invalid;
#[cfg(any(feature = "saga", feature = "outbox"))]
pub(crate) use json::json_problem;
pub(crate) use kind::ErrorKind;
pub use kind::TimeoutPhase;
pub(crate) use located::{Error, Result};
pub use operation::Operation;
#[cfg(feature = "session")]
pub use session_report::{EngineReport, SessionEnd, SessionReport};

// The failures that one room alone reports are in that room, as facts that know nothing of it, and here with its feature only.
#[cfg(feature = "data")]
pub use crate::data::error::{DataError, DataProblem};
pub(crate) use crate::link::drift::found::{
    PendingHead, RecordedSchema, SchemaDrift, TableDifference, TableDrift,
};
#[cfg(feature = "migrations")]
pub use crate::migrate::error::MigrationError;
#[cfg(feature = "saga")]
pub use crate::saga::error::SagaError;
#[cfg(feature = "sync")]
pub use crate::sync::error::SyncError;
