//! The registry behind all clones of [`Tenants`](super::Tenants): one caller opens a tenant, others wait for it; when one is
//! not in use any more, the surplus is closed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::builder::{Limits, WhenFull};
use super::locked::ensure_allowed;
use super::open::{Closing, Open, Opened, Recency, TenantEntry};
use super::opening::{Opening, Outcome, again};
use super::options::{TenantOptions, canonical};
use crate::databases::config::Settings;
use crate::databases::{Configured, GeneratedDatabases};
use crate::driver::queue::Waiter;
use crate::driver::{Cutter, work};
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::link::pool::budget::Budget;

pub(super) struct Shared<D> {
    pub(super) base: D,
    pub(super) limits: Limits,
    /// Tells registries of one process apart.
    pub(super) number: u64,
    pub(super) budget: Option<Arc<Budget>>,
    open: Mutex<Open>,
}

/// Held by every handle of a tenant, and by every clone of its databases. With the last one the tenant is not in use.
pub(super) struct Lease(Weak<dyn Tidy>);

/// The registry, whatever program it is of.
trait Tidy: Send + Sync {
    /// Closes the surplus of tenants that are not in use, and lets a caller in who waits for room.
    fn tidy(&self);
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.tidy();
        }
    }
}

/// The outcome of a look at the tenants.
enum TenantLookup<D: GeneratedDatabases> {
    Open(Arc<str>, Arc<Opened>, Arc<Lease>),
    /// Another caller opens it.
    Opening(Arc<Opening>),
    /// There is no room for it.
    Full(Arc<Waiter<()>>),
    /// The caller is to open it.
    Absent(Turn<D>),
}

/// The caller's duty to open a tenant. Dropped without an outcome, also by a panic, it lets the others try.
struct Turn<D: GeneratedDatabases> {
    shared: Arc<Shared<D>>,
    id: Arc<str>,
    opening: Arc<Opening>,
}

impl<D: GeneratedDatabases> Drop for Turn<D> {
    fn drop(&mut self) {
        self.shared.lock().opening.remove(&self.id);
        self.opening.end(Outcome::Abandoned);
        self.shared.tidy();
    }
}

/// A tenant's name and databases.
pub(super) type Handle<D> = (Arc<str>, D);

impl<D: GeneratedDatabases> Shared<D> {
    pub(super) fn new(base: D, limits: Limits) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            budget: limits.max_connections.map(Budget::new),
            base,
            limits,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            open: Mutex::default(),
        }
    }

    /// The tenant of this name, opened where it is not.
    pub(super) fn get(
        self: &Arc<Self>,
        id: &str,
        given: TenantOptions,
        recency: Recency,
    ) -> Result<Handle<D>> {
        ensure_allowed(self.number, id)?;
        let started = Instant::now();
        let left = || self.limits.patience().saturating_sub(started.elapsed());
        let mut has_room = false;
        loop {
            match self.look(id, &given, recency, has_room)? {
                TenantLookup::Open(id, opened, lease) => {
                    self.pass_room_on(has_room);
                    self.ensure_same(&id, &given, &opened)?;
                    return Ok((id, self.databases(&opened, lease)));
                }
                TenantLookup::Opening(opening) => {
                    self.pass_room_on(std::mem::take(&mut has_room));
                    match opening.wait(left()) {
                        Some(Outcome::Failed(error)) if opening.is_with(&given) => {
                            return Err(again(&error));
                        }
                        Some(Outcome::Open | Outcome::Failed(_) | Outcome::Abandoned) => {}
                        None => return Err(too_late()),
                    }
                }
                TenantLookup::Full(place) => {
                    self.wait_for_room(&place, left(), started)?;
                    has_room = true;
                }
                TenantLookup::Absent(turn) => return self.open(turn, &given, recency),
            }
        }
    }

    /// Room that was given to a caller who does not need it is the next one's.
    fn pass_room_on(&self, has_room: bool) {
        if has_room {
            self.tidy();
        }
    }

    /// `has_room` is of a caller that has waited for it.
    fn look(
        self: &Arc<Self>,
        id: &str,
        given: &TenantOptions,
        recency: Recency,
        has_room: bool,
    ) -> Result<TenantLookup<D>> {
        let mut open = self.lock();
        if open.is_closed {
            return Err(closed());
        }
        open.keep_again(id, given);
        if let Some((id, place)) = open.touch(id, recency) {
            let found =
                TenantLookup::Open(Arc::clone(id), Arc::clone(&place.opened), self.lease(place));
            open.counts.hits += 1;
            return Ok(found);
        }
        if let Some(opening) = open.opening.get(id) {
            return Ok(TenantLookup::Opening(Arc::clone(opening)));
        }
        let mut closing = None;
        if let WhenFull::Wait = self.limits.when_full {
            let is_next = has_room || open.waiting.is_empty();
            if is_next && open.len() >= self.limits.max_pools {
                closing = open.take_oldest();
            }
            if !is_next || open.len() >= self.limits.max_pools {
                return Ok(TenantLookup::Full(open.waiting.join()));
            }
        }
        let turn = Turn {
            shared: Arc::clone(self),
            id: Arc::from(id),
            opening: Arc::new(Opening::new(given.clone())),
        };
        open.opening
            .insert(Arc::clone(&turn.id), Arc::clone(&turn.opening));
        drop(open);
        closing.into_iter().for_each(Closing::finish);
        Ok(TenantLookup::Absent(turn))
    }

    /// The lease that all handles of a tenant have.
    fn lease(self: &Arc<Self>, place: &mut TenantEntry) -> Arc<Lease> {
        place.lease.upgrade().unwrap_or_else(|| {
            let lease = Arc::new(Lease(Arc::downgrade(self) as Weak<dyn Tidy>));
            place.lease = Arc::downgrade(&lease);
            lease
        })
    }

    fn databases(&self, opened: &Opened, lease: Arc<Lease>) -> D {
        D::from_registry(opened.registry.leased(lease))
    }

    /// The options of a tenant that is open have to lead to the same, however they are written.
    fn ensure_same(&self, id: &str, given: &TenantOptions, opened: &Opened) -> Result<()> {
        if opened.given == *given {
            return Ok(());
        }
        let settings = given.settings(self.base.registry(), &self.limits)?;
        if settings
            .iter()
            .map(canonical)
            .eq(opened.settings.iter().cloned())
        {
            return Ok(());
        }
        let tenant = id.to_owned();
        Err(Error::new(ErrorKind::TenantConflict { tenant }).during(Operation::Choose))
    }

    fn wait_for_room(
        &self,
        place: &Arc<Waiter<()>>,
        left: Duration,
        started: Instant,
    ) -> Result<()> {
        let held = work::hold(work::WaitKind::Place, || Cutter::new(place));
        let given = held
            .is_ok()
            .then(|| work::pause(|| place.wait(left)))
            .flatten();
        let given = given.or_else(|| self.lock().waiting.leave(place));
        given.ok_or_else(|| {
            if work::is_abandoned() {
                return Error::new(work::reason()).during(Operation::Choose);
            }
            let kind = ErrorKind::TenantLimit {
                limit: self.limits.max_pools,
                waited_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            };
            Error::new(kind).during(Operation::Choose)
        })
    }

    fn open(
        self: &Arc<Self>,
        turn: Turn<D>,
        given: &TenantOptions,
        recency: Recency,
    ) -> Result<Handle<D>> {
        let kept = self.connect(given);
        match kept.and_then(|opened| self.keep(&turn, opened, recency)) {
            Ok(handle) => {
                turn.opening.end(Outcome::Open);
                Ok(handle)
            }
            Err(error) => {
                let error = Arc::new(error);
                turn.opening.end(Outcome::Failed(Arc::clone(&error)));
                Err(again(&error))
            }
        }
    }

    /// Opens a first connection of each engine, so that a tenant that cannot be reached is never kept.
    fn connect(&self, given: &TenantOptions) -> Result<Opened> {
        let settings = given.settings(self.base.registry(), &self.limits)?;
        let mut own = self.limits.own.iter().zip(settings).enumerate();
        let mut plain = Vec::new();
        let mut engines: Vec<Configured> = self
            .base
            .registry()
            .engines
            .iter()
            .map(shared_engine)
            .collect();
        own.try_for_each(|(at, (&index, settings))| {
            let (engine, settings) = self.engine(at, index, settings)?;
            plain.push(settings);
            engines[index] = engine;
            Ok::<(), Error>(())
        })?;
        Ok(Opened {
            registry: self.base.registry().with_engines(engines.into()),
            settings: plain,
            given: given.clone(),
        })
    }

    /// An engine that another tenant has, where the settings are equal, or a new one. `at` is its position among the
    /// tenants' own. Settings are compared when the file is there.
    fn engine(
        &self,
        at: usize,
        index: usize,
        settings: Settings,
    ) -> Result<(Configured, Settings)> {
        let plain = canonical(&settings);
        let like = self.lock().engine_like(at, &plain);
        if let Some(engine) = like {
            return Ok((engine, plain));
        }
        let engine = Configured::new(D::program(), index, settings, &self.base.registry().hub)?;
        if let Some(budget) = &self.budget {
            engine.share(budget);
        }
        drop(engine.pool.acquire()?);
        let plain = canonical(&engine.settings);
        Ok((engine, plain))
    }

    /// Keeps a tenant that was opened. Two that lead to the same database, opened at the same time, have one pool.
    fn keep(
        self: &Arc<Self>,
        turn: &Turn<D>,
        opened: Opened,
        recency: Recency,
    ) -> Result<Handle<D>> {
        let mut open = self.lock();
        open.opening.remove(&turn.id);
        if open.is_closed {
            drop(open);
            return Err(closed());
        }
        let own = opened.settings.iter().enumerate();
        let like: Vec<Option<Configured>> = own
            .map(|(at, settings)| open.engine_like(at, settings))
            .collect();
        let (opened, unneeded) = opened.with(&self.limits.own, like);
        let opened = Arc::new(opened);
        opened.pools().for_each(|pool| pool.keep_again());
        let replaced = open.add(Arc::clone(&turn.id), Arc::clone(&opened), recency);
        let place = open.places.get_mut(&turn.id);
        let lease = place.map(|place| self.lease(place));
        drop(open);
        drop((replaced, unneeded));
        self.tidy();
        let lease = lease.expect("it was added under the same lock");
        Ok((Arc::clone(&turn.id), self.databases(&opened, lease)))
    }

    /// Closes all tenants, and what is opened at the moment: idle connections now, those in use when they come back.
    pub(super) fn close(&self) -> Vec<Arc<Opened>> {
        let closing = self.lock().close();
        closing.iter().for_each(|opened| opened.registry.close());
        self.tidy();
        closing
    }

    /// The same, and waits until the connections have come back, all tenants within the limit together.
    pub(super) fn close_within(&self, limit: Duration) -> Result<()> {
        let started = Instant::now();
        let left = || limit.saturating_sub(started.elapsed());
        let closing = self.close();
        // Every tenant is closed, also after one that was not left in time.
        let emptied = closing
            .iter()
            .map(|opened| opened.registry.close_within(left()));
        let emptied = emptied.fold(Ok(()), Result::and);
        self.tidy();
        emptied
    }

    /// Closes a tenant: idle connections now, those in use when they come back. `false` where it was not open.
    pub(super) fn close_tenant(&self, id: &str) -> bool {
        let closing = self.lock().take(id);
        let was_open = closing.is_some();
        closing.into_iter().for_each(Closing::finish);
        self.tidy();
        was_open
    }

    /// The tenants are not changed by user code under the lock, so a poisoned state is still a whole one.
    pub(super) fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: GeneratedDatabases> Tidy for Shared<D> {
    fn tidy(&self) {
        let mut open = self.lock();
        let mut closing = Vec::new();
        while open.idle() > self.limits.max_pools {
            let Some(oldest) = open.take_oldest() else {
                break;
            };
            closing.push(oldest);
        }
        let drained = open.take_drained();
        let is_room = open.len() < self.limits.max_pools
            || open.places.values().any(|place| !place.is_in_use());
        if is_room {
            // Without a waiter the room is left for the next caller.
            open.waiting.give(()).ok();
        }
        drop(open);
        drop(drained);
        closing.into_iter().for_each(Closing::finish);
    }
}

fn shared_engine(engine: &Configured) -> Configured {
    Configured {
        is_shared: true,
        ..engine.clone()
    }
}

impl Opened {
    /// With these engines in place of its own, where there are any; and its own that are not needed then.
    fn with(self, own: &[usize], like: Vec<Option<Configured>>) -> (Self, Vec<Configured>) {
        let mut engines = self.registry.engines.to_vec();
        let found = own.iter().zip(like);
        let found = found.filter_map(|(&index, like)| Some((index, like?)));
        let unneeded = found.map(|(index, like)| std::mem::replace(&mut engines[index], like));
        let unneeded: Vec<Configured> = unneeded.collect();
        if unneeded.is_empty() {
            return (self, unneeded);
        }
        let opened = Self {
            registry: self.registry.with_engines(engines.into()),
            ..self
        };
        (opened, unneeded)
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::Closed).during(Operation::OpenTenant)
}

#[cold]
fn too_late() -> Error {
    let phase = TimeoutPhase::Connect;
    Error::new(ErrorKind::Timeout { phase }).during(Operation::Choose)
}
