//! A queue over a broker of messages: its connections and its consumers, whichever protocol the broker speaks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bindery::messages::{Delivery, Message, QueueError};

use crate::net::{Endpoint, Fault};

/// The protocol of a broker, as one queue uses it.
pub(crate) trait Protocol: Send + Sync {
    /// A connection on which messages are published.
    type Publisher: Send;
    /// A connection over which a consumer gets its messages.
    type Link: Link;

    /// Opens a connection on which messages can be published.
    fn connect(&self, place: &Endpoint) -> Result<Self::Publisher, Fault>;

    /// Publishes a message, and returns when the broker has it.
    fn publish(&self, publisher: &mut Self::Publisher, message: &Message) -> Result<(), Fault>;

    /// Whether the connection is in step, and the broker takes it for alive.
    fn is_usable(&self, publisher: &Self::Publisher) -> bool;

    /// The name of a consumer at the broker.
    fn name_of(&self, consumer: &str) -> Result<String, QueueError>;

    /// Connects, and makes the consumer of this name at the broker unless it is there.
    fn link(&self, place: &Endpoint, name: &str, after: Duration) -> Result<Self::Link, Fault>;
}

/// A connection over which a consumer gets its messages. One that fails with [`Fault::Lost`] is ended: what it held comes again.
pub(crate) trait Link: Send {
    /// Hands out messages.
    fn take(&mut self, most: usize) -> Result<Vec<Delivery>, Fault>;

    /// Acknowledges what was taken.
    fn acknowledge(&mut self, receipt: &str) -> Result<(), Fault>;

    /// Has what was taken handed out again; what was taken over an earlier connection comes by itself.
    fn give_back(&mut self, receipt: &str) -> Result<(), Fault>;
}

/// A queue of a broker.
pub(crate) struct BrokerQueue<P: Protocol> {
    pub(crate) protocol: P,
    pub(crate) place: Endpoint,
    pub(crate) redelivers_after: Duration,
    /// Connections that no call uses at the moment.
    publishers: Mutex<Vec<P::Publisher>>,
    consumers: Mutex<BTreeMap<String, SharedConsumer<P::Link>>>,
}

type SharedConsumer<L> = Arc<Mutex<Consumer<L>>>;

/// A consumer in this program.
struct Consumer<L> {
    /// At the broker.
    name: String,
    link: Option<L>,
}

impl<P: Protocol> BrokerQueue<P> {
    /// A queue of a broker, which is not connected to yet.
    pub(crate) fn new(protocol: P, place: Endpoint) -> Self {
        Self {
            protocol,
            place,
            redelivers_after: Duration::from_secs(60),
            publishers: Mutex::default(),
            consumers: Mutex::default(),
        }
    }

    /// Publishes on an idle connection; where that fails, as the broker may have closed it meanwhile, and where there is none, on a new one.
    pub(crate) fn push(&self, message: &Message) -> Result<(), Fault> {
        let idle = locked(&self.publishers).pop();
        if let Some(publisher) = idle.filter(|one| self.protocol.is_usable(one)) {
            match self.publish_on(publisher, message) {
                Err(Fault::Lost(_)) => self.forget_idle(),
                outcome => return outcome,
            }
        }
        self.publish_on(self.protocol.connect(&self.place)?, message)
    }

    /// Ends the idle connections, whose farewells are not under the lock.
    fn forget_idle(&self) {
        let idle = std::mem::take(&mut *locked(&self.publishers));
        drop(idle);
    }

    /// Keeps the connection where it can be used again.
    fn publish_on(&self, mut publisher: P::Publisher, message: &Message) -> Result<(), Fault> {
        let outcome = self.protocol.publish(&mut publisher, message);
        if !matches!(outcome, Err(Fault::Lost(_))) && self.protocol.is_usable(&publisher) {
            locked(&self.publishers).push(publisher);
        }
        outcome
    }

    pub(crate) fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        let known = self.consumer(consumer).or_else(|_| {
            let name = self.protocol.name_of(consumer)?;
            let made = Consumer { name, link: None };
            Ok::<_, QueueError>(Arc::new(Mutex::new(made)))
        })?;
        self.over_link(&known, |_| Ok(()))?;
        locked(&self.consumers)
            .entry(consumer.to_owned())
            .or_insert(known);
        Ok(())
    }

    pub(crate) fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let consumer = self.consumer(consumer)?;
        Ok(self.over_link(&consumer, |link| link.take(most))?)
    }

    pub(crate) fn acknowledge(&self, consumer: &str, receipt: &str) -> Result<(), QueueError> {
        let consumer = self.consumer(consumer)?;
        Ok(self.over_link(&consumer, |link| link.acknowledge(receipt))?)
    }

    pub(crate) fn give_back(&self, consumer: &str, receipt: &str) -> Result<(), QueueError> {
        let consumer = self.consumer(consumer)?;
        match &mut locked(&consumer).link {
            Some(link) => Ok(link.give_back(receipt)?),
            None => Ok(()),
        }
    }

    /// Ends a consumer's connection: what it had goes to another program.
    pub(crate) fn leave(&self, consumer: &str) -> Result<(), QueueError> {
        let consumer = self.consumer(consumer)?;
        locked(&consumer).link = None;
        Ok(())
    }

    /// Calls the broker over a consumer's connection, which is made where there is none, and ended where it is lost.
    fn over_link<R>(
        &self,
        consumer: &Mutex<Consumer<P::Link>>,
        call: impl FnOnce(&mut P::Link) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let mut consumer = locked(consumer);
        let mut link = match consumer.link.take() {
            Some(link) => link,
            None => {
                let name = &consumer.name;
                self.protocol
                    .link(&self.place, name, self.redelivers_after)?
            }
        };
        let outcome = call(&mut link);
        if !matches!(outcome, Err(Fault::Lost(_))) {
            consumer.link = Some(link);
        }
        outcome
    }

    /// A consumer that has subscribed here. No wait is under the lock of all consumers.
    fn consumer(&self, name: &str) -> Result<SharedConsumer<P::Link>, QueueError> {
        let found = locked(&self.consumers).get(name).cloned();
        found.ok_or_else(|| QueueError::Refused(format!("`{name}` has not subscribed")))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the settings that queues of brokers have in common, and their trait, for a type that holds a [`BrokerQueue`].
macro_rules! queue_of_a_broker {
    ($queue:ident, $encrypted:literal) => {
        impl $queue {
            /// The time after which a message is handed out again that was not acknowledged: a minute otherwise. What a program had that
            /// is gone is handed out immediately.
            #[must_use]
            pub fn redeliver_after(mut self, time: std::time::Duration) -> Self {
                self.0.redelivers_after = time;
                self
            }

            /// The longest wait for a connection, and for an answer: 5 seconds otherwise.
            #[must_use]
            pub fn timeout(mut self, time: std::time::Duration) -> Self {
                self.0.place.timeout = time;
                self
            }

            #[doc = concat!("Trusts these authorities alone, certificates in PEM, in place of those of the system: for `", $encrypted, "`.")]
            ///
            /// # Errors
            /// [`QueueError::Refused`]: it has no certificate that can be read.
            #[cfg(feature = "tls")]
            pub fn trust(mut self, pem: &[u8]) -> Result<Self, QueueError> {
                self.0.place.trust_only(pem)?;
                Ok(self)
            }
        }

        impl bindery::messages::Queue for $queue {
            fn push(&self, message: &bindery::messages::Message) -> Result<(), QueueError> {
                Ok(self.0.push(message)?)
            }

            fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
                self.0.subscribe(consumer)
            }

            fn take(
                &self,
                consumer: &str,
                most: usize,
            ) -> Result<Vec<bindery::messages::Delivery>, QueueError> {
                self.0.take(consumer, most)
            }

            fn acknowledge(
                &self,
                consumer: &str,
                delivery: &bindery::messages::Delivery,
            ) -> Result<(), QueueError> {
                self.0.acknowledge(consumer, &delivery.receipt)
            }

            fn give_back(
                &self,
                consumer: &str,
                delivery: &bindery::messages::Delivery,
            ) -> Result<(), QueueError> {
                self.0.give_back(consumer, &delivery.receipt)
            }

            fn leave(&self, consumer: &str) -> Result<(), QueueError> {
                self.0.leave(consumer)
            }

            fn redelivers_after(&self) -> std::time::Duration {
                self.0.redelivers_after
            }
        }
    };
}

pub(crate) use queue_of_a_broker;
