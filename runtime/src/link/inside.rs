//! The transactions and sessions that are open on a thread: a call that takes another connection of the same engine there
//! is not part of them, which is rarely meant. Nothing is noted where `outside-transaction` is `allow`, nor of transactions
//! in release builds unless the configuration says otherwise.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

use bindery_core::config::OutsideTransaction;

use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::Pool;

type CallSite = &'static Location<'static>;

/// A transaction or session that is open.
pub(crate) struct Inside {
    /// The addresses of the pools of its engines: it keeps them alive.
    pools: Vec<usize>,
    kind: OpenWork,
    begun_at: CallSite,
    /// The program's closure runs in it, so that its thread has nothing else to do. Elsewhere that is a guess.
    encloses: AtomicBool,
    /// Where it was used last; `None` while it rests.
    thread: Mutex<Option<ThreadId>>,
}

/// The kinds of work that can be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum OpenWork {
    Transaction,
    #[cfg(feature = "session")]
    Session,
    #[cfg(feature = "atomic")]
    Atomic,
}

impl OpenWork {
    fn name(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            #[cfg(feature = "session")]
            Self::Session => "session",
            #[cfg(feature = "atomic")]
            Self::Atomic => "atomic transaction",
        }
    }
}

/// The default where no closure runs in it: mistakes are looked for in builds for development.
const UNSAID: OutsideTransaction = if cfg!(debug_assertions) {
    OutsideTransaction::Warn
} else {
    OutsideTransaction::Allow
};

thread_local! {
    /// Those that were used on this thread, and some that have ended.
    static OPEN: RefCell<Vec<Weak<Inside>>> = const { RefCell::new(Vec::new()) };
    /// Calls outside are meant.
    static IS_MEANT: Cell<bool> = const { Cell::new(false) };
}

impl Inside {
    /// A transaction was begun; `None` where calls outside of it are allowed.
    #[inline]
    pub(crate) fn transaction(pool: &Pool, begun_at: CallSite) -> Option<Arc<Self>> {
        if pool.outside_transaction().unwrap_or(UNSAID) == OutsideTransaction::Allow {
            return None;
        }
        Self::begin(OpenWork::Transaction, [pool].into_iter(), begun_at)
    }

    /// A session was begun over these engines.
    #[cfg(feature = "session")]
    pub(crate) fn session<'p>(
        pools: impl Iterator<Item = &'p Pool>,
        begun_at: CallSite,
    ) -> Option<Arc<Self>> {
        Self::begin(OpenWork::Session, pools, begun_at)
    }

    /// The closure of an atomic transaction is to run, which uses these engines alone.
    #[cfg(feature = "atomic")]
    pub(crate) fn atomic<'p>(
        pools: impl Iterator<Item = &'p Pool>,
        begun_at: CallSite,
    ) -> Option<Arc<Self>> {
        let inside = Self::begin(OpenWork::Atomic, pools, begun_at);
        inside.inspect(Self::encloses)
    }

    fn begin<'p>(
        kind: OpenWork,
        pools: impl Iterator<Item = &'p Pool>,
        begun_at: CallSite,
    ) -> Option<Arc<Self>> {
        let is_noticed =
            |pool: &&Pool| pool.outside_transaction() != Some(OutsideTransaction::Allow);
        let pools: Vec<usize> = pools.filter(is_noticed).map(address).collect();
        if pools.is_empty() {
            return None;
        }
        let inside = Arc::new(Self {
            pools,
            kind,
            begun_at,
            encloses: AtomicBool::new(false),
            thread: Mutex::new(None),
        });
        inside.used();
        Some(inside)
    }

    /// A closure runs in it from now on, on this thread.
    #[cfg(feature = "session")]
    pub(crate) fn encloses(self: &Arc<Self>) {
        self.encloses.store(true, Ordering::Relaxed);
        self.used();
    }

    /// It is used on this thread now.
    pub(crate) fn used(self: &Arc<Self>) {
        let here = thread::current().id();
        let before = self.lock().replace(here);
        if before != Some(here) {
            // Where the thread is ending, it has nothing to notice any more.
            let _ = OPEN.try_with(|open| self.is_among(&mut open.borrow_mut()));
        }
    }

    /// Adds it to those of the thread, in place of those that have ended.
    fn is_among(self: &Arc<Self>, open: &mut Vec<Weak<Self>>) {
        let own = Arc::downgrade(self);
        open.retain(|other| other.strong_count() > 0 && !other.ptr_eq(&own));
        open.push(own);
    }

    /// It rests, and what its thread does meanwhile has nothing to do with it.
    #[cfg(feature = "tokio")]
    pub(crate) fn rests(&self) {
        *self.lock() = None;
    }

    fn is_here(&self, pool: usize) -> bool {
        self.pools.contains(&pool) && *self.lock() == Some(thread::current().id())
    }

    /// The treatment of a call outside of it.
    fn wants(&self, pool: &Pool) -> OutsideTransaction {
        let unsaid = if self.encloses.load(Ordering::Relaxed) {
            OutsideTransaction::Error
        } else {
            UNSAID
        };
        pool.outside_transaction().unwrap_or(unsaid)
    }

    /// Of several that are open, the call is outside of the greatest.
    fn rank(&self) -> (bool, OpenWork) {
        (self.encloses.load(Ordering::Relaxed), self.kind)
    }

    fn lock(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rejects or reports a connection of its own for a call while a transaction or session of this thread is open on that engine.
#[inline]
pub(crate) fn ensure_none(pool: &Pool, called_at: CallSite) -> Result<()> {
    ensure_no_other(pool, None, called_at)
}

/// The same for a session that takes a connection, which is not outside of itself.
#[inline]
pub(crate) fn ensure_no_other(
    pool: &Pool,
    own: Option<&Arc<Inside>>,
    called_at: CallSite,
) -> Result<()> {
    let is_none = || OPEN.try_with(|open| open.borrow().is_empty());
    if pool.outside_transaction() == Some(OutsideTransaction::Allow) || is_none().unwrap_or(true) {
        return Ok(());
    }
    match innermost(pool, own) {
        Some(inside) => inside.notice(pool, called_at),
        None => Ok(()),
    }
}

impl Inside {
    #[cold]
    fn notice(&self, pool: &Pool, called_at: CallSite) -> Result<()> {
        let (kind, begun_at) = (self.kind.name(), self.begun_at);
        match self.wants(pool) {
            OutsideTransaction::Error => {
                let error = Error::new(ErrorKind::OutsideTransaction { kind, begun_at });
                Err(error.on_engine(pool.engine()).during(Operation::Acquire))
            }
            OutsideTransaction::Warn if pool.reports_outside(called_at) => {
                let engine = pool.engine();
                tracing::warn!(
                    engine, called_at = %called_at, begun_at = %begun_at,
                    "this call is not part of the {kind} that is open on its thread: it runs on another connection"
                );
                Ok(())
            }
            OutsideTransaction::Warn | OutsideTransaction::Allow => Ok(()),
        }
    }
}

/// The greatest that is open here on this engine, apart from the caller's own: one in which a closure runs, else a session, else
/// the transaction that was begun last.
fn innermost(pool: &Pool, own: Option<&Arc<Inside>>) -> Option<Arc<Inside>> {
    if IS_MEANT.try_with(Cell::get).unwrap_or(true) {
        return None;
    }
    let pool = address(pool);
    let is_own = |inside: &Arc<Inside>| own.is_some_and(|own| Arc::ptr_eq(own, inside));
    let find = |open: &RefCell<Vec<Weak<Inside>>>| {
        let mut open = open.borrow_mut();
        open.retain(|inside| inside.strong_count() > 0);
        let open = open.iter().filter_map(Weak::upgrade);
        open.filter(|inside| inside.is_here(pool) && !is_own(inside))
            .max_by_key(|inside| inside.rank())
    };
    OPEN.try_with(find).ok().flatten()
}

/// Runs work whose calls are meant to be outside.
pub(crate) fn meant<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            let _ = IS_MEANT.try_with(|is_meant| is_meant.set(self.0));
        }
    }
    let _before = Before(IS_MEANT.replace(true));
    work()
}

fn address(pool: &Pool) -> usize {
    std::ptr::from_ref(pool).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_have_ended_are_not_kept() {
        let mut open = Vec::new();
        for _ in 0..3 {
            let inside = Arc::new(Inside {
                pools: Vec::new(),
                kind: OpenWork::Transaction,
                begun_at: Location::caller(),
                encloses: AtomicBool::new(false),
                thread: Mutex::new(None),
            });
            inside.is_among(&mut open);
            inside.is_among(&mut open);
            assert_eq!(open.len(), 1);
        }
    }
}
