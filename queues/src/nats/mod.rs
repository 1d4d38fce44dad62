//! A queue in JetStream of NATS: a stream, with a durable consumer for each consumer.

mod connection;
mod consumer;
mod stream;

use std::fmt;
use std::time::Duration;

use bindery::messages::{Message, QueueError};

use self::connection::Connection;
use self::consumer::ConsumerLink;
use self::stream::Stream;
use crate::broker::{BrokerQueue, Protocol, queue_of_a_broker};
use crate::net::{Endpoint, Fault, Scheme, UrlForm};

const URLS: UrlForm = UrlForm {
    schemes: [
        Scheme {
            name: "nats",
            port: 4222,
            is_encrypted: false,
        },
        Scheme {
            name: "tls",
            port: 4222,
            is_encrypted: true,
        },
    ],
    text: "`nats://user:password@host:port`",
    has_path: false,
};

/// A queue in JetStream of NATS, 2.9 or newer: the stream `bindery-shop` with the subject `bindery.shop`, on disk, and a durable consumer of it for
/// each consumer. A message that all consumers are done with is deleted. One that is pushed again within two minutes is not added again.
///
/// Of the programs of a consumer one takes messages at a time, as the order of a row needs: the server refuses another one while that is
/// connected. When it stops or is lost, what it had not acknowledged goes to another one immediately.
///
/// ```no_run
/// use std::time::Duration;
/// use bindery_queues::NatsQueue;
///
/// # fn main() -> Result<(), bindery::messages::QueueError> {
/// let queue = NatsQueue::new("nats://user:password@localhost", "shop")?
///     .redeliver_after(Duration::from_secs(30));
/// # let _ = queue;
/// # Ok(())
/// # }
/// ```
pub struct NatsQueue(BrokerQueue<Stream>);

queue_of_a_broker!(NatsQueue, "tls://");

impl fmt::Debug for NatsQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NatsQueue")
            .field("stream", &self.0.protocol)
            .finish_non_exhaustive()
    }
}

impl NatsQueue {
    /// The queue of this name on a server. Nothing is connected to yet. A URL with a user and no password has a token.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: the URL cannot be read, or the name has other characters than letters, digits, `-` and `_`, or more than 100.
    pub fn new(url: &str, name: &str) -> Result<Self, QueueError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > 100 || !name.bytes().all(is_plain) {
            let why = "the name of a queue has from 1 to 100 letters of ASCII, digits, `-` and `_`";
            return Err(QueueError::Refused(why.to_owned()));
        }
        let place = Endpoint::new(url, &URLS, name)?;
        Ok(Self(BrokerQueue::new(Stream::new(name), place)))
    }
}

/// The longest name of a durable consumer.
const LONGEST_NAME: usize = 200;

impl Protocol for Stream {
    type Publisher = Connection;
    type Link = ConsumerLink;

    fn connect(&self, place: &Endpoint) -> Result<Connection, Fault> {
        Connection::open(place)
    }

    fn publish(&self, connection: &mut Connection, message: &Message) -> Result<(), Fault> {
        self.store(connection, message)
    }

    fn is_usable(&self, connection: &Connection) -> bool {
        connection.is_usable()
    }

    /// A name may have any characters; those that the server does not take are written as `=2E`.
    fn name_of(&self, consumer: &str) -> Result<String, QueueError> {
        let encoded = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("={other:02X}"),
        };
        let name: String = consumer.bytes().map(encoded).collect();
        if name.is_empty() || name.len() > LONGEST_NAME {
            let why = format!("the name of a consumer has from 1 to {LONGEST_NAME} characters");
            return Err(QueueError::Refused(why));
        }
        Ok(name)
    }

    fn link(&self, place: &Endpoint, name: &str, after: Duration) -> Result<ConsumerLink, Fault> {
        ConsumerLink::open(Connection::open(place)?, (self, name), after)
    }
}
