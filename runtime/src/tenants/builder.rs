//! The limits of open tenants and of their connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Tenants;
use super::shared::Shared;
use crate::databases::GeneratedDatabases;
use crate::databases::config::{Settings, refused};
use crate::error::Result;
use crate::link::engine::Engine;
use bindery_core::program::{EngineInfo, Keeps, Program};

/// The outcome of requesting one more tenant where [`max_pools`](TenantsBuilder::max_pools) are open and all of
/// them are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenFull {
    /// It is opened all the same; when tenants are not in use any more, the surplus is closed, so that no more than the limit
    /// stay open. Bound the connections by [`max_connections`](TenantsBuilder::max_connections).
    #[default]
    Exceed,
    /// The caller waits until one is not in use any more, within the [`acquire_timeout`](TenantsBuilder::acquire_timeout),
    /// and then gets [`ErrorKind::TenantLimit`](crate::ErrorKind::TenantLimit).
    Wait,
}

/// The settings of [`Tenants`].
#[must_use = "call `.build()`"]
pub struct TenantsBuilder<D> {
    base: D,
    limits: Limits,
    is_chosen: bool,
}

/// The settings that hold for every tenant.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Positions of the engines that each tenant has of its own, ascending.
    pub(super) own: Vec<usize>,
    pub(super) max_pools: usize,
    pub(super) when_full: WhenFull,
    pub(super) max_connections: Option<usize>,
    pub(super) max_connections_per_tenant: Option<u32>,
    pub(super) acquire_timeout: Option<Duration>,
    pub(super) creates_files: bool,
}

/// Tenants that stay open unless said otherwise.
const MAX_POOLS: usize = 100;
/// The time that a caller waits for others unless said otherwise; the default of `acquire-timeout`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

impl<D: GeneratedDatabases> TenantsBuilder<D> {
    pub(super) fn new(base: &D) -> Self {
        Self {
            base: base.clone(),
            limits: Limits {
                own: Vec::new(),
                max_pools: MAX_POOLS,
                when_full: WhenFull::default(),
                max_connections: None,
                max_connections_per_tenant: None,
                acquire_timeout: None,
                creates_files: false,
            },
            is_chosen: false,
        }
    }

    /// Gives each tenant a database of its own for this engine. Engines that are not named are shared: a tenant's
    /// `Databases` have the connections of the whole program's there. Needed where the program has several engines.
    pub fn per_tenant(mut self, engine: impl Engine) -> Self {
        self.limits.own.push(engine.index());
        self.limits.own.sort_unstable();
        self.limits.own.dedup();
        self.is_chosen = true;
        self
    }

    /// The number of tenants that stay open when they are not in use; 100 unless said. The one that was requested longest ago is closed
    /// first, and never one that is in use.
    pub fn max_pools(mut self, tenants: usize) -> Self {
        self.limits.max_pools = tenants;
        self
    }

    /// Sets what happens where that many are in use; [`WhenFull::Exceed`] unless said.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.limits.when_full = when_full;
        self
    }

    /// The most connections that all tenants have together. Where no more may be opened, the connection of the tenants that
    /// has been idle for longest is closed for the new one; where none is idle, the caller waits for one to be returned, and
    /// gets [`ErrorKind::ConnectionLimit`](crate::ErrorKind::ConnectionLimit) after the pool's `acquire-timeout`.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.max_connections = Some(connections);
        self
    }

    /// The most connections that one tenant has to each of its own engines, whatever its options say.
    pub fn max_connections_per_tenant(mut self, connections: u32) -> Self {
        self.limits.max_connections_per_tenant = Some(connections);
        self
    }

    /// The longest wait for a tenant that another caller opens, for room under [`WhenFull::Wait`], and for a connection of a
    /// tenant. Unless said, 5 s, and for connections as the engine is configured.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.limits.acquire_timeout = Some(timeout);
        self
    }

    /// Makes a tenant's SQLite file where there is none. Otherwise the tenant is unknown and nothing is made, so that a
    /// mistyped name is an error and not an empty database.
    pub fn create_files(mut self, create: bool) -> Self {
        self.limits.creates_files = create;
        self
    }

    /// The registry of tenants; none is open yet.
    ///
    /// # Errors
    /// A limit is 0, it has to be said which of several engines are the tenants', or they are some of the engines of a set of shards.
    pub fn build(mut self) -> Result<Tenants<D>> {
        let limits = &mut self.limits;
        let zero = [
            ("max_pools", limits.max_pools == 0),
            ("max_connections", limits.max_connections == Some(0)),
            (
                "max_connections_per_tenant",
                limits.max_connections_per_tenant == Some(0),
            ),
        ];
        if let Some((name, _)) = zero.iter().find(|(_, is_zero)| *is_zero) {
            return Err(refused(format!(
                "`{name}` of the tenants must be at least 1"
            )));
        }
        if !self.is_chosen {
            limits.own = only_engine(D::program())?;
        }
        ensure_whole_sets(D::program(), &limits.own)?;
        Ok(Tenants(Arc::new(Shared::new(self.base, self.limits))))
    }
}

/// The only engine of a program is the tenants'.
fn only_engine(program: &Program) -> Result<Vec<usize>> {
    let names: Vec<&str> = program.engine_names().collect();
    if let [_] = names[..] {
        return Ok(vec![0]);
    }
    Err(refused(format!(
        "the program has the engines {}: say which each tenant has of its own, by `per_tenant(engine::…)`",
        names.join(", ")
    )))
}

/// Rows of a tenant that are on one of several shards are found by a map: the one is not the tenant's where the other is not.
fn ensure_whole_sets(program: &Program, own: &[usize]) -> Result<()> {
    let is_of_set = |keeps: &Keeps| matches!(keeps, Keeps::Shard | Keeps::ShardMaps);
    let engines = program.engines.iter().enumerate();
    let of_sets = engines.filter(|(_, engine)| engine.keeps.iter().any(is_of_set));
    let (own, shared): (Vec<_>, Vec<_>) = of_sets.partition(|(at, _)| own.contains(at));
    if own.is_empty() || shared.is_empty() {
        return Ok(());
    }
    let names = |engines: Vec<(usize, &EngineInfo)>| {
        let names = engines.into_iter().map(|(_, engine)| engine.name());
        names.collect::<Vec<_>>().join(", ")
    };
    Err(refused(format!(
        "each tenant has {} of its own, and all share {}: the engines of sets of shards and of their maps are each tenant's own together, or shared \
         together",
        names(own),
        names(shared)
    )))
}

impl Limits {
    pub(super) fn patience(&self) -> Duration {
        self.acquire_timeout.unwrap_or(ACQUIRE_TIMEOUT)
    }

    /// The settings of a tenant's engine within these limits.
    pub(super) fn applied(&self, mut settings: Settings) -> Result<Settings> {
        let pool = &mut settings.pool;
        if let Some(most) = self.max_connections_per_tenant {
            pool.max_connections = pool.max_connections.min(most);
        }
        if pool.min_connections > pool.max_connections {
            return Err(refused(format!(
                "`min_connections` is {}, and a tenant may have {} connections",
                pool.min_connections, pool.max_connections
            )));
        }
        if let Some(timeout) = self.acquire_timeout {
            pool.acquire_timeout = timeout;
        }
        settings.creates_file = self.creates_files;
        Ok(settings)
    }
}

impl<D> fmt::Debug for TenantsBuilder<D> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("TenantsBuilder")
            .field(&self.limits)
            .finish()
    }
}
