//! The session of one request: begun by its first use, and ended by the layer.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

use bindery::asynchronous::AsyncSession;
use bindery::generic::GeneratedDatabases;
use bindery::{Error, ErrorKind, SessionOptions};
use http::Extensions;
use tokio::sync::Mutex;
use tracing::Instrument;

/// The session of a request, for its handler: an extractor of axum's, within a [`SessionLayer`](crate::SessionLayer).
///
/// All its clones are the same session. It is begun by the first call of [`run`](Self::run), and takes a connection of an engine
/// with the first statement there. It is committed when the handler has returned a response of 2xx or 3xx, and rolled back
/// otherwise.
pub struct DbSession<D: GeneratedDatabases> {
    db: D,
    unit: Unit<D>,
}

impl<D: GeneratedDatabases> DbSession<D> {
    pub(crate) fn new(db: D, options: SessionOptions) -> Self {
        let unit = Unit::new(db.begin_session_async_with(options));
        Self { db, unit }
    }

    /// Returns the session of a request that a [`SessionLayer`](crate::SessionLayer) has passed on, for handlers that are not
    /// axum's.
    pub fn of_request(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Returns the databases of the request, as one unit of work: where reads go to replicas, those of the request see what the
    /// session has committed, what was written through this handle, and, with
    /// [`read_your_writes`](crate::SessionLayer::read_your_writes), what earlier requests of the client have written. Calls on it
    /// are no part of the session.
    pub fn databases(&self) -> &D {
        &self.db
    }

    pub(crate) fn unit(&self) -> &Unit<D> {
        &self.unit
    }

    /// Runs blocking work in the session, on a worker thread: `session.run(|s| s.users().get(id.into())).await`. Later calls see what
    /// earlier ones did, and calls at the same time follow one another.
    ///
    /// Dropping the future cancels the work, and with it the session: it is rolled back, and later calls are
    /// [`ErrorKind::Cancelled`].
    ///
    /// # Errors
    /// Those of `work`, and those of [`GeneratedDatabases::run`]. [`ErrorKind::Cancelled`] also after the response: a task or a
    /// streamed body that outlives it needs a session of its own.
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

/// The session that a layer ends. All clones are the same one.
pub(crate) struct Unit<D: GeneratedDatabases>(Arc<Mutex<SessionState<D>>>);

/// Locked while the session is at work, so that calls at the same time follow one another.
enum SessionState<D: GeneratedDatabases> {
    Open(AsyncSession<D>),
    /// A call was cancelled or panicked: what was done is rolled back.
    Lost,
    /// The request is over.
    Ended,
}

impl<D: GeneratedDatabases> Unit<D> {
    pub(crate) fn new(session: AsyncSession<D>) -> Self {
        Self(Arc::new(Mutex::new(SessionState::Open(session))))
    }

    pub(crate) async fn try_run<T, E>(
        &self,
        work: impl FnOnce(&mut D::Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let mut state = self.0.lock().await;
        // Where this is dropped or unwound, the session is too, and rolled back.
        let mut session = state.take()?;
        let outcome = session.try_run(work).await;
        *state = SessionState::Open(session);
        outcome
    }

    /// Commits what was done, if anything was. It goes on where the future is dropped: a COMMIT that is cut off may be stored
    /// or not.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let Some(session) = self.end().await? else {
            return Ok(());
        };
        if session.is_untouched() {
            return Ok(());
        }
        let mut commit = Box::pin(session.commit());
        // Polled here first, so that it has what goes along with the request's task, as its calls had.
        let begun = poll_fn(|context| Poll::Ready(commit.as_mut().poll(context))).await;
        if let Poll::Ready(outcome) = begun {
            return outcome;
        }
        match tokio::spawn(commit.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(cancelled()),
            },
        }
    }

    /// Undoes what was done, if anything was.
    pub(crate) async fn roll_back(self) {
        if let Ok(Some(session)) = self.end().await {
            // A session that cannot be rolled back has lost its connections, and its databases undo it by themselves.
            let _ = session.rollback().await;
        }
    }

    /// The same without waiting for it: a future that is dropped cannot. A call that a clone of the session is at ends first.
    pub(crate) fn roll_back_soon(self) {
        if let Ok(mut state) = self.0.try_lock() {
            if let SessionState::Open(session) = std::mem::replace(&mut *state, SessionState::Ended)
            {
                session.roll_back_soon();
            }
            return;
        }
        // Without a runtime, as when one shuts down, the task of that call is dropped too.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Ok(Some(session)) = self.end().await {
                    session.roll_back_soon();
                }
            });
        }
    }

    /// Waits for a call that a clone of the session is at, then takes the session out; `None` where it has ended.
    async fn end(&self) -> Result<Option<AsyncSession<D>>, Error> {
        match std::mem::replace(&mut *self.0.lock().await, SessionState::Ended) {
            SessionState::Open(session) => Ok(Some(session)),
            SessionState::Lost => Err(cancelled()),
            SessionState::Ended => Ok(None),
        }
    }
}

impl<D: GeneratedDatabases> SessionState<D> {
    /// Takes the session out. It is lost unless it is put back.
    fn take(&mut self) -> Result<AsyncSession<D>, Error> {
        match std::mem::replace(self, Self::Lost) {
            Self::Open(session) => Ok(session),
            over @ (Self::Lost | Self::Ended) => {
                *self = over;
                Err(cancelled())
            }
        }
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled)
}

impl<D: GeneratedDatabases> Clone for Unit<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: GeneratedDatabases> Clone for DbSession<D> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            unit: self.unit.clone(),
        }
    }
}

impl<D: GeneratedDatabases> std::fmt::Debug for DbSession<D> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("DbSession")
    }
}
