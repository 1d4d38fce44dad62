//! A queue in RabbitMQ: an exchange that hands each message to a queue for each consumer.

mod connection;
mod consumer;
mod frame;

use std::fmt;
use std::time::Duration;

use bindery::messages::{Message, QueueError};

use self::connection::{CHANNEL, Connection};
use self::consumer::ConsumerLink;
use self::frame::Request;
use crate::broker::{BrokerQueue, Protocol, queue_of_a_broker};
use crate::net::{Endpoint, Fault, Scheme, UrlForm};

const URLS: UrlForm = UrlForm {
    schemes: [
        Scheme {
            name: "amqp",
            port: 5672,
            is_encrypted: false,
        },
        Scheme {
            name: "amqps",
            port: 5671,
            is_encrypted: true,
        },
    ],
    text: "`amqp://user:password@host:port/virtual-host`, with `%2F` for a slash in a name",
    has_path: true,
};

/// A queue in RabbitMQ, 3.8 or newer: the exchange `bindery.shop`, and for each consumer the queue `bindery.shop.search`, both durable. The messages
/// are persistent, and one counts as pushed when the server has confirmed that.
///
/// Of the programs of a consumer one takes messages at a time (a *single active consumer*), as the order of a row needs; when it stops or is
/// lost, the server hands what it had not acknowledged to another one immediately.
///
/// ```no_run
/// use std::time::Duration;
/// use bindery_queues::RabbitMqQueue;
///
/// # fn main() -> Result<(), bindery::messages::QueueError> {
/// let queue = RabbitMqQueue::new("amqp://user:password@localhost/", "shop")?
///     .redeliver_after(Duration::from_secs(30));
/// # let _ = queue;
/// # Ok(())
/// # }
/// ```
pub struct RabbitMqQueue(BrokerQueue<Amqp>);

queue_of_a_broker!(RabbitMqQueue, "amqps://");

impl fmt::Debug for RabbitMqQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RabbitMqQueue")
            .field("exchange", &self.0.protocol.exchange)
            .finish_non_exhaustive()
    }
}

impl RabbitMqQueue {
    /// The queue of this name on a server, in the virtual host of the URL. Nothing is connected to yet.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: the URL cannot be read, or the name is empty or longer than 150 bytes.
    pub fn new(url: &str, name: &str) -> Result<Self, QueueError> {
        if name.is_empty() || name.len() > 150 {
            let why = "the name of a queue has from 1 to 150 bytes";
            return Err(QueueError::Refused(why.to_owned()));
        }
        let exchange = format!("bindery.{name}");
        let place = Endpoint::new(url, &URLS, name)?;
        Ok(Self(BrokerQueue::new(Amqp { exchange }, place)))
    }
}

/// AMQP 0-9-1, with one exchange for all messages of a queue.
struct Amqp {
    exchange: String,
}

/// A connection on which messages are published, and how many were.
struct Publisher {
    connection: Connection,
    published: u64,
}

impl Protocol for Amqp {
    type Publisher = Publisher;
    type Link = ConsumerLink;

    fn connect(&self, place: &Endpoint) -> Result<Publisher, Fault> {
        let mut connection = Connection::open(place)?;
        declare_exchange(&mut connection, &self.exchange)?;
        let confirm = Request::new(CHANNEL, (85, 10)).bits(0);
        connection.call(&confirm, (85, 11))?;
        Ok(Publisher {
            connection,
            published: 0,
        })
    }

    fn publish(&self, publisher: &mut Publisher, message: &Message) -> Result<(), Fault> {
        publisher.published += 1;
        let body = message.to_json();
        let content = (message.id(), body.as_bytes());
        let number = publisher.published;
        publisher
            .connection
            .publish(&self.exchange, number, content)
    }

    fn is_usable(&self, publisher: &Publisher) -> bool {
        publisher.connection.is_usable()
    }

    fn name_of(&self, consumer: &str) -> Result<String, QueueError> {
        let queue = format!("{}.{consumer}", self.exchange);
        if queue.len() > 255 {
            let why = "the names of the queue and the consumer have up to 247 bytes together";
            return Err(QueueError::Refused(why.to_owned()));
        }
        Ok(queue)
    }

    fn link(&self, place: &Endpoint, queue: &str, after: Duration) -> Result<ConsumerLink, Fault> {
        let mut connection = Connection::open(place)?;
        declare_exchange(&mut connection, &self.exchange)?;
        ConsumerLink::open(connection, (&self.exchange, queue), after)
    }
}

/// Makes the exchange, unless it is there: durable, and to all queues.
fn declare_exchange(connection: &mut Connection, exchange: &str) -> Result<(), Fault> {
    const DURABLE: u8 = 0b10;
    let declare = Request::new(CHANNEL, (40, 10))
        .short(0)
        .text(exchange)
        .text("fanout");
    let declare = declare.bits(DURABLE).table(&[]);
    connection.call(&declare, (40, 11)).map(drop)
}
