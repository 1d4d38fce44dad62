//! The time that operations on the connection to a server may take.

use std::time::{Duration, Instant};

use super::Deadline;

/// The server cancels a statement first and reports that; then its connection stays. This much later it counts as silent.
const GRACE: Duration = Duration::from_millis(150);

/// The limits of one connection.
pub(in crate::driver) struct Limits {
    statement: Option<Duration>,
    /// How long to wait at most, however long a statement may take.
    hurry: Option<Duration>,
    /// When the call at hand, or the reading of rows, has to be over with all of its statements.
    until: Option<Instant>,
    /// When everything has to be over that its user does with it.
    bound: Option<Instant>,
}

impl Limits {
    /// The server cancels a statement after `statement`.
    pub(in crate::driver) fn new(statement: Option<Duration>) -> Self {
        Self {
            statement,
            hurry: None,
            until: None,
            bound: None,
        }
    }

    /// When an operation that begins now has to be over.
    pub(in crate::driver) fn deadline(&self) -> Deadline {
        // The cleanup after a timeout has a time limit of its own.
        let is_cleanup = self.hurry.is_some();
        let moments = self.until.into_iter().chain(self.bound);
        let until = moments.min().filter(|_| !is_cleanup);
        Deadline::after(self.one().into_iter().chain(self.hurry).min()).at_latest(until)
    }

    /// Has every wait end after this time, also where it may take longer otherwise; `None` as otherwise.
    pub(in crate::driver) fn hurry(&mut self, limit: Option<Duration>) {
        self.hurry = limit;
    }

    /// Has every wait end by this moment, too, whichever call it is of; `None` as otherwise.
    pub(in crate::driver) fn set_bound(&mut self, bound: Option<Instant>) {
        self.bound = bound;
    }

    /// Another limit of the following statements; gives the one before.
    pub(in crate::driver) fn set_statement(&mut self, limit: Option<Duration>) -> Option<Duration> {
        std::mem::replace(&mut self.statement, limit)
    }

    /// A call begins whose statements have the time of one together; not within another. Without a limit there is none.
    pub(in crate::driver) fn begin_call(&mut self) -> bool {
        let limit = self.one().filter(|_| self.until.is_none());
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        self.until = self.until.or(until);
        until.is_some()
    }

    /// Sets when all has to be over, and gives what was set before.
    pub(in crate::driver) fn set_until(&mut self, until: Option<Instant>) -> Option<Instant> {
        std::mem::replace(&mut self.until, until)
    }

    /// The time of one statement.
    fn one(&self) -> Option<Duration> {
        self.statement.map(|limit| limit.saturating_add(GRACE))
    }
}
