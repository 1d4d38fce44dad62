//! Notifications of a server: a transaction sends one, and sessions that listen receive it once that is committed. A database
//! without them is polled.

use std::time::Duration;

use super::physical::{AnyDriver, each};
use crate::error::Result;

/// The channel on which workers and relays are notified of tasks and events.
pub(crate) const CHANNEL: &str = "_bindery_outbox";
/// Notifies them once the transaction is committed; PostgreSQL's `pg_notify` returns no value that can be read.
pub(crate) const NOTIFY: &str = "SELECT CAST(pg_catalog.pg_notify('_bindery_outbox', '') AS text)";

impl AnyDriver {
    /// Whether the open transaction can notify others. One that is prepared before its commit cannot.
    pub(crate) fn can_notify(&self) -> bool {
        each!(self, connection;
            sqlite => false,
            postgres => connection.can_notify(),
            mysql => false,
        )
    }

    /// Has the session receive the notifications of a channel; `false` where the database has none.
    pub(crate) fn listen(&mut self, channel: &'static str) -> Result<bool> {
        #[cfg(not(feature = "postgres"))]
        let _ = channel;
        each!(self, connection;
            sqlite => Ok(false),
            postgres => connection.listen(channel).map(|()| true),
            mysql => Ok(false),
        )
    }

    /// Waits for a notification; `false` where none has come in time. Other calls may follow.
    pub(crate) fn await_notification(&mut self, limit: Duration) -> Result<bool> {
        #[cfg(not(feature = "postgres"))]
        let _ = limit;
        each!(self, connection;
            sqlite => Ok(false),
            postgres => connection.await_notification(limit),
            mysql => Ok(false),
        )
    }
}
