//! From asking for a connection to having one: idle ones tried, new ones opened, and the wait for what others give back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Grant, Idle, LOOK_AFTER, Pool, Pooled, Slot, TEST_LIMIT, millis};
use crate::driver::queue::Waiter;
use crate::driver::turns::NoTurn;
use crate::driver::{Cutter, Physical, work};
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::link::moment::Moment;

/// How long a caller waits before it is looked whether the server has ended connections that are in use.
const PATIENCE: Duration = Duration::from_secs(1);

impl Pool {
    /// The same as [`take`](Self::take) for a call that writes. Where one connection writes at a time, it waits without holding
    /// one.
    pub(crate) fn take_writer(self: &Arc<Self>) -> Result<Box<Pooled>> {
        let limit = self.limits.acquire_timeout;
        let Some(writers) = &self.writers else {
            return self.take(limit);
        };
        self.ensure_not_forked()?;
        let (turn, left) = match writers.take_now() {
            Some(turn) => (turn, limit),
            None => {
                let started = Instant::now();
                let turn = writers.take(limit).map_err(|why| self.no_turn(why))?;
                (turn, limit.saturating_sub(started.elapsed()))
            }
        };
        let mut pooled = self.take(left)?;
        pooled.writer = Some(turn);
        Ok(pooled)
    }

    #[cold]
    fn no_turn(&self, why: NoTurn) -> Error {
        match why {
            NoTurn::InVain(_) => self.lock().timeouts += 1,
            NoTurn::Ended => {}
        }
        Error::from(why).during(Operation::Acquire)
    }

    pub(crate) fn take(self: &Arc<Self>, limit: Duration) -> Result<Box<Pooled>> {
        self.ensure_not_forked()?;
        let mut state = self.lock();
        if let Some(grant) = state.grant(&self.limits) {
            drop(state);
            return self.accept(grant, limit);
        }
        let place = state.waiting.join();
        drop(state);
        self.note_counts();
        let started = Instant::now();
        let grant = self.wait(&place, limit)?;
        self.accept(grant, limit.saturating_sub(started.elapsed()))
    }

    /// Waits for what the queue gives within the limit.
    fn wait(&self, place: &Arc<Waiter<Grant>>, limit: Duration) -> Result<Grant> {
        let held = work::hold(work::WaitKind::Place, || Cutter::new(place));
        let given = held
            .is_ok()
            .then(|| work::pause(|| self.wait_at(place, limit)))
            .flatten();
        if let Some(grant) = given {
            return Ok(grant);
        }
        let mut state = self.lock();
        if let Some(grant) = state.waiting.leave(place) {
            return Ok(grant);
        }
        if work::is_abandoned() {
            return Err(Error::new(work::reason()).during(Operation::Acquire));
        }
        state.timeouts += 1;
        let kind = ErrorKind::PoolExhausted {
            size: self.limits.max_connections,
            waiting: state.waiting.len(),
            waited_ms: millis(limit),
            oldest_checkout_ms: state.checkouts.oldest(Moment::precise()).map(millis),
        };
        Err(Error::new(kind).during(Operation::Acquire))
    }

    /// Waits at a place of the queue. Where that takes long, connections may be in use that the server has ended.
    fn wait_at(&self, place: &Waiter<Grant>, limit: Duration) -> Option<Grant> {
        let started = Instant::now();
        // The rest of the time is for opening a connection.
        let mut pause = PATIENCE.min(limit / 2);
        loop {
            let before = started.elapsed();
            let granted = place.wait(pause);
            let is_cut = started.elapsed() < before + pause;
            let left = limit.saturating_sub(started.elapsed());
            if granted.is_some() || is_cut || left.is_zero() {
                return granted;
            }
            self.take_lost_places();
            pause = PATIENCE.min(left);
        }
    }

    fn accept(self: &Arc<Self>, grant: Grant, left: Duration) -> Result<Box<Pooled>> {
        match grant {
            Grant::Warm(pooled) => Ok(pooled),
            Grant::Rested(Idle(pooled)) => self.revive(pooled, left),
            Grant::Slot => self.open_counted(left),
            Grant::Closed => Err(closed()),
        }
    }

    /// An idle connection that is still good, or a new one in its place.
    fn revive(self: &Arc<Self>, mut pooled: Box<Pooled>, left: Duration) -> Result<Box<Pooled>> {
        let now = Self::now_taken();
        let overdue = now.is_past(pooled.since, self.ages.idle)
            || now.is_past(pooled.opened, self.ages.lifetime)
            || pooled.physical.is_of_left_host();
        if !overdue && self.is_good(&mut pooled, now, left) {
            pooled.since = now;
            pooled.checkout.begin(now);
            return Ok(pooled);
        }
        let slot = Slot {
            pool: self,
            owed: true,
            permit: pooled.checkout.take_permit(),
        };
        if let Some(leaving) = self.close_one(pooled)
            && !leaving.wait(left.saturating_sub(Moment::now().since(now)))
        {
            self.let_go(leaving, slot);
            return Err(too_late());
        }
        self.open_or_wait(slot, left.saturating_sub(Moment::now().since(now)))
    }

    /// Returns whether a connection that was idle can be given out. A query to the server costs a round
    /// trip, so after a short rest it is enough that nothing came in: a server that ends a session says so or closes
    /// the socket.
    fn is_good(&self, pooled: &mut Pooled, now: Moment, left: Duration) -> bool {
        let (physical, since) = (&mut pooled.physical, pooled.since);
        if !now.is_past(since, LOOK_AFTER) {
            return true;
        }
        if !now.is_past(since, self.ages.untested) && physical.is_quiet() {
            return true;
        }
        physical.ping(left.min(TEST_LIMIT)).is_ok()
    }

    /// Opens a connection that is counted already; on failure or panic the count goes back.
    fn open_counted(self: &Arc<Self>, left: Duration) -> Result<Box<Pooled>> {
        let slot = Slot {
            pool: self,
            owed: true,
            permit: None,
        };
        self.open_or_wait(slot, left)
    }

    /// Opens a connection in a place of the pool. Where the server has none left and the pool has others, the caller waits for one of
    /// them; in vain, the error is the server's.
    fn open_or_wait(self: &Arc<Self>, mut slot: Slot<'_>, left: Duration) -> Result<Box<Pooled>> {
        let started = Instant::now();
        let refused = match self.open_in(&mut slot, left) {
            Err(error) if error.is_of_connection_limit() => error,
            outcome => return outcome,
        };
        let Some(place) = self.wait_instead(&mut slot) else {
            return Err(refused);
        };
        drop(slot);
        self.note_counts();
        let left = || left.saturating_sub(started.elapsed());
        match self.wait(&place, left()) {
            Ok(grant) => self.accept(grant, left()),
            Err(error) if matches!(error.kind(), ErrorKind::PoolExhausted { .. }) => Err(refused),
            Err(error) => Err(error),
        }
    }

    /// Exchanges the place of a connection that cannot be opened for the first in the queue, where the pool has others that come
    /// back. No waiter gets the place: it could not open one either.
    fn wait_instead(&self, slot: &mut Slot<'_>) -> Option<Arc<Waiter<Grant>>> {
        let mut state = self.lock();
        if state.closed || state.created == state.gone {
            return None;
        }
        let place = state.waiting.join_first();
        slot.owed = false;
        state.open -= 1;
        // It may have come back meanwhile.
        if let Some(idle) = state.idle.pop() {
            let _ = state.waiting.give(Grant::Rested(idle));
        }
        Some(place)
    }

    /// Returns a pool of one connection beside this one, for a thread whose calls must not wait for the program's. Where one
    /// connection writes at a time that would gain nothing: it is this pool then.
    #[cfg(feature = "outbox")]
    pub(crate) fn aside(self: &Arc<Self>, acquire_timeout: Duration) -> Arc<Self> {
        if self.limits.one_writer {
            return Arc::clone(self);
        }
        let limits = super::PoolLimits {
            max_connections: 1,
            min_connections: 0,
            keep: true,
            acquire_timeout: self.limits.acquire_timeout.min(acquire_timeout),
            ..self.limits
        };
        let program = Arc::clone(self);
        let open = move |limit| program.open_outside(limit);
        Self::new(self.engine, limits, Box::new(open))
    }

    /// A connection that is none of the pool's.
    #[cfg(any(
        feature = "postgres",
        feature = "mysql",
        feature = "data",
        feature = "migrations",
        feature = "outbox",
        feature = "shards",
        feature = "sync"
    ))]
    pub(crate) fn open_outside(&self, limit: Duration) -> Result<Physical> {
        (self.open)(limit).map_err(|error| error.during(Operation::Connect))
    }

    /// Opens a connection of the pool. Where it leads to another host than before, those that are idle are closed.
    fn open_one(self: &Arc<Self>, limit: Duration) -> Result<Physical> {
        let opened = (self.open)(limit).map_err(|error| error.during(Operation::Connect))?;
        self.close_idle_of_left_hosts();
        Ok(opened)
    }

    pub(super) fn open_in(
        self: &Arc<Self>,
        slot: &mut Slot<'_>,
        left: Duration,
    ) -> Result<Box<Pooled>> {
        let left = self.permit(slot, left)?;
        let physical = self.open_one(left)?;
        let mut state = self.lock();
        state.created += 1;
        if state.closed {
            state.gone += 1;
            drop(state);
            return Err(closed());
        }
        let now = Self::now_taken();
        let permit = slot.permit.take();
        let checkout = state.checkouts.add(now, physical.cutter(), permit);
        drop(state);
        slot.owed = false;
        Ok(Box::new(Pooled {
            physical,
            opened: now,
            since: now,
            checkout,
            writer: None,
        }))
    }

    /// Takes a permit where the pool shares a limit with others, and returns the time that is left.
    fn permit(&self, slot: &mut Slot<'_>, left: Duration) -> Result<Duration> {
        let Some(budget) = self.budget.get().filter(|_| slot.permit.is_none()) else {
            return Ok(left);
        };
        let started = Moment::now();
        slot.permit = Some(budget.acquire(left)?);
        Ok(left.saturating_sub(Moment::now().since(started)))
    }

    /// Opens a connection in the place of one that is lost.
    pub(crate) fn reopen(self: &Arc<Self>, lost: &mut Pooled) -> Result<()> {
        if lost.checkout.is_lost() {
            return Err(place_is_lost());
        }
        let started = Instant::now();
        lost.physical.leave_unfit_host();
        let leaving = lost.physical.leave();
        if leaving.is_some_and(|leaving| !leaving.wait(self.limits.acquire_timeout)) {
            return Err(too_late());
        }
        let limit = self
            .limits
            .acquire_timeout
            .saturating_sub(started.elapsed());
        let physical = self.open_one(limit)?;
        let mut state = self.lock();
        state.created += 1;
        state.gone += 1;
        if state.closed {
            return Err(closed());
        }
        if lost.checkout.is_lost() {
            return Err(place_is_lost());
        }
        state.checkouts.replace(&lost.checkout, physical.cutter());
        drop(state);
        lost.physical = physical;
        lost.opened = Moment::now();
        Ok(())
    }
}

#[cold]
fn too_late() -> Error {
    let phase = TimeoutPhase::Connect;
    Error::new(ErrorKind::Timeout { phase }).during(Operation::Connect)
}

/// The server ended the connection, and another caller has its place.
#[cold]
fn place_is_lost() -> Error {
    Error::new(ErrorKind::ConnectionLost).during(Operation::Connect)
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::Closed).during(Operation::Acquire)
}
