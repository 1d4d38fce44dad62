//! How deep a connection is in a transaction, and whether that can go on. Nothing is sent from here.
//!
//! After a failed statement PostgreSQL refuses all others, MySQL and SQLite go on, after a deadlock MySQL goes on outside
//! of any transaction. Here one rule holds for all: a call that failed has ended the transaction, but for what a
//! savepoint around it can undo.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Applied, Error, ErrorKind, Operation, Result};
use crate::link::inside::Inside;
use crate::link::moment::Moment;

/// Depth and doom of the transaction that is open on a connection. One is made for each call that takes a connection, so no part of
/// one without a transaction is undefined, as the payload of `None` is: it is written as constants then, not copied.
pub(crate) struct Standing {
    /// 0 without a transaction, 1 in one, one more for each savepoint.
    depth: u32,
    doom: Option<Doom>,
    /// The depth at which a call failed, of `Doom::Scope`.
    failed_depth: u32,
    /// The call in the program's source that began the open transaction.
    site: Option<&'static Location<'static>>,
    /// The time of that call; without a transaction it means nothing.
    begun_at: Moment,
    /// Which transaction of the process it is, or was last.
    serial: u64,
    /// The transaction is over, or was, because of another one or of a lost connection.
    was_in_the_way: bool,
    /// The open transaction was begun to read only.
    only_reads: bool,
    /// The open transaction, where calls outside of it are noticed.
    inside: Option<Arc<Inside>>,
}

/// The beginning of a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) at: Moment,
    /// In the program's source.
    pub(crate) site: &'static Location<'static>,
}

/// One transaction or savepoint of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scoped {
    serial: u64,
    pub(crate) depth: u32,
}

/// Why nothing more is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doom {
    /// A call failed at this depth: rolling back that savepoint, or one around it, mends it.
    Scope,
    /// The database has rolled back the whole transaction, or would have to.
    Whole,
    /// A raw statement has ended it, by COMMIT or ROLLBACK.
    Ended,
}

impl Standing {
    /// Without a transaction.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self {
            depth: 0,
            doom: None,
            failed_depth: 0,
            site: None,
            begun_at: Moment::ORIGIN,
            serial: 0,
            was_in_the_way: false,
            only_reads: false,
            inside: None,
        }
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    pub(crate) fn ensure_open(&self) -> Result<()> {
        match self.doom {
            None => Ok(()),
            Some(Doom::Scope | Doom::Whole) => Err(Error::new(ErrorKind::TransactionAborted)),
            Some(Doom::Ended) => Err(Error::new(ErrorKind::TransactionControl).perhaps_applied()),
        }
    }

    /// Whether all of the transaction is lost, whatever savepoint is rolled back.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.doom, Some(Doom::Whole | Doom::Ended))
    }

    #[inline]
    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// The transaction that was begun is to read only.
    pub(crate) fn reads_only(&mut self) {
        self.only_reads = true;
    }

    /// A scope of this depth was begun.
    pub(crate) fn entered(&mut self, depth: u32, site: &'static Location<'static>) {
        static LAST: AtomicU64 = AtomicU64::new(0);
        self.depth = depth;
        if depth == 1 {
            self.site = Some(site);
            self.begun_at = Moment::precise();
            self.serial = LAST.fetch_add(1, Ordering::Relaxed) + 1;
            self.was_in_the_way = false;
        }
    }

    /// The transaction that was begun is the program's own: calls outside of it are noticed.
    pub(crate) fn is_seen(&mut self, inside: Option<Arc<Inside>>) {
        self.inside = inside;
    }

    /// The open transaction, where calls outside of it are noticed.
    #[inline]
    pub(crate) fn inside(&self) -> Option<&Arc<Inside>> {
        self.inside.as_ref()
    }

    /// The beginning of the open transaction.
    pub(crate) fn begun(&self) -> Option<Begun> {
        let at = self.begun_at;
        self.site.map(|site| Begun { at, site })
    }

    /// The scope that was begun last.
    pub(crate) fn innermost(&self) -> Scoped {
        Scoped {
            serial: self.serial,
            depth: self.depth,
        }
    }

    pub(crate) fn is_in(&self, scope: Scoped) -> bool {
        self.serial == scope.serial && self.depth >= scope.depth
    }

    /// Lets nothing more happen in the open transaction.
    pub(crate) fn condemn(&mut self) {
        if self.depth > 0 {
            self.doom = Some(Doom::Whole);
        }
    }

    /// Whether another transaction or a lost connection ended the last one.
    pub(crate) fn was_in_the_way(&self) -> bool {
        self.was_in_the_way
    }

    /// Records that the work at this depth was kept.
    pub(crate) fn kept(&mut self, depth: u32) {
        self.left(depth);
    }

    fn left(&mut self, depth: u32) {
        self.depth = depth - 1;
        if depth == 1 {
            self.site = None;
            self.inside = None;
            self.only_reads = false;
        }
    }

    /// Records that the work at this depth was undone.
    pub(crate) fn undone(&mut self, depth: u32) {
        self.left(depth);
        let mended = match self.doom {
            None => true,
            Some(Doom::Scope) => self.failed_depth >= depth,
            Some(Doom::Whole | Doom::Ended) => depth == 1,
        };
        if mended {
            self.doom = None;
        }
    }

    /// A call failed.
    pub(crate) fn failed(&mut self, operation: Operation, error: &Error) {
        if self.depth == 0 || self.is_over() {
            return;
        }
        if *error.kind() == ErrorKind::TransactionControl {
            self.doom = Some(match error.applied() {
                Applied::Unknown => Doom::Ended,
                Applied::No | Applied::Yes => Doom::Whole,
            });
        } else if ends_whole(error) {
            self.doom = Some(Doom::Whole);
            self.was_in_the_way = true;
        } else if self.doom.is_none() && (is_of_database(error) || has_written(operation, error)) {
            self.doom = Some(Doom::Scope);
            self.failed_depth = self.depth;
        }
    }
}

/// A deadlock and its kin, also where a savepoint would do on one database: on others the transaction is gone.
fn ends_whole(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Conflict
        | ErrorKind::Busy
        | ErrorKind::ConnectionLost
        | ErrorKind::OutcomeUnknown => true,
        #[cfg(feature = "shards")]
        ErrorKind::ShardMoved => true,
        _ => false,
    }
}

/// Whether a statement was sent that failed. What was found before concerns the caller alone.
fn is_of_database(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::UniqueViolation(_)
        | ErrorKind::ForeignKeyViolation(_)
        | ErrorKind::NotNullViolation(_)
        | ErrorKind::CheckViolation(_)
        | ErrorKind::Unavailable
        | ErrorKind::UnknownHost { .. }
        | ErrorKind::UnknownDatabase
        | ErrorKind::AccessDenied
        | ErrorKind::PermissionDenied
        | ErrorKind::ConnectionLost
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Timeout { .. }
        | ErrorKind::Conflict
        | ErrorKind::Busy
        | ErrorKind::ReadOnly
        | ErrorKind::DiskFull
        | ErrorKind::Io
        | ErrorKind::Corrupt
        | ErrorKind::Syntax
        | ErrorKind::TransactionAborted
        | ErrorKind::Database { .. } => true,
        // Drivers find some of these before they send anything.
        ErrorKind::ValueOutOfRange(_) | ErrorKind::SchemaMismatch => error.code().is_some(),
        ErrorKind::Config(_)
        | ErrorKind::UnknownEngine { .. }
        | ErrorKind::NotHosted { .. }
        | ErrorKind::WrongEngine
        | ErrorKind::RefusedByCluster(_)
        | ErrorKind::OtherShard(_)
        | ErrorKind::NotFound
        | ErrorKind::SeveralRows
        | ErrorKind::StaleVersion
        | ErrorKind::Invalid(_)
        | ErrorKind::Output(_)
        | ErrorKind::UnsupportedValue(_)
        | ErrorKind::Decode { .. }
        | ErrorKind::SchemaDrift(_)
        | ErrorKind::NotTransactional { .. }
        | ErrorKind::PoolExhausted { .. }
        | ErrorKind::WorkersBusy { .. }
        | ErrorKind::ConnectionLimit { .. }
        | ErrorKind::TenantLimit { .. }
        | ErrorKind::TenantConflict { .. }
        | ErrorKind::TenantLocked { .. }
        | ErrorKind::UnsupportedServer { .. }
        | ErrorKind::Unsupported(_)
        | ErrorKind::TransactionForgotten
        | ErrorKind::WrongTransaction
        | ErrorKind::TransactionControl
        | ErrorKind::WrongParameters(_)
        | ErrorKind::WrongColumns { .. }
        | ErrorKind::AfterCommit
        | ErrorKind::SessionSplit
        | ErrorKind::SessionLocked { .. }
        | ErrorKind::OutsideTransaction { .. }
        | ErrorKind::Closed
        | ErrorKind::Cancelled
        | ErrorKind::StillInUse { .. }
        | ErrorKind::Forked => false,
        #[cfg(feature = "migrations")]
        ErrorKind::Migration(_) => false,
        #[cfg(feature = "data")]
        ErrorKind::Data(_) => false,
        #[cfg(feature = "saga")]
        ErrorKind::Saga(_) => false,
        #[cfg(feature = "shards")]
        ErrorKind::NoShard { .. } => false,
        #[cfg(feature = "shards")]
        ErrorKind::ShardMoved => true,
        #[cfg(feature = "sync")]
        ErrorKind::Sync(_) => false,
    }
}

/// A row was written and could not be given back. The call failed, so what it did must not be kept.
fn has_written(operation: Operation, error: &Error) -> bool {
    let was_read = match error.kind() {
        // Known before the statement ran, but for tables that changed meanwhile.
        ErrorKind::WrongColumns { .. } => error.applied() == Applied::Unknown,
        kind => matches!(
            kind,
            ErrorKind::Decode { .. } | ErrorKind::NotFound | ErrorKind::SeveralRows
        ),
    };
    was_read && operation.writes()
}
