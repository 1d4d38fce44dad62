//! Starting, asking and stopping servers. How PostgreSQL and MariaDB/MySQL differ is in `postgres.rs` and `mysql.rs`;
//! everything else here is the same for all.

mod account;
mod address;
mod broker;
mod broker_kind;
mod citus;
mod client;
mod console;
mod detached;
mod directory;
mod fresh;
mod galera;
mod guard;
mod mysql;
mod options;
mod ports;
mod postgres;
mod process;
mod product;
mod programs;
mod recipe;
mod scram;
mod secret;
mod server;
mod standby;
mod template;

pub(crate) use address::Address;
pub use broker::{Broker, LogOfFailure};
pub use citus::CitusCluster;
pub(crate) use citus::fresh_on_nodes;
pub use detached::Detached;
pub use fresh::FreshDatabase;
pub use galera::Galera;
pub use options::ServerOptions;
pub use product::Product;
pub use server::{Server, Shutdown};
