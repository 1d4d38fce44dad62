//! A queue in JetStream of NATS: a stream, with a durable consumer for each consumer.

mod connection;
mod consumer;
mod stream;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bindery::messages::{Delivery, Message, Queue, QueueError};

use self::connection::{Connection, Place};
use self::consumer::ConsumerLink;
use self::stream::Stream;
use crate::net::{Address, Fault, Scheme, Trust};

const SCHEMES: [Scheme; 2] = [
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
];

/// A queue in JetStream of NATS, 2.9 or newer: the stream `bindery-shop` with the subject `bindery.shop`, on disk, and a durable consumer of it for
/// each consumer. A message that all consumers are done with is deleted. One that is pushed again within two minutes is not added again.
///
/// Of the programs of a consumer one takes messages at a time, as the order of a row needs: the server refuses another one while that is
/// connected. When it stops or is lost, what it had not acknowledged goes to another one at once.
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
pub struct NatsQueue {
    place: Place,
    stream: Stream,
    redelivers_after: Duration,
    publishers: Mutex<Vec<Connection>>,
    consumers: Mutex<BTreeMap<String, Arc<Mutex<ConsumerLink>>>>,
}

impl fmt::Debug for NatsQueue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NatsQueue")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

impl NatsQueue {
    /// The queue of this name on a server. Nothing is connected to yet. A URL with a user and no password has a token.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: the URL cannot be read, or the name has other characters than letters, digits, `-` and `_`, or more than 100.
    pub fn new(url: &str, name: &str) -> Result<Self, QueueError> {
        let refused = |why: &str| QueueError::Refused(why.to_owned());
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > 100 || !name.bytes().all(is_plain) {
            return Err(refused(
                "the name of a queue has from 1 to 100 letters of ASCII, digits, `-` and `_`",
            ));
        }
        let address = Address::parse(url, &SCHEMES).filter(|address| address.path.is_none());
        let address = address.ok_or_else(|| {
            refused("the URL is not of the form `nats://user:password@host:port`")
        })?;
        #[cfg(not(feature = "tls"))]
        if address.is_encrypted {
            return Err(refused(
                "`tls://` needs the feature `tls` of `bindery-queues`",
            ));
        }
        Ok(Self {
            place: Place {
                address,
                trust: Trust::System,
                timeout: Duration::from_secs(5),
                name: format!("bindery {name}"),
            },
            stream: Stream::new(name),
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

    /// Trusts these authorities alone, certificates in PEM, in place of those of the system: for `tls://`.
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

    /// Publishes on an idle connection; where that fails, as the server may have closed it meanwhile, and where there is none, on a new one.
    fn publish(&self, message: &Message) -> Result<(), Fault> {
        let idle = self.publishers().pop();
        if let Some(connection) = idle {
            match self.publish_on(connection, message) {
                Err(Fault::Lost(_)) => self.forget_idle(),
                outcome => return outcome,
            }
        }
        self.publish_on(Connection::open(&self.place)?, message)
    }

    /// Ends the idle connections, whose farewells are not under the lock.
    fn forget_idle(&self) {
        let idle = std::mem::take(&mut *self.publishers());
        drop(idle);
    }

    /// Keeps the connection where it is in step.
    fn publish_on(&self, mut connection: Connection, message: &Message) -> Result<(), Fault> {
        let outcome = self.stream.publish(&mut connection, message);
        if !matches!(outcome, Err(Fault::Lost(_))) {
            self.publishers().push(connection);
        }
        outcome
    }

    fn publishers(&self) -> MutexGuard<'_, Vec<Connection>> {
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

impl Queue for NatsQueue {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        Ok(self.publish(message)?)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        let link = self.link(consumer).or_else(|_| {
            let link = ConsumerLink::new(self.stream.clone(), consumer, self.redelivers_after)?;
            Ok::<_, QueueError>(Arc::new(Mutex::new(link)))
        })?;
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
        locked(&link).acknowledge(&self.place, &delivery.receipt)
    }

    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let link = self.link(consumer)?;
        locked(&link).give_back(&delivery.receipt);
        Ok(())
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
