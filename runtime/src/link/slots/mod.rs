//! The engines of one session: for each nothing yet, or the one connection that the session has of it, with its transaction.
//! How they end is `ending`'s.

#[cfg(feature = "atomic")]
pub(crate) mod branches;
mod ending;
mod held;

use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(feature = "atomic")]
use self::branches::Enlisted;
use self::held::Held;
use crate::driver::TransactionOptions;
#[cfg(feature = "atomic")]
use crate::driver::prepared::Gid;
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::inside::{self, Inside};
use crate::link::pool::Pool;
use crate::link::replicas::{EngineUnit, Replicas};
use crate::link::transaction::Hooks;

/// The engines of one session, in the program's order.
pub(crate) struct Slots {
    slots: Vec<Slot>,
    /// Whose writes those of the session are, where its handle's reads have to see them; one for each engine.
    unit: Option<Arc<[EngineUnit]>>,
    terms: Terms,
    /// 1, and one more for each session that is nested in it.
    depth: u32,
    scope: Scope,
    /// The atomic group that they are of; `None` in a session.
    #[cfg(feature = "atomic")]
    enlisted: Option<Enlisted>,
    /// Where calls outside of the session are noticed.
    inside: Option<Arc<Inside>>,
    /// The engine that was wanted last could not be used, which its caller has as an error.
    was_refused: bool,
}

/// How every engine of a session is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Each statement by itself, without a transaction around them.
    pub(crate) is_autocommit: bool,
    /// When everything has to be over.
    pub(crate) until: Option<Instant>,
    /// This number of rows that are found by their keys are kept on each engine, if any.
    pub(crate) kept_rows: Option<usize>,
    /// Where the session was begun, in the program's source.
    pub(crate) site: &'static Location<'static>,
}

/// The part of a session's work that is at hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The engine that was chosen for it.
    pub(crate) engine: Option<usize>,
    /// No other engine is used.
    pub(crate) is_locked: bool,
    /// Nothing is written.
    pub(crate) is_read_only: bool,
}

/// One engine of the session or group, with the connection that it has there.
pub(crate) struct Slot {
    pool: Arc<Pool>,
    /// Reads alone may go to these.
    replicas: Option<Arc<Replicas>>,
    options: TransactionOptions,
    held: Option<Held>,
    /// Of a branch of an atomic group that was begun.
    #[cfg(feature = "atomic")]
    gid: Option<Gid>,
    /// The number of the branch's transaction, once it is prepared, where its database keeps the outcome by that.
    #[cfg(feature = "atomic")]
    number: Option<u64>,
}

impl Slots {
    pub(crate) fn new(
        engines: impl Iterator<Item = (Arc<Pool>, TransactionOptions)>,
        unit: Option<Arc<[EngineUnit]>>,
        terms: Terms,
    ) -> Self {
        let slot = |(pool, options)| Slot {
            pool,
            replicas: None,
            options,
            held: None,
            #[cfg(feature = "atomic")]
            gid: None,
            #[cfg(feature = "atomic")]
            number: None,
        };
        let slots: Vec<Slot> = engines.map(slot).collect();
        // Without transactions there is nothing to be outside of.
        let noticed = slots.iter().filter(|_| !terms.is_autocommit);
        let inside = Inside::session(noticed.map(|slot| &*slot.pool), terms.site);
        Self {
            slots,
            unit,
            terms,
            depth: 1,
            scope: Scope::default(),
            #[cfg(feature = "atomic")]
            enlisted: None,
            inside,
            was_refused: false,
        }
    }

    /// With the replicas of each engine, for those on which the session only reads.
    pub(crate) fn reading_from(
        mut self,
        replicas: impl Iterator<Item = Option<Arc<Replicas>>>,
    ) -> Self {
        for (slot, replicas) in self.slots.iter_mut().zip(replicas) {
            slot.replicas = replicas.filter(|_| slot.options.may_run_on_a_replica());
        }
        self
    }

    /// Those of no engine.
    #[cfg(feature = "atomic")]
    pub(crate) fn none() -> Self {
        let terms = Terms {
            is_autocommit: false,
            until: None,
            kept_rows: None,
            site: Location::caller(),
        };
        Self::new(std::iter::empty(), None, terms)
    }

    /// The connection of an engine, taken and begun where this is its first use.
    pub(crate) fn link(&mut self, at: usize) -> Result<&mut Link> {
        Ok(self.enter(at)?.link())
    }

    /// The same as the type that programs use.
    pub(crate) fn connection<E: Engine>(&mut self, engine: E) -> Result<&mut Connection<E>> {
        self.enter(engine.index())?.typed(engine)
    }

    /// The connections of two engines.
    pub(crate) fn pair<A: Engine, B: Engine>(
        &mut self,
        first: A,
        second: B,
    ) -> Result<(&mut Connection<A>, &mut Connection<B>)> {
        self.enter(first.index())?;
        self.enter(second.index())?;
        let slots = self.slots.get_disjoint_mut([first.index(), second.index()]);
        let Ok([a, b]) = slots else {
            let why =
                "a session has one connection of each engine, so there are no two of the same";
            return Err(Error::new(ErrorKind::Unsupported(why)).on_engine(first.name()));
        };
        Ok((a.entered().typed(first)?, b.entered().typed(second)?))
    }

    /// Adds a hook that runs after the commit of an engine.
    pub(crate) fn after_commit<E: Engine>(
        &mut self,
        engine: E,
        hook: impl FnOnce(&mut Connection<E>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let depth = self.depth;
        let hooks = self.enter(engine.index())?.hooks();
        hooks.add_after_commit(engine, depth, hook);
        Ok(())
    }

    #[inline]
    pub(crate) fn keeps_rows(&self) -> bool {
        self.terms.kept_rows.is_some()
    }

    /// Keeps no row any more that was found before.
    pub(crate) fn forget_rows(&mut self) {
        for held in self.slots.iter_mut().filter_map(|slot| slot.held.as_mut()) {
            held.link().forget_rows();
        }
    }

    pub(crate) fn is_held(&self, at: usize) -> bool {
        self.slots[at].held.is_some()
    }

    /// The engine that is chosen at the moment: that of the scope, else the one called `default`, or the only one.
    pub(crate) fn chosen_at(&self) -> Option<usize> {
        let default = || {
            let mut slots = self.slots.iter();
            slots.position(|slot| slot.pool.engine() == "default")
        };
        let only = || (self.slots.len() == 1).then_some(0);
        self.scope.engine.or_else(default).or_else(only)
    }

    /// The name of the engine that was wanted last.
    pub(crate) fn chosen(&self) -> Option<&'static str> {
        self.chosen_at().map(|at| self.slots[at].pool.engine())
    }

    /// The names of the engines that are used.
    pub(crate) fn held(&self) -> Vec<&'static str> {
        let held = self.slots.iter().filter(|slot| slot.held.is_some());
        held.map(|slot| slot.pool.engine()).collect()
    }

    /// The names of the engines on which something was written in a transaction that is open.
    pub(crate) fn written(&mut self) -> Vec<&'static str> {
        if self.terms.is_autocommit {
            return Vec::new();
        }
        let slots = self.slots.iter_mut();
        let written = slots.filter_map(|slot| {
            let has_written = slot.held.as_mut()?.link().has_written();
            has_written.then(|| slot.pool.engine())
        });
        written.collect()
    }

    /// Whether the transaction of an engine cannot be committed any more, or the one that was wanted last could not be used.
    pub(crate) fn has_failed(&mut self) -> bool {
        let mut held = self.slots.iter_mut().filter_map(|slot| slot.held.as_mut());
        self.was_refused || held.any(|held| held.ensure_committable().is_err())
    }

    /// Where it was begun, in the program's source.
    pub(crate) fn site(&self) -> &'static Location<'static> {
        self.terms.site
    }

    /// The part of the work that is at hand.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Begins another part of the work, or goes back to the one around it.
    pub(crate) fn set_scope(&mut self, scope: Scope) {
        self.scope = scope;
    }

    /// Rejects an engine that may not be used within the scope.
    pub(crate) fn ensure_unlocked(&self, at: usize) -> Result<()> {
        match self.scope.engine.filter(|_| self.scope.is_locked) {
            Some(locked) if locked != at => {
                let locked_to = self.slots[locked].pool.engine();
                Err(self.located(at, Error::new(ErrorKind::SessionLocked { locked_to })))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn located(&self, at: usize, error: Error) -> Error {
        let error = error.during(Operation::Choose);
        error.on_engine(self.slots[at].pool.engine())
    }

    fn enter(&mut self, at: usize) -> Result<&mut Held> {
        let entered = self.ensure_entered(at);
        self.was_refused = entered.is_err();
        entered.map(|()| self.slots[at].entered())
    }

    fn ensure_entered(&mut self, at: usize) -> Result<()> {
        #[cfg(feature = "atomic")]
        self.ensure_of_group(at)?;
        self.ensure_unlocked(at)?;
        self.left().map_err(|error| self.located(at, error))?;
        self.is_used();
        if !self.is_held(at) {
            self.take(at)?;
        }
        let (terms, depth, scope) = (self.terms, self.depth, self.scope);
        let slot = &mut self.slots[at];
        let only_reads = scope.is_read_only || slot.options.is_read_only;
        let held = slot.entered();
        held.link().restrict(only_reads);
        if !terms.is_autocommit {
            held.open_to(depth, terms.site)
                .map_err(|error| error.on_engine(slot.pool.engine()))?;
        }
        Ok(())
    }

    /// The closure of the session runs on this thread from now on: calls outside of it are refused there.
    pub(crate) fn encloses(&self) {
        if let Some(inside) = &self.inside {
            inside.encloses();
        }
    }

    /// Calls outside of the session are noticed on this thread from now on.
    fn is_used(&self) {
        if let Some(inside) = &self.inside {
            inside.used();
        }
    }

    /// No call is outside of the session until it is used again.
    #[cfg(feature = "tokio")]
    pub(crate) fn rests(&mut self) {
        let Some(inside) = &self.inside else { return };
        inside.rests();
        for held in self.slots.iter_mut().filter_map(|slot| slot.held.as_mut()) {
            held.link().rests();
        }
    }

    /// Returns whether the session has connections, and the databases have ended all of them.
    #[cfg(feature = "tokio")]
    pub(crate) fn have_ended(&mut self) -> bool {
        let held = self.slots.iter_mut().filter_map(|slot| slot.held.as_mut());
        let mut ended = held.map(|held| held.link().has_ended());
        ended
            .next()
            .is_some_and(|first| first && ended.all(|one| one))
    }

    /// Nothing is outside of the session any more.
    pub(crate) fn is_over(&mut self) {
        self.inside = None;
    }

    /// Takes a connection of an engine and begins its transaction.
    fn take(&mut self, at: usize) -> Result<()> {
        let taken = self.begun(at);
        #[cfg(feature = "atomic")]
        if taken.is_err() {
            self.slots[at].gid = None;
        }
        let held = taken.map_err(|error| error.holding(self.held()))?;
        self.slots[at].held = Some(held);
        Ok(())
    }

    fn begun(&mut self, at: usize) -> Result<Held> {
        let mut link = self.acquired(at)?;
        link.set_bound(self.terms.until);
        #[cfg(feature = "atomic")]
        self.name_branch(at, &mut link)?;
        let slot = &self.slots[at];
        let name = slot.pool.engine();
        if let Some(most) = self.terms.kept_rows {
            link.keep_rows(most);
        }
        let mut held = Held::new(link);
        if !self.terms.is_autocommit {
            held.begin(&slot.options, self.terms.site)
                .map_err(|error| error.on_engine(name).during(Operation::Begin))?;
        }
        Ok(held)
    }

    /// A connection of an engine: of a replica where that may be, else of the primary.
    fn acquired(&self, at: usize) -> Result<Link> {
        let slot = &self.slots[at];
        inside::ensure_no_other(&slot.pool, self.inside.as_ref(), self.terms.site)?;
        let unit = self.unit.as_ref().map(|unit| &unit[at]);
        if let Some(replicas) = &slot.replicas {
            return replicas.reader(&slot.pool, unit, self.terms.until);
        }
        let limit = slot.pool.acquire_timeout();
        let limit = self.left()?.map_or(limit, |left| left.min(limit));
        let link = slot.pool.acquire_within(limit)?;
        Ok(match unit {
            Some(unit) => unit.noting(link),
            None => link,
        })
    }

    /// The time that is left, where there is a deadline.
    pub(crate) fn left(&self) -> Result<Option<Duration>> {
        let left = |until: Instant| until.saturating_duration_since(Instant::now());
        match self.terms.until.map(left) {
            Some(Duration::ZERO) => Err(Error::new(ErrorKind::Timeout {
                phase: TimeoutPhase::Session,
            })),
            left => Ok(left),
        }
    }
}

impl Slot {
    /// The connection of an engine that was entered.
    fn entered(&mut self) -> &mut Held {
        self.held.as_mut().expect("it is taken when it is entered")
    }
}

/// The link and connection that hooks are run with: both of one connection.
type Parts<'l> = (&'l mut Link, &'l mut Hooks);
