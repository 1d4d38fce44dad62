//! Relays take events out of the outbox and hand them to queues.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::database_queue::DatabaseQueue;
use super::message::Message;
use super::options::worker_options;
use super::queue::{Queue, QueueError};
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Result, json_problem};
use crate::link::retry::RetryPolicy;
use crate::outbox::{
    Failed, HasInbox, HasOutbox, RunningWorker, StopHandle, TaskContext, Worker, WorkerReport,
};
use crate::repository::published::EVENTS_TABLE;

/// An event that has found a queue away is tried again after at most the longer time, and a quarter of it more by chance: together with
/// `REST` less than 5 s.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_millis(3_500));
/// A queue that is away is not tried more often than this, however many events wait.
const REST: Duration = Duration::from_millis(500);

/// Hands the events of an engine to queues, after their commit and in the order of each row: `db.relay()` of generated code. An event is
/// handed on at least once. Any number of relays of an engine may run; together they are one, so all have the same queues.
#[must_use = "a relay does nothing until it runs"]
pub struct Relay<D: GeneratedDatabases> {
    db: D,
    worker: Worker<D>,
    engine: &'static str,
    source: String,
    queues: Vec<Arc<dyn Queue>>,
}

worker_options!(Relay);

impl<D: GeneratedDatabases> Relay<D> {
    /// A relay for the events of an engine, without queues yet.
    pub fn new<E: HasOutbox>(db: &D, engine: E) -> Self {
        let worker = Worker::of_table(db, engine.index(), EVENTS_TABLE);
        Self {
            db: db.clone(),
            worker: worker.retry(RetryPolicy::new().or_backoff(PAUSES)),
            engine: engine.name(),
            source: format!("/engines/{}", engine.name()),
            queues: Vec::new(),
        }
    }

    /// Hands events to this queue. With several, each gets every event; one that is away holds up the others, as an event is handed on
    /// when all have it.
    pub fn to(mut self, queue: impl Queue) -> Self {
        self.queues.push(Arc::new(queue));
        self
    }

    /// The same to a queue that others have, too.
    pub fn to_shared(mut self, queue: Arc<dyn Queue>) -> Self {
        self.queues.push(queue);
        self
    }

    /// Hands events to consumers that keep their messages on an engine with an inbox: short for [`DatabaseQueue`].
    pub fn to_consumers<E: HasInbox, N: Into<String>>(
        self,
        engine: E,
        consumers: impl IntoIterator<Item = N>,
    ) -> Self {
        let queue = DatabaseQueue::new(&self.db, engine, consumers);
        self.to(queue)
    }

    /// The `source` of messages: a URI that no other program and engine has. `/engines/default` otherwise. By it, and the row, consumers
    /// tell newer events from older ones, so it must not be changed.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Sets how often an event is tried before it counts as failed, in place of what it says itself, and with which pauses: from a second up
    /// to 3.5 s unless set, so that events go on within five seconds after a queue was away.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.worker = self.worker.retry(retry.or_backoff(PAUSES));
        self
    }

    /// Hands events on until it is stopped. While the database or a queue cannot be reached it waits and tries again.
    ///
    /// # Errors
    /// There is no queue, the engine has no table of events, or a thread cannot be started.
    pub fn run(self) -> Result<WorkerReport> {
        self.worker()?.run()
    }

    /// Hands events on until none is due: for tests, and for programs that are started again and again.
    ///
    /// # Errors
    /// As [`run`](Self::run); and the database cannot be reached.
    pub fn run_until_idle(self) -> Result<WorkerReport> {
        self.worker()?.run_until_idle()
    }

    /// The same as [`run`](Self::run) on a thread of its own, until what this returns is stopped or dropped.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn start(self) -> Result<RunningWorker> {
        self.worker()?.start()
    }

    fn worker(self) -> Result<Worker<D>> {
        if self.queues.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported(
                "a relay without a queue: call `to` or `to_consumers` before it runs",
            )));
        }
        let (engine, source, queues) = (self.engine, self.source, self.queues);
        let handler = move |payload: &str, task: &TaskContext<'_, D>| {
            let message = message(payload, task, (engine, &source))?;
            let pushed = queues.iter().try_for_each(|queue| queue.push(&message));
            pushed.map_err(|error| match error {
                QueueError::Unavailable(_) => Failed::away(error.to_string(), REST),
                QueueError::Refused(_) => Failed::for_good(error.to_string()),
            })
        };
        Ok(self.worker.handled_by(handler))
    }
}

/// An event as it is stored.
#[derive(Deserialize)]
struct Stored {
    key: Box<RawValue>,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
    origin: Option<String>,
}

fn message<D: GeneratedDatabases>(
    payload: &str,
    task: &TaskContext<'_, D>,
    (engine, source): (&str, &str),
) -> std::result::Result<Message, Failed> {
    let unreadable = |error: serde_json::Error| {
        let why = format!("the event cannot be read: {}", json_problem(&error));
        Failed::for_good(why)
    };
    let stored: Stored = serde_json::from_str(payload).map_err(unreadable)?;
    let mut data = format!("{{\"key\":{}", stored.key);
    for (name, row) in [("before", &stored.before), ("after", &stored.after)] {
        if let Some(row) = row {
            data += &format!(",\"{name}\":{row}");
        }
    }
    Ok(Message {
        id: task.uid().to_owned(),
        source: source.to_owned(),
        event: task.task_name().to_owned(),
        subject: subject(stored.key.get()),
        version: task.id(),
        time: UNIX_EPOCH + Duration::from_millis(task.created_ms()),
        origin: Some(match stored.origin {
            Some(before) => format!("{before},{engine}"),
            None => engine.to_owned(),
        }),
        data: RawValue::from_string(data + "}").map_err(unreadable)?,
    })
}

/// A key of one text is that text; others are JSON.
fn subject(key: &str) -> String {
    serde_json::from_str::<String>(key).unwrap_or_else(|_| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers OUT-5.
    #[test]
    fn out_05_an_event_is_tried_within_five_seconds() {
        assert!(PAUSES.1.mul_f64(1.25) + REST < Duration::from_secs(5));
    }
}
