//! A connection that only reads.

use super::Link;
use super::engine::Engine;

/// A connection of engine `E` that reads and cannot write: it has no method for that, and its session is read-only in the
/// database, too. What a replica is reached by; given back to its pool when dropped.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::{Config, EngineOptions};
///
/// # fn main() -> bindery::Result<()> {
/// # let folder = std::env::temp_dir().join(format!("bindery-replica-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).expect("a folder for the example");
/// # let url = format!("sqlite://{}/b.db", folder.display());
/// let config = Config::new()
///     .engine("default", "sqlite::memory:")
///     .engine("b", EngineOptions::url(url.as_str()).replica("b1", url.as_str()));
/// let db = Databases::with_config(&config)?;
/// db.create_missing()?;
/// db.b()?.blogs().insert(NewBlog::new("one"))?;
///
/// let mut replica = db.registry().connect_replica(engine::B, "b1")?;
/// let blogs: Vec<Blog<engine::B>> = replica.blogs().filter(blog::title.eq("one")).all()?;
/// assert_eq!(blogs.len(), 1);
/// # drop(replica);
/// # drop(db);
/// # std::fs::remove_dir_all(&folder).expect("the folder is ours");
/// # Ok(())
/// # }
/// ```
pub struct ReadConnection<E: Engine> {
    pub(crate) engine: E,
    pub(crate) link: Link,
}

impl<E: Engine> ReadConnection<E> {
    pub(crate) fn new(engine: E, link: Link) -> Self {
        let link = link.for_reading();
        Self { engine, link }
    }

    /// Returns the engine that the connection is of.
    pub fn engine(&self) -> E {
        self.engine
    }
}
