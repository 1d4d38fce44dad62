//! The generated `DatabaseSession`, as it is to code that works with that of any program.

use std::ops::DerefMut;
use std::panic::Location;

use super::scope::{SessionScope, nested, using};
use super::{Session, SessionOptions};
use crate::databases::Registry;
use crate::error::{Error, Result};

/// The `DatabaseSession` of a program, which generated code makes around a [`Session`].
pub trait GeneratedSession: DerefMut<Target = Session> + Send + Sized + 'static {
    /// The typed accessors around a session.
    fn from_session(session: Session) -> Self;

    /// Commits the engines that were used: [`Session::commit`].
    ///
    /// # Errors
    /// As [`Session::commit`].
    fn commit(mut self) -> Result<()> {
        self.finish().map_err(|failed| failed.error)
    }

    /// Undoes what was done on all engines: [`Session::rollback`].
    ///
    /// # Errors
    /// As [`Session::rollback`].
    fn rollback(mut self) -> Result<()> {
        self.undo()
    }

    /// Runs `work` in a session within this one: what it does on engines that are used already is undone alone when it
    /// returns `Err` or panics, by savepoints. It takes no connection that this one has.
    ///
    /// # Errors
    /// Those of `work`, and of keeping or undoing it.
    fn nested<T, F: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, F>,
    ) -> Result<T, F> {
        nested(self, work)
    }

    /// Runs `work` within a scope.
    ///
    /// # Errors
    /// Those of `work`; [`ErrorKind::SessionLocked`](crate::ErrorKind::SessionLocked) where the session is locked to another
    /// engine.
    fn within<T, F: From<Error>>(
        &mut self,
        scope: impl Into<SessionScope>,
        work: impl FnOnce(&mut Self) -> Result<T, F>,
    ) -> Result<T, F> {
        using(self, scope.into(), work)
    }
}

impl Registry {
    /// Begins a session that the program began there.
    pub(crate) fn begin_session_at<S: GeneratedSession>(
        &self,
        options: &SessionOptions,
        site: &'static Location<'static>,
    ) -> Result<S> {
        let begun = Session::begin_until(self, options, options.ends_at(), site);
        begun.map(S::from_session)
    }

    /// Runs `work` in a session that the program began there.
    pub(crate) fn run_session<S: GeneratedSession, T, F: From<Error>>(
        &self,
        options: &SessionOptions,
        site: &'static Location<'static>,
        work: impl FnOnce(&mut S) -> Result<T, F>,
    ) -> Result<T, F> {
        let mut session: S = self.begin_session_at(options, site)?;
        session.slots.encloses();
        match work(&mut session) {
            Ok(value) => {
                session.finish().map_err(|failed| failed.error)?;
                Ok(value)
            }
            Err(error) => {
                session.give_up();
                Err(error)
            }
        }
    }
}
