//! All engines of a program at run time. Generated code wraps this in its `Databases`, which adds the typed accessors.
//! Creating and dropping tables is `tables`'; the description of an engine is `status`'.

#[cfg(feature = "tokio")]
mod asynchronous;
pub(crate) mod config;
mod connector;
#[cfg(feature = "atomic")]
pub(crate) mod coordinators;
#[cfg(feature = "migrations")]
pub(crate) mod each_host;
mod for_shard;
mod generated;
mod hooks;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod hosts;
pub(crate) mod kept;
pub(crate) mod leaving;
mod observed;
mod read_only;
mod read_token;
mod reads;
mod resolve;
#[cfg(feature = "shards")]
pub(crate) mod shard_maps;
pub(crate) mod status;
pub(crate) mod tables;

#[cfg(feature = "tenants")]
use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::config::ConnectionTarget;

pub use self::generated::GeneratedDatabases;
pub use self::read_only::ReadOnlyOn;
pub use self::read_token::ReadToken;
#[cfg(feature = "read-token")]
pub use self::read_token::ReadTokenKey;

use self::config::{Config, Settings};
use self::connector::{Seen, Wanted, connector};
#[cfg(feature = "atomic")]
use self::coordinators::Coordinators;
use self::observed::labels;
#[cfg(feature = "shards")]
use self::shard_maps::ShardMaps;
use self::status::EngineStatus;
use crate::driver::Physical;
use crate::error::Result;
#[cfg(feature = "shards")]
use crate::link::Fences;
use crate::link::connection::Connection;
use crate::link::drift::Watch;
use crate::link::engine::{Engine, StaticEngine, unknown_engine};
use crate::link::inside;
#[cfg(feature = "tenants")]
use crate::link::pool::budget::Budget;
use crate::link::pool::{Pool, PoolLimits};
use crate::link::replicas::{EngineUnit, Member, PoolSource, Replicas};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::Target;
use crate::model::row_of::RowOf;
use crate::observe::{Hub, Observer};
use crate::raw::RawSql;
use crate::relation::Load;
use crate::repository::Repository;
use bindery_core::cluster::Cluster;
use bindery_core::program::{EngineInfo, Program, TableDdl};

/// The engines of a program, each with a pool of its own.
///
/// Opening one connects to nothing; an engine that cannot be reached is an error where it is used, and only there. A clone
/// is the same engines with the same pools, so that threads and tasks can each own one.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// let db = Databases::in_memory()?; // wraps a `Registry`
/// db.create_missing()?;
/// for engine in db.engines() {
///     println!("{} ({}): {} open", engine.name, engine.dialect, engine.pool.open);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Registry {
    pub(crate) program: &'static Program,
    /// In the order of [`Program::engines`].
    pub(crate) engines: Arc<[Configured]>,
    /// The engines in the order of the configuration, in which sessions commit them.
    #[cfg_attr(
        not(feature = "session"),
        allow(dead_code, reason = "sessions alone commit in an order")
    )]
    pub(crate) order: Arc<[usize]>,
    #[cfg(feature = "tokio")]
    workers: Arc<asynchronous::OwnWorkers>,
    pub(crate) hub: Arc<Hub>,
    /// The writes of this handle, where its reads have to see that; one for each engine.
    pub(crate) unit: Option<Arc<[EngineUnit]>>,
    /// Of a tenant's engines: while a clone is there, their pools are in use.
    #[cfg(feature = "tenants")]
    _lease: Option<Arc<dyn Any + Send + Sync>>,
}

/// One engine as configured, with its connections. A clone has the same connections.
#[derive(Clone)]
pub(crate) struct Configured {
    pub(crate) info: &'static EngineInfo,
    /// In the order they can be created.
    pub(crate) tables: Vec<&'static TableDdl>,
    /// Those of bindery's own.
    pub(crate) own: Vec<&'static TableDdl>,
    pub(crate) settings: Settings,
    pub(crate) pool: Arc<Pool>,
    /// In the order they were configured.
    pub(crate) replicas: Vec<Replica>,
    /// Where its reads go; `None` without replicas.
    pub(crate) readers: Option<Arc<Replicas>>,
    pub(crate) seen: Seen,
    /// Among a tenant's engines: it is of the whole program, and no call on all engines of the tenant means it.
    pub(crate) is_shared: bool,
    pub(crate) observer: Arc<Observer>,
    #[cfg(feature = "atomic")]
    pub(crate) coordinators: Arc<Coordinators>,
    /// The maps that it keeps, as far as they are known.
    #[cfg(feature = "shards")]
    pub(crate) shard_maps: Arc<ShardMaps>,
    /// Which of its slots are not its own, as far as that is known.
    #[cfg(feature = "shards")]
    pub(crate) shard_fences: Arc<Fences>,
}

/// A copy of an engine's database that is only read, with connections of its own.
#[derive(Clone)]
pub(crate) struct Replica {
    /// Without its password.
    pub(crate) url: String,
    pub(crate) seen: Seen,
}

impl Registry {
    /// Opens the engines as [`Config::from_environment`] says. Connects to nothing.
    ///
    /// # Errors
    /// The configuration cannot be used, or an engine is configured for another database than it was compiled for.
    pub fn open(program: &'static Program) -> Result<Self> {
        Self::with_config(program, &Config::from_environment()?)
    }

    /// Opens the engines as a configuration says. Connects to nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with_config(program: &'static Program, config: &Config) -> Result<Self> {
        let settings = config.settings(program)?;
        let hub = Arc::<Hub>::default();
        let engines = settings.into_iter().enumerate();
        let engines = engines
            .map(|(index, settings)| Configured::new(program, index, settings, &hub))
            .collect::<Result<Arc<[_]>>>()?;
        let order = config.order(program).into();
        Ok(Self::of(program, engines, order, hub))
    }

    fn of(
        program: &'static Program,
        engines: Arc<[Configured]>,
        order: Arc<[usize]>,
        hub: Arc<Hub>,
    ) -> Self {
        Self {
            program,
            #[cfg(feature = "tokio")]
            workers: asynchronous::OwnWorkers::of(&engines),
            engines,
            order,
            hub,
            unit: None,
            #[cfg(feature = "tenants")]
            _lease: None,
        }
    }

    /// The same program with other engines, in its order.
    #[cfg(feature = "tenants")]
    pub(crate) fn with_engines(&self, engines: Arc<[Configured]>) -> Self {
        let order = Arc::clone(&self.order);
        Self::of(self.program, engines, order, Arc::clone(&self.hub))
    }

    /// The same engines, in use as long as the lease is there.
    #[cfg(feature = "tenants")]
    pub(crate) fn leased(&self, lease: Arc<dyn Any + Send + Sync>) -> Self {
        Self {
            _lease: Some(lease),
            ..self.clone()
        }
    }

    /// Every engine as an empty SQLite database in memory, gone with the value: for tests.
    ///
    /// # Errors
    /// An engine was compiled for another dialect.
    pub fn in_memory(program: &'static Program) -> Result<Self> {
        let names = program.engine_names();
        let config = names.fold(Config::new(), |config, name| {
            config.engine(name, "sqlite::memory:")
        });
        Self::with_config(program, &config)
    }

    /// The facts of this model that were compiled in.
    pub fn program(&self) -> &'static Program {
        self.program
    }

    /// A connection of an engine: of its primary, as it may write.
    ///
    /// # Errors
    /// The engine cannot be reached, or no connection came free in time.
    #[track_caller]
    pub fn connect<E: Engine>(&self, engine: E) -> Result<Connection<E>> {
        let link = self.source(engine).primary(Location::caller())?;
        Ok(Connection::new(engine, link))
    }

    /// Runs work that is meant to be outside of the transaction or session that is open on this thread: nothing is logged
    /// of it, nor refused, whatever `outside-transaction` says. It is not rolled back with that, and sees nothing of it that is not
    /// committed yet.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// db.session(|s| {
    ///     s.b()?.blogs().count()?;
    ///     // Stored also where the session is rolled back.
    ///     db.outside_transaction(|| db.users().insert(NewUser::new("ann@example.org")))?;
    ///     Ok(())
    /// })
    /// # }
    /// ```
    pub fn outside_transaction<T>(&self, work: impl FnOnce() -> T) -> T {
        inside::meant(work)
    }

    /// Raw SQL on an engine, taking a connection for each statement.
    pub fn sql_on<E: Engine>(&self, engine: E) -> RawSql<'_, E> {
        RawSql::new(Target::of_pool(engine, self.source(engine)))
    }

    /// The repository of a model, taking a connection for each call.
    pub fn repository<M: Model, E: Hosts<M>>(&self, engine: E) -> Repository<'_, M, E> {
        Repository::new(Target::of_pool(engine, self.source(engine)))
    }

    /// Loads what belongs to these rows, in their order, from the engine that they are on: for each relation one statement,
    /// however many rows there are. See [`Connection::load`].
    ///
    /// # Errors
    /// The engine cannot be reached, or the database fails.
    pub fn load<R: RowOf, L>(&self, rows: &[R], relation: L) -> Result<L::Loaded>
    where
        R::Engine: StaticEngine,
        L: Load<R::Engine, From = R::Model>,
    {
        let engine = R::Engine::default();
        let mut target = Target::of_pool(engine, self.source(engine));
        relation.load(&mut target, rows)
    }

    pub(crate) fn pool<E: Engine>(&self, engine: E) -> &Arc<Pool> {
        &self.engines[engine.index()].pool
    }

    /// Where calls take a connection each.
    pub(crate) fn source<E: Engine>(&self, engine: E) -> PoolSource<'_> {
        let index = engine.index();
        let configured = &self.engines[index];
        PoolSource {
            pool: &configured.pool,
            replicas: configured.readers.as_ref(),
            unit: self.unit.as_ref().map(|unit| &unit[index]),
        }
    }

    /// A connection outside of the pool, for statements that may take as long as they need and wait for no lock for long; and the
    /// server that it is to.
    #[cfg(any(
        feature = "data",
        feature = "migrations",
        feature = "shards",
        feature = "sync"
    ))]
    pub(crate) fn connect_for_ddl(
        &self,
        engine: usize,
        lock_timeout: Duration,
    ) -> Result<(Physical, Arc<Pool>, Seen)> {
        let engine = &self.engines[engine];
        let limit = engine.settings.pool.acquire_timeout;
        if engine.settings.target.is_in_memory() {
            // Another opener would make another database.
            let physical = engine.pool.open_outside(limit)?;
            return Ok((physical, Arc::clone(&engine.pool), engine.seen.clone()));
        }
        let mut settings = engine.settings.clone();
        settings.session.statement_timeout = None;
        settings.session.lock_timeout = Some(lock_timeout);
        settings.session.busy_timeout = lock_timeout;
        let place = (&settings.target, None);
        let (opener, seen, _) = pool_of(engine.info, &settings, place, &self.hub)?;
        let mut physical = opener.open_outside(limit)?;
        one_connection_each(&mut physical, engine.info.cluster)?;
        Ok((physical, Arc::clone(&engine.pool), seen))
    }

    /// The pools of all engines, in the order of their names.
    #[cfg(feature = "session")]
    pub(crate) fn pools_of_engines(&self) -> impl ExactSizeIterator<Item = Arc<Pool>> {
        self.engines.iter().map(|engine| Arc::clone(&engine.pool))
    }

    /// Their replicas, where they have any.
    #[cfg(feature = "session")]
    pub(crate) fn replicas_of_engines(&self) -> impl Iterator<Item = Option<Arc<Replicas>>> {
        self.engines.iter().map(|engine| engine.readers.clone())
    }

    /// Describes every engine, in the order of their names. Connects to nothing.
    pub fn engines(&self) -> Vec<EngineStatus> {
        let engines = self.engines.iter();
        engines
            .map(|engine| EngineStatus::new(engine, &self.engines, self.program))
            .collect()
    }

    /// Describes the engine of this name. Connects to nothing.
    ///
    /// # Errors
    /// There is no such engine; the error lists those there are.
    pub fn engine(&self, name: &str) -> Result<EngineStatus> {
        self.configured(name)
            .map(|engine| EngineStatus::new(engine, &self.engines, self.program))
    }

    pub(crate) fn configured(&self, name: &str) -> Result<&Configured> {
        let found = self
            .engines
            .iter()
            .find(|engine| engine.info.name() == name);
        found.ok_or_else(|| unknown_engine(self.program, name))
    }

    /// Connects to every engine and reports how each answered, in the order of their names. All are checked in
    /// parallel, so that it takes as long as the slowest; each within its own limits. An engine whose tables are not as
    /// the program was compiled for answers with [`ErrorKind::SchemaDrift`](crate::ErrorKind::SchemaDrift), whatever `schema-check` says.
    pub fn check(&self) -> Vec<(&'static str, Result<()>)> {
        std::thread::scope(|scope| {
            let ask = |engine| {
                let asked = std::thread::Builder::new()
                    .spawn_scoped(scope, move || Configured::check(engine));
                (engine, asked)
            };
            let asked: Vec<_> = self.own_engines().map(ask).collect();
            asked.into_iter().map(answered).collect()
        })
    }

    /// Closes the connections of all engines: idle ones now, those in use when they are given back. Later use is an
    /// error that names the engine; closing again does nothing.
    pub fn close(&self) {
        #[cfg(feature = "tokio")]
        self.workers.get().close();
        self.pools().for_each(|(pool, _)| pool.close());
    }

    /// Closes like [`close`](Self::close) and waits until the connections in use have come back, all engines within the
    /// limit together. Those that have not are cut off then: a statement that is at work ends, and it and everything that
    /// is called later is [`ErrorKind::Closed`](crate::ErrorKind::Closed); whether a write or a COMMIT that was at work is stored is
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), as ever. An open transaction is rolled back by the server immediately, and in an
    /// SQLite file when the connection is dropped.
    ///
    /// # Errors
    /// Connections were cut off: [`ErrorKind::StillInUse`](crate::ErrorKind::StillInUse), with the first engine that had any, and how many.
    pub fn close_within(&self, limit: Duration) -> Result<()> {
        self.close();
        let started = Instant::now();
        let left = || limit.saturating_sub(started.elapsed());
        #[cfg(feature = "tokio")]
        self.workers.get().wait_until_idle(left());
        // Every engine is closed, also after one that was not left in time.
        let emptied = self.pools().map(|(pool, _)| pool.empty_within(left()));
        let emptied = emptied.fold(Ok(()), Result::and);
        self.pools()
            .for_each(|(_, seen)| seen.canceller.wait_until_idle(left()));
        emptied
    }

    /// The engines without those that a tenant shares with the whole program.
    pub(crate) fn own_engines(&self) -> impl Iterator<Item = &Configured> {
        self.engines.iter().filter(|engine| !engine.is_shared)
    }

    /// The pools of all engines and of their replicas, and what their connections have in common.
    fn pools(&self) -> impl Iterator<Item = (&Arc<Pool>, &Seen)> {
        self.own_engines().flat_map(|engine| {
            let pools = engine.readers.iter().flat_map(|readers| &readers.members);
            let pools = pools.map(|member| &member.pool);
            let replicas = pools.zip(engine.replicas.iter().map(|replica| &replica.seen));
            std::iter::once((&engine.pool, &engine.seen)).chain(replicas)
        })
    }
}

/// Without a thread for it, an engine is checked here.
fn answered(
    (engine, asked): (
        &Configured,
        std::io::Result<std::thread::ScopedJoinHandle<'_, Result<()>>>,
    ),
) -> (&'static str, Result<()>) {
    let outcome = match asked.map(std::thread::ScopedJoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => engine.check(),
    };
    (engine.info.name(), outcome)
}

impl Configured {
    pub(crate) fn new(
        program: &'static Program,
        index: usize,
        settings: Settings,
        hub: &Arc<Hub>,
    ) -> Result<Self> {
        let info = &program.engines[index];
        let watch = || Watch::new(program, index, settings.schema_check);
        let (pool, seen, observer) = pool_of(info, &settings, (&settings.target, None), hub)?;
        let pool = pool.watched(watch());
        pool.count_changes();
        let (mut members, mut replicas) = (Vec::new(), Vec::new());
        for (name, target) in &settings.replicas {
            let (pool, seen, _) = pool_of(info, &settings, (target, Some(name)), hub)?;
            members.push(Member::new(name.clone(), pool.watched(watch())));
            let url = target.to_string();
            replicas.push(Replica { url, seen });
        }
        let reads = settings.reads.clone();
        let readers = (!members.is_empty()).then(|| Replicas::new(reads, members));
        Ok(Self {
            info,
            tables: program.tables_of(index).collect(),
            own: kept::own_tables(info, settings.session.resolve_commits == Some(true)).collect(),
            replicas,
            readers,
            settings,
            pool,
            seen,
            is_shared: false,
            observer,
            #[cfg(feature = "atomic")]
            coordinators: Arc::default(),
            #[cfg(feature = "shards")]
            shard_maps: Arc::default(),
            #[cfg(feature = "shards")]
            shard_fences: Arc::default(),
        })
    }

    /// Has its connections, and those of its replicas, count towards a limit that others share. Nothing is open yet.
    #[cfg(feature = "tenants")]
    pub(crate) fn share(&self, budget: &Arc<Budget>) {
        self.pools().for_each(|pool| pool.share(budget));
    }

    /// Its pool, and those of its replicas.
    #[cfg(any(feature = "tenants", feature = "tokio"))]
    pub(crate) fn pools(&self) -> impl Iterator<Item = &Arc<Pool>> {
        let members = self.readers.iter().flat_map(|readers| &readers.members);
        std::iter::once(&self.pool).chain(members.map(|member| &member.pool))
    }

    fn check(&self) -> Result<()> {
        let checked = self.pool.acquire()?.check();
        checked.map_err(|error| error.on_engine(self.info.name()))
    }
}

/// Connections to one database of an engine, none of them open yet.
fn pool_of(
    info: &'static EngineInfo,
    settings: &Settings,
    (target, replica): (&ConnectionTarget, Option<&String>),
    hub: &Arc<Hub>,
) -> Result<(Arc<Pool>, Seen, Arc<Observer>)> {
    let seen = Seen::default();
    let observer = hub.observer(labels(info, target, replica), settings.log);
    let open = connector(&Wanted {
        info,
        settings,
        target,
        read_only: replica.is_some(),
        seen: seen.clone(),
        observer: Arc::clone(&observer),
    })?;
    let pool = Pool::new(info.name(), PoolLimits::from(settings), open);
    Ok((pool.observed(Arc::clone(&observer)), seen, observer))
}

/// For functions that take `&impl AsRef<Registry>`: a registry, or the generated `Databases` around one.
impl AsRef<Registry> for Registry {
    fn as_ref(&self) -> &Registry {
        self
    }
}

/// The engines without passwords.
impl fmt::Debug for Registry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engines = self.engines.iter().map(|engine| {
            let stats = engine.pool.stats();
            (
                engine.info.name(),
                (engine.settings.target.to_string(), stats),
            )
        });
        out.write_str("Registry ")?;
        out.debug_map().entries(engines).finish()
    }
}

/// Citus changes the shards of a table over several connections of one transaction. DROP TABLE waits for those that have dropped a foreign
/// key of it before, a deadlock with itself (40P01), and a reference table is not written after a table that refers to it was read over
/// several. The session is used for nothing else.
fn one_connection_each(physical: &mut Physical, cluster: Option<Cluster>) -> Result<()> {
    match cluster {
        Some(Cluster::Citus) => {
            physical.define("SET citus.multi_shard_modify_mode TO 'sequential'")
        }
        Some(Cluster::Galera) | None => Ok(()),
    }
}
