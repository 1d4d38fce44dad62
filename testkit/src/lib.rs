//! Private database servers for tests.
//!
//! [`Server::postgres`] and [`Server::mysql`] start a server of the machine's own PostgreSQL, MariaDB or MySQL in a
//! temporary directory: on a free port of the loopback interface and a private unix socket, with a password of its
//! own, as an unprivileged user. It is stopped and removed when its [`Server`] is dropped, and also when the process
//! that holds it ends in any other way.
//!
//! ```no_run
//! # fn main() -> Result<(), bindery_testkit::Error> {
//! use bindery_testkit::Server;
//!
//! let postgres = Server::postgres().start()?;
//! let url = postgres.database("shop")?; // postgres://bindery:…@127.0.0.1:40213/shop
//! # let _ = url;
//! # Ok(())
//! # }
//! ```
//!
//! A test suite that is handed its servers from outside uses [`fresh_postgres`] and [`fresh_mysql`]: each gives an
//! empty database on the server that [`POSTGRES_URL`] or [`MYSQL_URL`] names, and drops it afterwards. Where the
//! variable is unset they say so once, on stderr, and return nothing; where `CI` is set the test fails instead:
//!
//! ```
//! let Some(database) = bindery_testkit::fresh_postgres() else { return };
//! println!("{}", database.name());
//! ```
//!
//! [`Galera`] is a cluster of MariaDB servers, whose nodes go down and come back.
//!
//! [`Broker`] is the same for message brokers: Redis, RabbitMQ and NATS.
//!
//! [`CitusCluster`] is a Citus cluster, of an installation of Citus that [`CITUS`] names.
//!
//! [`FaultProxy`] stands between a program and its server and does what networks do on bad days; [`Watchdog`] ends a test
//! that would otherwise hang, and [`SetOnDrop`] the threads of one that fails.
//!
//! No database driver is linked: databases are made with the client programs that come with the servers
//! (`psql`, `mariadb` or `mysql`). Unix only.

mod environment;
mod error;
mod full;
mod proxy;
mod servers;
mod watchdog;

pub use environment::{
    CI, CITUS, FULL, MYSQL_FLAVOUR, MYSQL_URL, POSTGRES_FLAVOUR, POSTGRES_URL, corpus, fresh_mysql,
    fresh_postgres, fresh_postgres_of_locale, is_full_run, mysql_flavour, mysql_is_galera,
    mysql_url, postgres_is_citus, postgres_url, skip,
};
pub use error::Error;
#[doc(hidden)]
pub use full::{FullRun, FullRuns, FullSize, full_sizes, reads_full};
pub use proxy::{Direction, Fault, FaultProxy};
pub use servers::{
    Broker, CitusCluster, Detached, FreshDatabase, Galera, LogOfFailure, Product, Server,
    ServerOptions, Shutdown,
};
pub use watchdog::{SetOnDrop, Watchdog};

/// The result of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Runs the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
