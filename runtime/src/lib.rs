//! Models bound to their databases at compile time.
//!
//! This crate is what generated code calls: engines, keys, connections, transactions, repositories and column values.
//! It holds no schema and no SQL text of its own; both come from the code that `bindery-codegen` writes.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(
        dead_code,
        unreachable_code,
        unused_variables,
        reason = "without any database no connection can exist, so what uses one is never reached"
    )
)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod commit;
mod config;
mod connection;
mod connector;
mod databases;
#[cfg(feature = "derive")]
mod derived;
mod drift;
mod driver;
mod engine;
mod error;
mod forks;
mod key;
mod link;
mod lives_on;
mod macros;
mod model;
mod pool;
mod program;
mod queue;
mod repository;
mod route;
mod statements;
mod status;
mod tables;
mod transaction;
mod turns;
pub mod types;

#[cfg(feature = "derive")]
#[doc = include_str!("derive_database_enum.md")]
pub use bindery_macros::DatabaseEnum;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_model.md")]
pub use bindery_macros::Model;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_value.md")]
pub use bindery_macros::Value;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_databases.md")]
pub use bindery_macros::databases;

pub use bindery_core::config::{ChannelBinding, PoolConfig, SessionConfig, TlsMode};
pub use bindery_core::dialect::{Dialect, Flavour};
pub use commit::{CommitToken, Resolution};
pub use config::{Config, ConnectionMode, EngineOptions, SchemaCheck, SessionReset};
pub use connection::Connection;
pub use databases::Registry;
pub use drift::{RecordedSchema, SchemaDrift, TableDifference, TableDrift};
pub use driver::{DatabaseError, ParamWriter, RowReader};
pub use engine::{Engine, StaticEngine};
pub use error::{
    Applied, Constraint, ConstraintKind, Error, ErrorKind, ModelConstraint, Operation, Result,
    TimeoutPhase,
};
pub use key::Key;
pub use lives_on::{Hosts, LivesOn};
pub use model::{HasKey, Model, Writable};
pub use pool::PoolStats;
pub use program::ModelInfo;
pub use repository::{Repository, Rows};
pub use route::Route;
pub use status::{EngineStatus, ReplicaStatus, ServerProduct};
pub use tables::CreatedTables;
pub use transaction::{Isolation, RetryPolicy, Transaction, TransactionOptions};

/// The examples of `docs/transactions.md` compile.
#[cfg(doctest)]
#[doc = include_str!("../../docs/transactions.md")]
mod examples_of_transactions {}
