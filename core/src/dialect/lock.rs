//! Locks on rows, as each dialect writes them at the end of a query.

use super::Dialect;

/// How the rows of a query are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLock {
    /// Others may lock the rows in the same way.
    pub is_shared: bool,
    /// Rows that are locked already are left out.
    pub skips_locked: bool,
    /// A row that is locked already is an error.
    pub fails_if_locked: bool,
}

impl Dialect {
    /// The clause; `None` where rows cannot be locked.
    pub const fn row_lock(self, lock: RowLock) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(super::postgres::row_lock(lock)),
            Self::Mysql => Some(super::mysql::row_lock(lock)),
        }
    }
}
