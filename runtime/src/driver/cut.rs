//! Cutting off connections that other threads use: the one thing that is done to a connection from outside.

use std::sync::{Arc, Weak};

use crate::observe::ensure_outside;

/// A connection that can be cut off while a caller waits for it. That ends in
/// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
pub(crate) trait Cut: Send + Sync {
    /// Ends what is waited for, now or soon. Does not wait itself.
    fn cut(&self);

    /// Whether the other side has ended the connection; `false` where that cannot be seen from outside. Does not wait.
    fn has_ended(&self) -> bool {
        false
    }
}

/// Reaches a connection, wherever it is, as long as it is there.
#[derive(Clone)]
pub(crate) struct Cutter(Weak<dyn Cut>);

impl Cutter {
    pub(crate) fn new<C: Cut + 'static>(connection: &Arc<C>) -> Self {
        let connection: Weak<C> = Arc::downgrade(connection);
        Self(connection)
    }

    /// Whether the connection is there and the other side has ended it.
    pub(crate) fn has_ended(&self) -> bool {
        let connection = self.0.upgrade();
        connection.is_some_and(|connection| connection.has_ended())
    }

    /// Cuts it off. Connections have locks of their own.
    pub(crate) fn cut(&self) {
        ensure_outside();
        if let Some(connection) = self.0.upgrade() {
            connection.cut();
        }
    }
}
