//! A queue in RabbitMQ: an exchange that hands each message to a queue for each consumer.

mod connection;
mod consumer;
mod frame;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bindery::messages::{Delivery, Message, Queue, QueueError};

use self::connection::{CHANNEL, Connection, Place};
use self::consumer::ConsumerLink;
use self::frame::Request;
use crate::net::{Address, Fault, Scheme, Trust};

const SCHEMES: [Scheme; 2] = [
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
];

/// A queue in RabbitMQ, 3.8 or newer: the exchange `bindery.shop`, and for each consumer the queue `bindery.shop.search`, both durable. The messages
/// are persistent, and one counts as pushed when the server has confirmed that.
///
/// Of the programs of a consumer one takes messages at a time (a *single active consumer*), as the order of a row needs; when it stops or is
/// lost, the server hands what it had not acknowledged to another one at once.
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
pub struct RabbitMqQueue {
    place: Place,
    exchange: String,
    redelivers_after: Duration,
    publishers: Mutex<Vec<Publisher>>,
    consumers: Mutex<BTreeMap<String, Arc<Mutex<ConsumerLink>>>>,
}

/// A connection on which messages are published, and how many were.
struct Publisher {
    connection: Connection,
    published: u64,
}

impl fmt::Debug for RabbitMqQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RabbitMqQueue")
            .field("exchange", &self.exchange)
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
        let address = Address::parse(url, &SCHEMES).ok_or_else(|| {
            let why = "the URL is not of the form `amqp://user:password@host:port/virtual-host`, with `%2F` for a slash in a name";
            QueueError::Refused(why.to_owned())
        })?;
        #[cfg(not(feature = "tls"))]
        if address.is_encrypted {
            let why = "`amqps://` needs the feature `tls` of `bindery-queues`";
            return Err(QueueError::Refused(why.to_owned()));
        }
        Ok(Self {
            place: Place {
                address,
                trust: Trust::System,
                timeout: Duration::from_secs(5),
                name: format!("bindery {name}"),
            },
            exchange: format!("bindery.{name}"),
            redelivers_after: Duration::from_secs(60),
            publishers: Mutex::default(),
            consumers: Mutex::default(),
        })
    }

    /// The time after which a message is handed out again that was not acknowledged: a minute otherwise. What a program had that is gone is
    /// handed out at once.
    #[must_use]
    pub fn redeliver_after(mut self, time: Duration) -> Self {
        self.redelivers_after = time;
        self
    }

    /// The longest wait for a connection, and for an answer: 5 seconds otherwise.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.place.timeout = time;
        self
    }

    /// Trusts these authorities alone, certificates in PEM, in place of those of the system: for `amqps://`.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: it has no certificate that can be read.
    #[cfg(feature = "tls")]
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, QueueError> {
        crate::authorities::authorities(pem)
            .map_err(|error| QueueError::Refused(error.to_string()))?;
        self.place.trust = Trust::Only(pem.to_vec());
        Ok(self)
    }

    fn connect_publisher(&self) -> Result<Publisher, Fault> {
        let mut connection = Connection::open(&self.place)?;
        declare_exchange(&mut connection, &self.exchange)?;
        let confirm = Request::new(CHANNEL, (85, 10)).bits(0);
        connection.call(&confirm, (85, 11))?;
        Ok(Publisher {
            connection,
            published: 0,
        })
    }

    /// Publishes on an idle connection; where that fails, as the server may have closed it meanwhile, and where there is none, on a new one.
    fn publish(&self, id: &str, body: &[u8]) -> Result<(), Fault> {
        let idle = self.publishers().pop();
        let idle = idle.filter(|publisher| !publisher.connection.is_stale());
        if let Some(publisher) = idle {
            match self.publish_on(publisher, id, body) {
                Err(Fault::Lost(_)) => self.forget_idle(),
                outcome => return outcome,
            }
        }
        self.publish_on(self.connect_publisher()?, id, body)
    }

    /// Ends the idle connections, whose farewells are not under the lock.
    fn forget_idle(&self) {
        let idle = std::mem::take(&mut *self.publishers());
        drop(idle);
    }

    /// Keeps the connection where it is in step.
    fn publish_on(&self, mut publisher: Publisher, id: &str, body: &[u8]) -> Result<(), Fault> {
        publisher.published += 1;
        let number = publisher.published;
        publisher
            .connection
            .publish(&self.exchange, number, (id, body))?;
        self.publishers().push(publisher);
        Ok(())
    }

    fn publishers(&self) -> MutexGuard<'_, Vec<Publisher>> {
        self.publishers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The link of a consumer that has subscribed here. No wait is under this lock.
    fn link(&self, consumer: &str) -> Result<Arc<Mutex<ConsumerLink>>, QueueError> {
        let consumers = self.consumers.lock();
        let consumers = consumers.unwrap_or_else(PoisonError::into_inner);
        consumers.get(consumer).cloned().ok_or_else(|| {
            let why = format!("`{consumer}` has not subscribed");
            QueueError::Refused(why)
        })
    }
}

impl Queue for RabbitMqQueue {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        let body = message.to_json();
        Ok(self.publish(message.id(), body.as_bytes())?)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        let queue = format!("{}.{consumer}", self.exchange);
        if queue.len() > 255 {
            let why = "the names of the queue and the consumer have up to 247 bytes together";
            return Err(QueueError::Refused(why.to_owned()));
        }
        let link = self.link(consumer).unwrap_or_else(|_| {
            let link = ConsumerLink::new(queue, self.exchange.clone(), self.redelivers_after);
            Arc::new(Mutex::new(link))
        });
        locked(&link).ensure(&self.place)?;
        let mut consumers = self
            .consumers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        consumers.entry(consumer.to_owned()).or_insert(link);
        Ok(())
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let link = self.link(consumer)?;
        let taken = locked(&link).take(&self.place, most);
        Ok(taken?)
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let link = self.link(consumer)?;
        locked(&link).acknowledge(&delivery.receipt)
    }

    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let link = self.link(consumer)?;
        locked(&link).give_back(&delivery.receipt)
    }

    fn leave(&self, consumer: &str) -> Result<(), QueueError> {
        let link = self.link(consumer)?;
        locked(&link).leave();
        Ok(())
    }

    fn redelivers_after(&self) -> Duration {
        self.redelivers_after
    }
}

fn locked(link: &Mutex<ConsumerLink>) -> MutexGuard<'_, ConsumerLink> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
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
