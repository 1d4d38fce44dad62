//! Reading from replicas: connections of one, and how all of them are.

use super::config::ReadsFrom;
use super::status::{ReplicaStatus, replicas_of};
use super::{Configured, Registry};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::link::replicas::{EngineUnit, Member, Replicas};

impl Registry {
    /// A connection of a replica of an engine, for reading: it has no methods that write, and the database itself refuses
    /// what a function might. The replica may be behind its primary, or have been made one.
    ///
    /// # Errors
    /// The engine has no replica of this name (the error lists those there are), it cannot be reached, or no connection
    /// came free in time.
    pub fn connect_replica<E: Engine>(&self, engine: E, name: &str) -> Result<ReadConnection<E>> {
        let member = self.engines[engine.index()].replica(name)?;
        let link = member.pool.acquire()?;
        Ok(ReadConnection::new(engine, link))
    }

    /// The same engines, whose calls that only read go elsewhere than `reads` of `bindery.toml` says: a handle for what has to
    /// see the last write, or for what may be older. An engine without replicas is read as ever. Generated `Databases` have
    /// this method, too.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
    /// use bindery::ReadsFrom;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let reports = db.reads_from(ReadsFrom::Replicas);
    /// assert_eq!(reports.users().count()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn reads_from(&self, from: ReadsFrom) -> Self {
        let units = self.engines.iter().map(|_| EngineUnit::new(Some(from)));
        Self {
            unit: Some(units.collect()),
            ..self.clone()
        }
    }

    /// Looks at every replica of every engine now, all at once, and reports how each is, by the engine's name. A program that
    /// reads from replicas does so by itself while it reads.
    pub fn check_replicas(&self) -> Vec<(&'static str, ReplicaStatus)> {
        std::thread::scope(|scope| {
            for engine in &*self.engines {
                let Some(readers) = &engine.readers else {
                    continue;
                };
                let look = || readers.check_all(&engine.pool);
                if std::thread::Builder::new()
                    .spawn_scoped(scope, look)
                    .is_err()
                {
                    readers.check_all(&engine.pool);
                }
            }
        });
        let engines = self.engines.iter();
        let all = engines.flat_map(|engine| {
            let replicas = replicas_of(engine).into_iter();
            replicas.map(|replica| (engine.info.name, replica))
        });
        all.collect()
    }
}

impl Configured {
    fn replica(&self, name: &str) -> Result<&Member> {
        let members: &[Member] = self
            .readers
            .as_deref()
            .map_or(&[], |all: &Replicas| &all.members);
        let found = members.iter().find(|member| member.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            let why = format!(
                "there is no replica `{}`; known: {known}",
                name.escape_debug()
            );
            let error = Error::new(ErrorKind::Config(why)).during(Operation::Choose);
            error.on_engine(self.info.name)
        })
    }
}
