//! Metrics of work in the background: tasks, and copies on other engines. `no_background.rs` stands in its place in programs without
//! the feature.

#[cfg(feature = "outbox")]
use std::borrow::Cow;

use metrics::{Key, Label, Level, Metadata, with_recorder};

use super::descriptions::names;
use super::meter::is_recorded;

static METADATA: Metadata<'static> = Metadata::new("bindery", Level::INFO, Some(module_path!()));

/// Adds to a counter.
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
    let gauge = |name, labels, value: f64| {
        let key = Key::from_parts(name, labels);
        with_recorder(|recorder| recorder.register_gauge(&key, &METADATA).set(value));
    };
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
    }
}
