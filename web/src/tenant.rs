//! The tenant of a request: found out once, from the head of the request, and the only one that the request can reach.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bindery::generic::GeneratedDatabases;
use bindery::tenants::{Tenant, TenantOptions, Tenants};
use bindery::{Error, SessionOptions};
use http::request::Parts;
use http::{Extensions, Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::ending::{Open, Settings};
use crate::error::DbError;
use crate::session::Unit;

/// Gives each request the [`RequestTenant`] that a function finds in its head, in the host, a header, the path, and a
/// [`TenantSession`], which ends as that of a [`SessionLayer`](crate::SessionLayer) does: committed with a response of 2xx or 3xx,
/// before its head is sent, and rolled back otherwise.
///
/// The tenant is opened by the first use. Whatever requests another tenant of the registry within the request gets
/// [`TenantLocked`](bindery::ErrorKind::TenantLocked). A request without a tenant goes on to its handler; extracting one is a
/// response of 404 there.
pub struct TenantLayer<D: GeneratedDatabases> {
    shared: Arc<Shared<D>>,
    settings: Settings,
}

type Resolve = dyn Fn(&Parts) -> Option<String> + Send + Sync;
type OptionsOf = dyn Fn(&str) -> TenantOptions + Send + Sync;

struct Shared<D: GeneratedDatabases> {
    db: D,
    tenants: Tenants<D>,
    resolve: Box<Resolve>,
    options: Box<OptionsOf>,
}

impl<D: GeneratedDatabases> TenantLayer<D> {
    /// `resolve` returns the tenant's id, and `options` where the databases of a tenant are: a URL,
    /// [`EngineOptions`](bindery::EngineOptions), or [`TenantOptions`]. An id comes from outside, so `options` must not build a URL or
    /// a file's path of one that it does not know. `db` are the databases that the tenants were built from; their worker threads do the
    /// work.
    pub fn new<O: Into<TenantOptions>>(
        db: &D,
        tenants: &Tenants<D>,
        resolve: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
        options: impl Fn(&str) -> O + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            db: db.clone(),
            tenants: tenants.clone(),
            resolve: Box::new(resolve),
            options: Box::new(move |id| options(id).into()),
        };
        Self {
            shared: Arc::new(shared),
            settings: Settings::default(),
        }
    }

    /// Sets the options of the tenants' sessions; [`SessionOptions::request`] by default.
    #[must_use]
    pub fn options(mut self, options: SessionOptions) -> Self {
        self.settings.options = options;
        self
    }

    /// Sets the status of the response where the commit fails: see [`SessionLayer::commit_status`](crate::SessionLayer::commit_status).
    #[must_use]
    pub fn commit_status(mut self, status: fn(&Error) -> StatusCode) -> Self {
        self.settings.commit_status = status;
        self
    }

    /// Has the handler find the tenant and its session, which is returned.
    fn given_to(&self, extensions: &mut Extensions, id: Arc<str>) -> Unit<D> {
        let unit = self.session(&id);
        extensions.insert(RequestTenant {
            id: Arc::clone(&id),
            shared: Arc::clone(&self.shared),
        });
        let session = TenantSession {
            id,
            unit: unit.clone(),
        };
        extensions.insert(session);
        unit
    }

    fn session(&self, id: &Arc<str>) -> Unit<D> {
        let (shared, tenant) = (Arc::clone(&self.shared), Arc::clone(id));
        let options = move || (shared.options)(&tenant);
        let session = self.settings.options.clone();
        let tenants = &self.shared.tenants;
        Unit::new(tenants.begin_session_async_with(&**id, options, session))
    }
}

impl<D: GeneratedDatabases> Clone for TenantLayer<D> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            settings: self.settings.clone(),
        }
    }
}

/// The tenant of a request, for its handler: an extractor of axum's, within a [`TenantLayer`].
pub struct RequestTenant<D: GeneratedDatabases> {
    id: Arc<str>,
    shared: Arc<Shared<D>>,
}

impl<D: GeneratedDatabases> RequestTenant<D> {
    /// Returns the tenant of a request, for handlers that are not axum's.
    pub fn of_request(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// The name that was found in the request.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Runs blocking work with the tenant's databases, on a worker thread; `tenant.session(|s| …)` in it is a session of the tenant.
    /// Whatever requests another tenant in it gets [`TenantLocked`](bindery::ErrorKind::TenantLocked). Dropping the future cancels it.
    ///
    /// # Errors
    /// Those of `work`, of [`Tenants::locked`] and of [`GeneratedDatabases::run`].
    ///
    /// # Panics
    /// Where `work` does.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tenant<D>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn try_run<T, E>(
        &self,
        work: impl FnOnce(&Tenant<D>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (id, shared) = (Arc::clone(&self.id), Arc::clone(&self.shared));
        let work = self.shared.db.try_run(move |_| {
            let options = || (shared.options)(&id);
            shared.tenants.locked(&*id, options, work)
        });
        work.await
    }
}

impl<D: GeneratedDatabases> Clone for RequestTenant<D> {
    fn clone(&self) -> Self {
        Self {
            id: Arc::clone(&self.id),
            shared: Arc::clone(&self.shared),
        }
    }
}

/// The session of a request's tenant, for its handler: an extractor of axum's, within a [`TenantLayer`].
///
/// All its clones are the same session. The tenant is opened and the session begun by the first call of [`run`](Self::run); it is
/// committed when the handler has returned a response of 2xx or 3xx, and rolled back otherwise.
pub struct TenantSession<D: GeneratedDatabases> {
    id: Arc<str>,
    unit: Unit<D>,
}

impl<D: GeneratedDatabases> TenantSession<D> {
    /// Returns the session of a request's tenant, for handlers that are not axum's.
    pub fn of_request(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// The name that was found in the request.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Runs blocking work in the session, on a worker thread, as [`DbSession::run`](crate::DbSession::run) does.
    ///
    /// # Errors
    /// Those of `work`, of [`Tenants::get`] and of [`GeneratedDatabases::run`].
    ///
    /// # Panics
    /// Where `work` does; the session is then rolled back.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut D::Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub async fn try_run<T, E>(
        &self,
        work: impl FnOnce(&mut D::Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.unit.try_run(work).await
    }
}

impl<D: GeneratedDatabases> Clone for TenantSession<D> {
    fn clone(&self) -> Self {
        Self {
            id: Arc::clone(&self.id),
            unit: self.unit.clone(),
        }
    }
}

impl<D: GeneratedDatabases, S> Layer<S> for TenantLayer<D> {
    type Service = TenantService<S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        TenantService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service within a [`TenantLayer`].
pub struct TenantService<S, D: GeneratedDatabases> {
    inner: S,
    layer: TenantLayer<D>,
}

impl<S: Clone, D: GeneratedDatabases> Clone for TenantService<S, D> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S, D, B, R> Service<Request<B>> for TenantService<S, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    D: GeneratedDatabases,
    R: From<String> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let TenantLayer { shared, settings } = &self.layer;
        let Some(id) = (shared.resolve)(&parts) else {
            return Box::pin(self.inner.call(Request::from_parts(parts, body)));
        };
        let lock = match shared.tenants.lock(&id) {
            Ok(lock) => lock,
            Err(error) => return Box::pin(async { Ok(DbError::from(error).into_http()) }),
        };
        let unit = self.layer.given_to(&mut parts.extensions, id.into());
        let (open, commit_status) = (Open::new(unit), settings.commit_status);
        let request = Request::from_parts(parts, body);
        let response = lock.sync_scope(|| self.inner.call(request));
        Box::pin(async move {
            // Where this is dropped or unwound, `open` is, after the handler.
            let ended = async move { open.end(response.await, commit_status).await };
            lock.scope(ended).await
        })
    }
}
