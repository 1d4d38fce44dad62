//! A queue in a database: the table `_bindery_messages` of an engine with an inbox.

use std::time::Duration;

use super::MESSAGES_TABLE;
use super::message::Message;
use super::queue::{Delivery, Queue, QueueError};
use crate::databases::{GeneratedDatabases, Registry};
use crate::driver::Physical;
use crate::error::{Error, Operation, Result};
use crate::outbox::HasInbox;
use crate::outbox::table::{self, NewRow};
use crate::repository::published::task_key;

/// The queue of consumers that keep their messages on an engine with an inbox. A [`Consumer`](super::Consumer) of that engine reads its
/// messages there by itself.
pub struct DatabaseQueue {
    registry: Registry,
    engine: usize,
    consumers: Vec<String>,
    attempts: u32,
    redelivers_after: Duration,
}

impl DatabaseQueue {
    /// The queue of these consumers, in the database of an engine.
    pub fn new<D: GeneratedDatabases, E: HasInbox, N: Into<String>>(
        db: &D,
        engine: E,
        consumers: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            registry: db.registry().clone(),
            engine: engine.index(),
            consumers: consumers.into_iter().map(Into::into).collect(),
            attempts: 5,
            redelivers_after: Duration::from_secs(60),
        }
    }

    /// The attempts after which a message counts as failed, where the consumer sets no number of its own: 5 otherwise, at least 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The time after which [`take`](Queue::take) hands out again what was not acknowledged: a minute otherwise.
    #[must_use]
    pub fn redeliver_after(mut self, time: Duration) -> Self {
        self.redelivers_after = time;
        self
    }

    fn write<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T, QueueError> {
        let engine = &self.registry.engines[self.engine];
        let written = engine.pool.acquire_writer().and_then(|mut link| {
            link.call(Operation::Update, |link| {
                link.atomically(|link| work(link.ready()?))
            })
        });
        written.map_err(|error: Error| {
            let error = table::explained(error, MESSAGES_TABLE, engine.info.name());
            QueueError::Unavailable(error.on_engine(engine.info.name()).to_string())
        })
    }
}

impl Queue for DatabaseQueue {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        let body = message.to_json();
        self.write(|physical| {
            self.consumers.iter().try_for_each(|consumer| {
                insert(physical, consumer, (Some(message), &body), self.attempts)
            })
        })
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        if self.consumers.iter().any(|known| known == consumer) {
            return Ok(());
        }
        Err(QueueError::Refused(format!(
            "`{consumer}` is not among the consumers of the queue"
        )))
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let types = [consumer.to_owned()];
        let (claim, taken) = self.write(|physical| {
            table::claim(
                physical,
                MESSAGES_TABLE,
                &types,
                (most, self.redelivers_after),
            )
        })?;
        let delivery = |(id, body)| Delivery {
            receipt: format!("{claim}/{id}"),
            body,
        };
        Ok(taken.into_iter().map(delivery).collect())
    }

    fn acknowledge(&self, _: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let (claim, id) = claimed(delivery)?;
        self.write(|physical| table::complete(physical, MESSAGES_TABLE, claim, id))
    }

    fn give_back(&self, _: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let (claim, id) = claimed(delivery)?;
        self.write(|physical| table::release(physical, MESSAGES_TABLE, claim, id))
    }

    fn redelivers_after(&self) -> Duration {
        self.redelivers_after
    }
}

/// The claim and the number of a message, from its receipt.
fn claimed(delivery: &Delivery) -> Result<(&str, i64), QueueError> {
    let parts = delivery.receipt.rsplit_once('/');
    let parts = parts.and_then(|(claim, id)| Some((claim, id.parse::<i64>().ok()?)));
    parts.ok_or_else(|| QueueError::Refused("this is not one of its receipts".to_owned()))
}

/// Writes a message for a consumer, unless one with its id waits for it or has failed. One that is not a message is kept as well: its reader
/// says what is wrong with it.
pub(super) fn insert(
    physical: &mut Physical,
    consumer: &str,
    (message, body): (Option<&Message>, &str),
    attempts: u32,
) -> Result<()> {
    let row = |message: &Message| {
        let about = format!("{consumer} {} {}", message.source(), message.model());
        task_key(&about, message.subject())
    };
    let id = |message: &Message| task_key(consumer, message.id());
    let row = NewRow {
        task: consumer,
        payload: body,
        key: message.map(row),
        unique_key: message.map(id),
        attempts,
    };
    table::insert(physical, MESSAGES_TABLE, &row)
}
