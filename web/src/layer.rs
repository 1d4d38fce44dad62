//! The layer that gives each request a session and ends it after the response.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bindery::{Error, ErrorKind, GeneratedDatabases, SessionOptions};
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::error::{DbError, status_of};
use crate::session::DbSession;

/// Gives each request a [`DbSession`], which is begun by its first use.
///
/// | the request ends by | the session is |
/// |---|---|
/// | a response of 2xx or 3xx | committed, before the response's head is sent |
/// | another response; an error of the service within | rolled back |
/// | a panic of the handler; the client going away; a timeout of a layer around this one | rolled back |
/// | any of these, and it was not used | never begun: no connection is taken, no thread is started |
///
/// Where the commit fails, the client has a response of [`commit_status`](Self::commit_status) in place of the handler's. A
/// commit that has begun goes on when the client goes away. Layers outside of this one see the response when everything is
/// committed.
///
/// A body that is streamed is sent after the commit: what it reads later needs a session of its own.
pub struct SessionLayer<D> {
    db: D,
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    options: SessionOptions,
    commit_status: fn(&Error) -> StatusCode,
}

impl<D: GeneratedDatabases> SessionLayer<D> {
    /// Sessions of these databases, with the options of [`SessionOptions::request`].
    pub fn new(db: &D) -> Self {
        let settings = Settings {
            options: SessionOptions::request(),
            commit_status: status_of,
        };
        Self {
            db: db.clone(),
            settings: Arc::new(settings),
        }
    }

    /// Sets the options of the sessions.
    #[must_use]
    pub fn options(mut self, options: SessionOptions) -> Self {
        Arc::make_mut(&mut self.settings).options = options;
        self
    }

    /// Sets the status of the response where the commit fails, [`status_of`] by default: 409 for a conflict with another
    /// transaction, which is the client's to try again. The status should be 4xx or 5xx.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/library/bindery.rs"));
    /// use bindery_web::{SessionLayer, status_of};
    /// use http::StatusCode;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// let layer = SessionLayer::new(&db).commit_status(|error| match status_of(error) {
    ///     StatusCode::CONFLICT => StatusCode::SERVICE_UNAVAILABLE,
    ///     other => other,
    /// });
    /// # let _ = layer;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn commit_status(mut self, status: fn(&Error) -> StatusCode) -> Self {
        Arc::make_mut(&mut self.settings).commit_status = status;
        self
    }
}

impl<D: Clone> Clone for SessionLayer<D> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            settings: Arc::clone(&self.settings),
        }
    }
}

impl<D: Clone, S> Layer<S> for SessionLayer<D> {
    type Service = SessionService<S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service within a [`SessionLayer`].
#[derive(Clone)]
pub struct SessionService<S, D> {
    inner: S,
    layer: SessionLayer<D>,
}

impl<S, D, B, R> Service<Request<B>> for SessionService<S, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send,
    D: GeneratedDatabases,
    R: From<String> + Send,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let SessionLayer { db, settings } = &self.layer;
        let session = DbSession::new(db, settings.options.clone());
        request.extensions_mut().insert(session.clone());
        let open = Open(Some(session));
        let commit_status = settings.commit_status;
        let response = self.inner.call(request);
        Box::pin(async move {
            // Where this is dropped or unwound, `open` is, after the handler.
            let response = response.await;
            open.end(response, commit_status).await
        })
    }
}

/// The session of a request that has not ended; rolled back when it is dropped.
struct Open<D: GeneratedDatabases>(Option<DbSession<D>>);

impl<D: GeneratedDatabases> Open<D> {
    async fn end<R: From<String>, E>(
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
