//! The observer of one pool: how its database is named, and whether anything listens.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bindery_core::dialect::Dialect;
use tracing::level_filters::LevelFilter;

use super::{Call, Event, EventKind, Hub, Outcome};
use crate::error::Error;

/// The names of a database, as OpenTelemetry has them.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    pub(crate) engine: &'static str,
    pub(crate) replica: Option<String>,
    pub(crate) dialect: Dialect,
    /// The database on its server; the path of a file.
    pub(crate) namespace: Option<String>,
    /// Where there is only one host.
    pub(crate) address: Option<String>,
    pub(crate) port: Option<u16>,
}

/// The reasons for which statements are looked at.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Listener {
    Subscribers = 1,
}

/// How many observers of the process are listened to: one number that a statement can look at without any pointer.
static LISTENED_TO: AtomicUsize = AtomicUsize::new(0);

/// Does nothing in the process listen to any statement?
#[inline]
pub(crate) fn is_idle() -> bool {
    LISTENED_TO.load(Ordering::Relaxed) == 0 && !is_traced()
}

/// One for each pool, shared by its connections.
pub(crate) struct Observer {
    pub(super) labels: Labels,
    /// `mariadb` or `mysql`, which is known once one has answered.
    product: OnceLock<&'static str>,
    listeners: AtomicU8,
    hub: Arc<Hub>,
}

impl Observer {
    pub(super) fn new(labels: Labels, hub: Arc<Hub>) -> Self {
        Self {
            labels,
            product: OnceLock::new(),
            listeners: AtomicU8::new(0),
            hub,
        }
    }

    /// Does anything listen to this pool?
    pub(crate) fn is_listened_to(&self) -> bool {
        self.listeners.load(Ordering::Relaxed) != 0 || is_traced()
    }

    pub(super) fn set(&self, listener: Listener, listens: bool) {
        let bit = listener as u8;
        let before = if listens {
            self.listeners.fetch_or(bit, Ordering::Relaxed)
        } else {
            self.listeners.fetch_and(!bit, Ordering::Relaxed)
        };
        match (before != 0, self.listeners.load(Ordering::Relaxed) != 0) {
            (false, true) => LISTENED_TO.fetch_add(1, Ordering::Relaxed),
            (true, false) => LISTENED_TO.fetch_sub(1, Ordering::Relaxed),
            (true, true) | (false, false) => return,
        };
    }

    fn has(&self, listener: Listener) -> bool {
        self.listeners.load(Ordering::Relaxed) & listener as u8 != 0
    }

    /// Nothing listens to it any more.
    fn end(&self) {
        if self.listeners.swap(0, Ordering::Relaxed) != 0 {
            LISTENED_TO.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// A server said which product it is.
    pub(crate) fn met(&self, product: &'static str) {
        let _ = self.product.set(match product {
            "MariaDB" => "mariadb",
            "MySQL" => "mysql",
            "PostgreSQL" => "postgresql",
            _ => "sqlite",
        });
    }

    /// `db.system.name`.
    pub(super) fn system(&self) -> &'static str {
        let by_dialect = match self.labels.dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgresql",
            Dialect::Mysql => "mysql",
        };
        self.product.get().copied().unwrap_or(by_dialect)
    }

    /// A call wrote this number of rows of a model, or failed to.
    pub(crate) fn emit_write(
        &self,
        kind: EventKind,
        call: Call,
        rows: u64,
        started: Instant,
        error: Option<&Error>,
    ) {
        self.emit(&Event {
            kind,
            engine: self.labels.engine,
            replica: self.labels.replica.as_deref(),
            model: call.model,
            operation: Some(call.operation),
            statement: None,
            times: 1,
            rows: error.is_none().then_some(rows),
            duration: started.elapsed(),
            outcome: Outcome::of(error),
            place: call.place,
        });
    }

    /// Hands an event to all that listen.
    pub(super) fn emit(&self, event: &Event<'_>) {
        if self.has(Listener::Subscribers) {
            self.hub.deliver(event);
        }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Is there a `tracing` subscriber that may want spans?
#[inline]
pub(super) fn is_traced() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}
