//! Counts the writes over a connection for those that keep rows in memory.

use super::Link;
use crate::link::changes::{Changes, Written};

impl Link {
    /// A call wrote this, in the open transaction or by itself.
    #[inline]
    pub(crate) fn wrote(&mut self, written: Written) {
        self.forget_rows();
        if self.depth() == 0 {
            if let Some(changes) = self.pool.changes() {
                changes.add(&[written]);
            }
        } else if !self.written.contains(&written) {
            self.written.push(written);
        }
    }

    /// Whether what it writes matters to anything that is kept in memory. That of a transaction is not known before its end.
    pub(crate) fn counts_writes(&self) -> bool {
        self.keeps_rows()
            || self.depth() > 0
            || self.pool.changes().is_some_and(Changes::is_watched)
    }

    /// Counts the writes of the transaction: all may see them now.
    pub(super) fn publish(&mut self) {
        if let Some(changes) = self.pool.changes() {
            changes.add(&self.written);
        }
        self.written.clear();
    }
}
