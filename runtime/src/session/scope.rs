//! Parts of a session's work: on which engine, locked to it, and whether anything may be written.

use super::Session;
use super::generated::GeneratedSession;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::slots::Scope;

/// A part of a session's work: `using(engine::B, …)` chooses an engine for the models that live on several, and this says
/// more about it.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::session::SessionScope;
/// use bindery::ErrorKind;
///
/// fn titles(s: &mut DatabaseSession) -> bindery::Result<Vec<String>> {
///     Ok(s.chosen()?.blogs().all()?.into_iter().map(|blog| blog.title).collect())
/// }
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # db.b()?.blogs().insert(NewBlog::new("on b"))?;
/// db.session(|s| {
///     assert_eq!(s.using(engine::B, titles)?, ["on b"]);
///     assert!(titles(s)?.is_empty()); // on `default`
///
///     let locked = SessionScope::on(engine::B).locked().read_only();
///     let refused = s.using(locked, |s| s.users().count()).unwrap_err();
///     assert_eq!(refused.kind(), &ErrorKind::SessionLocked { locked_to: "b" });
///     Ok(())
/// })
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "it does nothing until `using` is called with it"]
pub struct SessionScope {
    engine: Option<usize>,
    is_locked: bool,
    is_read_only: Option<bool>,
}

impl SessionScope {
    /// The scope around it as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses an engine.
    pub fn on(engine: impl Engine) -> Self {
        Self {
            engine: Some(engine.index()),
            ..Self::new()
        }
    }

    /// Nothing within uses another engine: that is [`ErrorKind::SessionLocked`], before anything is sent. It cannot be
    /// unlocked within.
    pub fn locked(mut self) -> Self {
        self.is_locked = true;
        self
    }

    /// Nothing within writes: that is [`ErrorKind::ReadOnly`], before anything is sent.
    pub fn read_only(mut self) -> Self {
        self.is_read_only = Some(true);
        self
    }

    /// Within a scope that only reads, this one writes again.
    pub fn read_write(mut self) -> Self {
        self.is_read_only = Some(false);
        self
    }
}

impl<E: Engine> From<E> for SessionScope {
    fn from(engine: E) -> Self {
        Self::on(engine)
    }
}

impl Session {
    /// The name of the engine that is chosen at the moment: that of the innermost scope, else `default`, or the only one.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`]: none is chosen, and none is called `default`.
    pub fn chosen_engine(&self) -> Result<&'static str> {
        self.slots.chosen().ok_or_else(|| {
            let why = "no engine is chosen here: `using(engine, |s| …)` chooses one";
            Error::new(ErrorKind::Unsupported(why)).during(Operation::Choose)
        })
    }

    fn enter(&mut self, wanted: SessionScope) -> Result<Scope> {
        let around = self.slots.scope();
        if let Some(engine) = wanted.engine {
            self.slots.ensure_unlocked(engine)?;
        }
        let engine = wanted.engine.or_else(|| self.slots.chosen_at());
        self.slots.set_scope(Scope {
            engine,
            is_locked: around.is_locked || wanted.is_locked,
            is_read_only: wanted.is_read_only.unwrap_or(around.is_read_only),
        });
        Ok(around)
    }
}

/// The scope around, to go back to, also after a panic.
struct Within<'s, S: GeneratedSession> {
    session: &'s mut S,
    around: Scope,
}

impl<S: GeneratedSession> Drop for Within<'_, S> {
    fn drop(&mut self) {
        self.session.slots.set_scope(self.around);
    }
}

/// Runs `work` within a scope.
pub(super) fn using<S: GeneratedSession, T, F: From<Error>>(
    session: &mut S,
    scope: SessionScope,
    work: impl FnOnce(&mut S) -> Result<T, F>,
) -> Result<T, F> {
    let around = session.enter(scope)?;
    let within = Within { session, around };
    work(within.session)
}

/// A nested session; undone unless it is kept.
struct Nested<'s, S: GeneratedSession> {
    session: &'s mut S,
    is_ended: bool,
}

impl<S: GeneratedSession> Nested<'_, S> {
    fn end(mut self, keeps: bool) -> Result<()> {
        self.is_ended = true;
        self.session.slots.unnest(keeps)
    }
}

impl<S: GeneratedSession> Drop for Nested<'_, S> {
    fn drop(&mut self) {
        if !self.is_ended {
            // A panic goes on, however this ends.
            let _ = self.session.slots.unnest(false);
        }
    }
}

/// Runs `work` in a session within this one.
pub(super) fn nested<S: GeneratedSession, T, F: From<Error>>(
    session: &mut S,
    work: impl FnOnce(&mut S) -> Result<T, F>,
) -> Result<T, F> {
    session.slots.nest();
    let nested = Nested {
        session,
        is_ended: false,
    };
    match work(nested.session) {
        Ok(value) => {
            nested.end(true)?;
            Ok(value)
        }
        Err(error) => {
            // The error of the work is the one to return.
            let _ = nested.end(false);
            Err(error)
        }
    }
}
