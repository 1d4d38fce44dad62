//! LISTEN and NOTIFY. A transaction that has notified cannot be prepared, so branches of atomic groups do not.

#![cfg_attr(
    not(feature = "outbox"),
    allow(dead_code, reason = "tasks alone notify")
)]

use std::time::Duration;

use super::PostgresConnection;
use super::error::statement_error;
use super::session::{Fault, Session};
use crate::driver::wire::Deadline;
use crate::error::Result;

impl PostgresConnection {
    /// The next transaction is the branch of a group.
    pub(in crate::driver) fn enlist(&mut self) {
        self.is_enlisted = true;
    }

    /// Can the transaction at hand notify others?
    pub(in crate::driver) fn can_notify(&self) -> bool {
        !(self.is_branch && self.in_transaction())
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
