//! The status of an engine, without connecting to it. Nothing here holds a password.

use std::time::Duration;

use bindery_core::config::{
    ConnectionMode, LogConfig, PoolConfig, ReadsFrom, SessionConfig, TlsMode,
};

use crate::databases::{Configured, Replica};
#[cfg(any(feature = "migrations", feature = "outbox"))]
use crate::driver::version_numbers::version_numbers;
use crate::link::pool::PoolStats;
use crate::link::replicas::{Member, ReplicaState};
use bindery_core::dialect::{Dialect, Flavour};
use bindery_core::program::{ModelInfo, Program};

/// One engine: what was compiled in, how it is configured, and how many connections it has.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EngineStatus {
    /// The name of the engine, as in `bindery.toml`.
    pub name: &'static str,
    /// The dialect its statements are written in.
    pub dialect: Dialect,
    /// The product they are written for, where they need one.
    pub flavour: Option<Flavour>,
    /// The place that it connects to, as a URL without password and parameters.
    pub url: String,
    /// The encryption of its connections; `None` for SQLite.
    pub tls: Option<TlsMode>,
    /// Whether its connections leave this machine in plain text, which only `tls-plaintext` allows.
    pub is_readable_by_others: bool,
    /// Names of the URL's other parameters; their values may be secret.
    pub parameters: Vec<String>,
    /// Kept between uses, or opened for each.
    pub connection: ConnectionMode,
    /// The limits of its connections: their number, and the time that they live.
    pub limits: PoolConfig,
    /// The settings of its sessions, and the limits of connecting and of statements.
    pub session: SessionConfig,
    /// Its statements that are logged now: all of them (`echo`), slow ones, repeated ones.
    pub log: LogConfig,
    /// Models that live here, with their tables and columns, in the order of the schema.
    pub models: Vec<&'static ModelInfo>,
    /// The number of connections that it has now.
    pub pool: PoolStats,
    /// The server that answered the last connection; `None` before.
    pub server: Option<ServerProduct>,
    /// The target of its reads.
    pub reads: ReadsFrom,
    /// Copies that can be read from.
    pub replicas: Vec<ReplicaStatus>,
    /// Other engines that lead to the same database, as far as names show it: each has its own pool, and one waits for the
    /// other's locks.
    pub same_database: Vec<&'static str>,
}

/// The product of an engine, as it names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerProduct {
    /// `PostgreSQL`, `MySQL`, `MariaDB` or `SQLite`.
    pub product: &'static str,
    /// The version, as the product writes it.
    pub version: String,
}

impl ServerProduct {
    /// The numbers that its version begins with.
    #[cfg(any(feature = "migrations", feature = "outbox"))]
    pub(crate) fn numbers(&self) -> Vec<u32> {
        version_numbers(&self.version)
    }
}

/// One replica of an engine.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReplicaStatus {
    /// The name of the replica, as in `bindery.toml`.
    pub name: String,
    /// Where it is, as a URL without password and parameters.
    pub url: String,
    /// The number of connections that it has now.
    pub pool: PoolStats,
    /// The server that answered the last connection; `None` before.
    pub server: Option<ServerProduct>,
    /// Whether reads go there, and if not, why.
    pub state: ReplicaState,
    /// How long ago its primary wrote what it had not applied when it was looked at last; zero where it had everything. `None`
    /// where it was not looked at, where the primary keeps no log of that, and for an SQLite file, which is always current.
    pub lag: Option<Duration>,
    /// Why no reads go there. It is gone when they do again.
    pub last_error: Option<String>,
}

/// One of the hosts that an engine of a server is configured with.
#[cfg(any(feature = "postgres", feature = "mysql"))]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostStatus {
    /// As the configuration names it: `db1.example.org:5432`, or the path of a socket.
    pub host: String,
    /// Whether connections of the engine lead there at the moment: it let the last one in. Before any was opened it is the first host.
    pub is_live: bool,
    /// Whether it takes writes; `None` where it does not answer.
    pub takes_writes: Option<bool>,
    /// Why it does not answer.
    pub last_error: Option<String>,
}

impl EngineStatus {
    /// `all` are the engines of the program, this one among them.
    pub(crate) fn new(engine: &Configured, all: &[Configured], program: &'static Program) -> Self {
        let name = engine.info.name();
        let settings = &engine.settings;
        Self {
            name,
            dialect: engine.info.dialect,
            flavour: engine.info.flavour,
            url: settings.target.to_string(),
            tls: settings.tls_mode(),
            is_readable_by_others: settings.is_readable_by_others(),
            parameters: settings.parameter_names(),
            connection: settings.mode,
            limits: settings.pool.clone(),
            session: settings.session.clone(),
            log: engine.observer.log_config(),
            models: program.models_on(name).collect(),
            pool: engine.pool.stats(),
            server: engine.seen.get(),
            reads: settings.reads.reads,
            replicas: replicas_of(engine),
            same_database: same_database(engine, all),
        }
    }
}

pub(crate) fn replicas_of(engine: &Configured) -> Vec<ReplicaStatus> {
    let members = engine.readers.iter().flat_map(|readers| &readers.members);
    let both = members.zip(&engine.replicas);
    both.map(|(member, replica)| ReplicaStatus::new(member, replica))
        .collect()
}

impl ReplicaStatus {
    fn new(member: &Member, replica: &Replica) -> Self {
        let known = member.health.known();
        Self {
            name: member.name.clone(),
            url: replica.url.clone(),
            pool: member.pool.stats(),
            server: replica.seen.get(),
            state: known.state,
            lag: known.lag,
            last_error: known.last_error,
        }
    }
}

fn same_database(engine: &Configured, all: &[Configured]) -> Vec<&'static str> {
    let target = &engine.settings.target;
    let others = all
        .iter()
        .filter(|other| other.info.name() != engine.info.name());
    others
        .filter(|other| other.settings.target.is_same_database(target))
        .map(|other| other.info.name())
        .collect()
}
