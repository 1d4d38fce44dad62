//! Queues for the events of [bindery](https://docs.rs/bindery), behind its trait [`Queue`](bindery::messages::Queue): a relay hands
//! committed changes to them, and consumers take them from there. Each is behind the feature of its name, and passes
//! [`contract`](bindery::messages::contract()).
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `redis` | `RedisQueue`: streams of Redis, 6.2 or newer | `redis` |
//! | `rabbitmq` | `RabbitMqQueue`: RabbitMQ, 3.8 or newer | |
//! | `nats` | `NatsQueue`: JetStream of NATS, 2.9 or newer | `base64`, `serde`, `serde_json` |
//! | `tls` | encrypted connections: `rediss://`, `amqps://`, `tls://` | `rustls`, `rustls-native-certs` |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(
    feature = "tls",
    any(feature = "nats", feature = "rabbitmq", feature = "redis")
))]
mod authorities;
#[cfg(any(feature = "nats", feature = "rabbitmq"))]
mod broker;
#[cfg(feature = "nats")]
mod nats;
#[cfg(any(feature = "nats", feature = "rabbitmq"))]
mod net;
#[cfg(feature = "rabbitmq")]
mod rabbitmq;
#[cfg(feature = "redis")]
mod redis;

/// Refuses the URL of a broker for which there is no queue.
#[cfg(any(feature = "nats", feature = "rabbitmq", feature = "redis"))]
pub(crate) fn ensure_known_broker(url: &str) -> Result<(), bindery::messages::QueueError> {
    if url.starts_with("kafka://") {
        let why = "there is no queue for Kafka, as no broker of it can be tested: write one of your own by the trait `bindery::messages::Queue`";
        return Err(bindery::messages::QueueError::Refused(why.to_owned()));
    }
    Ok(())
}

#[cfg(feature = "nats")]
pub use crate::nats::NatsQueue;
#[cfg(feature = "rabbitmq")]
pub use crate::rabbitmq::RabbitMqQueue;
#[cfg(feature = "redis")]
pub use crate::redis::RedisQueue;

/// The examples of `docs/queues.md` compile and run.
#[cfg(all(
    doctest,
    feature = "redis",
    feature = "rabbitmq",
    feature = "nats",
    feature = "tls"
))]
#[doc = include_str!("../../docs/queues.md")]
mod examples_of_queues {}
