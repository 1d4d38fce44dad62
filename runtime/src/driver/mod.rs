//! The databases behind one seam: parameters in, rows out, statements run. No driver's type leaves this folder.

// Lengths and counts come from servers and go to them: one that is cut is another message than was meant.
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation))]

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

mod cancel;
pub(crate) mod catalogue;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod connect;
pub(crate) mod cut;
pub(crate) mod forks;
mod leaving;
mod physical;
#[cfg(all(test, unix, any(feature = "postgres", feature = "mysql")))]
mod played;
pub(crate) mod queue;
#[cfg(any(feature = "sqlite", feature = "mysql"))]
mod refused;
mod table_sql;
#[cfg(test)]
pub(crate) mod tests;
mod transaction_options;
pub(crate) mod turns;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod versions;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod wire;

use std::time::Duration;

use crate::value::{ParamWriter, RowReader};

pub(crate) use cancel::Canceller;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use connect::{ServerInfo, ServerOptions};
pub(crate) use cut::Cutter;
pub(crate) use leaving::Leaving;
pub(crate) use physical::{Cursor, Physical};
pub use table_sql::{TableSql, UniqueSql};
pub use transaction_options::{Isolation, TransactionOptions};

/// What is dropped waits for a silent server no longer than this: a second is promised.
pub(crate) const DROP_LIMIT: Duration = Duration::from_millis(900);

/// Writes all parameters of one statement.
pub(crate) type WriteParams<'a> = &'a mut dyn FnMut(&mut ParamWriter<'_>);

/// Writes the parameters of one of many statements.
pub(crate) type WriteEach<'a> = &'a mut dyn FnMut(usize, &mut ParamWriter<'_>);

/// Takes a row of one of many queries.
pub(crate) type TakeEach<'a> =
    &'a mut dyn FnMut(usize, &mut RowReader<'_>) -> crate::error::Result<()>;

/// Is told how many rows one of many statements changed.
pub(crate) type Changed<'a> = &'a mut dyn FnMut(usize, u64);

/// Takes one row; `false` ends the reading.
pub(crate) type TakeRow<'a> = &'a mut dyn FnMut(&mut RowReader<'_>) -> crate::error::Result<bool>;
