//! Open connections kept for the next user. One pool for each engine; nothing is shared between engines but the one thread of
//! the process that closes what is overdue (`upkeep`). How a connection is taken is `taking`'s, what becomes of it
//! afterwards `returning`'s, and how a pool as a whole ends `closing`'s.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, OnceLock, Weak};
#[cfg(feature = "sync")]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bindery_core::config::OutsideTransaction;

use self::budget::{Budget, Permit};
use self::checkout::{Checkout, Checkouts};
use self::guarded::{Guard, Guarded};
use crate::driver::Physical;
use crate::driver::forks;
use crate::driver::queue::Queue;
use crate::driver::turns::{Turn, Turns};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::changes::Changes;
use crate::link::drift::Watch;
use crate::link::moment::{Moment, Span};
use crate::observe::{self, EventKind, Observer, Reported, Running, Sent};

pub(crate) mod budget;
mod checkout;
mod closing;
mod guarded;
mod returning;
mod taking;
mod upkeep;

/// Opens one more connection, within a time.
pub(crate) type OpenPhysical = Box<dyn Fn(Duration) -> Result<Physical> + Send + Sync>;

/// One that was idle for at least this long is tested before it is given out: the server may be gone.
const LOOK_AFTER: Span = Span::of(Duration::from_millis(10));

/// How long a connection may take to show that it is good.
const TEST_LIMIT: Duration = Duration::from_secs(1);

/// The connections of one engine.
pub(crate) struct Pool {
    engine: &'static str,
    open: OpenPhysical,
    limits: PoolLimits,
    ages: Ages,
    state: Guarded<PoolState>,
    /// Where one writes at a time, calls that are known to write stand here before they take a connection: queued
    /// writers leave the connections to readers.
    writers: Option<Arc<Turns>>,
    /// The last connection of a pool that was closed is gone.
    emptied: Condvar,
    /// Looks after the tables that its connections lead to.
    watch: OnceLock<Watch>,
    /// A limit that its connections share with those of other pools.
    budget: OnceLock<Arc<Budget>>,
    /// When the node of a cluster was last tried by a connection that came back, in nanoseconds.
    node_tried: AtomicU64,
    /// Nothing is kept any more: connections are closed when they are returned.
    is_retired: AtomicBool,
    companion: OnceLock<Box<dyn Any + Send + Sync>>,
    observer: OnceLock<Arc<Observer>>,
    /// Calls outside of an open transaction or session that were reported.
    outside: Reported,
    /// The writes to its database; none for a copy of it, which follows later.
    changes: OnceLock<Changes>,
    /// When the readers of its recorded changes were last counted.
    #[cfg(feature = "sync")]
    counted: Mutex<Option<Moment>>,
    /// Connections that are still held are cut off, and do nothing any more.
    is_cut: AtomicBool,
    /// Of the process that opens its connections; a child that was forked has copies that are of no use to anybody.
    forks: AtomicU32,
    /// For `upkeep`, which keeps no pool alive.
    me: Weak<Self>,
}

/// How many connections, how long they live, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    /// At least 1.
    pub(crate) max_connections: usize,
    /// So many stay open, however long they are idle.
    pub(crate) min_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_lifetime: Duration,
    /// One that was idle for this long is tried before it is given out.
    pub(crate) test_after_idle: Duration,
    /// A transaction of this age is ended.
    pub(crate) max_transaction_age: Option<Duration>,
    /// `None` where the configuration does not say.
    pub(crate) outside_transaction: Option<OutsideTransaction>,
    /// Keep connections between uses (`connection = "long"`).
    pub(crate) keep: bool,
    /// One connection writes at a time, whichever it is.
    pub(crate) one_writer: bool,
}

/// The limits that each use of a connection is compared with, converted once.
struct Ages {
    idle: Span,
    lifetime: Span,
    /// One that was idle for this long is tried before it is given out.
    untested: Span,
}

/// A connection and its age. In a box, as it is handed on many times at each checkout.
pub(crate) struct Pooled {
    pub(crate) physical: Physical,
    opened: Moment,
    /// When it was given out, or came back.
    since: Moment,
    /// The same for the pool's statistics, which cannot see who holds it.
    checkout: Checkout,
    /// Of a call that writes; the next writer gets it when the connection is back.
    writer: Option<Turn>,
}

/// The state under the lock.
///
/// `open` counts the idle connections, those given out, those being opened right now and those that the server has not
/// ended yet, and never passes the limit. A caller that holds one of the latter three kinds owes the pool exactly one
/// `put_back` or `release_slot`. While a caller waits,
/// nothing is idle: what comes back goes to the first of the queue.
#[derive(Default)]
struct PoolState {
    /// Used as a stack, so the first has been idle longest.
    idle: Vec<Idle>,
    open: usize,
    /// Those of them that are closed on this side only.
    leaving: usize,
    /// When `upkeep` looks at the idle ones, if it does.
    looked_at: Option<Moment>,
    waiting: Queue<Grant>,
    closed: bool,
    /// Since when each open connection is in use, and a way to it.
    checkouts: Checkouts,
    /// Connections that were opened, ever.
    created: u64,
    /// Connections that were closed or lost, ever.
    gone: u64,
    /// Threads that waited in vain, ever.
    timeouts: u64,
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The result of acquiring a connection.
enum Grant {
    /// One that rested for a time.
    Rested(Idle),
    /// One that was just returned.
    Warm(Box<Pooled>),
    /// The right to open one; it is counted already.
    Slot,
    /// The pool was closed.
    Closed,
}

/// A connection that rests, in the box that it is given out in.
struct Idle(Box<Pooled>);

/// How many connections an engine has at a moment, and has had. `open` is `idle` and `in_use` together, and `created` is
/// `closed` and `open` together, but for connections that are being opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolStats {
    /// Open and waiting for the next user.
    pub idle: usize,
    /// Given out, or being opened for a caller.
    pub in_use: usize,
    /// Connections in use and idle ones together.
    pub open: usize,
    /// Closed on this side and not yet ended by the server. They count towards `max-connections`, a second at most.
    pub closing: usize,
    /// Threads that wait for one.
    pub waiting: usize,
    /// For how long the connection has been in use that was given out first; `None` when none is.
    pub oldest_checkout: Option<Duration>,
    /// How many were opened, ever.
    pub created: u64,
    /// How many were closed or lost, ever.
    pub closed: u64,
    /// How many threads waited in vain, ever.
    pub timeouts: u64,
}

impl Pool {
    pub(crate) fn new(engine: &'static str, limits: PoolLimits, open: OpenPhysical) -> Arc<Self> {
        forks::watch();
        Arc::new_cyclic(|me| Self {
            engine,
            open,
            limits,
            ages: Ages {
                idle: Span::of(limits.idle_timeout),
                lifetime: Span::of(limits.max_lifetime),
                untested: Span::of(limits.test_after_idle),
            },
            state: Guarded::default(),
            writers: limits.one_writer.then(Arc::default),
            emptied: Condvar::new(),
            watch: OnceLock::new(),
            budget: OnceLock::new(),
            node_tried: AtomicU64::new(0),
            is_retired: AtomicBool::new(false),
            companion: OnceLock::new(),
            observer: OnceLock::new(),
            outside: Reported::default(),
            changes: OnceLock::new(),
            #[cfg(feature = "sync")]
            counted: Mutex::new(None),
            is_cut: AtomicBool::new(false),
            forks: AtomicU32::new(forks::count()),
            me: Weak::clone(me),
        })
    }

    /// Whether the readers of its recorded changes may be counted, which is done once in this time.
    #[cfg(feature = "sync")]
    pub(crate) fn may_count_readers(&self, every: Duration) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Moment::now();
        let may = counted.is_none_or(|at| now.since(at) >= every);
        if may {
            *counted = Some(now);
        }
        may
    }

    /// The engine whose connections these are.
    pub(crate) fn engine(&self) -> &'static str {
        self.engine
    }

    /// Returns how old a transaction may become.
    pub(crate) fn max_transaction_age(&self) -> Option<Duration> {
        self.limits.max_transaction_age
    }

    /// Whether no call outside of an open transaction or session was reported from this place yet.
    pub(crate) fn reports_outside(
        &self,
        called_at: &'static std::panic::Location<'static>,
    ) -> bool {
        self.outside.is_new(called_at)
    }

    /// Returns what is done where a thread is in a transaction and takes another connection, if the configuration says.
    #[inline]
    pub(crate) fn outside_transaction(&self) -> Option<OutsideTransaction> {
        self.limits.outside_transaction
    }

    /// Has the tables looked after; once.
    pub(crate) fn watched(self: Arc<Self>, watch: Watch) -> Arc<Self> {
        self.watch.get_or_init(|| watch);
        self
    }

    /// Has checkouts observed; once.
    pub(crate) fn observed(self: Arc<Self>, observer: Arc<Observer>) -> Arc<Self> {
        self.observer.get_or_init(|| observer);
        self
    }

    /// Begins a checkout; `None` where nothing listens.
    #[inline]
    pub(crate) fn begin_checkout(&self) -> Option<Box<Running<'static>>> {
        if observe::is_idle() && !observe::is_recorded() {
            return None;
        }
        self.begin_observed_checkout()
    }

    #[cold]
    fn begin_observed_checkout(&self) -> Option<Box<Running<'static>>> {
        let observer = self.observer.get()?;
        observer.notice_recorder();
        let listens = observer.is_listened_to();
        listens.then(|| {
            Box::new(Running::begin(
                observer,
                None,
                Sent::other(EventKind::Checkout),
            ))
        })
    }

    /// The counts have changed: has them recorded.
    #[inline]
    pub(super) fn note_counts(&self) {
        // Whether or not anything records them.
        observe::ensure_outside();
        #[cfg(feature = "metrics")]
        if !observe::is_idle() {
            self.record_counts();
        }
    }

    #[cfg(feature = "metrics")]
    #[cold]
    fn record_counts(&self) {
        let Some(observer) = self.observer.get().filter(|_| !self.is_forked()) else {
            return;
        };
        observer.record_pool(|| {
            let stats = self.stats();
            observe::PoolCounts {
                idle: stats.idle,
                used: stats.in_use,
                waiting: stats.waiting,
                max: self.limits.max_connections,
                min: self.limits.min_connections,
                timeouts: stats.timeouts,
            }
        });
    }

    /// The moment at which a connection is taken: precise where the time of its use is recorded.
    #[inline]
    fn now_taken() -> Moment {
        if observe::RECORDS && !observe::is_idle() {
            Moment::precise()
        } else {
            Moment::now()
        }
    }

    /// A connection is given back.
    #[inline]
    pub(crate) fn note_use(&self, pooled: &Pooled) {
        if observe::RECORDS
            && !observe::is_idle()
            && let Some(observer) = self.observer.get()
        {
            observer.record_used(Moment::precise().since(pooled.since));
        }
    }

    /// Has its connections count towards a limit that other pools share; once.
    #[cfg(feature = "tenants")]
    pub(crate) fn share(&self, budget: &Arc<Budget>) {
        self.budget.get_or_init(|| Arc::clone(budget));
        budget.add(&self.me);
    }

    /// The error with the schema's names for the names that the database reports.
    #[cold]
    pub(crate) fn named(&self, error: Error, called: Option<&'static str>) -> Error {
        match self.watch() {
            Some(watch) => watch.named(error, called),
            None => error,
        }
    }

    /// Returns the watch over the tables.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.get()
    }

    /// Counts from now on what this process writes to its database.
    pub(crate) fn count_changes(&self) {
        self.changes.get_or_init(Changes::default);
    }

    /// The writes of this process to its database, where they are counted.
    #[inline]
    pub(crate) fn changes(&self) -> Option<&Changes> {
        self.changes.get()
    }

    /// Returns the value that a layer above keeps with the pool: one value of one type, made at its first use.
    pub(crate) fn companion<T: Default + Send + Sync + 'static>(&self) -> &T {
        let kept = self.companion.get_or_init(|| Box::new(T::default()));
        kept.downcast_ref()
            .expect("one type is kept with a pool: the hooks")
    }

    /// Returns how many connections there may be.
    #[cfg(any(feature = "atomic", feature = "tokio"))]
    pub(crate) fn max_connections(&self) -> usize {
        self.limits.max_connections
    }

    /// Returns how long a caller waits for a connection unless it says otherwise.
    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.limits.acquire_timeout
    }

    fn release_slot(&self) {
        self.release_slot_in(&mut self.lock());
    }

    fn release_slot_in(&self, state: &mut PoolState) {
        if state.closed || state.waiting.give(Grant::Slot).is_err() {
            state.open -= 1;
        }
        self.tell_emptied(state);
    }

    /// Wakes those who wait for a closed pool to be empty, once its last connection is gone.
    fn tell_emptied(&self, state: &PoolState) {
        if state.closed && state.held() == 0 {
            self.emptied.notify_all();
        }
    }

    pub(crate) fn stats(&self) -> PoolStats {
        let writers = self.writers.as_ref().map_or(0, |turns| turns.waiting());
        let state = self.lock();
        PoolStats {
            idle: state.idle.len(),
            in_use: state.held(),
            open: state.open - state.leaving,
            closing: state.leaving,
            waiting: state.waiting.len() + writers,
            oldest_checkout: state.checkouts.oldest(Moment::precise()),
            created: state.created,
            closed: state.gone,
            timeouts: state.timeouts,
        }
    }

    /// As a forked child sees it, or again its parent: the pool is another process's.
    #[cfg(test)]
    pub(crate) fn change_process(&self) {
        self.forks.fetch_xor(1, Ordering::Relaxed);
    }

    /// Whether this is a child that was forked after the pool was made.
    #[inline]
    fn is_forked(&self) -> bool {
        forks::count() != self.forks.load(Ordering::Relaxed)
    }

    /// Rejects the use of a held connection in a forked process, or after the pool was closed with all its connections.
    #[inline]
    pub(crate) fn ensure_usable(&self) -> Result<()> {
        self.ensure_not_forked()?;
        if self.is_cut.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Closed));
        }
        Ok(())
    }

    #[inline]
    fn ensure_not_forked(&self) -> Result<()> {
        if self.is_forked() {
            Err(Error::new(ErrorKind::Forked).during(Operation::Acquire))
        } else {
            Ok(())
        }
    }

    fn lock(&self) -> Guard<'_, PoolState> {
        self.state.lock()
    }
}

impl PoolState {
    /// Given out, or being opened for a caller.
    fn held(&self) -> usize {
        self.open - self.idle.len() - self.leaving
    }

    /// Returns what a caller can have now; nothing while others wait already.
    fn grant(&mut self, limits: &PoolLimits) -> Option<Grant> {
        if self.closed {
            return Some(Grant::Closed);
        }
        if !self.waiting.is_empty() {
            return None;
        }
        if let Some(idle) = self.idle.pop() {
            return Some(Grant::Rested(idle));
        }
        (self.open < limits.max_connections).then(|| {
            self.open += 1;
            Grant::Slot
        })
    }
}

/// A counted connection that is not there yet, or not any more. Given back unless a connection took its place.
struct Slot<'p> {
    pool: &'p Pool,
    owed: bool,
    /// Of the connection that was in this place.
    permit: Option<Permit>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.owed {
            self.pool.release_slot();
        }
    }
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod server_tests;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
