//! Connections of an engine: kept by its pool, on loan as a `Link`, with the transactions that are open on them. From the bottom
//! up: `program` (what was compiled in), `drift` (whether the tables are as that says), `pool`, `held` (a connection on
//! loan), `connection` and `transaction` (the handles that programs see), `slots` (the connections of one session).

mod acquire;
pub(crate) mod backoff;
pub(crate) mod changes;
pub(crate) mod connection;
mod constraint_names;
pub mod dialect;
pub(crate) mod drift;
pub(crate) mod engine;
mod held;
pub(crate) mod inside;
mod moment;
pub(crate) mod pool;
pub(crate) mod read_connection;
pub(crate) mod replicas;
pub(crate) mod retry;
#[cfg_attr(not(feature = "session"), path = "no_slots.rs")]
pub(crate) mod slots;
pub(crate) mod transaction;

pub(crate) use self::connection::Connection;
#[cfg(feature = "shards")]
pub(crate) use self::held::{Fence, Fences};
pub(crate) use self::held::{Link, Pulled, Scoped};
pub(crate) use self::replicas::PoolSource;
