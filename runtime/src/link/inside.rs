//! The transactions and sessions that are open on a thread: a call that takes another connection of the same engine there
//! is not part of them, which is rarely meant. Nothing is noted where `outside-transaction` is `allow`, as it is in
//! release builds unless the configuration says otherwise.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

use bindery_core::config::OutsideTransaction;

use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::Pool;

type Place = &'static Location<'static>;

/// A transaction or session that is open.
pub(crate) struct Inside {
    /// The addresses of the pools of its engines: it keeps them alive.
    pools: Vec<usize>,
    kind: &'static str,
    begun_at: Place,
    /// Where it was used last; `None` while it rests.
    thread: Mutex<Option<ThreadId>>,
}

thread_local! {
    /// Those that were used on this thread, and some that have ended.
    static OPEN: RefCell<Vec<Weak<Inside>>> = const { RefCell::new(Vec::new()) };
    /// Calls outside are meant.
    static IS_MEANT: Cell<bool> = const { Cell::new(false) };
}

impl Inside {
    /// A transaction was begun; `None` where calls outside of it are allowed.
    #[inline]
    pub(crate) fn transaction(pool: &Pool, begun_at: Place) -> Option<Arc<Self>> {
        Self::begin("transaction", [pool].into_iter(), begun_at)
    }

    /// A session was begun over these engines.
    #[inline]
    pub(crate) fn session<'p>(
        pools: impl Iterator<Item = &'p Pool>,
        begun_at: Place,
    ) -> Option<Arc<Self>> {
        Self::begin("session", pools, begun_at)
    }

    fn begin<'p>(
        kind: &'static str,
        pools: impl Iterator<Item = &'p Pool>,
        begun_at: Place,
    ) -> Option<Arc<Self>> {
        let noticed = pools.filter(|pool| pool.outside_transaction() != OutsideTransaction::Allow);
        let pools: Vec<usize> = noticed.map(address).collect();
        if pools.is_empty() {
            return None;
        }
        let inside = Arc::new(Self {
            pools,
            kind,
            begun_at,
            thread: Mutex::new(None),
        });
        inside.used();
        Some(inside)
    }

    /// It is used on this thread now.
    pub(crate) fn used(self: &Arc<Self>) {
        let here = thread::current().id();
        let before = self.lock().replace(here);
        if before != Some(here) {
            // Where the thread is ending, it has nothing to notice any more.
            let _ = OPEN.try_with(|open| open.borrow_mut().push(Arc::downgrade(self)));
        }
    }

    /// It rests, and what its thread does meanwhile has nothing to do with it.
    #[cfg(feature = "tokio")]
    pub(crate) fn rests(&self) {
        *self.lock() = None;
    }

    fn is_here(&self, pool: usize) -> bool {
        self.pools.contains(&pool) && *self.lock() == Some(thread::current().id())
    }

    fn lock(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call takes a connection of its own: is a transaction or session of this thread open on that engine?
#[inline]
pub(crate) fn ensure_none(pool: &Pool, called_at: Place) -> Result<()> {
    match pool.outside_transaction() {
        OutsideTransaction::Allow => Ok(()),
        wanted @ (OutsideTransaction::Warn | OutsideTransaction::Error) => {
            notice(pool, called_at, wanted)
        }
    }
}

#[cold]
fn notice(pool: &Pool, called_at: Place, wanted: OutsideTransaction) -> Result<()> {
    let Some(inside) = innermost(pool) else {
        return Ok(());
    };
    let (kind, begun_at) = (inside.kind, inside.begun_at);
    match wanted {
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

/// The session that is open here, else the transaction that was begun last.
fn innermost(pool: &Pool) -> Option<Arc<Inside>> {
    if IS_MEANT.try_with(Cell::get).unwrap_or(true) {
        return None;
    }
    let pool = address(pool);
    let find = |open: &RefCell<Vec<Weak<Inside>>>| {
        let mut open = open.borrow_mut();
        open.retain(|inside| inside.strong_count() > 0);
        let mut here = open.iter().rev().filter_map(Weak::upgrade);
        let here: Vec<_> = here
            .by_ref()
            .filter(|inside| inside.is_here(pool))
            .collect();
        let session = here.iter().find(|inside| inside.kind == "session");
        session.or(here.first()).map(Arc::clone)
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
