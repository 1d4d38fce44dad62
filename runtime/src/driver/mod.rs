//! The databases under one interface: parameters in, rows out, statements run. No driver's type leaves this folder and `value`.
//!
//! # What a driver owes
//!
//! A driver is a variant of [`Physical`] and [`Cursor`], which call its methods of the same names, and a form of values in
//! `value/<database>`. The tests of `driver/tests` hold every driver to this page.
//!
//! ## Statements
//!
//! * It MUST send values as parameters, never within a text, and MUST send one statement for each call.
//! * It MUST refuse a value that its database cannot hold as it is before anything is sent, and MUST NOT round, cut or replace one.
//!   Times are the exception: what is finer than the column is cut off toward the past.
//! * It MUST check what comes in: a length or type that does not fit is an error, neither a value nor a panic.
//! * It MUST count the values that were written against the places of the statement.
//! * It SHOULD prepare a statement once a connection, and prepare it again by itself where the server has forgotten it.
//! * It SHOULD run one statement for many rows in one go (`execute_each`, `query_each`, `insert_rows`). After the first error it MUST
//!   run none of the rest, and it MUST report which row was refused.
//!
//! ## Waiting
//!
//! * It MUST end every wait, also that of a drop and of a login, by the deadline of the operation at hand: the statement's limit, and
//!   within a call (`Calls`) the moment at which that ends. A drop MUST NOT take longer than [`DROP_LIMIT`].
//! * It MUST wait for a lock by the clock that only goes forward.
//! * When its time is over, it SHOULD have the server cancel the statement, without making the caller wait for that.
//!
//! ## Failing
//!
//! * It MUST report whether the answer of a failed call was lost (`Error::with_lost_answer`), and it MUST NOT send a statement again whose
//!   answer may be on its way.
//! * After a lost connection, a message out of sequence or a reader that panicked it MUST report `is_broken`, and MUST NOT be used again.
//! * Its errors MUST have the kind that other databases have for the same cause. They MUST NOT show a row's value, a password, or a
//!   text of the server that may quote one.
//! * An error MUST have its database's own code and text as its source (`DatabaseError`).
//!
//! ## Transactions
//!
//! * `in_transaction` MUST be what the database reports, not what was sent: a database may have ended the transaction.
//! * `commit` MUST NOT succeed unless the database has committed: a COMMIT that is answered by a rollback is an error.
//! * It MUST give the token by which a COMMIT without an answer can be found (`written`); where the database keeps no outcomes, that it
//!   cannot be found.
//! * A read-only transaction MUST NOT write, also where the statement hides that it writes.
//!
//! ## Sessions
//!
//! * It MUST make its session strict and UTC whatever the server's settings are, MUST read back what it has set, and MUST refuse a
//!   server that does not keep to it, is of another product, or is too old.
//! * It MUST notice when a statement changes a setting that values rely on (`is_spoiled`).
//! * It MUST NOT use a session in a process that was forked.
//! * It SHOULD leave a session as the server wants it left, and report when the server has ended it (`leave`).

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
#[cfg(any(feature = "data", feature = "sync"))]
mod counters;
pub(crate) mod cut;
mod described;
pub(crate) mod forks;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod host;
mod leaving;
#[cfg(any(feature = "tenants", feature = "tokio"))]
pub(crate) mod locks;
pub(crate) mod migration_stage;
#[cfg(feature = "outbox")]
pub(crate) mod notify;
mod observed;
pub(crate) mod own_tables;
pub(crate) mod own_threads;
mod physical;
#[cfg(all(test, unix, any(feature = "postgres", feature = "mysql")))]
mod played;
#[cfg_attr(
    not(all(feature = "postgres", feature = "mysql", feature = "read-token")),
    allow(
        dead_code,
        reason = "each database has positions of its own kind, and only those of signed tokens are read back"
    )
)]
pub(crate) mod position;
#[cfg(feature = "atomic")]
pub(crate) mod prepared;
pub(crate) mod queue;
pub(crate) mod random;
mod raw;
mod refused;
#[cfg(any(feature = "atomic", feature = "messages", feature = "saga"))]
pub(crate) mod repeat;
mod request;
pub(crate) mod shard_scope;
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) mod stand_in;
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) mod stored_form;
mod table_sql;
mod table_text;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod texts;
mod transaction_options;
pub(crate) mod turns;
#[cfg(any(
    feature = "postgres",
    feature = "mysql",
    feature = "migrations",
    feature = "outbox"
))]
pub(crate) mod version_numbers;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod versions;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod wire;
#[cfg(not(feature = "tokio"))]
#[path = "no_work.rs"]
pub(crate) mod work;
#[cfg(feature = "tokio")]
pub(crate) mod work;

use std::time::Duration;

use crate::value::{ParamWriter, RowReader};

pub(crate) use cancel::Canceller;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use connect::{ServerInfo, ServerOptions};
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) use counters::raise_counters;
pub(crate) use cut::Cutter;
pub use described::{DescribedColumn, StatementDescription};
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use host::{HostOfConnection, LiveHost};
pub(crate) use leaving::Leaving;
pub(crate) use observed::{Cursor, Physical};
pub(crate) use physical::{AnyCursor, AnyDriver};
pub(crate) use raw::{RawText, TakeColumns, no_statement};
pub(crate) use request::{Request, RowsOf};
pub use table_sql::{Placement, ReferenceSql, ReferencedSql, ReferredTable, TableSql, UniqueSql};
pub use transaction_options::{Isolation, TransactionOptions};

/// A dropped value waits for a silent server no longer than this: a second is promised.
pub(crate) const DROP_LIMIT: Duration = Duration::from_millis(900);

/// Writes all parameters of one statement.
pub(crate) type WriteParams<'a> = &'a mut dyn FnMut(&mut ParamWriter<'_>);

/// Writes the parameters of one of many statements.
pub(crate) type WriteEach<'a> = &'a mut dyn FnMut(usize, &mut ParamWriter<'_>);

/// Takes a row of one of many queries.
pub(crate) type TakeEach<'a> =
    &'a mut dyn FnMut(usize, &mut RowReader<'_>) -> crate::error::Result<()>;

/// Receives how many rows one of many statements changed.
pub(crate) type Changed<'a> = &'a mut dyn FnMut(usize, u64);

/// Takes one row; `false` ends the reading.
pub(crate) type TakeRow<'a> = &'a mut dyn FnMut(&mut RowReader<'_>) -> crate::error::Result<bool>;
