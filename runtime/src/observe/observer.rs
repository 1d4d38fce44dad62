//! The observer of one pool: how its database is named, and whether anything listens.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
#[cfg(feature = "saga")]
use std::time::Duration;
use std::time::Instant;

use bindery_core::config::LogConfig;
use bindery_core::dialect::Dialect;
use tracing::level_filters::LevelFilter;

use super::log::Plans;
#[cfg(feature = "metrics")]
use super::meter::Meter;
use super::{
    Call, Event, EventKind, Hub, Notes, Outcome, Reported, Sent, WantedPlan, counters, log, span,
};
use crate::error::Error;
#[cfg(any(feature = "saga", feature = "outbox", feature = "sync"))]
use crate::error::Operation;
use crate::value::json_list;

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
    /// Slow statements are logged, or all of them.
    Log = 2,
    /// A part of the program counts its statements.
    Counts = 4,
    /// Statements that one connection repeats are reported.
    Repeats = 8,
    /// They are recorded as metrics.
    #[cfg(feature = "metrics")]
    Metrics = 16,
}

/// The number of observers of the process that are listened to: a statement can look at it without any pointer.
static LISTENED_TO: AtomicUsize = AtomicUsize::new(0);

/// Whether nothing in the process listens to any statement. `bindery_unobserved` is set by `cargo xtask bench --observation`, which
/// measures what it costs to find out.
#[inline]
pub(crate) fn is_idle() -> bool {
    cfg!(bindery_unobserved) || (LISTENED_TO.load(Ordering::Relaxed) == 0 && !is_traced())
}

/// Work in the background that is over.
#[cfg(any(feature = "outbox", feature = "sync"))]
pub(crate) struct Background<'e> {
    pub(crate) kind: EventKind,
    pub(crate) name: &'e str,
    pub(crate) model: Option<&'static str>,
    pub(crate) operation: Option<Operation>,
    pub(crate) rows: Option<u64>,
    pub(crate) started: Instant,
    pub(crate) outcome: Outcome<'e>,
}

/// One for each pool, shared by its connections.
pub(crate) struct Observer {
    pub(super) labels: Labels,
    /// `mariadb` or `mysql`, which is known once one has answered.
    product: OnceLock<&'static str>,
    listeners: AtomicU8,
    log: RwLock<LogConfig>,
    plans: Plans,
    /// Places from which a statement runs again and again.
    repeated: Reported,
    #[cfg(feature = "metrics")]
    pub(super) meter: Meter,
    hub: Arc<Hub>,
}

impl Observer {
    pub(super) fn new(labels: Labels, log: LogConfig, hub: Arc<Hub>) -> Self {
        let observer = Self {
            labels,
            product: OnceLock::new(),
            listeners: AtomicU8::new(0),
            log: RwLock::new(log),
            plans: Plans::default(),
            repeated: Reported::default(),
            #[cfg(feature = "metrics")]
            meter: Meter::default(),
            hub,
        };
        observer.set(Listener::Log, log.is_any());
        observer.set(Listener::Repeats, log.repeated_statement.is_some());
        observer
    }

    /// Changes how statements are logged from now on.
    pub(crate) fn change_log(&self, change: impl FnOnce(&mut LogConfig)) {
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut log);
        self.set(Listener::Log, log.is_any());
    }

    /// How statements are logged now.
    pub(crate) fn log_config(&self) -> LogConfig {
        *self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the values of statements are needed when those are over.
    pub(super) fn wants_values(&self) -> bool {
        self.has(Listener::Log) && self.log_config().needs_values()
    }

    /// Whether anything listens to this pool.
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

    pub(super) fn has(&self, listener: Listener) -> bool {
        self.listeners.load(Ordering::Relaxed) & listener as u8 != 0
    }

    /// Nothing listens to it any more.
    fn end(&self) {
        if self.listeners.swap(0, Ordering::Relaxed) != 0 {
            LISTENED_TO.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn engine(&self) -> &'static str {
        self.labels.engine
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

    /// The value of `db.system.name`, as OpenTelemetry has it.
    pub(crate) fn system(&self) -> &'static str {
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
        let event = Event {
            kind,
            engine: self.labels.engine,
            replica: self.labels.replica.as_deref(),
            model: call.model,
            operation: Some(call.operation),
            name: None,
            statement: None,
            times: 1,
            rows: error.is_none().then_some(rows),
            duration: started.elapsed(),
            outcome: Outcome::of(error),
            place: call.place,
        };
        self.record(&event, || ("", None, None));
        if self.has(Listener::Subscribers) {
            self.hub.deliver(&event);
        }
    }

    /// A compensation of a saga waits to be tried again, or for a person.
    #[cfg(feature = "saga")]
    pub(crate) fn emit_pending(&self, error: &Error) {
        tracing::error!(bindery.engine = self.labels.engine, %error, "a saga is half done");
        if self.has(Listener::Subscribers) {
            self.hub.deliver(&Event {
                kind: EventKind::CompensationPending,
                engine: self.labels.engine,
                replica: None,
                model: None,
                operation: Some(Operation::Saga),
                name: None,
                statement: None,
                times: 1,
                rows: None,
                duration: Duration::ZERO,
                outcome: Outcome::Failed(error),
                place: None,
            });
        }
    }

    /// Work in the background is over: a run of a sync, or an attempt at a task.
    #[cfg(any(feature = "outbox", feature = "sync"))]
    pub(crate) fn emit_background(&self, over: &Background<'_>) {
        if self.has(Listener::Subscribers) {
            self.hub.deliver(&Event {
                kind: over.kind,
                engine: self.labels.engine,
                replica: None,
                model: over.model,
                operation: over.operation,
                name: Some(over.name),
                statement: None,
                times: 1,
                rows: over.rows,
                duration: over.started.elapsed(),
                outcome: over.outcome,
                place: None,
            });
        }
    }

    /// Hands the event of what was under way to all that listen.
    pub(super) fn emit(&self, event: &Event<'_>, sent: &Sent<'_>, notes: Option<&Notes>) {
        let is_statement = event.kind == EventKind::Statement;
        if is_statement && self.has(Listener::Log) {
            self.log(event, sent, notes);
        }
        if let Some(text) = control_text(event.kind)
            && self.has(Listener::Log)
        {
            let config = self.log_config();
            let shown = Event {
                statement: Some(text),
                ..*event
            };
            if let Some(logged) = log::echoed(&config, event.duration) {
                log::log(logged, &shown, Some(text), None);
            }
        }
        let limit = || self.log_config().repeated_statement.map(u64::from);
        if is_statement && self.has(Listener::Counts) {
            counters::count(&self.hub, event, limit(), sent, &self.repeated);
        }
        if let Some(notes) =
            notes.filter(|_| is_statement && !sent.is_own && self.has(Listener::Repeats))
        {
            let tally = &notes.tally;
            tally.add(event, limit(), sent, &self.repeated);
        }
        if self.has(Listener::Subscribers) {
            self.hub.deliver(event);
        }
    }

    fn log(&self, event: &Event<'_>, sent: &Sent<'_>, notes: Option<&Notes>) {
        let config = self.log_config();
        let can_be_explained = event.outcome.is_success()
            && notes.is_some()
            && sent.values.is_some()
            && span::can_be_explained(sent);
        let Some(logged) =
            self.plans
                .logged(&config, event.duration, (sent.is_own, can_be_explained))
        else {
            return;
        };
        let values = sent.values.as_deref().filter(|_| logged.with_values);
        let values = values.and_then(|values| json_list::of(values).ok());
        log::log(logged, event, sent.shown_text(), values.as_deref());
        if let (true, Some(notes)) = (logged.with_plan, notes) {
            notes.want_plan(WantedPlan {
                logged,
                sql: event.statement.unwrap_or_default().to_owned(),
                is_fixed: sent.is_fixed,
                values: sent.values.clone().unwrap_or_default(),
            });
        }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        self.record_pool(super::PoolCounts::default);
        self.end();
    }
}

/// How a statement that begins or ends a transaction is echoed.
fn control_text(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Begin => Some("BEGIN"),
        EventKind::Commit => Some("COMMIT"),
        EventKind::Rollback => Some("ROLLBACK"),
        EventKind::Statement
        | EventKind::Insert
        | EventKind::Update
        | EventKind::Save
        | EventKind::Delete
        | EventKind::Upsert
        | EventKind::Checkout
        | EventKind::Sync
        | EventKind::Task
        | EventKind::CompensationPending => None,
    }
}

/// Whether there is a `tracing` subscriber that may want spans.
#[inline]
pub(super) fn is_traced() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}
