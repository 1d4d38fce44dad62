//! Events of committed changes on their way: a relay takes them out of an engine's outbox and hands them to queues, consumers take
//! them from there and change engines of their own. How events are written is the matter of `repository/published`.
//!
//! Events and messages are worked off as tasks are, each in a table of its own: in the order of their keys, with leases, attempts and
//! pauses, and those that failed are kept.

mod consumer;
mod context;
mod contract;
mod database_queue;
mod event;
mod intake;
mod memory_queue;
mod message;
mod options;
mod queue;
mod relay;
#[cfg(feature = "sync")]
mod synced;
mod versions;

pub use self::consumer::Consumer;
pub use self::context::MessageContext;
pub use self::contract::contract;
pub use self::database_queue::DatabaseQueue;
pub use self::event::{Change, Created, Deleted, Event, Published, Updated};
pub use self::memory_queue::MemoryQueue;
pub use self::message::{InvalidMessage, Message, parse_time};
pub use self::queue::{Delivery, Queue, QueueError};
pub use self::relay::Relay;

use crate::databases::Registry;
use crate::link::engine::Engine;
use crate::outbox::TaskQueue;
use crate::repository::published::EVENTS_TABLE;

/// The table of messages on an engine with an inbox.
pub(crate) const MESSAGES_TABLE: &str = "_bindery_messages";

/// The messages of the consumers of an engine, for people and for programs that watch over them: each is a task whose type is the name of
/// its consumer. Those that failed are its dead letters.
///
/// ```
/// # use bindery_cases::published::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// use bindery::messages::messages_of;
///
/// assert_eq!(messages_of(&db, engine::Analytics).summary()?.failed, 0);
/// # Ok(())
/// # }
/// ```
pub fn messages_of(db: &impl AsRef<Registry>, engine: impl Engine) -> TaskQueue<'_> {
    TaskQueue::of_table(db.as_ref(), engine, MESSAGES_TABLE)
}

/// The events of an engine that relays are to hand on, likewise: each is a task whose type is the name of the event.
pub fn events_of(db: &impl AsRef<Registry>, engine: impl Engine) -> TaskQueue<'_> {
    TaskQueue::of_table(db.as_ref(), engine, EVENTS_TABLE)
}
