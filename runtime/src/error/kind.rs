//! The kinds of errors, the same on every database. Which code of which database is which kind is defined in `driver`.

use std::fmt;
use std::panic::Location;

use super::constraint::quoted;
use super::{Constraint, Invalid, SchemaDrift};

/// The kind of an error, the same on every database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration cannot be used; the text says why.
    Config(String),
    /// No engine has this name.
    UnknownEngine {
        /// The requested name.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// The model does not live on the engine chosen at run time.
    NotHosted {
        /// The engines that it lives on.
        lives_on: &'static [&'static str],
    },
    /// A key or row of another engine was given.
    WrongEngine,
    /// A Citus cluster refuses the statement, as the rows that it needs are on several servers; the text says which table it is and which
    /// condition is missing. Nothing was sent.
    RefusedByCluster(String),
    /// A connection for one shard ([`Registry::for_shard`](crate::Registry::for_shard)) got a statement of another one, or one that it cannot
    /// bind; the text says which table it is and why. Nothing was sent.
    OtherShard(String),
    /// There is no row with this key, or none that `one` could return.
    NotFound,
    /// There is more than one row, and `one` was called.
    SeveralRows,
    /// The row was updated since it was read, so that saving it would undo another caller's work. Read it again.
    StaleVersion,
    /// A row does not meet a rule of the program's own ([`Validate`](crate::Validate)); nothing was sent.
    Invalid(Invalid),
    /// A unique key holds the value already.
    UniqueViolation(Constraint),
    /// A foreign key refers to nothing, or something refers to the row.
    ForeignKeyViolation(Constraint),
    /// A column without NULL was given none.
    NotNullViolation(Constraint),
    /// A CHECK was not met.
    CheckViolation(Constraint),
    /// A value is too long or out of the column's range.
    ValueOutOfRange(Constraint),
    /// A value cannot be held by this database; the text says which kind of value, never the value.
    UnsupportedValue(String),
    /// A stored value is not of the type the column has in the schema. [`Error::column`](crate::Error::column) has its name,
    /// where it is known.
    Decode {
        /// Position of the column in the row, from 0.
        column: usize,
        /// The form that was expected.
        expected: &'static str,
        /// NULL was found, in a column that the schema says has none.
        is_null: bool,
    },
    /// The engine cannot be reached.
    Unavailable,
    /// The engine cannot be reached, as its host's name leads to no address: it is not known, or the system's resolver does not answer.
    UnknownHost {
        /// The name, as the configuration has it.
        host: String,
    },
    /// There is no database of this name on the server, no such schema in it, or no such SQLite file where none is to be
    /// made ([`Tenants`](crate::tenants::Tenants) makes none unless set to).
    UnknownDatabase,
    /// Reached, but not let in.
    AccessDenied,
    /// Let in, but not allowed to do this.
    PermissionDenied,
    /// The connection was lost, and nothing of the call is stored.
    ConnectionLost,
    /// The answer to a write was lost, or to a COMMIT: it may be stored, now or in a moment, or not. Do not try again before
    /// you know. The source says how it was lost.
    OutcomeUnknown,
    /// Time ran out, and nothing of the call is stored.
    Timeout {
        /// The phase that took too long.
        phase: TimeoutPhase,
    },
    /// All connections of the pool are in use.
    PoolExhausted {
        /// The most connections the pool may have.
        size: usize,
        /// The number of others that still wait.
        waiting: usize,
        /// The time that was waited, in milliseconds.
        waited_ms: u64,
        /// For how long the connection has been in use that was given out first, in milliseconds; `None` where all are still
        /// being opened.
        oldest_checkout_ms: Option<u64>,
    },
    /// All workers of asynchronous calls are at work, as many as there are connections of all engines together; those that wait for a
    /// connection are not counted. Or it is the first call of a session, and as many sessions are open, at work or at rest.
    WorkersBusy {
        /// The most that are at work at a time, and the most sessions that are open.
        workers: usize,
        /// The number of other calls that still wait.
        waiting: usize,
        /// The time that was waited, in milliseconds.
        waited_ms: u64,
        /// For how long the one has had its worker that began first, in milliseconds, a connection waited for included; `None`
        /// where all are sessions between two calls.
        longest_ms: Option<u64>,
    },
    /// All connections that several pools may have together are in use: those of [`Tenants`](crate::tenants::Tenants).
    ConnectionLimit {
        /// The most connections they may have together.
        limit: usize,
        /// The number of others that still wait.
        waiting: usize,
        /// The time that was waited, in milliseconds.
        waited_ms: u64,
    },
    /// All tenants that may be open at a time are in use.
    TenantLimit {
        /// The number of tenants that may be open.
        limit: usize,
        /// The time that was waited, in milliseconds.
        waited_ms: u64,
    },
    /// The tenant is open with other options than those given. Equal ones were given, or the tenant has to be closed first
    /// ([`Tenants::close_tenant`](crate::tenants::Tenants::close_tenant)).
    TenantConflict {
        /// The name of the tenant.
        tenant: String,
    },
    /// Another tenant was requested where one is locked.
    TenantLocked {
        /// The tenant that is locked.
        locked: String,
        /// The tenant that was requested.
        requested: String,
    },
    /// No shard of a set has the slot of a key ([`Shards::assign`](crate::shards::Shards::assign)).
    #[cfg(feature = "shards")]
    NoShard {
        /// The name of the set.
        shards: &'static str,
        /// The slot.
        slot: u32,
    },
    /// The rows of a key are on their way to another shard, or there since the connection was taken: take another one
    /// ([`Shards::connect`](crate::shards::Shards::connect)), or have that done ([`Shards::transaction`](crate::shards::Shards::transaction)). Nothing was written.
    #[cfg(feature = "shards")]
    ShardMoved,
    /// Another transaction is in the way: a deadlock, or an order of transactions that cannot be. The whole transaction may
    /// be tried again.
    Conflict,
    /// A lock that another transaction holds did not come free in time.
    Busy,
    /// The database may not be written: the transaction only reads, or the database is a standby, set to read only, or its
    /// file is.
    ReadOnly,
    /// There is no room for what is to be written: the disk is full, or what the database itself may take.
    DiskFull,
    /// The database could not read or write its own files.
    Io,
    /// The database's own files are damaged, or are none of a database.
    Corrupt,
    /// The database does not understand the statement.
    Syntax,
    /// The output of an export cannot be written (`write_csv`, `write_json_lines`).
    Output(std::io::ErrorKind),
    /// The database holds a table or column other than the schema says.
    SchemaMismatch,
    /// Found out before anything was sent: the database's tables are not as the program was compiled for.
    SchemaDrift(SchemaDrift),
    /// The table is kept by a storage engine without transactions (MySQL, MariaDB), and a rollback has to be able to undo
    /// what was given.
    NotTransactional {
        /// Its name: `MyISAM`.
        storage_engine: String,
    },
    /// The compiled dialect or product and the database do not agree.
    UnsupportedServer {
        /// The product that the program was compiled for.
        expected: String,
        /// The product that was found.
        found: String,
    },
    /// A call failed in this transaction before, or the database ended it: nothing of it is kept.
    TransactionAborted,
    /// A transaction was begun on this connection and forgotten (`mem::forget`): nothing more is done on it, so that nothing
    /// goes into a transaction that cannot be committed.
    TransactionForgotten,
    /// The call cannot be done here; the text gives the reason.
    Unsupported(&'static str),
    /// A transaction was to be ended on a connection that is not its own: the one under it was put elsewhere
    /// (`std::mem::swap`). Neither is committed.
    WrongTransaction,
    /// A raw statement began a transaction, or ended the one it ran in. Outside of a transaction nothing is kept of what it
    /// began; one that it ended is over, and [`applied`](crate::Error::applied) is unknown: a COMMIT keeps what came before.
    TransactionControl,
    /// The values of a raw statement do not fit its placeholders, in number or type; the text says which, never a value.
    /// Nothing was run.
    WrongParameters(String),
    /// The columns that a raw query returns are not those of the type they are read into.
    WrongColumns {
        /// The type: a model, a struct, or a tuple.
        expected: &'static str,
        /// Its columns that are not among those of the query.
        missing: Vec<String>,
        /// Those of the query that it does not have. A column without a name of its own is named by its position.
        unexpected: Vec<String>,
    },
    /// The transaction is committed, and a hook that ran afterwards failed; the source is its error.
    AfterCommit,
    /// Migrations cannot be applied, or one of them failed; the source is the error of its statement.
    #[cfg(feature = "migrations")]
    Migration(super::MigrationError),
    /// Rows in text form cannot be loaded or dumped; where a database refused a row, the source is its error.
    #[cfg(feature = "data")]
    Data(super::DataError),
    /// A saga cannot begin or go on, or did not end as it should; the source is the error of its step, where there is one.
    #[cfg(feature = "saga")]
    Saga(super::SagaError),
    /// A sync did not run, or not to its end; where a database refused a row, the source is its error.
    #[cfg(feature = "sync")]
    Sync(super::SyncError),
    /// The engines of a session were committed one after the other, and did not end alike: what was written on some is
    /// stored, and on others it is not, or is not known to be. [`Error::session_report`](crate::Error::session_report) has
    /// each.
    SessionSplit,
    /// The session is locked to an engine within this scope, and another one was chosen.
    SessionLocked {
        /// The name of the engine that it is locked to.
        locked_to: &'static str,
    },
    /// The call would run on another connection, outside of the session in whose closure it is made, or of a transaction that
    /// is open on its thread; what `outside-transaction` of the engine says of it is
    /// [`error`](crate::config::OutsideTransaction::Error).
    OutsideTransaction {
        /// `transaction`, `session` or `atomic transaction`.
        kind: &'static str,
        /// Where that was begun, in the program's source.
        begun_at: &'static Location<'static>,
    },
    /// The engine was closed.
    Closed,
    /// The caller does not wait for the call any more: the future of `db.run(…)` was dropped. Seen by the closure that ran then.
    Cancelled,
    /// The engine was closed, and some of its connections had not come back within the time: they are cut off.
    StillInUse {
        /// The number of those connections.
        connections: usize,
    },
    /// The process was forked: connections belong to the process that opened them. Open the databases in the child.
    Forked,
    /// Anything else; the code is the database's own.
    Database {
        /// SQLSTATE, MySQL error number or SQLite result code.
        code: String,
    },
}

/// The phase in which time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// Connecting and logging in.
    Connect,
    /// Beginning a transaction.
    Begin,
    /// A statement.
    Statement,
    /// Committing.
    Commit,
    /// Rolling back.
    Rollback,
    /// A whole transaction, which was open for longer than it may be.
    Transaction,
    /// The work on one tenant of a run over many ([`Tenants::each`](crate::tenants::Tenants::each)).
    Tenant,
    /// A session, whose deadline has passed.
    Session,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Connect => "while connecting",
            Self::Begin => "while beginning a transaction",
            Self::Statement => "in a statement",
            Self::Commit => "while committing",
            Self::Rollback => "while rolling back",
            Self::Transaction => "in a transaction, which was open for too long",
            Self::Tenant => "in the work on the tenant",
            Self::Session => "in a session, whose deadline has passed",
        })
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) => out.write_str(why),
            Self::UnknownEngine { name, known } => {
                write!(
                    out,
                    "there is no engine `{}`; known: {}",
                    name.escape_debug(),
                    known.join(", ")
                )
            }
            Self::NotHosted { lives_on } => write!(
                out,
                "the model does not live here; it lives on {}",
                lives_on.join(", ")
            ),
            Self::WrongEngine => out.write_str("a key or row of another engine was given"),
            Self::RefusedByCluster(why) | Self::OtherShard(why) => out.write_str(why),
            Self::NotFound => out.write_str("there is no such row"),
            Self::SeveralRows => out.write_str("there is more than one such row"),
            Self::StaleVersion => {
                out.write_str("the row was updated since it was read; read it again")
            }
            Self::Invalid(invalid) => invalid.fmt(out),
            Self::UniqueViolation(constraint) => {
                write!(out, "a unique key holds the value already{constraint}")
            }
            Self::ForeignKeyViolation(constraint) => {
                write!(out, "a foreign key is violated{constraint}")
            }
            Self::NotNullViolation(constraint) => write!(
                out,
                "a value is missing for a column that is not null{constraint}"
            ),
            Self::CheckViolation(constraint) => write!(out, "a check is not met{constraint}"),
            Self::ValueOutOfRange(constraint) => {
                write!(out, "a value is too long or out of range{constraint}")
            }
            Self::UnsupportedValue(why) => out.write_str(why),
            Self::Decode {
                column,
                expected,
                is_null,
            } => {
                write!(out, "column {} of the row", column + 1)?;
                fmt_misfit(out, expected, *is_null)
            }
            Self::Unavailable => out.write_str("the database cannot be reached"),
            Self::UnknownHost { host } => write!(
                out,
                "the name `{}` of the database's host was not found",
                host.escape_debug()
            ),
            Self::UnknownDatabase => out.write_str("there is no such database"),
            Self::AccessDenied => out.write_str("the database refused the login"),
            Self::PermissionDenied => {
                out.write_str("the database's user has no right to do this")
            }
            Self::ConnectionLost => out.write_str("the connection was lost"),
            Self::OutcomeUnknown => out.write_str(
                "the answer was lost, so whether it is stored is unknown",
            ),
            Self::Timeout { phase } => write!(out, "time ran out {phase}"),
            Self::PoolExhausted {
                size,
                waiting,
                waited_ms,
                oldest_checkout_ms,
            } => {
                write!(out, "all {size} connections are in use")?;
                if let Some(age) = oldest_checkout_ms {
                    write!(out, ", one of them for {age} ms,")?;
                }
                write!(
                    out,
                    " and {waiting} more wait for one; waited {waited_ms} ms"
                )
            }
            Self::WorkersBusy {
                workers,
                waiting,
                waited_ms,
                longest_ms,
            } => {
                write!(
                    out,
                    "all {workers} workers of asynchronous calls are at work or of open sessions"
                )?;
                if let Some(time) = longest_ms {
                    write!(out, ", one at work for {time} ms,")?;
                }
                write!(
                    out,
                    " and {waiting} more calls wait for one; waited {waited_ms} ms"
                )
            }
            Self::ConnectionLimit {
                limit,
                waiting,
                waited_ms,
            } => write!(
                out,
                "all {limit} connections that the tenants may have together are in use, and {waiting} more wait for one; \
                 waited {waited_ms} ms"
            ),
            Self::TenantLimit { limit, waited_ms } => write!(
                out,
                "all {limit} tenants that may be open are in use; waited {waited_ms} ms"
            ),
            Self::TenantConflict { tenant } => write!(
                out,
                "tenant `{}` is open with other options: close it first, by `close_tenant`",
                tenant.escape_debug()
            ),
            Self::TenantLocked { locked, requested } => write!(
                out,
                "tenant `{}` was requested where tenant `{}` is locked",
                requested.escape_debug(),
                locked.escape_debug()
            ),
            #[cfg(feature = "shards")]
            Self::NoShard { shards, slot } => write!(
                out,
                "no shard of `{shards}` has slot {slot}: give it to one, by `{shards}_shards().divide()` or `assign`"
            ),
            #[cfg(feature = "shards")]
            Self::ShardMoved => out.write_str(bindery_core::slots::REFUSAL.0),
            Self::Conflict => {
                out.write_str("another transaction is in the way; try the whole transaction again")
            }
            Self::Busy => {
                out.write_str("a lock that another transaction holds did not come free in time")
            }
            Self::ReadOnly => out.write_str("the database may only be read"),
            Self::DiskFull => out.write_str("the database has no room left"),
            Self::Io => out.write_str("the database could not read or write its files"),
            Self::Corrupt => {
                out.write_str("the database's files are damaged, or are not a database's")
            }
            Self::Syntax => out.write_str("the database does not understand the statement"),
            Self::Output(kind) => write!(out, "the output cannot be written: {kind}"),
            Self::SchemaMismatch => {
                out.write_str("the database has another table or column than the schema")
            }
            Self::SchemaDrift(drift) => drift.fmt(out),
            Self::NotTransactional { storage_engine } => write!(
                out,
                "the table is kept by `{storage_engine}`, which has no transactions: convert it by \
                 `ALTER TABLE … ENGINE = InnoDB`, or write to it outside of transactions, row by row"
            ),
            Self::UnsupportedServer { expected, found } => {
                write!(out, "compiled for {expected}, found {found}")
            }
            Self::TransactionAborted => out.write_str(
                "an earlier error ended the transaction, and nothing of it is kept",
            ),
            Self::TransactionForgotten => out.write_str(
                "a transaction of this connection was forgotten (`mem::forget`), so nothing of it is kept: drop the connection",
            ),
            Self::Unsupported(why) => out.write_str(why),
            Self::WrongTransaction => out.write_str(
                "another connection was put under the transaction, so neither is committed",
            ),
            Self::TransactionControl => out.write_str(
                "a raw statement began or ended a transaction: use `transaction` or `begin`, and `commit` or `rollback`",
            ),
            Self::WrongParameters(why) => out.write_str(why),
            Self::WrongColumns {
                expected,
                missing,
                unexpected,
            } => fmt_columns(out, expected, missing, unexpected),
            Self::AfterCommit => {
                out.write_str("the transaction is committed, but what was to run afterwards failed")
            }
            #[cfg(feature = "migrations")]
            Self::Migration(error) => error.fmt(out),
            #[cfg(feature = "data")]
            Self::Data(error) => error.fmt(out),
            #[cfg(feature = "saga")]
            Self::Saga(error) => error.fmt(out),
            #[cfg(feature = "sync")]
            Self::Sync(error) => error.fmt(out),
            Self::SessionSplit => out.write_str(
                "the engines of the session did not end alike",
            ),
            Self::SessionLocked { locked_to } => write!(
                out,
                "the session is locked to `{locked_to}` here, so it uses no other engine"
            ),
            Self::OutsideTransaction { kind, begun_at } => write!(
                out,
                "the call on `db` is not part of the {kind} that is open on this thread, begun at {begun_at}: call on the {kind} in place of `db`, or within `db.outside_transaction(|| …)` where the call is meant to be outside"
            ),
            Self::Closed => out.write_str("the engine is closed"),
            Self::Cancelled => out.write_str("the call was cancelled"),
            Self::StillInUse { connections } => {
                write!(
                    out,
                    "{connections} connections were still in use and are cut off"
                )
            }
            Self::Forked => out.write_str(
                "the process was forked, and connections belong to the one that opened them: open the databases in the child",
            ),
            Self::Database { code } => {
                write!(out, "the database refused the statement (code {code})")
            }
        }
    }
}

fn fmt_columns(
    out: &mut fmt::Formatter<'_>,
    expected: &str,
    missing: &[String],
    unexpected: &[String],
) -> fmt::Result {
    let list = |names: &[String]| names.join(", ");
    write!(
        out,
        "the columns of the query are not those of `{expected}`: "
    )?;
    match (missing, unexpected) {
        (missing, []) => write!(out, "there is no {}", list(missing)),
        ([], unexpected) => write!(out, "it has no {}", list(unexpected)),
        (missing, unexpected) => write!(
            out,
            "there is no {}, and it has no {}",
            list(missing),
            list(unexpected)
        ),
    }
}

/// Writes the message for a column that could not be read.
pub(super) fn fmt_misfit(
    out: &mut fmt::Formatter<'_>,
    expected: &str,
    is_null: bool,
) -> fmt::Result {
    let null = if is_null { "NULL, and " } else { "" };
    write!(out, " is {null}no {expected}")
}

impl fmt::Display for Constraint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self
            .key
            .map(|key| key.columns)
            .filter(|columns| columns.len() > 1);
        let parts = [
            ("constraint", &self.name),
            ("table", &self.table),
            ("column", &self.column),
        ];
        let named = parts
            .iter()
            .filter_map(|(what, name)| name.as_ref().map(|name| format!("{what} `{name}`")));
        let several = several.map(|columns| format!("columns {}", quoted(columns)));
        let text = named.chain(several).collect::<Vec<_>>().join(", ");
        if text.is_empty() {
            Ok(())
        } else {
            write!(out, " ({text})")
        }
    }
}
