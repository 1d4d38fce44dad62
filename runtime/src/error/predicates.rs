//! The kinds that programs ask for most, each in one call.

#[cfg(feature = "data")]
use super::DataProblem;
use super::{Error, ErrorKind, Operation};

/// ```
/// # use bindery_cases::examples::*;
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
    /// Returns whether a unique key, or the primary key, has the value already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::UniqueViolation(_))
    }

    /// Returns whether a foreign key refers to no row, or a row is still referred to.
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::ForeignKeyViolation(_))
    }

    /// Returns whether a column that is NOT NULL was given no value.
    pub fn is_not_null_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotNullViolation(_))
    }

    /// Returns whether a CHECK is not met.
    pub fn is_check_violation(&self) -> bool {
        matches!(self.kind(), ErrorKind::CheckViolation(_))
    }

    /// Returns whether there is no such row.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), ErrorKind::NotFound)
    }

    /// Returns whether the row was updated since it was read: its version is another.
    pub fn is_stale_version(&self) -> bool {
        matches!(self.kind(), ErrorKind::StaleVersion)
    }

    /// Returns whether a lock that another transaction holds did not come free in time.
    pub fn is_busy(&self) -> bool {
        matches!(self.kind(), ErrorKind::Busy)
    }

    /// Returns whether another transaction was in the way: a deadlock, or an order that cannot be.
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind(), ErrorKind::Conflict)
    }

    /// Returns whether time ran out, in whatever phase.
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::Timeout { .. })
    }

    /// Returns whether all connections of the pool were in use, or all that several pools may have together.
    pub fn is_pool_exhausted(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::PoolExhausted { .. } | ErrorKind::ConnectionLimit { .. }
        )
    }

    /// Returns whether there is no database of this name, or no such file.
    pub fn is_unknown_database(&self) -> bool {
        matches!(self.kind(), ErrorKind::UnknownDatabase)
    }

    /// Returns whether the tenant is not there that was to be opened: its database, its schema or its file. `false` for an engine that the
    /// program is configured with.
    pub fn is_unknown_tenant(&self) -> bool {
        self.is_unknown_database() && self.operation() == Some(Operation::OpenTenant)
    }

    /// Returns whether the connection was lost, and nothing of the call is stored.
    pub fn is_connection_lost(&self) -> bool {
        matches!(self.kind(), ErrorKind::ConnectionLost)
    }

    /// Returns whether the engine cannot be reached: its host is unknown, or nothing answers there.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Unavailable | ErrorKind::UnknownHost { .. }
        )
    }

    /// Whether the server, or its account, has no connection left: SQLSTATE 53300 of PostgreSQL; 1040, 1203 and 1226 of MySQL and
    /// MariaDB.
    pub(crate) fn is_of_connection_limit(&self) -> bool {
        let is_limit = |code| matches!(code, "53300" | "1040" | "1203" | "1226");
        self.is_unavailable() && self.code().is_some_and(is_limit)
    }

    /// Returns whether the error is due to the values of one of the rows, so that other rows may be written.
    #[doc(hidden)]
    pub fn is_about_a_row(&self) -> bool {
        #[cfg(feature = "data")]
        if let ErrorKind::Data(data) = self.kind() {
            let is_dangling = matches!(data.problem, DataProblem::Dangling { .. });
            return is_dangling || self.refusal().is_some_and(Self::is_about_a_row);
        }
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

    /// The database's error, where it refused a row of a file: without the file and the line that the row came in.
    #[cfg(feature = "data")]
    pub(super) fn refusal(&self) -> Option<&Self> {
        match self.kind() {
            ErrorKind::Data(_) => std::error::Error::source(self)?.downcast_ref(),
            _ => None,
        }
    }

    /// Returns whether the answer to a write was lost, so that it may be stored or not.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self.kind(), ErrorKind::OutcomeUnknown)
    }
}
