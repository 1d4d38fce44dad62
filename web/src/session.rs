//! The session of one request: begun by its first use, and ended by the layer.

use std::sync::Arc;

use bindery::{Error, ErrorKind, GeneratedDatabases, GeneratedSession, SessionOptions};
use http::Extensions;
use tokio::sync::{Mutex, OwnedSemaphorePermit};
use tracing::Instrument;

use crate::turns::Turns;

/// The session of a request, for its handler: an extractor of axum's, within a [`SessionLayer`](crate::SessionLayer).
///
/// All its clones are the same session. It is begun by the first call of [`run`](Self::run), and takes a connection of an engine
/// with the first statement there. It is committed when the handler has returned a response of 2xx or 3xx, and rolled back
/// otherwise.
pub struct DbSession<D: GeneratedDatabases>(Arc<Shared<D>>);

struct Shared<D: GeneratedDatabases> {
    db: D,
    options: SessionOptions,
    turns: Arc<Turns>,
    /// Held while the session is at work, so that calls at the same time follow one another.
    state: Mutex<State<D::Session>>,
}

enum State<S> {
    Unused,
    Open(S, OwnedSemaphorePermit),
    /// A call was cancelled or panicked: what was done is rolled back.
    Lost,
    /// The request is over.
    Ended,
}

impl<D: GeneratedDatabases> DbSession<D> {
    pub(crate) fn new(db: &D, options: &SessionOptions, turns: &Arc<Turns>) -> Self {
        Self(Arc::new(Shared {
            db: db.clone(),
            options: options.clone(),
            turns: Arc::clone(turns),
            state: Mutex::new(State::Unused),
        }))
    }

    /// Returns the session of a request that a [`SessionLayer`](crate::SessionLayer) has passed on, for handlers that are not
    /// axum's.
    pub fn of_request(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
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
        let mut state = self.0.state.lock().await;
        let (session, turn) = match state.take()? {
            Some((session, turn)) => (Some(session), turn),
            None => (None, self.first_turn(&mut state).await?),
        };
        let options = self.0.options.clone();
        let done = self.0.db.try_run(move |db| {
            let mut session = match session {
                Some(session) => session,
                None => db.begin_session_with(options)?,
            };
            let outcome = work(&mut session);
            Ok::<_, E>((session, outcome))
        });
        let (session, outcome) = done.await?;
        *state = State::Open(session, turn);
        outcome
    }

    /// The session is still to be begun where there is no turn in time.
    async fn first_turn(
        &self,
        state: &mut State<D::Session>,
    ) -> Result<OwnedSemaphorePermit, Error> {
        let turn = self.0.turns.take().await;
        turn.inspect_err(|_| *state = State::Unused)
    }

    /// Commits what was done, if anything was. It goes on where the future is dropped: a COMMIT that is cut off may be stored
    /// or not.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        if self.end_unused() {
            return Ok(());
        }
        let ended = tokio::spawn(self.end(D::Session::commit).in_current_span());
        match ended.await {
            Ok(outcome) => outcome,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(cancelled()),
            },
        }
    }

    /// Undoes what was done, if anything was, also where the future is dropped.
    pub(crate) async fn roll_back(self) {
        if let Some(ended) = self.roll_back_soon() {
            // A session that cannot be rolled back has lost its connections, and its databases undo it by themselves.
            let _ = ended.await;
        }
    }

    /// The same without waiting for it: a future that is dropped cannot.
    pub(crate) fn roll_back_soon(self) -> Option<tokio::task::JoinHandle<Result<(), Error>>> {
        if self.end_unused() {
            return None;
        }
        // Without a runtime, as when one shuts down, the session is rolled back where it is dropped.
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        Some(runtime.spawn(self.end(D::Session::rollback).in_current_span()))
    }

    /// Ends a session that was not begun; it then needs no thread.
    fn end_unused(&self) -> bool {
        let Ok(mut state) = self.0.state.try_lock() else {
            return false;
        };
        let is_unused = matches!(*state, State::Unused | State::Ended);
        if is_unused {
            *state = State::Ended;
        }
        is_unused
    }

    /// Waits for a call that a clone of the session is at, then ends it.
    async fn end(self, how: fn(D::Session) -> Result<(), Error>) -> Result<(), Error> {
        let mut state = self.0.state.lock().await;
        match std::mem::replace(&mut *state, State::Ended) {
            State::Open(session, _turn) => self.0.db.run(move |_| how(session)).await,
            State::Lost => Err(cancelled()),
            State::Unused | State::Ended => Ok(()),
        }
    }
}

impl<S> State<S> {
    /// Takes the session out, `None` where it is not begun. It is lost unless it is put back.
    fn take(&mut self) -> Result<Option<(S, OwnedSemaphorePermit)>, Error> {
        match std::mem::replace(self, Self::Lost) {
            Self::Unused => Ok(None),
            Self::Open(session, turn) => Ok(Some((session, turn))),
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

impl<D: GeneratedDatabases> Clone for DbSession<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: GeneratedDatabases> std::fmt::Debug for DbSession<D> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("DbSession")
    }
}
