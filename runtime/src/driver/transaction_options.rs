//! How a transaction begins.

use std::fmt;

/// How far transactions that run at the same time are kept apart. The weaker ones are the databases' own: what they let
/// happen differs.
///
/// SQLite has [`Serializable`](Self::Serializable) alone and gives it whatever is chosen, as it is stricter than the
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what others have committed before it. PostgreSQL's default.
    ReadCommitted,
    /// All statements see what others had committed before the first. MySQL's and MariaDB's default.
    RepeatableRead,
    /// As if one ran after the other. Some are refused with [`ErrorKind::Conflict`](crate::ErrorKind::Conflict), also at
    /// the commit: use [`transaction_retry`](crate::Connection::transaction_retry).
    Serializable,
}

/// How a transaction begins. The default is what the database does unasked.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::{ErrorKind, Isolation, TransactionOptions};
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let report = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only();
/// let mut connection = db.default()?;
/// let (blogs, users) = connection.transaction_with(report, |tx| {
///     Ok((tx.blogs().count()?, tx.users().count()?)) // of the same moment
/// })?;
/// # assert_eq!((blogs, users), (0, 0));
/// let written = connection.transaction_with(report, |tx| tx.blogs().insert(NewBlog::new("no")));
/// assert_eq!(written.unwrap_err().kind(), &ErrorKind::ReadOnly);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use = "options do nothing until a transaction begins with them"]
pub struct TransactionOptions {
    pub(crate) isolation: Option<Isolation>,
    pub(crate) is_read_only: bool,
    pub(crate) defers_constraints: bool,
}

impl TransactionOptions {
    /// Returns the options of the database's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how far it is kept apart from others.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// A standby of PostgreSQL refuses serializable transactions.
    #[cfg(feature = "session")]
    pub(crate) fn may_run_on_a_replica(&self) -> bool {
        self.is_read_only && self.isolation != Some(Isolation::Serializable)
    }

    /// Nothing can be written: that is [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly). On SQLite it waits for no
    /// writer, and sees what there was when it first read.
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Foreign keys are checked at the commit: on PostgreSQL those (and unique keys) that are declared `DEFERRABLE`, on
    /// SQLite all. MySQL and MariaDB check every row immediately; there it is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn defer_constraints(mut self) -> Self {
        self.defers_constraints = true;
        self
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// As it is written in SQL.
impl fmt::Display for Isolation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ReadCommitted => "READ COMMITTED",
            Self::RepeatableRead => "REPEATABLE READ",
            Self::Serializable => "SERIALIZABLE",
        })
    }
}
