//! Subscribing to what the engines of a registry do.

use std::sync::Arc;

use bindery_core::config::{Address, ConnectionTarget, Endpoint, SqliteAddress};

use super::Registry;
use crate::link::engine::Engine;
use crate::observe::{Event, Labels, StatementCounter, StatementCounts, Subscription};
use bindery_core::program::EngineInfo;

impl Registry {
    /// Calls `subscriber` after each statement, transaction, write and checkout of every engine, on the thread and
    /// connection where it happened, until the subscription is dropped. A subscriber that panics harms neither the call
    /// nor other subscribers, and what it does with the databases itself is no event. It should return quickly: the call
    /// waits for it.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use std::sync::{Arc, Mutex};
    /// # fn main() -> bindery::Result<()> {
    /// use bindery::observe::{Event, EventKind};
    ///
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let written = Arc::new(Mutex::new(Vec::new()));
    /// let seen = Arc::clone(&written);
    /// let subscription = db.registry().subscribe(move |event: &Event| {
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

impl Registry {
    /// Counts the statements that `work` sends from this thread, or has sent by worker threads ([`run`](crate::generic::GeneratedDatabases::run)
    /// and sessions of asynchronous code): those of a request, or of a test. [`StatementCounter::scope_async`] does so for a future.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let (found, counts) = db.registry().count_statements(|| db.users().all());
    /// assert_eq!((found?.len(), counts.total(), counts.on("default")), (0, 1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn count_statements<T>(&self, work: impl FnOnce() -> T) -> (T, StatementCounts) {
        let counter = self.statement_counter();
        let outcome = counter.scope(work);
        (outcome, counter.counts())
    }

    /// A counter of statements for work that runs in several parts or threads: each runs in a
    /// [`scope`](StatementCounter::scope), a future in a [`scope_async`](StatementCounter::scope_async).
    pub fn statement_counter(&self) -> StatementCounter {
        StatementCounter::new(Arc::clone(&self.hub))
    }

    /// Runs `work` and checks that it sends this number of statements from this thread: for tests.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let user = db.users().insert(NewUser::new("ann@example.org"))?;
    /// db.registry().assert_statements(1, || db.users().find(user.id))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// It sends another number; the message lists all of them with their places.
    #[track_caller]
    pub fn assert_statements<T>(&self, expected: u64, work: impl FnOnce() -> T) -> T {
        let (outcome, counts) = self.count_statements(work);
        let total = counts.total();
        assert!(
            total == expected,
            "expected {expected} statements, found {total}:\n{counts}"
        );
        outcome
    }

    /// Runs `work` and checks that it sends no statement this often from one place (an N+1 query): for tests.
    ///
    /// # Panics
    /// It does; the message lists the statements with their places.
    #[track_caller]
    pub fn assert_not_repeated<T>(&self, times: u64, work: impl FnOnce() -> T) -> T {
        let (outcome, counts) = self.count_statements(work);
        let repeated = counts.repeated(times);
        let lines = repeated.iter().map(|statement| format!("{statement}\n"));
        let listed: String = lines.collect();
        assert!(
            repeated.is_empty(),
            "a statement ran {times} times or more from one place:\n{listed}"
        );
        outcome
    }

    /// Has all statements of an engine logged from now on, or no longer: `echo` of `bindery.toml`, by a call.
    pub fn echo<E: Engine>(&self, engine: E, echo: bool) {
        let configured = &self.engines[engine.index()];
        configured.observer.change_log(|log| log.echo = echo);
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
        engine: info.name(),
        replica: replica.cloned(),
        dialect: target.dialect,
        namespace,
        address,
        port,
    }
}
