//! The statements that begin a transaction. They travel with the first one that does something.

use super::message;
use crate::driver::TransactionOptions;

/// A transaction that begins with the next statement.
#[derive(Clone, Copy)]
pub(super) struct Begin(pub(super) TransactionOptions);

const DEFER: &str = "SET CONSTRAINTS ALL DEFERRED";

impl Begin {
    /// Writes them as messages of their own.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        if self.0.is_default() {
            return message::plain(out, "BEGIN");
        }
        message::plain(out, &self.text());
        if self.0.defers_constraints {
            message::plain(out, DEFER);
        }
    }

    /// Returns how many statements they are, and answers.
    pub(super) fn answers(self) -> usize {
        1 + usize::from(self.0.defers_constraints)
    }

    /// They and a statement in one text: where one fails, what follows is not run.
    pub(super) fn before(self, sql: &str) -> String {
        let defer = if self.0.defers_constraints {
            format!("{DEFER}; ")
        } else {
            String::new()
        };
        format!("{}; {defer}{sql}", self.text())
    }

    fn text(self) -> String {
        let mut text = "BEGIN".to_owned();
        if let Some(isolation) = self.0.isolation {
            text += &format!(" ISOLATION LEVEL {isolation}");
        }
        if self.0.is_read_only {
            text += " READ ONLY";
        }
        text
    }
}
