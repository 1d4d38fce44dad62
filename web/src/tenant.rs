//! The tenant of a request: found out once, from the head of the request, and the only one that the request can reach.

use std::sync::Arc;
use std::task::{Context, Poll};

use bindery::{Error, GeneratedDatabases, Tenant, TenantOptions, Tenants};
use http::request::Parts;
use http::{Extensions, Request};
use tower_layer::Layer;
use tower_service::Service;

/// Gives each request the [`RequestTenant`] that a function finds in its head: in the host, a header, the path.
///
/// The tenant is opened by the first use. A request without one goes on to its handler; extracting the tenant is a response of
/// 404 there.
pub struct TenantLayer<D: GeneratedDatabases> {
    shared: Arc<Shared<D>>,
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
        }
    }
}

impl<D: GeneratedDatabases> Clone for TenantLayer<D> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
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

impl<S, D, B> Service<Request<B>> for TenantService<S, D>
where
    S: Service<Request<B>>,
    D: GeneratedDatabases,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let shared = &self.layer.shared;
        if let Some(id) = (shared.resolve)(&parts) {
            parts.extensions.insert(RequestTenant {
                id: id.into(),
                shared: Arc::clone(shared),
            });
        }
        self.inner.call(Request::from_parts(parts, body))
    }
}
