//! The kinds that programs ask for most, each in one call.

use super::{Error, ErrorKind, Operation};

/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.users().insert(NewUser::new("ann@example.org"))?;
/// match db.users().insert(NewUser::new("ann@example.org")) {
///     Err(error) if error.is_unique_violation() => println!("taken"),
///     outcome => println!("{}", outcome?.id),
/// }
/// # Ok(())
/// # }
/// ```
impl Error {
    /// Does a unique key, or the primary key, hold the value already?
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::UniqueViolation(_))
    }

    /// Does a foreign key refer to nothing, or something refer to the row?
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::ForeignKeyViolation(_))
    }

    /// Was a column without NULL given none?
    pub fn is_not_null_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotNullViolation(_))
    }

    /// Is a CHECK not met?
    pub fn is_check_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::CheckViolation(_))
    }

    /// Is there no such row?
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotFound)
    }

    /// Was the row updated since it was read?
    pub fn is_stale_version(&self) -> bool {
        matches!(self.kind(), ErrorKind::StaleVersion)
    }

    /// Did a lock that another transaction holds not come free in time?
    pub fn is_busy(&self) -> bool {
        matches!(self.kind(), ErrorKind::Busy)
    }

    /// Was another transaction in the way: a deadlock, or an order that cannot be?
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind(), ErrorKind::Conflict)
    }

    /// Did time run out, in whatever phase?
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout { .. })
    }

    /// Were all connections of the pool in use, or all that several pools may have together?
    pub fn is_pool_exhausted(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::PoolExhausted { .. } | ErrorKind::ConnectionLimit { .. }
        )
    }

    /// Is there no database of this name, or no such file?
    pub fn is_unknown_database(&self) -> bool {
        matches!(self.kind(), ErrorKind::UnknownDatabase)
    }

    /// Is the tenant not there that was to be opened: its database, its schema or its file? `false` for an engine that the
    /// program is configured with.
    pub fn is_unknown_tenant(&self) -> bool {
        self.is_unknown_database() && self.operation() == Some(Operation::OpenTenant)
    }

    /// Was the connection lost, and nothing of the call stored?
    pub fn is_connection_lost(&self) -> bool {
        matches!(self.kind(), ErrorKind::ConnectionLost)
    }

    /// Can the engine not be reached?
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Unavailable | ErrorKind::UnknownHost { .. }
        )
    }

    /// Has the server, or its account, no connection left? SQLSTATE 53300 of PostgreSQL; 1040, 1203 and 1226 of MySQL and MariaDB.
    pub(crate) fn is_of_connection_limit(&self) -> bool {
        let is_limit = |code| matches!(code, "53300" | "1040" | "1203" | "1226");
        self.is_unavailable() && self.code().is_some_and(is_limit)
    }

    /// Is it the fault of what one of the rows holds?
    #[doc(hidden)]
    pub fn is_about_a_row(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::UniqueViolation(_)
                | ErrorKind::ForeignKeyViolation(_)
                | ErrorKind::NotNullViolation(_)
                | ErrorKind::CheckViolation(_)
                | ErrorKind::ValueOutOfRange(_)
                | ErrorKind::UnsupportedValue(_)
        )
    }

    /// Was the answer to a write lost, so that it may be stored or not?
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self.kind(), ErrorKind::OutcomeUnknown)
    }
}
