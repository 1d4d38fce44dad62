//! A session of bindery's for each web request: a tower layer, extractors for axum, health and readiness. `docs/web.md` has all of it
//! with examples.
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `default` | what is on unless `default-features = false` | `axum` |
//! | `axum` | extractors and responses for axum; without it there is the layer alone | `axum-core` |
//! | `read-token` | reads that see what a client's earlier requests have written, where reads go to replicas | |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod ending;
mod error;
#[cfg(feature = "axum")]
mod extract;
mod health;
mod layer;
#[cfg(feature = "read-token")]
mod reads;
mod session;
mod tenant;

pub use error::{DbError, status_of};
#[cfg(feature = "axum")]
pub use extract::{MissingSession, MissingTenant};
pub use health::{Readiness, healthz};
pub use layer::{SessionLayer, SessionService};
#[cfg(feature = "read-token")]
pub use reads::ReadYourWrites;
pub use session::DbSession;
pub use tenant::{RequestTenant, TenantLayer, TenantService, TenantSession};

/// The examples of `docs/web.md` compile and run.
#[cfg(all(doctest, feature = "axum", feature = "read-token"))]
#[doc = include_str!("../../docs/web.md")]
mod examples_of_web {}
