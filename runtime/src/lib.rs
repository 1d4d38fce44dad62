//! Models bound to their databases at compile time.
//!
//! This crate is what generated code calls: engines, keys, connections, transactions, repositories and column values.
//! It holds no schema and no SQL text of its own; both come from the code that `bindery-codegen` writes.
//!
//! At the root stands what most programs name; everything else is in the module of its task:
//!
//! * reading and writing: [`mod@query`], [`relation`], [`rows`], [`raw`], [`types`], [`dialect`], [`generic`];
//! * units of work, by features: `session`, `atomic`, `saga`, `outbox`, `messages` and `asynchronous`;
//! * the databases: [`config`], [`replicas`], [`drift`], and by features `tenants`, `shards`, `sync`, `migrate` and `data`;
//! * a running program: [`error`](mod@error), [`observe`], [`status`].
//!
//! # Features
//!
//! None is on by default. A schema that needs one that is off is an error of the build, which names it.
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `sqlite` | SQLite, compiled with the program | `rusqlite` |
//! | `postgres` | PostgreSQL | `postgres-protocol`, `postgres-types`, `rustix` |
//! | `mysql` | MySQL and MariaDB | `crypto-bigint`, `getrandom`, `rustix`, `sha1`, `sha2` |
//! | `tls` | encrypted connections: a server on another machine wants one by default | `rustls`, `rustls-native-certs`, `sha2` |
//! | `ed25519` | accounts of MariaDB that log in by `client_ed25519` | `mysql`, `curve25519-dalek` |
//! | `chrono` | columns of dates and times | `chrono` |
//! | `uuid` | columns of UUIDs | `uuid` |
//! | `json` | columns of JSON | `serde_json`, `serde` |
//! | `bigdecimal` | columns of exact decimals | `bigdecimal` |
//! | `serde` | rows that are serialized, where `[derives]` of `bindery.toml` names serde | `serde` |
//! | `data` | rows as text, out of a database and into one: `bindery::data`, fixtures | `memchr`, `serde_json`, `serde` |
//! | `saga` | `bindery::saga`: steps on several engines with compensations; parameters are JSON | `serde`, `serde_json` |
//! | `session` | `bindery::session`: units of work over all engines of a program, `db.session(…)` | |
//! | `atomic` | atomic groups: transactions over several engines that are committed on all of them or on none | `session` |
//! | `tenants` | databases opened on the fly, one for each tenant of a program | |
//! | `shards` | `bindery::shards`: engines of one schema that share its rows by a key | |
//! | `sync` | `bindery::sync`: copies of tables that are kept up on another engine | |
//! | `read-token` | positions of replicas as signed texts, for a cookie or a header | `hmac`, `sha2` |
//! | `outbox` | `bindery::outbox`: tasks that are written in a transaction and run afterwards | `bindery-runtime-macros`, `serde`, `serde_json` |
//! | `messages` | `bindery::messages`: events of committed changes, relays and consumers; with `sync`, copies that are kept up by events | `outbox`, `serde` |
//! | `cron` | periodic tasks by cron expressions, in time zones | `outbox`, `chrono`, `chrono-tz`, `croner` |
//! | `signals` | workers that end by SIGTERM and SIGINT | `outbox`, `signal-hook` |
//! | `derive` | `#[derive(Model)]`, `databases!` and `sql!` | `bindery-macros` |
//! | `migrations` | `migrations!`: migrations that are embedded in the program | `bindery-runtime-macros` |
//! | `tokio` | `db.run(…).await`: calls from asynchronous code of any runtime | `session`, `futures-core` |
//! | `metrics` | metrics for the recorder that the program installs | `metrics` |

#![cfg_attr(docsrs, feature(doc_cfg))]
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
#[cfg(feature = "atomic")]
pub mod atomic;
#[cfg(not(feature = "atomic"))]
#[doc(hidden)]
#[path = "no_atomic.rs"]
pub mod atomic;
#[cfg(any(feature = "data", feature = "sync"))]
mod copying;
#[cfg(feature = "data")]
pub mod data;
mod databases;
mod driver;
pub mod error;
mod interface;
mod link;
mod macros;
#[cfg(feature = "messages")]
pub mod messages;
#[cfg(feature = "migrations")]
pub mod migrate;
mod model;
pub mod observe;
#[cfg(feature = "outbox")]
pub mod outbox;
pub mod query;
pub mod raw;
pub mod relation;
mod repository;
#[cfg(feature = "saga")]
pub mod saga;
#[cfg_attr(not(feature = "session"), doc(hidden), path = "no_session.rs")]
pub mod session;
#[cfg(feature = "shards")]
pub mod shards;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(feature = "tenants")]
pub mod tenants;
mod value;
#[cfg(feature = "tokio")]
mod workers;

#[cfg(feature = "derive")]
#[doc = include_str!("derive_database_enum.md")]
pub use bindery_macros::DatabaseEnum;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_model.md")]
pub use bindery_macros::Model;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_row.md")]
pub use bindery_macros::Row;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_value.md")]
pub use bindery_macros::Value;
#[cfg(feature = "derive")]
#[doc = include_str!("derive_databases.md")]
pub use bindery_macros::databases;
#[cfg(feature = "derive")]
#[doc = include_str!("raw/execute_macro.md")]
pub use bindery_macros::execute;
#[cfg(feature = "derive")]
#[doc = include_str!("raw/query_macro.md")]
pub use bindery_macros::query;
#[cfg(feature = "derive")]
#[doc = include_str!("raw/query_as_macro.md")]
pub use bindery_macros::query_as;
#[cfg(feature = "derive")]
#[doc = include_str!("raw/query_scalar_macro.md")]
pub use bindery_macros::query_scalar;
#[cfg(feature = "derive")]
#[doc = include_str!("raw/sql_macro.md")]
pub use bindery_macros::sql;
#[cfg(feature = "derive")]
#[doc = include_str!("query/sql_fragment.md")]
pub use bindery_macros::sql_fragment;
#[cfg(feature = "migrations")]
#[doc = include_str!("migrate/migrations_macro.md")]
pub use bindery_runtime_macros::migrations;

pub use bindery_core::dialect::Dialect;
pub use databases::Registry;
pub use databases::config::{Config, EngineOptions};
pub use driver::{Isolation, TransactionOptions};
pub use error::invalid::Invalid;
pub use error::kind::ErrorKind;
pub use error::located::{Error, Result};
pub use link::connection::Connection;
pub use link::dialect;
pub use link::engine::{Engine, StaticEngine};
pub use link::read_connection::ReadConnection;
pub use link::retry::RetryPolicy;
pub use link::transaction::Transaction;
pub use model::Model;
pub use model::key::Key;
pub use model::lives_on::Hosts;
pub use model::validate::Validate;
pub use query::column::Column;
pub use query::condition::Condition;
pub use query::statement::Query;
pub use raw::from_row::FromRow;
pub use raw::sql::Sql;
pub use repository::Repository;
#[cfg(not(feature = "session"))]
#[doc(hidden)]
pub use session::Session;
#[cfg(feature = "session")]
pub use session::options::SessionOptions;
#[cfg(feature = "session")]
pub use session::unit::Session;
pub use value::types;

/// Calls from asynchronous code: the futures and streams that `db.run(…)`, `db.stream(…)` and `db.begin_session_async()` return.
#[cfg(feature = "tokio")]
pub mod asynchronous {
    pub use crate::session::asynchronous::AsyncSession;
    pub use crate::workers::{RowSender, RowStream, Run, TaskScope};
}

/// The values of [`Config`] and [`EngineOptions`]: the pool, the session on the server, encryption, the check of the schema, the log.
pub mod config {
    pub use crate::databases::config::{
        ConnectionMode, OutsideTransaction, SchemaCheck, SessionReset, Synchronous,
    };
    #[cfg(feature = "sqlite")]
    pub use crate::driver::sqlite::SqliteHandle;
    pub use bindery_core::config::{ChannelBinding, LogConfig, PoolConfig, SessionConfig, TlsMode};
}

/// Tables of a database against those that were compiled in: which were created, and which differ.
pub mod drift {
    pub use crate::databases::tables::CreatedTables;
    pub use crate::link::drift::found::{
        PendingHead, RecordedSchema, SchemaDrift, TableDifference, TableDrift,
    };
}

/// Bounds of functions over several models, engines or programs.
///
/// [`Hosts`], [`Model`], [`Engine`] and [`StaticEngine`] are those that most of them need; these are the others.
pub mod generic {
    pub use crate::databases::{GeneratedDatabases, ReadOnlyOn};
    pub use crate::model::access::{Access, CanWrite, ReadWrite, ReadsOnly};
    pub use crate::model::lives_on::{LivesOn, OnOneEngine};
    pub use crate::model::route::{ReadRoute, Route};
    pub use crate::model::row_of::RowOf;
    pub use crate::model::{HasKey, Writable};
    pub use crate::repository::RepositoryOf;
    pub use bindery_core::program::ModelInfo;
}

/// Reads that go to replicas: where to, how far behind those may be, and what a client has to see.
pub mod replicas {
    pub use crate::databases::ReadToken;
    #[cfg(feature = "read-token")]
    pub use crate::databases::ReadTokenKey;
    pub use crate::databases::config::ReadsFrom;
    pub use crate::databases::status::ReplicaStatus;
    pub use crate::link::replicas::ReplicaState;
}

/// The results of methods that read or write rows of a [`Repository`], beside the rows themselves.
pub mod rows {
    pub use crate::interface::Found;
    pub use crate::repository::{Merged, Moved, Rows, Upserted};
}

/// The state of a running program's engines: their servers, pools and worker threads.
pub mod status {
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub use crate::databases::status::HostStatus;
    pub use crate::databases::status::{EngineStatus, ServerProduct};
    pub use crate::link::pool::PoolStats;
    #[cfg(feature = "tokio")]
    pub use crate::workers::WorkerStats;
}

/// The examples of `docs/introduction.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/introduction.md")]
mod examples_of_introduction {}

/// The examples of `docs/interfaces.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/interfaces.md")]
mod examples_of_interfaces {}

/// The examples of `docs/connections.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/connections.md")]
mod examples_of_connections {}

/// The examples of `docs/schema-file.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/schema-file.md")]
mod examples_of_the_schema_file {}

/// The examples of `docs/engines.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/engines.md")]
mod examples_of_engines {}

/// The examples of `docs/choosing.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/choosing.md")]
mod examples_of_choosing {}

/// The examples of `docs/errors.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/errors.md")]
mod examples_of_errors {}

/// The examples of `docs/transactions.md` compile.
#[cfg(doctest)]
#[doc = include_str!("../../docs/transactions.md")]
mod examples_of_transactions {}

/// The examples of `docs/replicas.md` compile and run.
#[cfg(all(doctest, feature = "read-token"))]
#[doc = include_str!("../../docs/replicas.md")]
mod examples_of_replicas {}

/// The examples of `docs/bulk.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/bulk.md")]
mod examples_of_bulk {}

/// The examples of `docs/writing.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/writing.md")]
mod examples_of_writing {}

/// The examples of `docs/export.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/export.md")]
mod examples_of_export {}

/// The examples of `docs/queries.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/queries.md")]
mod examples_of_queries {}

/// The examples of `docs/sessions.md` compile and run.
#[cfg(all(doctest, feature = "session"))]
#[doc = include_str!("../../docs/sessions.md")]
mod examples_of_sessions {}

/// The examples of `docs/atomic.md` compile.
#[cfg(all(
    doctest,
    feature = "atomic",
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql"
))]
#[doc = include_str!("../../docs/atomic.md")]
mod examples_of_atomic {}

/// The examples of `docs/testing.md` compile and run.
#[cfg(all(doctest, feature = "data", feature = "sqlite", feature = "postgres"))]
#[doc = include_str!("../../docs/testing.md")]
mod examples_of_testing {}

/// The examples of `docs/sagas.md` compile and run.
#[cfg(all(doctest, feature = "saga"))]
#[doc = include_str!("../../docs/sagas.md")]
mod examples_of_sagas {}

/// The examples of `docs/messages.md` compile and run.
#[cfg(all(doctest, feature = "messages", feature = "sqlite"))]
#[doc = include_str!("../../docs/messages.md")]
mod examples_of_messages {}

/// The examples of `docs/outbox.md` compile and run.
#[cfg(all(doctest, feature = "outbox", feature = "sqlite"))]
#[doc = include_str!("../../docs/outbox.md")]
mod examples_of_outbox {}

/// The examples of `docs/async.md` compile and run.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../../docs/async.md")]
mod examples_of_async {}

/// The examples of `docs/relations.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/relations.md")]
mod examples_of_relations {}

/// The examples of `docs/checked-sql.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/checked-sql.md")]
mod examples_of_checked_sql {}

/// The examples of `docs/raw-sql.md` compile.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../docs/raw-sql.md")]
mod examples_of_raw_sql {}

/// The examples of `docs/questions.md` compile and run.
#[cfg(all(doctest, feature = "chrono"))]
#[doc = include_str!("../../docs/questions.md")]
mod examples_of_questions {}

/// The examples of `docs/links.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/links.md")]
mod examples_of_links {}

/// The examples of `docs/selecting.md` compile and run.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../docs/selecting.md")]
mod examples_of_selecting {}

/// The examples of `docs/joins.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/joins.md")]
mod examples_of_joins {}

/// bindery's half of `docs/from-diesel.md` compiles and runs.
#[cfg(all(doctest, feature = "chrono"))]
#[doc = include_str!("../../docs/from-diesel.md")]
mod examples_of_moving_from_diesel {}

/// bindery's half of `docs/from-sqlx.md` compiles and runs.
#[cfg(all(doctest, feature = "chrono", feature = "derive"))]
#[doc = include_str!("../../docs/from-sqlx.md")]
mod examples_of_moving_from_sqlx {}

/// bindery's half of `docs/from-sea-orm.md` compiles and runs.
#[cfg(all(doctest, feature = "chrono"))]
#[doc = include_str!("../../docs/from-sea-orm.md")]
mod examples_of_moving_from_sea_orm {}

/// bindery's half of `docs/from-django.md` compiles and runs.
#[cfg(all(doctest, feature = "chrono"))]
#[doc = include_str!("../../docs/from-django.md")]
mod examples_of_moving_from_django {}

/// bindery's half of `docs/from-rails.md` compiles and runs.
#[cfg(all(doctest, feature = "chrono"))]
#[doc = include_str!("../../docs/from-rails.md")]
mod examples_of_moving_from_rails {}

/// The examples of `docs/migrations.md` compile and run.
#[cfg(all(doctest, feature = "migrations"))]
#[doc = include_str!("../../docs/migrations.md")]
mod examples_of_migrations {}

/// The examples of `docs/tenants.md` compile and run.
#[cfg(all(doctest, feature = "tenants"))]
#[doc = include_str!("../../docs/tenants.md")]
mod examples_of_tenants {}

/// The examples of `docs/shards.md` compile and run.
#[cfg(all(doctest, feature = "shards"))]
#[doc = include_str!("../../docs/shards.md")]
mod examples_of_shards {}

/// The examples of `docs/clusters.md` compile.
#[cfg(all(doctest, feature = "postgres"))]
#[doc = include_str!("../../docs/clusters.md")]
mod examples_of_clusters {}

/// The examples of `docs/capture.md` compile and run.
#[cfg(all(
    doctest,
    feature = "sync",
    feature = "uuid",
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql"
))]
#[doc = include_str!("../../docs/capture.md")]
mod examples_of_capture {}

/// The examples of `docs/sync.md` compile and run.
#[cfg(all(doctest, feature = "sync"))]
#[doc = include_str!("../../docs/sync.md")]
mod examples_of_sync {}

/// The examples of `docs/surface.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/surface.md")]
mod examples_of_the_surface {}

/// The examples of `docs/observability.md` compile and run.
#[cfg(all(doctest, feature = "metrics"))]
#[doc = include_str!("../../docs/observability.md")]
mod examples_of_observability {}
