//! The generated `Databases`, as they are to code that works with those of any program.

#[cfg(feature = "session")]
use std::panic::Location;

use super::Registry;
#[cfg(feature = "tokio")]
use super::asynchronous::{run, stream};
use super::config::Config;
#[cfg(any(feature = "session", feature = "tokio"))]
use crate::error::Error;
use crate::error::Result;
#[cfg(feature = "tokio")]
use crate::link::engine::Engine;
#[cfg(feature = "session")]
use crate::link::retry::RetryPolicy;
#[cfg(feature = "tokio")]
use crate::model::Model;
#[cfg(feature = "tokio")]
use crate::repository::Rows;
#[cfg(feature = "tokio")]
use crate::session::AsyncSession;
#[cfg(feature = "session")]
use crate::session::{GeneratedSession, SessionOptions};
#[cfg(feature = "tokio")]
use crate::workers::{RowSender, RowStream, Run};
use bindery_core::program::Program;

/// The `Databases` of a program, which generated code makes around a [`Registry`]. Code that works for every program is
/// written for a type of this kind.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::generic::GeneratedDatabases;
/// use bindery::Config;
///
/// fn open_and_create<D: GeneratedDatabases>(config: &Config) -> bindery::Result<D> {
///     let db = D::open_with(config)?;
///     db.registry().create_missing()?;
///     Ok(db)
/// }
///
/// # fn main() -> bindery::Result<()> {
/// let config = Config::new()
///     .engine("default", "sqlite::memory:")
///     .engine("b", "sqlite::memory:");
/// let db: Databases = open_and_create(&config)?;
/// assert_eq!(db.users().count()?, 0);
/// # Ok(())
/// # }
/// ```
pub trait GeneratedDatabases: Clone + AsRef<Registry> + Send + Sync + Sized + 'static {
    /// The sessions of these databases.
    #[cfg(feature = "session")]
    type Session: GeneratedSession;
    /// There are none without the feature `session`.
    #[cfg(not(feature = "session"))]
    type Session;

    /// The facts that were compiled in.
    fn program() -> &'static Program;

    /// The typed accessors around engines that were opened from [`program`](Self::program).
    fn from_registry(registry: Registry) -> Self;

    /// The engines without the accessors.
    fn registry(&self) -> &Registry {
        self.as_ref()
    }

    /// Opens the engines as a configuration says. Connects to nothing.
    ///
    /// # Errors
    /// As [`Registry::with_config`].
    fn open_with(config: &Config) -> Result<Self> {
        Registry::with_config(Self::program(), config).map(Self::from_registry)
    }

    /// Runs blocking work on a worker thread, for asynchronous code: `db.run(|db| db.users().get(id)).await`.
    ///
    /// There are never more of these at work than connections; those that wait for a connection are not counted. Work that finds none
    /// free waits without a thread, first in, first out. The future needs no runtime of a certain kind. Dropping it cancels the work,
    /// see [`Run`].
    ///
    /// # Errors
    /// Those of `work`. [`WorkersBusy`](crate::ErrorKind::WorkersBusy) where it had no turn within the longest
    /// `acquire-timeout` of the engines, [`Closed`](crate::ErrorKind::Closed) after [`close`](Registry::close).
    ///
    /// # Panics
    /// Where `work` does.
    #[cfg(feature = "tokio")]
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Run<T> {
        run(self, work)
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// Where `work` does.
    #[cfg(feature = "tokio")]
    fn try_run<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Run<T, E> {
        run(self, work)
    }

    /// A stream of rows for asynchronous code, which are read on a worker thread: `db.stream(|db| db.users().iter())`.
    ///
    /// Up to 64 rows are read ahead of the task, however many there are. The stream has a worker and its connection until its
    /// end, as `iter` has. Dropping it cancels the statement.
    ///
    /// # Errors
    /// As items: those of `rows`, of each row, and of waiting for a turn as [`run`](Self::run) has them. Nothing follows one.
    #[cfg(feature = "tokio")]
    fn stream<M: Model, E: Engine, R: Send + 'static>(
        &self,
        rows: impl for<'c> FnOnce(&'c Self) -> Result<Rows<'c, M, E, R>> + Send + 'static,
    ) -> RowStream<R> {
        stream(self, |db, out| rows(db)?.try_for_each(|row| out.send(row?)))
    }

    /// The same where rows are of a connection, of several queries, or made into something else: `work` sends them.
    ///
    /// # Errors
    /// As items: those of `work`, and of waiting for a turn.
    #[cfg(feature = "tokio")]
    fn stream_with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, &mut RowSender<T>) -> Result<()> + Send + 'static,
    ) -> RowStream<T> {
        stream(self, work)
    }

    /// Begins a session. It is rolled back unless `commit` is called.
    ///
    /// # Errors
    /// An engine that is [`eager`](SessionOptions::eager) cannot be begun.
    #[cfg(feature = "session")]
    #[track_caller]
    fn begin_session_with(&self, options: SessionOptions) -> Result<Self::Session> {
        self.registry()
            .begin_session_at(&options, Location::caller())
    }

    /// Runs `work` in a session: commits when it returns `Ok`, rolls back when it returns `Err` or panics.
    ///
    /// # Errors
    /// Those of `work`, of taking connections and beginning, and those of [`Session::commit`](crate::Session::commit).
    #[cfg(feature = "session")]
    #[track_caller]
    fn try_session_with<T, F: From<Error>>(
        &self,
        options: SessionOptions,
        work: impl FnOnce(&mut Self::Session) -> Result<T, F>,
    ) -> Result<T, F> {
        self.registry()
            .run_session(&options, Location::caller(), work)
    }

    /// Runs `work` in a session, and again in another one where an engine says that it may be tried again and nothing is
    /// stored on any engine. The deadline is that of all attempts.
    ///
    /// # Errors
    /// Those of the last attempt.
    #[cfg(feature = "session")]
    #[track_caller]
    fn session_retry_with<T>(
        &self,
        retry: RetryPolicy,
        options: SessionOptions,
        work: impl FnMut(&mut Self::Session) -> Result<T>,
    ) -> Result<T> {
        self.registry().retry_session(retry, &options, work)
    }

    /// Runs blocking work in a session, on a worker thread: [`run`](Self::run) with a session.
    ///
    /// # Errors
    /// Those of `work`, of waiting for a turn, and those of [`Session::commit`](crate::Session::commit).
    #[cfg(feature = "tokio")]
    #[track_caller]
    fn session_async<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Self::Session) -> Result<T> + Send + 'static,
    ) -> Run<T> {
        self.try_session_async(work)
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`session_async`](Self::session_async).
    #[cfg(feature = "tokio")]
    #[track_caller]
    fn try_session_async<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&mut Self::Session) -> Result<T, E> + Send + 'static,
    ) -> Run<T, E> {
        let site = Location::caller();
        run(self, move |db| {
            db.registry()
                .run_session(&SessionOptions::new(), site, work)
        })
    }

    /// A session that lives across several awaits; begun by its first call.
    #[cfg(feature = "tokio")]
    #[track_caller]
    fn begin_session_async(&self) -> AsyncSession<Self> {
        AsyncSession::new(self, SessionOptions::new())
    }

    /// The same in a way of its own.
    #[cfg(feature = "tokio")]
    #[track_caller]
    fn begin_session_async_with(&self, options: SessionOptions) -> AsyncSession<Self> {
        AsyncSession::new(self, options)
    }
}
