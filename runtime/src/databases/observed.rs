//! Subscribing to what the engines of a registry do.

use std::sync::Arc;

use bindery_core::config::{Address, ConnectionTarget, Endpoint, SqliteAddress};

use super::Registry;
use crate::link::program::EngineInfo;
use crate::observe::{Event, Labels, Subscription};

impl Registry {
    /// Calls `subscriber` after each statement, transaction, write and checkout of every engine, on the thread and
    /// connection where it happened, until the subscription is dropped. A subscriber that panics harms neither the call
    /// nor other subscribers, and what it does with the databases itself is no event. It should return quickly: the call
    /// waits for it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
    /// # use std::sync::{Arc, Mutex};
    /// # fn main() -> bindery::Result<()> {
    /// use bindery::{Event, EventKind};
    ///
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let written = Arc::new(Mutex::new(Vec::new()));
    /// let seen = Arc::clone(&written);
    /// let subscription = db.subscribe(move |event: &Event| {
    ///     if event.kind == EventKind::Insert {
    ///         seen.lock().unwrap().push((event.engine, event.model, event.rows));
    ///     }
    /// });
    /// db.users().insert_many(["ann@example.org", "bob@example.org"].map(NewUser::new))?;
    /// drop(subscription);
    /// assert_eq!(*written.lock().unwrap(), [("default", Some("User"), Some(2))]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(
        &self,
        subscriber: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Subscription {
        self.hub.subscribe(Arc::new(subscriber))
    }
}

/// The names by which events, spans and metrics call a database.
pub(super) fn labels(
    info: &'static EngineInfo,
    target: &ConnectionTarget,
    replica: Option<&String>,
) -> Labels {
    let (namespace, address, port) = match &target.place {
        Address::Sqlite(SqliteAddress::Memory) => (None, None, None),
        Address::Sqlite(SqliteAddress::File(path)) => {
            (Some(path.display().to_string()), None, None)
        }
        Address::Server(server) => {
            let (address, port) = match &*server.endpoints {
                [Endpoint::Tcp { host, port }] => (Some(host.clone()), Some(*port)),
                [Endpoint::Socket { path, port }] => {
                    (Some(path.display().to_string()), Some(*port))
                }
                // Which of several let the connection in is not known here.
                _ => (None, None),
            };
            (Some(server.database.clone()), address, port)
        }
    };
    Labels {
        engine: info.name,
        replica: replica.cloned(),
        dialect: target.dialect,
        namespace,
        address,
        port,
    }
}
