//! A session of bindery's for each web request: a tower layer, extractors for axum, health and readiness. `docs/web.md` has all of it
//! with examples.
//!

mod error;
#[cfg(feature = "axum")]
mod extract;
mod health;
mod layer;
mod session;
mod tenant;

pub use error::{DbError, status_of};
#[cfg(feature = "axum")]
pub use extract::{MissingSession, MissingTenant};
pub use health::{Readiness, healthz};
pub use layer::{SessionLayer, SessionService};
pub use session::DbSession;
pub use tenant::{RequestTenant, TenantLayer, TenantService};

/// The examples of `docs/web.md` compile and run.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../docs/web.md")]
mod examples_of_web {}
