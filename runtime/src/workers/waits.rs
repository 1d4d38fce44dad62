//! The work that waits for a thread, first in, first out. Sessions of several calls are counted apart: between two calls they hold connections
//! and no thread, so work of one call goes before them where as many sessions are open as there are connections.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::Task;

/// The use that a task makes of its permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// One piece of work.
    Call,
    /// The first of several, between which it keeps the permit.
    Session,
}

impl Span {
    pub(super) fn of(is_session: bool) -> Self {
        if is_session {
            Self::Session
        } else {
            Self::Call
        }
    }
}

pub(super) struct Waiting {
    pub(super) task: Arc<dyn Task>,
    pub(super) since: Instant,
}

/// By their places, which are numbers that grow.
#[derive(Default)]
pub(super) struct Waits {
    calls: BTreeMap<u64, Waiting>,
    sessions: BTreeMap<u64, Waiting>,
}

impl Waits {
    pub(super) fn len(&self) -> usize {
        self.calls.len() + self.sessions.len()
    }

    /// Whether nothing waits that such a task would pass.
    pub(super) fn is_empty_for(&self, span: Span) -> bool {
        self.calls.is_empty() && (span == Span::Call || self.sessions.is_empty())
    }

    pub(super) fn insert(&mut self, place: u64, span: Span, waiting: Waiting) {
        self.of(span).insert(place, waiting);
    }

    pub(super) fn remove(&mut self, place: u64) -> Option<Waiting> {
        let call = self.calls.remove(&place);
        call.or_else(|| self.sessions.remove(&place))
    }

    /// Takes out what came first; a session only where one may begin.
    pub(super) fn pop(&mut self, may_begin_session: bool) -> Option<(Span, Waiting)> {
        let span = match self.first() {
            Some((_, Span::Session)) if !may_begin_session => Span::Call,
            Some((_, span)) => span,
            None => return None,
        };
        let (_, waiting) = self.of(span).pop_first()?;
        Some((span, waiting))
    }

    /// Since when the first waits.
    pub(super) fn first_since(&self) -> Option<Instant> {
        let (place, _) = self.first()?;
        let waiting = self.calls.get(&place).or_else(|| self.sessions.get(&place));
        waiting.map(|waiting| waiting.since)
    }

    pub(super) fn take(&mut self) -> impl Iterator<Item = Waiting> + use<> {
        let Self { calls, sessions } = std::mem::take(self);
        calls.into_values().chain(sessions.into_values())
    }

    fn first(&self) -> Option<(u64, Span)> {
        let first = |waits: &BTreeMap<u64, Waiting>| waits.first_key_value().map(|(at, _)| *at);
        let call = first(&self.calls).map(|at| (at, Span::Call));
        let session = first(&self.sessions).map(|at| (at, Span::Session));
        call.into_iter().chain(session).min_by_key(|(at, _)| *at)
    }

    fn of(&mut self, span: Span) -> &mut BTreeMap<u64, Waiting> {
        match span {
            Span::Call => &mut self.calls,
            Span::Session => &mut self.sessions,
        }
    }
}
