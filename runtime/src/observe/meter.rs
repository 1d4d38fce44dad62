//! Metrics of the engines for the crate `metrics`, named as OpenTelemetry's semantic conventions for databases name them
//! (<https://opentelemetry.io/docs/specs/semconv/db/database-metrics/>). They hold no values. `no_meter.rs` stands in its place
//! in programs without the feature.
//!
//! Handles of metrics are not kept: which recorder they belong to may differ from thread to thread. Their names and labels are.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use metrics::{Key, Label, Level, Metadata, Recorder};

#[cfg(feature = "session")]
use super::SessionOutcome;
use super::descriptions::{self, names};
use super::observer::Listener;
use super::running::StatementLabels;
use super::{Event, EventKind, Observer, Outcome, TransactionOutcome, ensure_outside};
use crate::error::unquoted;

static METADATA: Metadata<'static> = Metadata::new("bindery", Level::INFO, Some(module_path!()));

/// Whether there is a recorder for this thread. The one that stands in where none is installed is the only one without a size.
#[inline]
pub(crate) fn is_recorded() -> bool {
    !cfg!(bindery_unobserved) && metrics::with_recorder(|recorder| size_of_val(recorder) != 0)
}

thread_local! {
    static IS_RECORDING: Cell<bool> = const { Cell::new(false) };
}

/// This thread's recorder is being called.
struct Recording;

impl Recording {
    fn begin() -> Option<Self> {
        (!IS_RECORDING.replace(true)).then(|| Self)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        IS_RECORDING.set(false);
    }
}

/// Calls the recorder of this thread. What a recorder does with the databases itself is not recorded.
pub(super) fn with_recorder(work: impl FnOnce(&dyn Recorder)) {
    ensure_outside();
    if let Some(_recording) = Recording::begin() {
        metrics::with_recorder(work);
    }
}

/// The number of connections of a pool.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PoolCounts {
    pub(crate) idle: usize,
    pub(crate) used: usize,
    pub(crate) waiting: usize,
    /// The limits of the pool.
    pub(crate) max: usize,
    pub(crate) min: usize,
    /// Checkouts that timed out since the pool was made.
    pub(crate) timeouts: u64,
}

/// The metrics of one pool and its connections.
#[derive(Default)]
pub(super) struct Meter {
    keys: RwLock<HashMap<Series, Arc<Key>>>,
    /// The counts of the pool as they were reported last.
    reported: Mutex<PoolCounts>,
}

/// A metric with its labels. There is a limited number of each, as all are texts of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Series {
    name: &'static str,
    /// The name and value of the label that only this metric has, where it has one.
    own: Option<(&'static str, &'static str)>,
    model: Option<&'static str>,
    table: Option<&'static str>,
    query: Option<&'static str>,
    error: Option<&'static str>,
    is_batch: bool,
}

impl Series {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            own: None,
            model: None,
            table: None,
            query: None,
            error: None,
            is_batch: false,
        }
    }

    fn with(name: &'static str, label: &'static str, value: &'static str) -> Self {
        Self {
            own: Some((label, value)),
            ..Self::of(name)
        }
    }

    fn key(&self, common: &[(&'static str, Cow<'static, str>)]) -> Key {
        let mut labels: Vec<Label> = common
            .iter()
            .map(|(name, value)| Label::new(*name, value.clone()))
            .collect();
        let own = self.own.map(|(name, value)| {
            let value = if self.is_batch {
                Cow::Owned(format!("BATCH {value}"))
            } else {
                Cow::Borrowed(value)
            };
            Label::new(name, value)
        });
        let others = [
            ("bindery.model", self.model),
            ("bindery.query", self.query),
            ("error.type", self.error),
        ];
        let others = others.into_iter();
        labels.extend(own);
        let table = self.table.map(unquoted);
        labels.extend(table.map(|table| Label::new("db.collection.name", table)));
        labels.extend(others.filter_map(|(name, value)| Some(Label::new(name, value?))));
        Key::from_parts(self.name, labels)
    }
}

/// The labels that all metrics of one database have.
pub(super) struct Database<'d> {
    pub(super) engine: &'static str,
    pub(super) replica: Option<&'d str>,
    pub(super) system: &'static str,
    pub(super) address: Option<&'d str>,
    pub(super) port: Option<u16>,
}

impl Database<'_> {
    fn labels(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let owned = |value: Option<&str>| value.map(|value| Cow::Owned(value.to_owned()));
        let optional = [
            ("bindery.replica", owned(self.replica)),
            ("server.address", owned(self.address)),
            (
                "server.port",
                self.port.map(|port| Cow::Owned(port.to_string())),
            ),
        ];
        let mut labels = vec![
            ("bindery.engine", Cow::Borrowed(self.engine)),
            ("db.system.name", Cow::Borrowed(self.system)),
        ];
        let optional = optional.into_iter();
        labels.extend(optional.filter_map(|(name, value)| Some((name, value?))));
        labels
    }

    /// The server of a pool is known when it has answered, and its pool before: its product is no label of these.
    fn pool_labels(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let pool = match self.replica {
            None => Cow::Borrowed(self.engine),
            Some(replica) => Cow::Owned(format!("{}/{replica}", self.engine)),
        };
        vec![
            ("bindery.engine", Cow::Borrowed(self.engine)),
            ("db.client.connection.pool.name", pool),
        ]
    }
}

impl Meter {
    /// A statement, BEGIN, COMMIT or ROLLBACK is over.
    pub(super) fn statement(&self, of: &Database<'_>, event: &Event<'_>, labels: StatementLabels) {
        let (operation, table, query) = labels;
        let series = Series {
            model: event.model,
            table,
            query,
            error: error_type(&event.outcome),
            is_batch: event.times > 1,
            ..Series::with(names::OPERATION_DURATION, "db.operation.name", operation)
        };
        let key = self.key(series, || of.labels());
        let rows = event.rows.filter(|_| is_read(event)).map(|rows| {
            let series = Series {
                name: names::RETURNED_ROWS,
                ..series
            };
            (self.key(series, || of.labels()), rows)
        });
        with_recorder(|recorder| {
            record(recorder, &key, event.duration.as_secs_f64());
            if let Some((key, rows)) = rows {
                record(recorder, &key, rows as f64);
            }
        });
    }

    /// A call wrote rows of a model.
    pub(super) fn write(&self, of: &Database<'_>, event: &Event<'_>) {
        let Some(rows) = event.rows else { return };
        let series = Series {
            model: event.model,
            ..Series::with(names::ROWS_WRITTEN, "bindery.event", event.kind.name())
        };
        self.count(series, rows, || of.labels());
    }

    /// A transaction is over.
    pub(super) fn transaction(
        &self,
        of: &Database<'_>,
        outcome: TransactionOutcome,
        duration: Duration,
    ) {
        let series = Series::with(
            names::TRANSACTION_DURATION,
            "bindery.outcome",
            outcome.name(),
        );
        let key = self.key(series, || of.labels());
        with_recorder(|recorder| record(recorder, &key, duration.as_secs_f64()));
    }

    /// A connection was waited for.
    pub(super) fn checkout(&self, of: &Database<'_>, event: &Event<'_>) {
        let series = Series {
            error: error_type(&event.outcome),
            ..Series::of(names::WAIT_TIME)
        };
        self.time(of, series, event.duration);
    }

    /// A connection was opened.
    pub(super) fn opened(&self, of: &Database<'_>, duration: Duration) {
        self.time(of, Series::of(names::CREATE_TIME), duration);
    }

    /// A connection was used for this long.
    pub(super) fn used(&self, of: &Database<'_>, duration: Duration) {
        self.time(of, Series::of(names::USE_TIME), duration);
    }

    fn time(&self, of: &Database<'_>, series: Series, duration: Duration) {
        let key = self.key(series, || of.pool_labels());
        with_recorder(|recorder| record(recorder, &key, duration.as_secs_f64()));
    }

    /// The counts of the pool have changed. They are reported as differences, so that those of pools with one name
    /// add up, and that it does not matter which of two threads reports first.
    pub(super) fn pool(&self, of: &Database<'_>, counts: impl FnOnce() -> PoolCounts) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let now = counts();
        let before = std::mem::replace(&mut *reported, now);
        drop(reported);
        let state =
            |value| Series::with(names::CONNECTION_COUNT, "db.client.connection.state", value);
        for (series, before, now) in [
            (state("idle"), before.idle, now.idle),
            (state("used"), before.used, now.used),
            (Series::of(names::CONNECTION_MAX), before.max, now.max),
            (Series::of(names::CONNECTION_IDLE_MIN), before.min, now.min),
            (
                Series::of(names::PENDING_REQUESTS),
                before.waiting,
                now.waiting,
            ),
        ] {
            let key = self.key(series, || of.pool_labels());
            with_recorder(|recorder| {
                let gauge = recorder.register_gauge(&key, &METADATA);
                gauge.increment(now as f64 - before as f64);
            });
        }
        let timeouts = now.timeouts.saturating_sub(before.timeouts);
        self.count(Series::of(names::TIMEOUTS), timeouts, || of.pool_labels());
    }

    fn count(
        &self,
        series: Series,
        number: u64,
        labels: impl FnOnce() -> Vec<(&'static str, Cow<'static, str>)>,
    ) {
        let key = self.key(series, labels);
        with_recorder(|recorder| {
            let counter = recorder.register_counter(&key, &METADATA);
            counter.increment(number);
        });
    }

    /// A recorder may call whatever it wants, so it is not called under the lock.
    fn key(
        &self,
        series: Series,
        labels: impl FnOnce() -> Vec<(&'static str, Cow<'static, str>)>,
    ) -> Arc<Key> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&series) {
            return Arc::clone(key);
        }
        drop(keys);
        let key = Arc::new(series.key(&labels()));
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(keys.entry(series).or_insert(key))
    }
}

fn record(recorder: &dyn Recorder, key: &Key, value: f64) {
    recorder.register_histogram(key, &METADATA).record(value);
}

/// Whether the rows of this statement were returned.
fn is_read(event: &Event<'_>) -> bool {
    event.kind == EventKind::Statement
        && event.operation.is_none_or(|operation| !operation.writes())
}

/// `error.type`, as in spans.
fn error_type(outcome: &Outcome<'_>) -> Option<&'static str> {
    match outcome {
        Outcome::Succeeded => None,
        Outcome::Failed(error) => Some(error.kind().name()),
        Outcome::HandlerFailed { .. } => Some("handler"),
        Outcome::Panicked => Some("panic"),
    }
}

impl TransactionOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Lost => "lost",
        }
    }
}

#[cfg(feature = "session")]
impl SessionOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled_back",
            Self::Split => "split",
        }
    }
}

impl Observer {
    /// Has what happens recorded from now on, where this thread has a recorder.
    pub(crate) fn notice_recorder(&self) {
        if !self.has(Listener::Metrics) && is_recorded() {
            self.set(Listener::Metrics, true);
            with_recorder(|recorder| descriptions::describe(recorder));
        }
    }

    fn database(&self) -> Database<'_> {
        let labels = &self.labels;
        Database {
            engine: labels.engine,
            replica: labels.replica.as_deref(),
            system: self.system(),
            address: labels.address.as_deref(),
            port: labels.port,
        }
    }

    /// Records what is over.
    pub(super) fn record(&self, event: &Event<'_>, labels: impl FnOnce() -> StatementLabels) {
        if !self.has(Listener::Metrics) {
            return;
        }
        match event.kind {
            EventKind::Statement | EventKind::Begin | EventKind::Commit | EventKind::Rollback => {
                self.meter.statement(&self.database(), event, labels());
            }
            EventKind::Checkout => self.meter.checkout(&self.database(), event),
            EventKind::Insert
            | EventKind::Update
            | EventKind::Save
            | EventKind::Delete
            | EventKind::Upsert => self.meter.write(&self.database(), event),
            // No statement: subscribers and the log have it.
            EventKind::Sync | EventKind::Task | EventKind::CompensationPending => {}
        }
    }

    /// A transaction is over.
    pub(crate) fn record_transaction(&self, started: Instant, outcome: TransactionOutcome) {
        if self.has(Listener::Metrics) {
            let duration = started.elapsed();
            self.meter.transaction(&self.database(), outcome, duration);
        }
    }

    /// A connection was opened.
    pub(crate) fn record_opened(&self, started: Instant) {
        self.notice_recorder();
        if self.has(Listener::Metrics) {
            self.meter.opened(&self.database(), started.elapsed());
        }
    }

    /// A connection is given back after this time.
    pub(crate) fn record_used(&self, duration: Duration) {
        if self.has(Listener::Metrics) {
            self.meter.used(&self.database(), duration);
        }
    }

    /// The counts of the pool may have changed.
    pub(crate) fn record_pool(&self, counts: impl FnOnce() -> PoolCounts) {
        if self.has(Listener::Metrics) {
            self.meter.pool(&self.database(), counts);
        }
    }
}

/// The time that a session lasts, where a recorder is there.
#[cfg(feature = "session")]
#[derive(Default)]
pub(crate) struct SessionClock(Option<Instant>);

#[cfg(feature = "session")]
impl SessionClock {
    pub(crate) fn start() -> Self {
        Self(is_recorded().then(Instant::now))
    }

    /// Whether the end of the session is to be reported.
    pub(crate) fn is_running(&self) -> bool {
        self.0.is_some()
    }

    /// The session is over.
    pub(crate) fn end(&mut self, outcome: SessionOutcome) {
        let Some(started) = self.0.take() else { return };
        let labels = vec![Label::new("bindery.outcome", outcome.name())];
        let key = Key::from_parts(names::SESSION_DURATION, labels);
        with_recorder(|recorder| record(recorder, &key, started.elapsed().as_secs_f64()));
    }
}

/// A cache of links had some rows and lacked others.
pub(crate) fn count_link_lookups(
    engine: &'static str,
    model: &'static str,
    hits: u64,
    misses: u64,
) {
    if !is_recorded() {
        return;
    }
    for (result, number) in [("hit", hits), ("miss", misses)] {
        let series = Series {
            model: Some(model),
            ..Series::with(names::LINK_CACHE_LOOKUPS, "bindery.result", result)
        };
        let key = series.key(&[("bindery.engine", Cow::Borrowed(engine))]);
        with_recorder(|recorder| {
            recorder.register_counter(&key, &METADATA).increment(number);
        });
    }
}
