//! The end of a request decides the end of its session.

use bindery::generic::GeneratedDatabases;
use bindery::{Error, ErrorKind, SessionOptions};
use http::{Response, StatusCode};

use crate::error::{DbError, status_of};
use crate::session::Unit;

/// The beginning and the end of sessions of requests.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) options: SessionOptions,
    pub(crate) commit_status: fn(&Error) -> StatusCode,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            options: SessionOptions::request(),
            commit_status: status_of,
        }
    }
}

/// The session of a request that has not ended; rolled back when it is dropped.
pub(crate) struct Open<D: GeneratedDatabases>(Option<Unit<D>>);

impl<D: GeneratedDatabases> Open<D> {
    pub(crate) fn new(unit: Unit<D>) -> Self {
        Self(Some(unit))
    }

    pub(crate) async fn end<R: From<String>, E>(
        mut self,
        response: Result<Response<R>, E>,
        commit_status: fn(&Error) -> StatusCode,
    ) -> Result<Response<R>, E> {
        let Some(session) = self.0.take() else {
            return response;
        };
        let status = response.as_ref().map(Response::status);
        if !status.is_ok_and(|status| status.is_success() || status.is_redirection()) {
            session.roll_back().await;
            return response;
        }
        match session.commit().await {
            Ok(()) => response,
            Err(error) if is_committed(&error) => {
                tracing::error!(error = ?error, "a request is committed, but what was to run afterwards failed");
                response
            }
            Err(error) => {
                let status = commit_status(&error);
                Ok(DbError::from(error).into_http_as(status))
            }
        }
    }
}

fn is_committed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::AfterCommit)
}

impl<D: GeneratedDatabases> Drop for Open<D> {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            session.roll_back_soon();
        }
    }
}
