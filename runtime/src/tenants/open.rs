//! The tenants that are open: which is used, which is closed first. Nothing here connects, waits or closes.
//!
//! This is an LRU by hand and no cache crate: what may go depends on who uses it, and only those not in use count. The
//! tenant to close is looked for among all, which is little beside closing its connections.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::options::{TenantOptions, is_in_memory};
use super::shared::Lease;
use crate::databases::config::Settings;
use crate::databases::{Configured, Registry};
use crate::driver::queue::Queue;
use crate::link::pool::Pool;
use crate::tenants::opening::Opening;

/// The engines of one tenant, with the options they were opened by.
pub(super) struct Opened {
    /// All engines of the program, the shared ones too; not leased.
    pub(super) registry: Registry,
    /// Of the tenant's own engines, written in one way.
    pub(super) settings: Vec<Settings>,
    pub(super) given: TenantOptions,
}

impl Opened {
    pub(super) fn own(&self) -> impl Iterator<Item = &Configured> {
        self.registry.own_engines()
    }

    /// The pools of its own engines, replicas too.
    pub(super) fn pools(&self) -> impl Iterator<Item = &Arc<Pool>> {
        self.own().flat_map(Configured::pools)
    }

    fn is_closed(&self) -> bool {
        self.pools().any(|pool| pool.is_closed())
    }
}

/// A tenant that is open.
pub(super) struct TenantEntry {
    pub(super) opened: Arc<Opened>,
    /// Held by all handles of the tenant.
    pub(super) lease: Weak<Lease>,
    /// The later it was used the higher.
    used: u64,
}

impl TenantEntry {
    pub(super) fn is_in_use(&self) -> bool {
        self.lease.strong_count() > 0
    }
}

/// When a tenant is closed beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recency {
    /// It was used now: after all others.
    Now,
    /// It is one of a run over all tenants, which displaces no tenant that was requested by itself.
    Passing,
}

/// All tenants. What is taken out of here is dropped by the caller, without the lock.
#[derive(Default)]
pub(super) struct Open {
    pub(super) places: HashMap<Arc<str>, TenantEntry>,
    /// Closed while connections were in use: gone when these have come back, or open again when requested before.
    draining: Vec<(Arc<str>, TenantEntry)>,
    pub(super) opening: HashMap<Arc<str>, Arc<Opening>>,
    /// Callers that wait for room.
    pub(super) waiting: Queue<()>,
    clock: u64,
    pub(super) is_closed: bool,
    pub(super) counts: Counts,
}

/// Counts of all that has happened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) hits: u64,
    pub(super) opened: u64,
    pub(super) closed: u64,
}

impl Open {
    /// The tenant of this name, which is used now.
    pub(super) fn touch(
        &mut self,
        id: &str,
        recency: Recency,
    ) -> Option<(&Arc<str>, &mut TenantEntry)> {
        if self.places.get(id)?.opened.is_closed() {
            return None;
        }
        self.clock += 1;
        let clock = self.clock;
        let found = self.places.iter_mut().find(|(name, _)| ***name == *id);
        found.map(|(name, place)| {
            match recency {
                Recency::Now => place.used = clock,
                Recency::Passing => {}
            }
            (name, place)
        })
    }

    /// The number of those that are open, or about to be.
    pub(super) fn len(&self) -> usize {
        self.places.len() + self.opening.len()
    }

    /// The number of those that are open and not in use.
    pub(super) fn idle(&self) -> usize {
        let places = self.places.values();
        places.filter(|place| !place.is_in_use()).count()
    }

    /// Adds a tenant, in place of one that its own user has closed.
    pub(super) fn add(
        &mut self,
        id: Arc<str>,
        opened: Arc<Opened>,
        recency: Recency,
    ) -> Option<TenantEntry> {
        self.clock += 1;
        self.counts.opened += 1;
        let place = TenantEntry {
            opened,
            lease: Weak::new(),
            used: match recency {
                Recency::Now => self.clock,
                Recency::Passing => 0,
            },
        };
        self.places.insert(id, place)
    }

    /// A tenant's own engine with the same settings, whatever tenant has it.
    pub(super) fn engine_like(&self, at: usize, settings: &Settings) -> Option<Configured> {
        if is_in_memory(&settings.target) {
            return None;
        }
        let draining = self.draining.iter().map(|(_, place)| place);
        let places = self.places.values().chain(draining);
        let found = places
            .map(|place| &place.opened)
            .find(|opened| opened.settings.get(at) == Some(settings) && !opened.is_closed())?;
        found.own().nth(at).cloned()
    }

    /// Takes out the tenant that was used longest ago of those that are not in use.
    pub(super) fn take_oldest(&mut self) -> Option<Closing> {
        let unused = self.places.iter().filter(|(_, place)| !place.is_in_use());
        let oldest = unused.min_by_key(|(_, place)| place.used);
        let id = Arc::clone(oldest?.0);
        self.take(&id)
    }

    /// Takes out a tenant: its pools keep nothing from now on.
    pub(super) fn take(&mut self, id: &str) -> Option<Closing> {
        let (id, place) = self.places.remove_entry(id)?;
        self.counts.closed += 1;
        let pools: Vec<Arc<Pool>> = place.opened.pools().map(Arc::clone).collect();
        let pools: Vec<Arc<Pool>> = pools.into_iter().filter(|pool| !self.has(pool)).collect();
        pools.iter().for_each(|pool| pool.stop_keeping());
        let is_needed = place.is_in_use() || pools.iter().any(|pool| pool.in_use() > 0);
        let gone = if is_needed {
            self.draining.push((id, place));
            None
        } else {
            Some(place)
        };
        Some(Closing { pools, gone })
    }

    fn has(&self, pool: &Arc<Pool>) -> bool {
        let mut pools = self.places.values().flat_map(|place| place.opened.pools());
        pools.any(|other| Arc::ptr_eq(other, pool))
    }

    /// Opens a tenant again that was closed with these options and whose connections have not all come back.
    pub(super) fn keep_again(&mut self, id: &str, given: &TenantOptions) {
        if self.places.contains_key(id) {
            return;
        }
        let found = self.draining.iter().position(|(name, place)| {
            **name == *id && place.opened.given == *given && !place.opened.is_closed()
        });
        let Some(at) = found else { return };
        let (id, place) = self.draining.swap_remove(at);
        place.opened.pools().for_each(|pool| pool.keep_again());
        self.places.insert(id, place);
    }

    /// Takes out the tenants whose connections have all come back.
    pub(super) fn take_drained(&mut self) -> Vec<(Arc<str>, TenantEntry)> {
        let is_gone = |(_, place): &mut (Arc<str>, TenantEntry)| {
            !place.is_in_use() && place.opened.pools().all(|pool| pool.in_use() == 0)
        };
        self.draining.extract_if(.., is_gone).collect()
    }

    /// Has no tenant be opened any more. Those that are open wait for their connections to come back; callers that wait for room
    /// find that it is closed.
    pub(super) fn close(&mut self) -> Vec<Arc<Opened>> {
        self.is_closed = true;
        self.counts.closed += self.places.len() as u64;
        self.draining.extend(self.places.drain());
        while self.waiting.give(()).is_ok() {}
        self.all().map(|place| Arc::clone(&place.opened)).collect()
    }

    /// Every tenant, also those that wait for their connections to come back.
    pub(super) fn all(&self) -> impl Iterator<Item = &TenantEntry> {
        let draining = self.draining.iter().map(|(_, place)| place);
        self.places.values().chain(draining)
    }
}

/// Of a tenant that was taken out: what is to be done without the lock.
pub(super) struct Closing {
    pools: Vec<Arc<Pool>>,
    gone: Option<TenantEntry>,
}

impl Closing {
    /// Closes the idle connections; those in use are closed when they come back.
    pub(super) fn finish(self) {
        self.pools.iter().for_each(Pool::close_idle);
        drop(self.gone);
    }
}
