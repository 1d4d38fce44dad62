//! Connections that are idle for too long, or too old, are closed when their time is up, also where no caller comes any
//! more. One thread looks after the pools of the whole process. It is there only while a connection rests that has a
//! time, holds no pool and no process alive, and is none of a forked child's: that begins with a thread of its own when
//! a connection of its own rests.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use super::{Idle, Pool, PoolState};
use crate::driver::forks;
use crate::driver::own_threads;
use crate::link::moment::Moment;
use crate::observe::ensure_outside;

/// The keeper of the pools of one process.
#[derive(Default)]
struct Keeper {
    state: Mutex<Watched>,
    changed: Condvar,
}

#[derive(Default)]
struct Watched {
    /// Each pool once, with when to look at it.
    pools: Vec<(Moment, Weak<Pool>)>,
    /// The thread is there.
    is_working: bool,
}

/// The keeper of a process, and those of its children: a child must not wait for a lock that a thread of its parent held when it
/// was forked, as that thread is not there.
struct Generation {
    forks: u32,
    keeper: Keeper,
    children: OnceLock<Box<Self>>,
}

impl Generation {
    fn of_this_process() -> Self {
        Self {
            forks: forks::count(),
            keeper: Keeper::default(),
            children: OnceLock::new(),
        }
    }
}

/// Returns the keeper of this process.
fn keeper() -> &'static Keeper {
    static FIRST: OnceLock<Generation> = OnceLock::new();
    let mut generation = FIRST.get_or_init(Generation::of_this_process);
    while generation.forks != forks::count() {
        let next = || Box::new(Generation::of_this_process());
        generation = generation.children.get_or_init(next);
    }
    &generation.keeper
}

impl Pool {
    /// A connection opened at that time has begun to rest: when to look, where that is earlier than it would be looked at.
    pub(super) fn expect_upkeep(&self, state: &mut PoolState, opened: Moment) -> Option<Moment> {
        let of_age = opened.after(self.ages.lifetime);
        let at = match (self.idle_until(state), of_age) {
            (Some(until), Some(of_age)) => until.min(of_age),
            (until, of_age) => until.or(of_age)?,
        };
        if state.looked_at.is_some_and(|before| before <= at) {
            return None;
        }
        state.looked_at = Some(at);
        Some(at)
    }

    /// When the one that has rested longest has done so for long enough, if it may go.
    fn idle_until(&self, state: &PoolState) -> Option<Moment> {
        let first = state.idle.first()?;
        let may_go = state.open - state.leaving > self.limits.min_connections;
        let until = first.0.since.after(self.ages.idle);
        until.filter(|_| may_go)
    }

    /// Has the keeper look at that time.
    pub(super) fn look_after(&self, at: Moment) {
        keeper().expect(at, &self.me);
    }

    /// Has the keeper forget the pool.
    pub(super) fn leave_alone(&self) {
        keeper().forget(&self.me);
    }

    /// Closes what is overdue, and says when to look again; never where nothing rests.
    fn tidy(self: &Arc<Self>, now: Moment) -> Option<Moment> {
        if self.is_forked() {
            return None;
        }
        let mut state = self.lock();
        let overdue = self.overdue(&mut state, now);
        let ages = state.idle.iter().map(|Idle(idle)| idle.opened);
        let of_age = ages.filter_map(|opened| opened.after(self.ages.lifetime));
        let at = of_age.chain(self.idle_until(&state)).min();
        state.looked_at = at;
        drop(state);
        for Idle(idle) in overdue {
            self.discard(idle);
        }
        at
    }

    /// They stay counted until they are closed.
    fn overdue(&self, state: &mut PoolState, now: Moment) -> Vec<Idle> {
        let (limits, ages) = (&self.limits, &self.ages);
        let mut left = state.open - state.leaving;
        let is_overdue = |Idle(idle): &mut Idle| {
            let aged = now.is_past(idle.opened, ages.lifetime);
            let rested = now.is_past(idle.since, ages.idle);
            let goes = aged || (rested && left > limits.min_connections);
            left -= usize::from(goes);
            goes
        };
        state.idle.extract_if(.., is_overdue).collect()
    }
}

impl Keeper {
    /// Looks at a pool at that time, or before; without a thread, when a caller comes.
    fn expect(&'static self, at: Moment, pool: &Weak<Pool>) {
        let mut state = self.lock();
        state.expect(at, pool);
        if state.is_working {
            self.changed.notify_one();
            return;
        }
        let started = own_threads::start("bindery-upkeep", Box::new(|| self.work()));
        state.is_working = started.is_ok();
    }

    fn forget(&self, pool: &Weak<Pool>) {
        let mut state = self.lock();
        state.pools.retain(|(_, other)| !other.ptr_eq(pool));
        self.changed.notify_one();
    }

    fn work(&self) {
        let mut state = self.lock();
        while let Some(at) = state.next() {
            let now = Moment::now();
            if at > now {
                state = self.wait(state, at.since(now));
                continue;
            }
            let due = state.take_due(now);
            drop(state);
            // The last one to hold a pool may be this thread: then it goes here, without the lock.
            let next: Vec<_> = due
                .into_iter()
                .filter_map(|pool| look_at(&pool, now))
                .collect();
            state = self.lock();
            next.iter().for_each(|(at, pool)| state.expect(*at, pool));
        }
        state.is_working = false;
    }

    fn wait<'k>(
        &'k self,
        state: MutexGuard<'k, Watched>,
        time: Duration,
    ) -> MutexGuard<'k, Watched> {
        let waited = self.changed.wait_timeout(state, time);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// No pool is touched under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, Watched> {
        ensure_outside();
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look_at(pool: &Weak<Pool>, now: Moment) -> Option<(Moment, Weak<Pool>)> {
    let at = pool.upgrade()?.tidy(now)?;
    Some((at, Weak::clone(pool)))
}

impl Watched {
    fn expect(&mut self, at: Moment, pool: &Weak<Pool>) {
        match self.pools.iter_mut().find(|(_, other)| other.ptr_eq(pool)) {
            Some((before, _)) => *before = at.min(*before),
            None => self.pools.push((at, Weak::clone(pool))),
        }
    }

    fn next(&self) -> Option<Moment> {
        self.pools.iter().map(|(at, _)| *at).min()
    }

    fn take_due(&mut self, now: Moment) -> Vec<Weak<Pool>> {
        let due = self.pools.extract_if(.., |(at, _)| *at <= now);
        due.map(|(_, pool)| pool).collect()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::thread;

    use bindery_testkit::Watchdog;

    use super::super::PoolLimits;
    use super::super::tests::{LIMITS, counts, pool};
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);
    const SOON: Duration = Duration::from_millis(5);

    fn wait_until(mut holds: impl FnMut() -> bool) {
        while !holds() {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Two connections that rest.
    fn rested(limits: PoolLimits) -> Arc<Pool> {
        let (pool, _) = pool(limits);
        drop((pool.acquire().unwrap(), pool.acquire().unwrap()));
        pool
    }

    fn is_known(pool: &Weak<Pool>) -> bool {
        let state = keeper().lock();
        state.pools.iter().any(|(_, other)| other.ptr_eq(pool))
    }

    /// Covers POOL-03 on SQLite.
    #[test]
    fn pool_03_what_rests_for_too_long_goes_by_itself() {
        let _watchdog = Watchdog::start("what_rests_for_too_long_goes_by_itself", PATIENCE);
        let idle = PoolLimits {
            idle_timeout: SOON,
            ..LIMITS
        };
        let aged = PoolLimits {
            max_lifetime: SOON,
            ..LIMITS
        };
        for limits in [idle, aged] {
            let pool = rested(limits);
            wait_until(|| counts(&pool) == [0, 0, 0]);
            wait_until(|| !is_known(&pool.me));
            let all = pool.stats();
            assert_eq!((all.created, all.closed), (2, 2));
            // And once more.
            drop(pool.acquire().unwrap());
            wait_until(|| counts(&pool) == [0, 0, 0]);
        }
    }

    #[test]
    fn the_least_of_connections_stays() {
        let _watchdog = Watchdog::start("the_least_of_connections_stays", PATIENCE);
        let pool = rested(PoolLimits {
            idle_timeout: SOON,
            min_connections: 1,
            ..LIMITS
        });
        wait_until(|| counts(&pool) == [1, 0, 1]);
        wait_until(|| !is_known(&pool.me));
        assert_eq!(counts(&pool), [1, 0, 1]);
    }

    #[test]
    fn nobody_is_kept_alive() {
        let pool = rested(PoolLimits {
            idle_timeout: PATIENCE,
            ..LIMITS
        });
        let closed = rested(PoolLimits {
            idle_timeout: PATIENCE,
            ..LIMITS
        });
        let (me, other) = (Weak::clone(&pool.me), Weak::clone(&closed.me));
        assert!(is_known(&me) && is_known(&other));
        drop(pool);
        closed.close();
        assert!(me.upgrade().is_none() && !is_known(&me) && !is_known(&other));
    }

    #[test]
    fn what_has_no_time_needs_no_keeper() {
        let pool = rested(LIMITS);
        assert!(!is_known(&pool.me));
        assert_eq!(counts(&pool), [2, 0, 2]);
    }
}
