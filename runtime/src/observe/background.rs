//! Metrics of work in the background: tasks, copies on other engines, and recovery of atomic groups. `no_background.rs` stands in its place in programs without
//! the feature.

#[cfg(feature = "outbox")]
use std::borrow::Cow;

use metrics::{Key, Label, Level, Metadata};

use super::descriptions::names;
use super::meter::{is_recorded, with_recorder};

static METADATA: Metadata<'static> = Metadata::new("bindery", Level::INFO, Some(module_path!()));

/// Recovery has found this number of transactions in doubt on an engine, the oldest of this age; and how many prepared transactions
/// its server has, and may have.
#[cfg(feature = "atomic")]
pub(crate) fn record_in_doubt(
    engine: &'static str,
    (number, oldest): (usize, std::time::Duration),
    slots: Option<(u64, u64)>,
) {
    if !is_recorded() {
        return;
    }
    let set = |name, value: f64| gauge(name, vec![Label::new("bindery.engine", engine)], value);
    set(names::IN_DOUBT_COUNT, number as f64);
    set(names::IN_DOUBT_OLDEST, oldest.as_secs_f64());
    if let Some((used, most)) = slots {
        set(names::PREPARED_COUNT, used as f64);
        set(names::PREPARED_MAX, most as f64);
    }
}

fn gauge(name: &'static str, labels: Vec<Label>, value: f64) {
    let key = Key::from_parts(name, labels);
    with_recorder(|recorder| recorder.register_gauge(&key, &METADATA).set(value));
}

/// Adds to a counter.
#[cfg(any(feature = "outbox", feature = "sync"))]
fn count(name: &'static str, labels: Vec<Label>, number: u64) {
    let key = Key::from_parts(name, labels);
    with_recorder(|recorder| {
        recorder.register_counter(&key, &METADATA).increment(number);
    });
}

/// Tasks of one of an engine's tables have ended so.
#[cfg(feature = "outbox")]
pub(crate) fn count_tasks(
    (engine, table): (&'static str, &'static str),
    outcomes: &[(&'static str, u64)],
) {
    if !is_recorded() {
        return;
    }
    for (outcome, number) in outcomes.iter().filter(|(_, number)| *number > 0) {
        let mut labels = table_labels(engine, table);
        labels.push(Label::new("bindery.outcome", Cow::Borrowed(*outcome)));
        count(names::TASKS_ENDED, labels, *number);
    }
}

/// The labels of a table of tasks: `outbox`, `events` or `messages`.
#[cfg(feature = "outbox")]
fn table_labels(engine: &'static str, table: &'static str) -> Vec<Label> {
    let queue = table.strip_prefix("_bindery_").unwrap_or(table);
    vec![
        Label::new("bindery.engine", Cow::Borrowed(engine)),
        Label::new("bindery.queue", Cow::Borrowed(queue)),
    ]
}

/// The tasks of one of an engine's tables are in these states, and the oldest that could run has waited for so long.
#[cfg(feature = "outbox")]
pub(crate) fn record_tasks(
    (engine, table): (&'static str, &'static str),
    states: &[(&'static str, u64)],
    oldest: std::time::Duration,
) {
    if !is_recorded() {
        return;
    }
    for (state, number) in states {
        let mut labels = table_labels(engine, table);
        labels.push(Label::new("bindery.state", Cow::Borrowed(*state)));
        gauge(names::TASKS_COUNT, labels, *number as f64);
    }
    gauge(
        names::TASKS_OLDEST,
        table_labels(engine, table),
        oldest.as_secs_f64(),
    );
}

/// A run of a sync is over.
#[cfg(feature = "sync")]
pub(crate) fn record_sync(
    sync: &str,
    has_failed: bool,
    time: std::time::Duration,
    rows: &[(&'static str, u64)],
) {
    if !is_recorded() {
        return;
    }
    let name = || Label::new("bindery.sync", sync.to_owned());
    let outcome = if has_failed { "failed" } else { "done" };
    let key = Key::from_parts(
        names::SYNC_DURATION,
        vec![name(), Label::new("bindery.outcome", outcome)],
    );
    with_recorder(|recorder| {
        let histogram = recorder.register_histogram(&key, &METADATA);
        histogram.record(time.as_secs_f64());
    });
    for (event, number) in rows {
        count(
            names::SYNC_ROWS,
            vec![name(), Label::new("bindery.event", *event)],
            *number,
        );
        if *event == "reject" {
            gauge(names::SYNC_REJECTED, vec![name()], *number as f64);
        }
    }
    if !has_failed {
        let since_1970 = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        gauge(
            names::SYNC_LAST_DONE,
            vec![name()],
            since_1970.as_secs_f64(),
        );
    }
}

/// A reader of recorded changes of an engine's table has this number before it, the first of this age.
#[cfg(feature = "sync")]
pub(crate) fn record_reader(
    engine: &'static str,
    (reader, table): (&str, &str),
    (behind, oldest): (u64, std::time::Duration),
) {
    if !is_recorded() {
        return;
    }
    let set = |name, value: f64| {
        let labels = vec![
            Label::new("bindery.engine", engine),
            Label::new("bindery.reader", reader.to_owned()),
            Label::new("bindery.table", table.to_owned()),
        ];
        gauge(name, labels, value);
    };
    set(names::CAPTURE_BEHIND, behind as f64);
    set(names::CAPTURE_OLDEST, oldest.as_secs_f64());
}
