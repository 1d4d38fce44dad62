//! Reading from replicas: connections of one, and how all of them are.

use super::config::ReadsFrom;
use super::read_token::ReadToken;
use super::status::{ReplicaStatus, replicas_of};
use super::{Configured, Registry};
use crate::driver::own_threads;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::link::replicas::{EngineUnit, Member, Replicas, written_by};

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
    /// # use bindery_cases::examples::*;
    /// use bindery::replicas::ReadsFrom;
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
        let unit = self.unit.as_ref();
        let units = (0..self.engines.len()).map(|index| match unit {
            Some(unit) => unit[index].reading_from(from),
            None => EngineUnit::new(Some(from), None),
        });
        Self {
            unit: Some(units.collect()),
            ..self.clone()
        }
    }

    /// The same engines as one unit of work, such as a request, whose reads see what it has written, and what the unit of
    /// work had written that the token is of. Where reads go to replicas, its own go to one that has come so far, within
    /// `replica-wait`, and else to the primary; after its first write on an engine all of them go to that engine's primary.
    /// Clones of the handle are the same unit. Generated `Databases` have this method, too.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::replicas::ReadToken;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// // One request writes, and takes a token with it.
    /// let request = db.reading_after(None);
    /// let ann = request.users().insert(NewUser::new("ann@example.org"))?;
    /// let token: ReadToken = request.read_token()?;
    ///
    /// // Reads of the next one are not older than that.
    /// let request = db.reading_after(&token);
    /// assert_eq!(request.users().find(ann.id)?, Some(ann));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn reading_after<'t>(&self, token: impl Into<Option<&'t ReadToken>>) -> Self {
        let token = token.into();
        let unit = self.unit.as_ref();
        let units = self.engines.iter().enumerate().map(|(index, engine)| {
            let from = unit.and_then(|unit| unit[index].reads_from());
            let after = token.and_then(|token| token.position(engine.info.name()));
            EngineUnit::new(from, after.cloned())
        });
        Self {
            unit: Some(units.collect()),
            ..self.clone()
        }
    }

    /// The positions that later reads have to see to see everything that was written by this unit of work
    /// ([`reading_after`](Self::reading_after)), and what it had to see itself. Take it after the last commit. Each engine on which it has
    /// written is queried for its position, in one statement; without a unit of work each engine with replicas is.
    ///
    /// # Errors
    /// An engine that was written cannot be reached, or the database fails.
    pub fn read_token(&self) -> Result<ReadToken> {
        let mut token = ReadToken::default();
        for (index, engine) in self.engines.iter().enumerate() {
            if engine.readers.is_none() {
                continue;
            }
            let position = match &self.unit {
                Some(unit) => unit[index].position(&engine.pool),
                None => written_by(&engine.pool),
            };
            let name = engine.info.name();
            if let Some(position) = position.map_err(|error| error.on_engine(name))? {
                token.add(name, position);
            }
        }
        Ok(token)
    }

    /// Returns whether this unit of work ([`reading_after`](Self::reading_after)) has written on an engine that has replicas: there is a
    /// new [`read_token`](Self::read_token) then. `false` without a unit of work.
    pub fn has_written(&self) -> bool {
        let unit = self.unit.iter().flat_map(|unit| unit.iter());
        let mut engines = self.engines.iter().zip(unit);
        engines.any(|(engine, unit)| engine.readers.is_some() && unit.has_written())
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
                if own_threads::start_within(scope, "bindery-replicas", Box::new(look)).is_err() {
                    readers.check_all(&engine.pool);
                }
            }
        });
        let engines = self.engines.iter();
        let all = engines.flat_map(|engine| {
            let replicas = replicas_of(engine).into_iter();
            replicas.map(|replica| (engine.info.name(), replica))
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
            error.on_engine(self.info.name())
        })
    }
}
