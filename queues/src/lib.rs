//! Queues for the events of [bindery](https://docs.rs/bindery), behind its trait [`Queue`](bindery::messages::Queue): a relay hands
//! committed changes to them, and consumers take them from there. Each is behind the feature of its name, and passes
//! [`contract`](bindery::messages::contract()).

#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
pub use crate::redis::RedisQueue;
