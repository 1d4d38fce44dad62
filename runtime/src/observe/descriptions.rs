//! The names, units and descriptions of metrics: the table of `docs/observability.md`, which a test compares with what a
//! program exports.

use metrics::{KeyName, Recorder, SharedString, Unit};

pub(super) mod names {
    pub(in crate::observe) const OPERATION_DURATION: &str = "db.client.operation.duration";
    pub(in crate::observe) const RETURNED_ROWS: &str = "db.client.response.returned_rows";
    pub(in crate::observe) const ROWS_WRITTEN: &str = "bindery.rows.written";
    pub(in crate::observe) const CONNECTION_COUNT: &str = "db.client.connection.count";
    pub(in crate::observe) const CONNECTION_MAX: &str = "db.client.connection.max";
    pub(in crate::observe) const CONNECTION_IDLE_MIN: &str = "db.client.connection.idle.min";
    pub(in crate::observe) const PENDING_REQUESTS: &str = "db.client.connection.pending_requests";
    pub(in crate::observe) const TIMEOUTS: &str = "db.client.connection.timeouts";
    pub(in crate::observe) const WAIT_TIME: &str = "db.client.connection.wait_time";
    pub(in crate::observe) const CREATE_TIME: &str = "db.client.connection.create_time";
    pub(in crate::observe) const USE_TIME: &str = "db.client.connection.use_time";
    pub(in crate::observe) const TRANSACTION_DURATION: &str = "bindery.transaction.duration";
    pub(in crate::observe) const SESSION_DURATION: &str = "bindery.session.duration";
    pub(in crate::observe) const LINK_CACHE_LOOKUPS: &str = "bindery.link_cache.lookups";
    pub(in crate::observe) const TASKS_ENDED: &str = "bindery.tasks.ended";
    pub(in crate::observe) const TASKS_COUNT: &str = "bindery.tasks.count";
    pub(in crate::observe) const TASKS_OLDEST: &str = "bindery.tasks.oldest";
    pub(in crate::observe) const IN_DOUBT_COUNT: &str = "bindery.in_doubt.count";
    pub(in crate::observe) const IN_DOUBT_OLDEST: &str = "bindery.in_doubt.oldest";
    pub(in crate::observe) const PREPARED_COUNT: &str = "bindery.prepared.count";
    pub(in crate::observe) const PREPARED_MAX: &str = "bindery.prepared.max";
    pub(in crate::observe) const SYNC_DURATION: &str = "bindery.sync.duration";
    pub(in crate::observe) const SYNC_ROWS: &str = "bindery.sync.rows";
    pub(in crate::observe) const SYNC_REJECTED: &str = "bindery.sync.rejected";
    pub(in crate::observe) const SYNC_LAST_DONE: &str = "bindery.sync.last_done";
    pub(in crate::observe) const CAPTURE_BEHIND: &str = "bindery.capture.behind";
    pub(in crate::observe) const CAPTURE_OLDEST: &str = "bindery.capture.oldest";
}

type Description = (&'static str, Unit, &'static str);

const HISTOGRAMS: &[Description] = &[
    (
        names::OPERATION_DURATION,
        Unit::Seconds,
        "Duration of statements, and of BEGIN, COMMIT and ROLLBACK.",
    ),
    (
        names::RETURNED_ROWS,
        Unit::Count,
        "Rows that a query returned.",
    ),
    (
        names::WAIT_TIME,
        Unit::Seconds,
        "Time until a connection was taken from the pool, or could not be.",
    ),
    (
        names::CREATE_TIME,
        Unit::Seconds,
        "Time to open a connection.",
    ),
    (
        names::USE_TIME,
        Unit::Seconds,
        "Time between taking a connection and returning it.",
    ),
    (
        names::TRANSACTION_DURATION,
        Unit::Seconds,
        "Duration of transactions, from after BEGIN to their end.",
    ),
    (
        names::SESSION_DURATION,
        Unit::Seconds,
        "Duration of sessions that used an engine.",
    ),
    (
        names::SYNC_DURATION,
        Unit::Seconds,
        "Duration of runs of syncs.",
    ),
];

const GAUGES: &[Description] = &[
    (
        names::CONNECTION_COUNT,
        Unit::Count,
        "Open connections by their state.",
    ),
    (
        names::CONNECTION_MAX,
        Unit::Count,
        "The most connections that may be open.",
    ),
    (
        names::CONNECTION_IDLE_MIN,
        Unit::Count,
        "Connections that stay open when they are idle.",
    ),
    (
        names::PENDING_REQUESTS,
        Unit::Count,
        "Callers that wait for a connection.",
    ),
    (
        names::TASKS_COUNT,
        Unit::Count,
        "Tasks of an outbox by their state, as they were last counted.",
    ),
    (
        names::TASKS_OLDEST,
        Unit::Seconds,
        "How long the oldest task that could run had waited when they were last counted.",
    ),
    (
        names::SYNC_REJECTED,
        Unit::Count,
        "Rows that wait after the last run of a sync, as it could not copy them.",
    ),
    (
        names::SYNC_LAST_DONE,
        Unit::Seconds,
        "The time, in seconds since 1970, at which a run of a sync was last done.",
    ),
    (
        names::CAPTURE_BEHIND,
        Unit::Count,
        "Recorded changes that a reader had not passed when they were last counted.",
    ),
    (
        names::CAPTURE_OLDEST,
        Unit::Seconds,
        "Age of the first of them.",
    ),
    (
        names::IN_DOUBT_COUNT,
        Unit::Count,
        "Transactions of atomic groups that are in doubt after the last recovery.",
    ),
    (
        names::IN_DOUBT_OLDEST,
        Unit::Seconds,
        "Age of the oldest of them.",
    ),
    (
        names::PREPARED_COUNT,
        Unit::Count,
        "Prepared transactions of a server, of all its databases and programs.",
    ),
    (
        names::PREPARED_MAX,
        Unit::Count,
        "The most prepared transactions that a server may have.",
    ),
];

const COUNTERS: &[Description] = &[
    (
        names::TIMEOUTS,
        Unit::Count,
        "Callers that waited for a connection in vain.",
    ),
    (
        names::ROWS_WRITTEN,
        Unit::Count,
        "Rows of models that calls wrote.",
    ),
    (
        names::LINK_CACHE_LOOKUPS,
        Unit::Count,
        "Keys that were looked up in caches of links.",
    ),
    (
        names::TASKS_ENDED,
        Unit::Count,
        "Attempts at tasks that workers ended.",
    ),
    (
        names::SYNC_ROWS,
        Unit::Count,
        "Rows that syncs wrote, and those that they could not copy.",
    ),
];

pub(super) fn describe(recorder: &dyn Recorder) {
    let parts = |(name, unit, text): &Description| {
        let name = KeyName::from_const_str(name);
        (name, Some(*unit), SharedString::const_str(text))
    };
    for (name, unit, text) in HISTOGRAMS.iter().map(parts) {
        recorder.describe_histogram(name, unit, text);
    }
    for (name, unit, text) in GAUGES.iter().map(parts) {
        recorder.describe_gauge(name, unit, text);
    }
    for (name, unit, text) in COUNTERS.iter().map(parts) {
        recorder.describe_counter(name, unit, text);
    }
}
