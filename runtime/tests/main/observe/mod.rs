//! Observation of a program's statements, transactions and checkouts: events, spans, logs, counts.

mod dashboard;
mod events;
mod logs;
pub(crate) mod metrics;
mod opentelemetry;
mod spans;
mod within;

use std::sync::{Arc, Mutex};

use bindery::Registry;
use bindery::observe::{Event, EventKind, Subscription};

/// The parts of an event that tests compare.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    kind: EventKind,
    engine: &'static str,
    model: Option<&'static str>,
    rows: Option<u64>,
    times: u64,
    statement: Option<String>,
    outcome: String,
}

impl Seen {
    fn of(event: &Event<'_>) -> Self {
        Self {
            kind: event.kind,
            engine: event.engine,
            model: event.model,
            rows: event.rows,
            times: event.times,
            statement: event.statement.map(str::to_owned),
            outcome: match event.outcome.error() {
                Some(error) => error.kind().name().to_owned(),
                None if event.outcome.is_success() => "ok".to_owned(),
                None => "panicked".to_owned(),
            },
        }
    }
}

/// A list of the events of a registry.
struct Recorded {
    events: Arc<Mutex<Vec<Seen>>>,
    _subscription: Subscription,
}

impl Recorded {
    fn of(db: &Registry) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        Self {
            events,
            _subscription: db
                .subscribe(move |event: &Event| seen.lock().unwrap().push(Seen::of(event))),
        }
    }

    /// The events since the last call.
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    /// The same but for statements: drivers send different ones.
    fn take_but_statements(&self) -> Vec<Seen> {
        let mut events = self.take();
        events.retain(|event| event.kind != EventKind::Statement);
        events
    }
}
