//! The runtime on real databases: SQLite always, the servers where a test run has them.

mod alone;
mod asynchronous;
mod citus;
mod closing;
mod commit;
mod con;
mod config;
mod drift;
mod engines;
mod errors;
mod example;
mod files;
mod fixtures;
mod forgotten;
#[cfg(unix)]
mod forks;
mod galera;
mod many;
mod migrate;
mod observe;
mod open;
mod pools;
mod raw;
mod replicas;
mod repository;
mod restarts;
mod sample;
mod schema_check;
mod secrets;
mod session;
mod shards;
mod tenants;
mod threads;
mod tls;
mod tx;
mod writers;
