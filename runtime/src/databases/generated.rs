//! What generated `Databases` are to code that works with those of any program.

use std::ops::Deref;

use super::Registry;
use super::config::Config;
use crate::error::Result;
use crate::link::program::Program;

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
}
