//! The one error type: where it happened, what kind it is, and the driver's own error as source where that holds no values.

mod applied;
mod column;
mod commit_token;
mod constraint;
mod data;
mod database_error;
pub(crate) mod drift;
pub(crate) mod invalid;
#[cfg(any(feature = "saga", feature = "outbox"))]
mod json;
pub(crate) mod kind;
mod kind_name;
pub(crate) mod located;
mod migration;
mod operation;
mod predicates;
mod saga;
mod session_report;
mod sync;

pub use applied::Applied;
pub(crate) use column::unquoted;
pub use commit_token::{CommitToken, Resolution};
pub(crate) use commit_token::{Mark, Written};
pub(crate) use constraint::ReportedConstraint;
pub use constraint::{Constraint, ConstraintKind, ModelConstraint};
pub use data::{DataError, DataProblem};
pub use database_error::DatabaseError;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use database_error::wrong_count;
#[cfg(feature = "postgres")]
pub(crate) use database_error::wrong_type;
pub(crate) use drift::{PendingHead, RecordedSchema, SchemaDrift, TableDifference, TableDrift};
pub(crate) use invalid::Invalid;
#[cfg(any(feature = "saga", feature = "outbox"))]
pub(crate) use json::json_problem;
pub(crate) use kind::ErrorKind;
pub use kind::TimeoutPhase;
pub(crate) use located::{Error, Result};
pub use migration::MigrationError;
pub use operation::Operation;
pub use saga::SagaError;
pub use session_report::{EngineReport, SessionEnd, SessionReport};
pub use sync::SyncError;
