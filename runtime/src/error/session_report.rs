//! The ends of the engines of a session, one by one: their COMMITs are sent one after the other, so they may not end alike.

use std::fmt;

use super::{CommitToken, Error};

/// The end of each engine that a session has used, in the order in which they were committed.
///
/// [`Error::session_report`](crate::Error::session_report) has it for a session whose commit failed.
#[derive(Default)]
pub struct SessionReport {
    engines: Vec<EngineReport>,
}

/// The end of one engine of a session.
pub struct EngineReport {
    engine: &'static str,
    end: SessionEnd,
    error: Option<Error>,
}

/// The end of the transaction of one engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionEnd {
    /// It is committed: what was written is stored.
    Committed,
    /// Nothing was written there: the engine cannot differ from the others.
    OnlyRead,
    /// It is rolled back, or its COMMIT was refused: nothing is stored.
    RolledBack,
    /// The answer to its COMMIT was lost. [`EngineReport::commit_token`] finds out.
    Unknown,
    /// Its COMMIT was never sent, and its ROLLBACK did not arrive either: the connection is closed, and the database undoes
    /// the transaction by itself. Nothing will be stored.
    NotTried,
}

impl SessionReport {
    pub(crate) fn push(&mut self, engine: &'static str, end: SessionEnd, error: Option<Error>) {
        self.engines.push(EngineReport { engine, end, error });
    }

    /// The engines, in the order in which they were committed.
    pub fn engines(&self) -> &[EngineReport] {
        &self.engines
    }

    /// The end of the engine of this name; `None` where the session has not used it.
    pub fn end_of(&self, engine: &str) -> Option<SessionEnd> {
        let mut engines = self.engines.iter();
        engines
            .find(|one| one.engine == engine)
            .map(EngineReport::end)
    }

    /// Returns whether something is stored on one engine, or perhaps, and not on another that was written.
    pub fn is_split(&self) -> bool {
        let has = |end| self.engines.iter().any(|one| one.end == end);
        let is_stored = has(SessionEnd::Committed) || has(SessionEnd::Unknown);
        let is_undone = has(SessionEnd::RolledBack) || has(SessionEnd::NotTried);
        is_stored && is_undone || has(SessionEnd::Committed) && has(SessionEnd::Unknown)
    }

    /// The token of the first engine whose COMMIT has an unknown outcome.
    pub(super) fn commit_token(&self) -> Option<&CommitToken> {
        self.engines.iter().find_map(EngineReport::commit_token)
    }

    /// The error of the engine that failed first.
    pub(crate) fn first_error(&self) -> Option<&Error> {
        self.engines.iter().find_map(EngineReport::error)
    }

    /// Takes out the error of the engine that failed first.
    pub(crate) fn take_first_error(&mut self) -> Option<Error> {
        self.engines.iter_mut().find_map(|one| one.error.take())
    }
}

impl EngineReport {
    /// The engine's name.
    pub fn engine(&self) -> &'static str {
        self.engine
    }

    /// Returns how the session's work on the engine ended.
    pub fn end(&self) -> SessionEnd {
        self.end
    }

    /// Why it failed, unless that is the error which has this report.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// For a COMMIT whose outcome is unknown: what [`Registry::resolve`](crate::Registry::resolve) finds out by.
    pub fn commit_token(&self) -> Option<&CommitToken> {
        self.error.as_ref().and_then(Error::commit_token)
    }
}

impl Error {
    /// Adds the engines whose connections the session held while it waited for this one.
    #[cold]
    #[must_use]
    pub(crate) fn holding(mut self, engines: Vec<&'static str>) -> Self {
        self.0.held = engines;
        self
    }

    /// Adds how the engines of the session ended.
    #[cold]
    #[must_use]
    pub(crate) fn with_report(mut self, report: SessionReport) -> Self {
        self.0.report = Some(report);
        self
    }

    /// The end of each engine of a session whose commit failed.
    pub fn session_report(&self) -> Option<&SessionReport> {
        self.0.report.as_ref()
    }

    /// For a session that did not get a connection of [`engine`](Self::engine): the engines on which it had one, and kept
    /// others waiting for it.
    pub fn held_engines(&self) -> &[&'static str] {
        &self.0.held
    }

    /// Writes what is known of the session, behind what happened.
    pub(super) fn fmt_session(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.held.is_empty() {
            let held = engine_names(&self.0.held);
            write!(out, "; the session holds {held} meanwhile")?;
        }
        match &self.0.report {
            Some(report) => write!(out, ": {report}"),
            None => Ok(()),
        }
    }
}

/// `a, b`, each as code.
fn engine_names(names: &[&'static str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl fmt::Display for SessionEnd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Committed => "committed",
            Self::OnlyRead => "only read",
            Self::RolledBack => "rolled back",
            Self::Unknown => "unknown",
            Self::NotTried => "not tried",
        })
    }
}

/// One line: `b committed, default rolled back`.
impl fmt::Display for SessionReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, one) in self.engines.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            write!(out, "{separator}`{}` {}", one.engine, one.end)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SessionReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(&self.engines).finish()
    }
}

impl fmt::Debug for EngineReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.engine, self.end)?;
        match &self.error {
            Some(error) => write!(out, " ({error})"),
            None => Ok(()),
        }
    }
}
