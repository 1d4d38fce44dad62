//! A queue in Redis: a stream, with a group for each consumer. Each call is one script, so it is done as a whole.

mod connections;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bindery::messages::{Delivery, Message, Queue, QueueError};
use redis::{RedisError, RedisResult, Script};

use self::connections::Connections;

/// The most messages of a consumer that are taken, or wait for one that is, before it gets no new ones.
const MOST_PENDING: usize = 1_000;

/// A queue in a stream of Redis, 6.2 or newer, or Valkey: `bindery:{shop}`. Each consumer is a group of the stream. Messages that all
/// groups are done with are deleted; those that are pushed before a consumer has subscribed are not for it.
///
/// A message is in the stream once, also where the relay was killed before it could note that it had pushed it.
///
/// ```no_run
/// use std::time::Duration;
/// use bindery_queues::RedisQueue;
///
/// # fn main() -> Result<(), bindery::messages::QueueError> {
/// let queue = RedisQueue::new("redis://:password@localhost/", "shop")?
///     .redeliver_after(Duration::from_secs(30));
/// # let _ = queue;
/// # Ok(())
/// # }
/// ```
///
/// Whether a message outlives a crash is the server's matter: `appendonly yes` keeps those of a killed process, `appendfsync always` also
/// those of a machine that lost power.
#[derive(Debug)]
pub struct RedisQueue {
    connections: Connections,
    stream: String,
    redelivers_after: Duration,
    remembers: Duration,
    scripts: Scripts,
    /// The consumers that have subscribed here.
    consumers: Mutex<BTreeSet<String>>,
}

#[derive(Debug)]
struct Scripts {
    push: Script,
    take: Script,
    acknowledge: Script,
}

impl RedisQueue {
    /// The queue of this name on a server. Nothing is connected to yet.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: the URL cannot be read, or the name is empty or has a brace.
    pub fn new(url: &str, name: &str) -> Result<Self, QueueError> {
        if name.is_empty() || name.contains(['{', '}']) {
            let why = "the name of a queue has at least one character, and no brace";
            return Err(QueueError::Refused(why.to_owned()));
        }
        crate::ensure_known_broker(url)?;
        let connections = Connections::new(url).map_err(|_| {
            let why = "the URL is not of the form `redis://user:password@host:port/database`, or `rediss://` without the feature `tls` of `bindery-queues`";
            QueueError::Refused(why.to_owned())
        })?;
        Ok(Self {
            connections,
            // The braces keep all keys of a queue on one server of a cluster.
            stream: format!("bindery:{{{name}}}"),
            redelivers_after: Duration::from_secs(60),
            remembers: Duration::from_secs(3600),
            scripts: Scripts {
                push: Script::new(include_str!("push.lua")),
                take: Script::new(include_str!("take.lua")),
                acknowledge: Script::new(include_str!("acknowledge.lua")),
            },
            consumers: Mutex::default(),
        })
    }

    /// The time after which a message is handed out again that was not acknowledged: a minute otherwise.
    #[must_use]
    pub fn redeliver_after(mut self, time: Duration) -> Self {
        self.redelivers_after = time;
        self
    }

    /// For how long a message that was pushed is recognised when it is pushed again: an hour otherwise, at least a second. A consumer
    /// recognises it for longer, so this saves space and work only.
    #[must_use]
    pub fn recognise_for(mut self, time: Duration) -> Self {
        self.remembers = time.max(Duration::from_secs(1));
        self
    }

    /// The longest wait for a connection, and for an answer: 5 seconds otherwise.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.connections.set_timeout(time);
        self
    }

    /// Trusts these authorities alone, certificates in PEM, in place of those of the system: for `rediss://`.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: it has no certificate that can be read, or the URL begins with `redis://`.
    #[cfg(feature = "tls")]
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, QueueError> {
        let refused = |why: String| QueueError::Refused(why);
        // The client passes over what is no certificate.
        crate::authorities::authorities(pem).map_err(|error| refused(error.to_string()))?;
        let trusted = self.connections.trust(pem);
        trusted.map_err(|error| refused(error.to_string()))?;
        Ok(self)
    }

    /// Makes the group of a consumer, which gets the messages after this one, unless it is there.
    fn create_group(&self, consumer: &str, after: &str) -> Result<(), QueueError> {
        let mut create = redis::cmd("XGROUP");
        create.arg("CREATE").arg(&self.stream).arg(consumer);
        create.arg(after).arg("MKSTREAM");
        let created = self
            .connections
            .run(|connection| create.query::<()>(connection));
        match created {
            Err(error) if error.code() == Some("BUSYGROUP") => Ok(()),
            created => created.map_err(unavailable),
        }
    }

    fn take_of(&self, consumer: &str, most: usize) -> RedisResult<Vec<Vec<u8>>> {
        let mut call = self.scripts.take.prepare_invoke();
        call.key(&self.stream).key(self.rows(consumer));
        call.arg(consumer)
            .arg(most.min(MOST_PENDING))
            .arg(millis(self.redelivers_after))
            .arg(MOST_PENDING);
        self.connections.run(|connection| call.invoke(connection))
    }

    fn consumers(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.consumers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of the rows of a group's pending entries.
    fn rows(&self, consumer: &str) -> String {
        format!("{}:rows:{consumer}", self.stream)
    }
}

impl Queue for RedisQueue {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        let mark = format!(
            "{}:pushed:{} {}",
            self.stream,
            message.source(),
            message.id()
        );
        let mut call = self.scripts.push.prepare_invoke();
        call.key(&self.stream).key(mark);
        call.arg(millis(self.remembers))
            .arg(message.row())
            .arg(message.to_json());
        self.connections
            .run(|connection| call.invoke::<()>(connection))
            .map_err(unavailable)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        self.create_group(consumer, "$")?;
        self.consumers().insert(consumer.to_owned());
        Ok(())
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let taken = match self.take_of(consumer, most) {
            // The server has lost its data, so all that is there now is for the consumer.
            Err(error) if is_no_group(&error) && self.consumers().contains(consumer) => {
                self.create_group(consumer, "0")?;
                self.take_of(consumer, most)
            }
            taken => taken,
        };
        let taken = taken.map_err(unavailable)?;
        let lossy_text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let deliveries = taken.chunks_exact(2).map(|one| Delivery {
            receipt: lossy_text(&one[0]),
            body: lossy_text(&one[1]),
        });
        Ok(deliveries.collect())
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let mut call = self.scripts.acknowledge.prepare_invoke();
        call.key(&self.stream).key(self.rows(consumer));
        call.arg(consumer).arg(&delivery.receipt);
        self.connections
            .run(|connection| call.invoke::<()>(connection))
            .map_err(unavailable)
    }

    /// It is left to wait, as one that comes after another of its row.
    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        let mut give = redis::cmd("XCLAIM");
        give.arg(&self.stream).arg(consumer).arg("waiting").arg(0);
        give.arg(&delivery.receipt).arg("JUSTID");
        self.connections
            .run(|connection| give.query::<Vec<String>>(connection).map(drop))
            .map_err(unavailable)
    }

    fn redelivers_after(&self) -> Duration {
        self.redelivers_after
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Nothing that Redis says of a message is for good: a server that is full, a replica or being loaded takes it later.
fn unavailable(error: RedisError) -> QueueError {
    if is_no_group(&error) {
        return QueueError::Refused("the consumer has not subscribed".to_owned());
    }
    QueueError::Unavailable(error.to_string())
}

/// Before version 7 the code of an error in a script is in its text.
fn is_no_group(error: &RedisError) -> bool {
    error.code() == Some("NOGROUP") || error.detail().is_some_and(|text| text.contains("NOGROUP"))
}
