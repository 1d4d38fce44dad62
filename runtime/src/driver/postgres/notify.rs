//! LISTEN and NOTIFY. A transaction that has notified cannot be prepared, so branches of atomic groups do not.

use std::time::Duration;

use super::PostgresConnection;
use super::error::statement_error;
use super::session::{Fault, Session};
use crate::driver::wire::Deadline;
use crate::error::Result;

/// Tells the transactions of a connection that are branches of atomic groups.
#[derive(Default)]
pub(super) struct Branch {
    /// The next one is.
    is_next: bool,
    /// The open one is, or the last one was.
    is_open: bool,
}

impl Branch {
    /// A transaction begins.
    pub(super) fn begin(&mut self) {
        self.is_open = std::mem::take(&mut self.is_next);
    }

    /// The connection goes to another caller.
    pub(super) fn forget(&mut self) {
        self.is_next = false;
    }
}

impl PostgresConnection {
    /// The next transaction is the branch of a group.
    #[cfg(feature = "atomic")]
    pub(in crate::driver) fn enlist(&mut self) {
        self.branch.is_next = true;
    }

    pub(in crate::driver) fn can_notify(&self) -> bool {
        !(self.branch.is_open && self.in_transaction())
    }

    pub(in crate::driver) fn listen(&mut self, channel: &'static str) -> Result<()> {
        self.control(&format!("LISTEN \"{channel}\""))
    }

    pub(in crate::driver) fn await_notification(&mut self, limit: Duration) -> Result<bool> {
        let deadline = Deadline::after(Some(limit));
        let outcome = self.session.await_notification(deadline);
        outcome.map_err(statement_error)
    }
}

impl Session {
    /// Waits for a notification, and takes in all that have come; `false` where none has come in time.
    fn await_notification(&mut self, deadline: Deadline) -> Result<bool, Fault> {
        if self.is_dead() {
            return Err(Fault::Dead);
        }
        self.set_deadline(deadline);
        while !self.take_notifications()? {
            if !self.receive_in_time()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
