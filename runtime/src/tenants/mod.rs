//! Databases that are opened on the fly, one for each tenant, with the types that were generated once. Nothing is generated
//! for it: all is written for the `Databases` of any program.

#[cfg(feature = "tokio")]
mod asynchronous;
mod builder;
mod each;
mod locked;
mod open;
mod opening;
mod options;
mod shared;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

pub use self::builder::{TenantsBuilder, WhenFull};
pub use self::each::{EachTenant, TenantOutcome, TenantsProgress, TenantsReport};
pub use self::locked::TenantLock;
pub use self::options::{TenantEngine, TenantOptions};

use self::locked::ensure_allowed;
use self::open::Recency;
use self::shared::Shared;
use crate::databases::{GeneratedDatabases, Registry};
use crate::error::{Error, Result};
use crate::link::pool::PoolStats;

/// The databases of many tenants, opened when they are requested and closed when others need the room. A clone is the
/// same registry.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::tenants::Tenants;
///
/// # fn main() -> bindery::Result<()> {
/// # let folder = tempfile::tempdir().expect("a folder for the example");
/// # let url = format!("sqlite://{}/acme.db", folder.path().display());
/// # let db = Databases::in_memory()?;
/// // `b` is each tenant's own, and `default` is shared.
/// let tenants = Tenants::builder(&db)
///     .per_tenant(engine::B)
///     .max_pools(10)
///     .create_files(true)
///     .build()?;
/// let acme = tenants.get("acme", || url)?;
/// acme.create_missing()?;
/// acme.b()?.blogs().insert(NewBlog::new("of acme"))?;
/// assert_eq!(tenants.stats().open, 1);
/// # Ok(())
/// # }
/// ```
pub struct Tenants<D: GeneratedDatabases>(Arc<Shared<D>>);

impl<D: GeneratedDatabases> Tenants<D> {
    /// A registry of tenants of the program that these are the databases of. Its engines that are not
    /// [per tenant](TenantsBuilder::per_tenant) are shared by all tenants, with their connections.
    pub fn builder(base: &D) -> TenantsBuilder<D> {
        TenantsBuilder::new(base)
    }

    /// The databases of a tenant: those that are open, or opened now. `options` is called each time, before anything else,
    /// and says where they are: a URL, [`EngineOptions`](crate::EngineOptions), or [`TenantOptions`]. Of callers that request
    /// one tenant at a time one connects, and the others wait for it.
    ///
    /// # Errors
    /// The tenant cannot be reached; [`UnknownDatabase`](crate::ErrorKind::UnknownDatabase) where it is not there. Later calls
    /// try again. [`TenantConflict`](crate::ErrorKind::TenantConflict) where it is open with other options (equal URLs may be
    /// written in different ways), [`TenantLocked`](crate::ErrorKind::TenantLocked) within [`locked`](Self::locked) to
    /// another, [`TenantLimit`](crate::ErrorKind::TenantLimit) under [`WhenFull::Wait`], and errors of the configuration.
    pub fn get<O: Into<TenantOptions>>(
        &self,
        id: impl AsRef<str>,
        options: impl FnOnce() -> O,
    ) -> Result<Tenant<D>> {
        self.get_as(id.as_ref(), options().into(), Recency::Now)
    }

    fn get_as(&self, id: &str, given: TenantOptions, recency: Recency) -> Result<Tenant<D>> {
        let (id, databases) = self.0.get(id, given, recency)?;
        Ok(Tenant { id, databases })
    }

    /// Runs `work` with a tenant, and refuses every other one meanwhile: whatever requests another tenant of this registry
    /// on the same thread gets [`TenantLocked`](crate::ErrorKind::TenantLocked). The lock ends with the call, also by a panic.
    /// [`lock`](Self::lock) is the same for asynchronous code.
    ///
    /// # Errors
    /// Those of [`get`](Self::get) and of `work`.
    pub fn locked<O, T, E>(
        &self,
        id: impl AsRef<str>,
        options: impl FnOnce() -> O,
        work: impl FnOnce(&Tenant<D>) -> Result<T, E>,
    ) -> Result<T, E>
    where
        O: Into<TenantOptions>,
        E: From<Error>,
    {
        let tenant = self.get(id, options)?;
        let lock = TenantLock::new(self.0.number, Arc::clone(&tenant.id));
        lock.sync_scope(|| work(&tenant))
    }

    /// A lock to one tenant, for a whole task, as that of a request is, on whichever threads it and its work run. Opens nothing.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use bindery::tenants::Tenants;
    /// # use bindery::ErrorKind;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let folder = tempfile::tempdir().expect("a folder for the example");
    /// # let path = folder.path().display().to_string();
    /// # let url = move |id: &str| format!("sqlite://{path}/{id}.db");
    /// # let db = Databases::in_memory()?;
    /// let tenants = Tenants::builder(&db).per_tenant(engine::B).create_files(true).build()?;
    /// let request = async {
    ///     let tenants = tenants.clone();
    ///     db.run(move |_| tenants.get("globex", || url("globex"))).await
    /// };
    /// let refused = tenants.lock("acme")?.scope(request).await.unwrap_err();
    /// assert!(matches!(refused.kind(), ErrorKind::TenantLocked { .. }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TenantLocked`](crate::ErrorKind::TenantLocked): the calling task is locked to another tenant.
    pub fn lock(&self, id: impl AsRef<str>) -> Result<TenantLock> {
        let id = id.as_ref();
        ensure_allowed(self.0.number, id)?;
        Ok(TenantLock::new(self.0.number, Arc::from(id)))
    }

    /// A run over tenants, with the options of each: [`check`](EachTenant::check), [`create_missing`](EachTenant::create_missing)
    /// or work of the program's own for all of them, some at a time. It displaces no tenant that was requested by
    /// itself.
    pub fn each<'p, I: Into<String>, O: Into<TenantOptions>>(
        &self,
        tenants: impl IntoIterator<Item = (I, O)>,
    ) -> EachTenant<'p, D> {
        let given = tenants.into_iter();
        let given = given.map(|(id, options)| (id.into(), options.into()));
        EachTenant::new(self, given.collect())
    }

    /// Closes a tenant, so that it can be opened with other options: idle connections now, those in use when they come
    /// back. Handles that are still there go on working. `false` where it was not open.
    pub fn close_tenant(&self, id: impl AsRef<str>) -> bool {
        self.0.close_tenant(id.as_ref())
    }

    /// Closes all tenants: idle connections now, those in use when they come back. Whatever is called on a tenant later is
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed), and so is requesting one. The engines that all tenants share are not
    /// closed, as they are the program's.
    pub fn close(&self) {
        self.0.close();
    }

    /// Closes like [`close`](Self::close) and waits until the connections in use have come back, those of all tenants within the
    /// limit together. Those that have not are cut off then: see [`Registry::close_within`](crate::Registry::close_within).
    ///
    /// # Errors
    /// Connections were cut off: [`ErrorKind::StillInUse`](crate::ErrorKind::StillInUse), with the engine of the first tenant that
    /// had any, and how many.
    pub fn close_within(&self, limit: Duration) -> Result<()> {
        self.0.close_within(limit)
    }

    /// Reports the number of open tenants and what has happened. Connects to nothing.
    pub fn stats(&self) -> TenantsStats {
        let open = self.0.lock();
        TenantsStats {
            open: open.places.len(),
            in_use: open.all().filter(|place| place.is_in_use()).count(),
            waiting: open.waiting.len(),
            hits: open.counts.hits,
            opened: open.counts.opened,
            closed: open.counts.closed,
            connections: self.0.budget.as_ref().map(|budget| budget.used()),
        }
    }

    /// The tenants that are open, in the order of their names, with the connections of their own engines.
    pub fn open_tenants(&self) -> Vec<TenantStatus> {
        let open = self.0.lock();
        let mut tenants: Vec<TenantStatus> = open
            .places
            .iter()
            .map(|(id, place)| TenantStatus {
                id: id.as_ref().to_owned(),
                is_in_use: place.is_in_use(),
                pools: place
                    .opened
                    .own()
                    .map(|engine| (engine.info.name(), engine.pool.stats()))
                    .collect(),
            })
            .collect();
        drop(open);
        tenants.sort_by(|one, other| one.id.cmp(&other.id));
        tenants
    }
}

impl<D: GeneratedDatabases> Clone for Tenants<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: GeneratedDatabases> fmt::Debug for Tenants<D> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Tenants")
            .field("limits", &self.0.limits)
            .field("stats", &self.stats())
            .finish()
    }
}

/// The number of open tenants, and what has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TenantsStats {
    /// The number of those that are open.
    pub open: usize,
    /// The number of those that are in use: a handle is there.
    pub in_use: usize,
    /// Callers that wait for room ([`WhenFull::Wait`]).
    pub waiting: usize,
    /// The number of requests for a tenant that was open, ever.
    pub hits: u64,
    /// The number of openings, ever.
    pub opened: u64,
    /// The number of closings, ever.
    pub closed: u64,
    /// The number of connections of all of them; `None` without [`max_connections`](TenantsBuilder::max_connections).
    pub connections: Option<usize>,
}

/// A tenant that is open.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TenantStatus {
    /// The name of the tenant.
    pub id: String,
    /// A handle is there.
    pub is_in_use: bool,
    /// Its own engines, and how many connections each has.
    pub pools: Vec<(&'static str, PoolStats)>,
}

/// The databases of one tenant. It can be used as the program's `Databases`, and is in use as long as it or a clone is
/// there, also of the `Databases`. Calls on all engines (`create_missing`, `check`, `drop_all`, `close`) mean those that the
/// tenant has of its own.
#[derive(Clone)]
pub struct Tenant<D> {
    id: Arc<str>,
    databases: D,
}

impl<D> Tenant<D> {
    /// The name it was requested by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same without the name.
    pub fn databases(&self) -> &D {
        &self.databases
    }
}

impl<D> Deref for Tenant<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.databases
    }
}

impl<D: AsRef<Registry>> AsRef<Registry> for Tenant<D> {
    fn as_ref(&self) -> &Registry {
        self.databases.as_ref()
    }
}

impl<D> fmt::Debug for Tenant<D> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Tenant").field(&self.id).finish()
    }
}
