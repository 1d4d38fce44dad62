//! Method names that are always there, so that no engine and no table can have them for its own method.

/// Names that no engine can have: methods of `Databases`, beside which engines are methods (`db.b()`), and `any`, whose
/// type `engine::Any` stands for all of them.
pub const DATABASES_METHODS: &[&str] = &[
    "after_each_commit",
    "any",
    "begin_session",
    "begin_session_with",
    "builder",
    "check",
    "check_replicas",
    "clone",
    "close",
    "close_within",
    "close_within_async",
    "connect",
    "connect_replica",
    "create_missing",
    "create_missing_on",
    "drop",
    "drop_all",
    "drop_tables",
    "engine",
    "engines",
    "ensure_migrated",
    "from_config",
    "in_memory",
    "into",
    "migrate",
    "migrate_with",
    "migration_status",
    "new",
    "on",
    "open",
    "program",
    "read_token",
    "reading_after",
    "reads_from",
    "recover",
    "recover_every",
    "recover_with",
    "repository",
    "resolve",
    "run",
    "session",
    "session_async",
    "session_retry",
    "session_retry_with",
    "session_with",
    "test_transaction",
    "to_owned",
    "transaction",
    "transaction_retry",
    "transaction_with",
    "try_into",
    "try_run",
    "try_session",
    "try_session_async",
    "try_session_with",
    "try_transaction",
    "with_config",
];

/// Methods of connections, transactions and sessions. Tables are methods beside them.
pub const CONNECTION_METHODS: &[&str] = &[
    "after_commit",
    "after_each_commit",
    "after_rollback",
    "begin",
    "begin_with",
    "chosen",
    "clone",
    "close",
    "commit",
    "drop",
    "engine",
    "in_transaction",
    "into",
    "rollback",
    "savepoint",
    "target",
    "test_transaction",
    "to_owned",
    "transaction",
    "transaction_retry",
    "transaction_with",
    "try_into",
    "try_transaction",
    "try_transaction_with",
    "try_using",
    "using",
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
