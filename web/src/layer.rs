//! The layer that gives each request a session and ends it after the response.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bindery::generic::GeneratedDatabases;
use bindery::observe::StatementCounter;
use bindery::{Error, SessionOptions};
use http::{HeaderMap, Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::ending::{self, Open};
#[cfg(feature = "read-token")]
use crate::reads::ReadYourWrites;
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
    ending: ending::Settings,
    /// Calls that only read may go elsewhere than writes.
    has_replicas: bool,
    counts_statements: bool,
    #[cfg(feature = "read-token")]
    read_your_writes: Option<ReadYourWrites>,
}

impl<D: GeneratedDatabases> SessionLayer<D> {
    /// Sessions of these databases, with the options of [`SessionOptions::request`].
    pub fn new(db: &D) -> Self {
        let settings = Settings {
            ending: ending::Settings::default(),
            has_replicas: db
                .registry()
                .engines()
                .iter()
                .any(|engine| !engine.replicas.is_empty()),
            counts_statements: false,
            #[cfg(feature = "read-token")]
            read_your_writes: None,
        };
        Self {
            db: db.clone(),
            settings: Arc::new(settings),
        }
    }

    /// Sets the options of the sessions.
    #[must_use]
    pub fn options(mut self, options: SessionOptions) -> Self {
        Arc::make_mut(&mut self.settings).ending.options = options;
        self
    }

    /// Sets the status of the response where the commit fails, [`status_of`](crate::status_of) by default: 409 for a conflict with another
    /// transaction, which is the client's to try again. The status should be 4xx or 5xx.
    ///
    /// ```
    /// # use bindery_cases::library::*;
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
        Arc::make_mut(&mut self.settings).ending.commit_status = status;
        self
    }

    /// Counts the statements of each request: those of its session, of `db.run(…)` in its handler, and of tenants of these databases. A
    /// layer outside of this one finds the [`StatementCounts`](bindery::observe::StatementCounts) among the response's extensions, and a statement
    /// that runs again and again in one request is reported as `repeated-statement` of its engine says. Tasks that the handler spawns are
    /// not counted.
    #[must_use]
    pub fn count_statements(mut self) -> Self {
        Arc::make_mut(&mut self.settings).counts_statements = true;
        self
    }

    /// Has a client's reads see what its earlier requests have written, where reads go to replicas: the position of what a
    /// request wrote goes to the client with the response, signed, and comes back with its next request. Those reads are
    /// [`DbSession::databases`]'s.
    #[cfg(feature = "read-token")]
    #[must_use]
    pub fn read_your_writes(mut self, how: ReadYourWrites) -> Self {
        Arc::make_mut(&mut self.settings).read_your_writes = Some(how);
        self
    }

    /// The databases of one request.
    fn databases(&self, head: &HeaderMap) -> D {
        if !self.settings.has_replicas {
            return self.db.clone();
        }
        #[cfg(feature = "read-token")]
        let token = (self.settings.read_your_writes.as_ref()).and_then(|how| how.token(head));
        #[cfg(not(feature = "read-token"))]
        let (token, _) = (None::<bindery::replicas::ReadToken>, head);
        D::from_registry(self.db.registry().reading_after(token.as_ref()))
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

/// Counts the statements of one request, where that is wanted.
struct Counts(Option<StatementCounter>);

impl Counts {
    fn of<D: GeneratedDatabases>(layer: &SessionLayer<D>) -> Self {
        let is_wanted = layer.settings.counts_statements;
        Self(is_wanted.then(|| layer.db.registry().statement_counter()))
    }

    fn scope<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(counter) => counter.scope(work),
            None => work(),
        }
    }

    /// Waits for the response, and gives it the counts.
    async fn told<R, E>(
        self,
        response: impl Future<Output = Result<Response<R>, E>>,
    ) -> Result<Response<R>, E> {
        let Some(counter) = self.0 else {
            return response.await;
        };
        let mut response = counter.scope_async(response).await?;
        response.extensions_mut().insert(counter.counts());
        Ok(response)
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
        let db = self.layer.databases(request.headers());
        let settings = Arc::clone(&self.layer.settings);
        let session = DbSession::new(db, settings.ending.options.clone());
        let open = Open::new(session.unit().clone());
        #[cfg(feature = "read-token")]
        let db = session.databases().clone();
        request.extensions_mut().insert(session);
        let (counts, commit_status) = (Counts::of(&self.layer), settings.ending.commit_status);
        let response = counts.scope(|| self.inner.call(request));
        Box::pin(async move {
            // Where this is dropped or unwound, `open` is, after the handler.
            let ended = async move { open.end(response.await, commit_status).await };
            let response = counts.told(ended).await;
            #[cfg(feature = "read-token")]
            let response = match (&settings.read_your_writes, response) {
                (Some(how), Ok(response)) => Ok(how.told(&db, response).await),
                (_, response) => response,
            };
            response
        })
    }
}
