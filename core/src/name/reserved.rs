//! Method names that are always there, so that no engine and no table can have them for its own method.

/// Names that no engine can have: methods of `Databases` and of its sessions, beside which engines are methods (`db.b()`, `s.b()`), those of
/// traits that are always in scope, `new`, which is a constructor to readers and to clippy, and `any`, whose type `engine::Any` stands for
/// all of them.
pub const DATABASES_METHODS: &[&str] = &[
    "any",
    "begin_session",
    "begin_session_async",
    "begin_session_async_with",
    "begin_session_with",
    "check",
    "chosen",
    "clone",
    "close",
    "close_within",
    "close_within_async",
    "commit",
    "connect",
    "create_missing",
    "create_missing_on",
    "engine",
    "engines",
    "ensure_migrated",
    "in_memory",
    "into",
    "load",
    "migrate",
    "migrate_with",
    "new",
    "on",
    "open",
    "outside_transaction",
    "read_token",
    "reading_after",
    "reads_from",
    "recover",
    "recover_every",
    "recover_with",
    "registry",
    "rollback",
    "run",
    "session",
    "session_async",
    "session_retry",
    "session_retry_with",
    "session_with",
    "sql_on",
    "stream",
    "stream_with",
    "to_owned",
    "transaction",
    "transaction_retry",
    "transaction_retry_with",
    "transaction_with",
    "try_into",
    "try_run",
    "try_session",
    "try_session_async",
    "try_session_with",
    "try_transaction",
    "try_using",
    "using",
    "with_config",
];

/// Methods of connections and transactions, and of traits that are in scope with them. Tables are methods beside them.
pub const CONNECTION_METHODS: &[&str] = &[
    "after_commit",
    "after_each_commit",
    "after_rollback",
    "begin",
    "begin_with",
    "check",
    "clone",
    "commit",
    "dialect",
    "drop",
    "engine",
    "execute",
    "execute_batch",
    "in_transaction",
    "into",
    "load",
    "load_one",
    "query_as",
    "query_optional",
    "query_row",
    "query_scalar",
    "rollback",
    "target",
    "test_transaction",
    "to_owned",
    "transaction",
    "transaction_retry",
    "transaction_retry_with",
    "transaction_with",
    "try_into",
    "try_transaction",
    "try_transaction_with",
];

/// Methods of `Databases` where an engine has an outbox: no engine and no atomic group can be called so then.
pub const WORKER_METHODS: &[&str] = &[
    "worker",
    "worker_on",
    "relay",
    "relay_on",
    "consumer",
    "consumer_on",
];

/// Methods of `Databases`, connections and transactions where an engine has an outbox: no table can have them for its own then.
pub const OUTBOX_METHODS: &[&str] = &[
    "tasks",
    "worker",
    "worker_on",
    "relay",
    "relay_on",
    "consumer",
    "consumer_on",
];

/// Method of `Databases` where the schema declares syncs: no engine, atomic group or interface can be called so then, and no table has it for
/// its own.
pub const SYNCS_METHOD: &str = "syncs";

/// Returns whether no table can have this accessor.
pub fn is_reserved_accessor(accessor: &str) -> bool {
    DATABASES_METHODS.contains(&accessor) || CONNECTION_METHODS.contains(&accessor)
}
