//! Connections to which nothing more is said and that the server has not ended yet: until then it counts them.

use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a server may take to end a session; one that is silent is not waited for any longer.
const LONGEST: Duration = Duration::from_secs(1);

/// The other side of a connection that is being closed.
pub(crate) trait Leave: Send + Sync {
    /// Takes in and drops what still comes, until the other side ends the connection, or sends so much that it is not
    /// worth waiting for. `false` where it has done neither within the limit.
    fn has_ended_within(&self, limit: Duration) -> bool;
}

/// A connection that is being closed.
pub(crate) struct Leaving {
    connection: Arc<dyn Leave>,
    until: Instant,
}

impl Leaving {
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "a file is closed immediately")
    )]
    pub(super) fn new(connection: Arc<dyn Leave>) -> Self {
        Self {
            connection,
            until: Instant::now() + LONGEST,
        }
    }

    /// Waits until the server has ended it or is not waited for any longer. `false` where the limit was shorter.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let left = self.until.saturating_duration_since(Instant::now());
        self.connection.has_ended_within(left.min(limit)) || left <= limit
    }

    /// Waits as long as it takes, which is not long.
    pub(crate) fn wait_to_the_end(&self) {
        self.wait(LONGEST);
    }
}
