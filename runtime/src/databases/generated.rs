//! What generated `Databases` are to code that works with those of any program.

use std::ops::Deref;

use super::Registry;
#[cfg(feature = "tokio")]
use super::asynchronous::run;
use super::config::Config;
#[cfg(feature = "tokio")]
use crate::error::Error;
use crate::error::Result;
use crate::link::program::Program;
#[cfg(feature = "tokio")]
use crate::workers::Run;

/// The `Databases` of a program, which generated code makes around a [`Registry`]. Code that works for every program is
/// written for a type of this kind.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// use bindery::{Config, GeneratedDatabases};
///
/// fn open_and_create<D: GeneratedDatabases>(config: &Config) -> bindery::Result<D> {
///     let db = D::open_with(config)?;
///     db.create_missing()?;
///     Ok(db)
/// }
///
/// # fn main() -> bindery::Result<()> {
/// let config = Config::new()
///     .engine("default", "sqlite::memory:")
///     .engine("b", "sqlite::memory:");
/// let db: Databases = open_and_create(&config)?;
/// assert_eq!(db.users().count()?, 0);
/// # Ok(())
/// # }
/// ```
pub trait GeneratedDatabases:
    Clone + Deref<Target = Registry> + Send + Sync + Sized + 'static
{
    /// The facts that were compiled in.
    fn program() -> &'static Program;

    /// The typed accessors around engines that were opened from [`program`](Self::program).
    fn from_registry(registry: Registry) -> Self;

    /// Opens the engines as a configuration says. Connects to nothing.
    ///
    /// # Errors
    /// As [`Registry::with_config`].
    fn open_with(config: &Config) -> Result<Self> {
        Registry::with_config(Self::program(), config).map(Self::from_registry)
    }

    /// Runs blocking work on a worker thread, for asynchronous code: `db.run(|db| db.users().get(id)).await`.
    ///
    /// There are never more of these threads than connections. Work that finds none free waits without a thread, first in,
    /// first out. The future needs no runtime of a certain kind. Dropping it cancels the work, see [`Run`].
    ///
    /// # Errors
    /// Those of `work`. [`PoolExhausted`](crate::ErrorKind::PoolExhausted) where it had no turn within the longest
    /// `acquire-timeout` of the engines, [`Closed`](crate::ErrorKind::Closed) after [`close`](Registry::close).
    ///
    /// # Panics
    /// Where `work` does.
    #[cfg(feature = "tokio")]
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Run<T> {
        run(self, work)
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// Where `work` does.
    #[cfg(feature = "tokio")]
    fn try_run<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Run<T, E> {
        run(self, work)
    }
}
