//! The seam to queues: what a relay and a consumer need of one.

use std::fmt;
use std::time::Duration;

use super::message::Message;

/// A queue that relays write to and consumers read from. Each consumer that has subscribed gets every message; programs of one consumer
/// share its messages. [`contract`](super::contract()) tests an implementation.
///
/// MUST:
/// - `push` returns once the queue has the message for good. It may have a message twice that is pushed twice.
/// - A message that was taken is handed out again unless it is acknowledged within [`redelivers_after`](Self::redelivers_after).
/// - Messages of one key come in the order in which they were pushed; a later one is not handed out while an earlier one is taken, except
///   both in one call.
/// - The body of a delivery is the text that was pushed.
///
/// SHOULD:
/// - [`give_back`](Self::give_back) a message so that it is handed out again at once.
/// - [`leave`](Self::leave) what is held for this program to others.
pub trait Queue: Send + Sync + 'static {
    /// Stores a message for every consumer that has subscribed.
    ///
    /// # Errors
    /// The queue cannot be reached, or does not take this message.
    fn push(&self, message: &Message) -> Result<(), QueueError>;

    /// Has a consumer get the messages that are pushed from now on. Does nothing where it does already.
    ///
    /// # Errors
    /// The queue cannot be reached, or does not know such a consumer.
    fn subscribe(&self, consumer: &str) -> Result<(), QueueError>;

    /// Takes up to this number of messages, and returns immediately where there are none.
    ///
    /// # Errors
    /// The queue cannot be reached.
    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError>;

    /// Says that a message is done with: it is not handed out again.
    ///
    /// # Errors
    /// The queue cannot be reached.
    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError>;

    /// Gives back a message that was taken and is not done with: it is handed out again at once. Unless a queue says otherwise it does
    /// nothing, and the message is handed out again after its time.
    ///
    /// # Errors
    /// The queue cannot be reached.
    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let _ = (consumer, delivery);
        Ok(())
    }

    /// Says that this program takes no more messages for a consumer: those that the queue holds for this program alone go to others. A later
    /// `take` begins anew. Unless a queue says otherwise it does nothing, as such a queue holds none.
    ///
    /// # Errors
    /// The queue cannot be reached.
    fn leave(&self, consumer: &str) -> Result<(), QueueError> {
        let _ = consumer;
        Ok(())
    }

    /// The time after which a message is handed out again that was taken and not acknowledged.
    fn redelivers_after(&self) -> Duration;
}

/// A message as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The queue's name for what was taken.
    pub receipt: String,
    /// The text that was pushed.
    pub body: String,
}

/// A queue did not do what it should. The reason should hold no values of messages and no passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueueError {
    /// It cannot be reached at the moment: the relay tries again for as long as that lasts.
    Unavailable(String),
    /// It does not take this message, and never will: the event is kept as failed, and others go on.
    Refused(String),
}

impl fmt::Display for QueueError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(out, "the queue cannot be reached: {why}"),
            Self::Refused(why) => write!(out, "the queue refuses the message: {why}"),
        }
    }
}

impl std::error::Error for QueueError {}
