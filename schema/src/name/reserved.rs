//! Method names that are always there, so that no engine and no table can have them for its own method.

/// Methods of `Databases`. Engines are methods beside them (`db.b()`), and so are tables (`db.blogs()`).
pub const DATABASES_METHODS: &[&str] = &[
    "any",
    "begin",
    "builder",
    "check",
    "clone",
    "close",
    "connect",
    "copy",
    "create_missing",
    "drop_tables",
    "engine",
    "engines",
    "from_config",
    "in_memory",
    "into",
    "new",
    "on",
    "open",
    "open_with",
    "options",
    "program",
    "register",
    "repository",
    "session",
    "to_owned",
    "transaction",
    "try_into",
    "try_session",
    "try_transaction",
    "with_config",
];

/// Methods of connections, transactions and sessions. Tables are methods beside them.
pub const CONNECTION_METHODS: &[&str] = &[
    "as_ref",
    "begin",
    "borrow",
    "borrow_mut",
    "clone_into",
    "close",
    "commit",
    "connection",
    "deref",
    "deref_mut",
    "drop",
    "engine",
    "fmt",
    "from",
    "in_transaction",
    "into",
    "rollback",
    "savepoint",
    "target",
    "test_transaction",
    "to_owned",
    "transaction",
    "try_from",
    "try_into",
    "try_transaction",
    "type_id",
];

/// Can no table have this accessor?
pub fn is_reserved_accessor(accessor: &str) -> bool {
    DATABASES_METHODS.contains(&accessor) || CONNECTION_METHODS.contains(&accessor)
}
