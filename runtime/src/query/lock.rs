//! Locks on the rows that a query returns, until the transaction ends.

use super::selected::Selected;
use super::statement::Query;
use crate::link::dialect::{Mysql, Postgres, Several};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::CanWrite;
use bindery_core::dialect::RowLock;

/// The lock of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lock(pub(crate) RowLock);

impl Lock {
    pub(crate) fn code(self) -> u8 {
        let shared = u8::from(self.0.is_shared);
        1 | shared << 1 | u8::from(self.0.skips_locked) << 2 | u8::from(self.0.fails_if_locked) << 3
    }

    fn new(is_shared: bool) -> Self {
        Self(RowLock {
            is_shared,
            skips_locked: false,
            fails_if_locked: false,
        })
    }
}

/// Databases with locks on rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no locks on rows",
    label = "the engine of this query is one of `{Self}`",
    note = "a transaction that is begun to write has the whole database of SQLite to itself: `TransactionOptions`"
)]
pub trait LocksRows {}

#[diagnostic::do_not_recommend]
impl LocksRows for Postgres {}
#[diagnostic::do_not_recommend]
impl LocksRows for Mysql {}
/// Known when it is executed.
#[diagnostic::do_not_recommend]
impl LocksRows for Several {}

macro_rules! locks {
    ($(<$($parameter:ident),+> $query:ty;)+) => {$(
        impl<$($parameter),+> $query
        where
            M: Model,
            E: Engine,
        {
            /// Locks the rows for an update, until the transaction ends: others wait that lock or change them. Outside of a
            /// transaction, and on SQLite, it is [`Unsupported`](crate::ErrorKind::Unsupported) when it is executed.
            pub fn for_update(mut self) -> Self
            where
                E::Dialect: LocksRows,
                Self: CanWrite,
            {
                self.clauses_mut().lock(|_| Lock::new(false));
                self
            }

            /// Locks the rows against changes, until the transaction ends: others may do the same.
            pub fn for_share(mut self) -> Self
            where
                E::Dialect: LocksRows,
                Self: CanWrite,
            {
                self.clauses_mut().lock(|_| Lock::new(true));
                self
            }

            /// Leaves out rows that another transaction has locked. The rows are locked for an update where
            /// [`for_share`](Self::for_share) was not called.
            pub fn skip_locked(mut self) -> Self
            where
                E::Dialect: LocksRows,
                Self: CanWrite,
            {
                self.clauses_mut().lock(|lock| {
                    let lock = lock.unwrap_or(Lock::new(false)).0;
                    Lock(RowLock { skips_locked: true, fails_if_locked: false, ..lock })
                });
                self
            }

            /// Is [`Busy`](crate::ErrorKind::Busy) where another transaction has locked a row, rather than waiting. The rows are
            /// locked for an update where [`for_share`](Self::for_share) was not called.
            pub fn nowait(mut self) -> Self
            where
                E::Dialect: LocksRows,
                Self: CanWrite,
            {
                self.clauses_mut().lock(|lock| {
                    let lock = lock.unwrap_or(Lock::new(false)).0;
                    Lock(RowLock { fails_if_locked: true, skips_locked: false, ..lock })
                });
                self
            }
        }
    )+};
}

locks! {
    <M, E, A> Query<'_, M, E, A>;
    <M, E, R, G, A> Selected<'_, M, E, R, G, A>;
}
