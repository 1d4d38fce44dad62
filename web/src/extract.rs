//! Extractors and responses of axum's.

use std::any::type_name;

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use bindery::generic::GeneratedDatabases;
use http::StatusCode;
use http::request::Parts;

use crate::error::DbError;
use crate::session::DbSession;
use crate::tenant::{RequestTenant, TenantSession};

/// There is no [`SessionLayer`](crate::SessionLayer) for these databases around a route whose handler takes a [`DbSession`]: a
/// mistake in the program, and a response of 500.
#[derive(Debug, Clone, Copy)]
pub struct MissingSession {
    databases: &'static str,
}

impl<D: GeneratedDatabases, S: Sync> FromRequestParts<S> for DbSession<D> {
    type Rejection = MissingSession;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingSession> {
        Self::of_request(&parts.extensions).ok_or(MissingSession {
            databases: type_name::<D>(),
        })
    }
}

/// The request names no tenant, or there is no [`TenantLayer`](crate::TenantLayer) around the route: a response of 404.
#[derive(Debug, Clone, Copy)]
pub struct MissingTenant;

impl<D: GeneratedDatabases, S: Sync> FromRequestParts<S> for RequestTenant<D> {
    type Rejection = MissingTenant;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingTenant> {
        Self::of_request(&parts.extensions).ok_or(MissingTenant)
    }
}

impl<D: GeneratedDatabases, S: Sync> FromRequestParts<S> for TenantSession<D> {
    type Rejection = MissingTenant;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingTenant> {
        Self::of_request(&parts.extensions).ok_or(MissingTenant)
    }
}

impl std::fmt::Display for MissingTenant {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the request has no tenant")
    }
}

impl std::error::Error for MissingTenant {}

impl IntoResponse for MissingTenant {
    fn into_response(self) -> Response {
        StatusCode::NOT_FOUND.into_response()
    }
}

impl std::fmt::Display for MissingSession {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let databases = self.databases;
        write!(
            out,
            "the route has no session of `{databases}`: add `.layer(SessionLayer::new(&db))` after it"
        )
    }
}

impl std::error::Error for MissingSession {}

impl IntoResponse for MissingSession {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl IntoResponse for DbError {
    fn into_response(self) -> Response {
        self.into_http()
    }
}
