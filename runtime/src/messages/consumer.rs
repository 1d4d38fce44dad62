//! Consumers: typed handlers of events, with attempts and dead letters.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::MESSAGES_TABLE;
use super::context::MessageContext;
use super::event::Event;
use super::intake::{Intake, Taker};
use super::message::Message;
use super::options::worker_options;
use super::queue::Queue;
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Result};
use crate::link::retry::RetryPolicy;
use crate::outbox::{
    Failed, HasInbox, RunningWorker, StopHandle, TaskContext, TaskResult, Worker, WorkerReport,
    chain,
};

/// How often an event is tried.
const ATTEMPTS: u32 = 5;
/// The longest name of a consumer, in characters.
const LONGEST_NAME: usize = 64;

pub(super) type Handler<D> =
    Arc<dyn Fn(&Message, &MessageContext<'_, D>) -> std::result::Result<(), String> + Send + Sync>;

/// Handles events, those of a row in their order: `db.consumer("search")` of generated code. Its messages are in `_bindery_messages` of its
/// engine: a relay writes them there ([`Relay::to_consumers`](super::Relay::to_consumers)), or the consumer itself, from a queue.
///
/// A message is done with when its handler has returned, so after the commit of what it did; one that came twice, or was handled by a
/// process that was lost, is handled again: see [`MessageContext::latest`]. One that fails at its last attempt is kept with the reason.
#[must_use = "a consumer does nothing until it runs"]
pub struct Consumer<D: GeneratedDatabases> {
    pub(super) db: D,
    engine: usize,
    name: String,
    worker: Worker<D>,
    pub(super) handlers: BTreeMap<String, Handler<D>>,
    queues: Vec<Arc<dyn Queue>>,
    attempts: u32,
    pub(super) fault: Option<Error>,
}

worker_options!(Consumer);

impl<D: GeneratedDatabases> Consumer<D> {
    /// A consumer that keeps its messages on an engine, without handlers yet. Its name has up to 64 characters, and no other has it.
    pub fn new<E: HasInbox>(db: &D, engine: E, name: impl Into<String>) -> Self {
        let name = name.into();
        let is_wrong = name.is_empty() || name.chars().count() > LONGEST_NAME;
        let fault = is_wrong.then(|| {
            Error::new(ErrorKind::UnsupportedValue(format!(
                "the name of a consumer has from 1 to {LONGEST_NAME} characters"
            )))
        });
        Self {
            db: db.clone(),
            engine: engine.index(),
            name,
            worker: Worker::of_table(db, engine.index(), MESSAGES_TABLE),
            handlers: BTreeMap::new(),
            queues: Vec::new(),
            attempts: ATTEMPTS,
            fault,
        }
    }

    /// Handles events of this type; a second handler for one takes the place of the first. Where it returns an error or panics, the
    /// event is tried again later, up to the number of attempts.
    pub fn on<V: Event + 'static>(
        mut self,
        handler: impl Fn(V, &MessageContext<'_, D>) -> TaskResult + Send + Sync + 'static,
    ) -> Self {
        let handler: Handler<D> = Arc::new(move |message, context| {
            handler(V::read(message)?, context).map_err(|error| chain(&*error))
        });
        for name in V::names() {
            self.handlers.insert(name, Arc::clone(&handler));
        }
        self
    }

    /// Passes over events of this type: those without a handler count as failed otherwise.
    pub fn ignore<V: Event + 'static>(self) -> Self {
        self.on(|_: V, _| Ok(()))
    }

    /// Takes messages from a queue, too. They are acknowledged there once they are stored. While the queue is away, or its code panics, it is
    /// tried again, after at most ten seconds. What was taken and is not stored when the consumer stops is given back.
    pub fn from(mut self, queue: impl Queue) -> Self {
        self.queues.push(Arc::new(queue));
        self
    }

    /// The same from a queue that others have, too.
    pub fn from_shared(mut self, queue: Arc<dyn Queue>) -> Self {
        self.queues.push(queue);
        self
    }

    /// Sets how often an event is tried before it counts as failed, and with which pauses: five times unless set, after a second up to an
    /// hour, each four times as long as the one before.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.attempts = retry.set_attempts().unwrap_or(ATTEMPTS);
        self.worker = self.worker.retry(retry);
        self
    }

    /// Handles events until it is stopped. While the database cannot be reached it waits and tries again.
    ///
    /// # Errors
    /// The consumer was set up wrongly, the engine has no table of messages, or a thread cannot be started.
    pub fn run(self) -> Result<WorkerReport> {
        let (worker, intake) = self.parts()?;
        let intake = Intake::start(intake)?;
        let report = worker.run();
        let not_taken = intake.end();
        report.map(|report| WorkerReport {
            not_taken,
            ..report
        })
    }

    /// Handles events until none is due: for tests, and for programs that are started again and again.
    ///
    /// # Errors
    /// As [`run`](Self::run); and the database or a queue cannot be reached.
    pub fn run_until_idle(self) -> Result<WorkerReport> {
        let (worker, intake) = self.parts()?;
        let taken = intake.take_all().map_err(unreachable);
        intake.leave();
        taken?;
        worker.run_until_idle()
    }

    /// The same as [`run`](Self::run) on threads of its own, until what this returns is stopped or dropped.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn start(self) -> Result<RunningWorker> {
        let (worker, intake) = self.parts()?;
        let intake = Intake::start(intake)?;
        let failures = intake.failures();
        Ok(worker.start()?.with(Box::new(intake), failures))
    }

    fn parts(mut self) -> Result<(Worker<D>, Taker<D>)> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        for queue in &self.queues {
            queue
                .subscribe(&self.name)
                .map_err(|error| unreachable(error.to_string()))?;
        }
        let taker = Taker {
            db: self.db,
            engine: self.engine,
            name: self.name.clone(),
            queues: self.queues,
            attempts: self.attempts,
        };
        let (name, handlers) = (self.name, self.handlers);
        let types = vec![name.clone()];
        let handler = move |payload: &str, task: &TaskContext<'_, D>| {
            handle(&name, &handlers, payload, task).map_err(Failed::again)
        };
        Ok((self.worker.only(types).handled_by(handler), taker))
    }
}

fn handle<D: GeneratedDatabases>(
    name: &str,
    handlers: &BTreeMap<String, Handler<D>>,
    payload: &str,
    task: &TaskContext<'_, D>,
) -> std::result::Result<(), String> {
    let message = Message::from_json(payload).map_err(|error| error.to_string())?;
    let Some(handler) = handlers.get(message.event()) else {
        return Err(format!(
            "the consumer `{name}` has no handler for events of type `{}`",
            message.event()
        ));
    };
    handler(&message, &MessageContext::new(name, &message, task))
}

fn unreachable(why: String) -> Error {
    Error::new(ErrorKind::Config(why))
}
