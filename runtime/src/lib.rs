//! Models bound to their databases at compile time.
//!
//! This crate is what generated code calls: engines, keys, connections, transactions, repositories and column values.
//! It holds no schema and no SQL text of its own; both come from the code that `bindery-codegen` writes.

mod connection;
mod databases;
mod driver;
mod engine;
mod error;
mod key;
mod lives_on;
mod model;
mod pool;
mod program;
mod repository;
mod route;
mod statements;
mod transaction;
pub mod types;

pub use bindery_schema::dialect::{Dialect, Flavour};

pub use connection::Connection;
pub use databases::{Created, Registry};
pub use driver::{ParamWriter, RowReader};
pub use engine::{Engine, StaticEngine};
pub use error::{Error, ErrorKind, Operation, Result};
pub use key::{Key, ReadKey};
pub use lives_on::{Hosts, LivesOn};
pub use model::{ColumnSet, ColumnSource, HasKey, Model, NoKey};
pub use program::{EngineInfo, ModelInfo, Program, TableDdl};
pub use repository::{Repository, Rows};
pub use route::{Route, Target};
pub use statements::{TableSql, UniqueSql};
pub use transaction::Transaction;
