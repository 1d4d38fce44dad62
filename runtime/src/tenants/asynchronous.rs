//! Tenants of asynchronous code.

use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{TenantOptions, Tenants};
use crate::databases::GeneratedDatabases;
use crate::session::{AsyncSession, SessionOptions};
use crate::workers::{Run, Workers};

impl<D: GeneratedDatabases> Tenants<D> {
    /// A session of a tenant that lives across several awaits. Its first call opens the tenant and begins the session, on a worker
    /// thread of the databases that the registry was built from. The tenant is in use until the session is dropped, and all its
    /// calls are [locked](Self::lock) to it.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use bindery::tenants::Tenants;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let folder = tempfile::tempdir().expect("a folder for the example");
    /// # let url = format!("sqlite://{}/acme.db", folder.path().display());
    /// # let db = Databases::in_memory()?;
    /// # let tenants = Tenants::builder(&db).per_tenant(engine::B).create_files(true).build()?;
    /// # tenants.get("acme", || url.clone())?.create_missing()?;
    /// let mut s = tenants.begin_session_async("acme", move || url.clone());
    /// s.run(|s| s.b()?.blogs().insert(NewBlog::new("of acme"))).await?;
    /// // Anything else may be awaited here.
    /// assert_eq!(s.run(|s| s.b()?.blogs().count()).await?, 1);
    /// s.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn begin_session_async<O: Into<TenantOptions>>(
        &self,
        id: impl Into<String>,
        options: impl Fn() -> O + Send + Sync + 'static,
    ) -> AsyncSession<D> {
        self.begin_session_async_with(id, options, SessionOptions::new())
    }

    /// The same in a way of its own.
    #[track_caller]
    pub fn begin_session_async_with<O: Into<TenantOptions>>(
        &self,
        id: impl Into<String>,
        options: impl Fn() -> O + Send + Sync + 'static,
        session: SessionOptions,
    ) -> AsyncSession<D> {
        let id: Arc<str> = Arc::from(id.into());
        let lock = Some((self.0.number, Arc::clone(&id)));
        let (tenants, in_use, site) = (self.clone(), OnceLock::new(), Location::caller());
        let begin = move || {
            let tenant = tenants.get(&*id, &options)?;
            let begun = tenant.registry().begin_session_at(&session, site)?;
            in_use.get_or_init(|| tenant);
            Ok(begun)
        };
        AsyncSession::begun_by(&self.0.base, begin, lock)
    }

    /// [`close_within`](Self::close_within) for asynchronous code. It is done on a thread of its own, also where the future
    /// is dropped.
    pub fn close_within_async(&self, limit: Duration) -> Run<()> {
        let tenants = self.clone();
        Run::new(&Workers::new(1, limit), move || tenants.close_within(limit))
    }
}
