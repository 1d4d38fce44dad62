//! An engine said in code: what a section of `bindery.toml` holds, as methods.

use std::fmt;
use std::time::Duration;

use bindery_core::config::{
    Address, ConnectionMode, ConnectionTarget, Endpoint, LONGEST_TIME, LogConfig,
    OutsideTransaction, PoolConfig, ReadsConfig, ReadsFrom, SchemaCheck, Secret, Server,
    SessionConfig, SessionReset, SqliteAddress, Synchronous, TlsOptions, is_application_name,
    parse_url,
};

use super::{Settings, refused};
use crate::error::Result;
use bindery_core::dialect::{Dialect, Flavour};

/// One engine, configured in code. Everything that is not set has the defaults of `bindery.toml`; mistakes are reported
/// when a registry is opened.
///
/// ```
/// use std::time::Duration;
/// use bindery::EngineOptions;
///
/// let options = EngineOptions::postgres("db.example.org", "shop")
///     .username("ann")
///     .password("p@ss:w/rd%")
///     .statement_timeout(Duration::from_secs(5))
///     .application_name("shop");
/// assert!(!format!("{options:?}").contains("p@ss"));
/// ```
#[derive(Clone, PartialEq)]
pub struct EngineOptions {
    place: Given,
    username: Option<String>,
    password: Option<Secret>,
    port: Option<u16>,
    flavour: Option<Flavour>,
    mode: ConnectionMode,
    pool: PoolConfig,
    session: SessionConfig,
    log: LogConfig,
    pub(super) tls: TlsOptions,
    schema_check: SchemaCheck,
    reads: ReadsConfig,
    replicas: Vec<(String, Secret)>,
    schema: Option<String>,
}

/// Where an engine is, as it was said.
#[derive(Clone, PartialEq)]
enum Given {
    /// May hold a password.
    Url(Secret),
    Target(ConnectionTarget),
}

impl EngineOptions {
    /// An engine at a URL: `sqlite://relative/path.db`, `sqlite:///absolute/path.db`, `sqlite::memory:`,
    /// `postgres://user:password@host:port/database`, `mysql://…`, `mariadb://…`. Several hosts, `first,second:5433`, are
    /// tried one after the other.
    pub fn url(url: impl Into<String>) -> Self {
        Self::at(Given::Url(Secret::new(url)))
    }

    /// A database of a PostgreSQL server: the host's name or address, or the folder of its socket.
    pub fn postgres(host: impl Into<String>, database: impl Into<String>) -> Self {
        Self::server(Dialect::Postgres, host.into(), 5432, database.into())
    }

    /// A database of a MySQL or MariaDB server: the host's name or address, or its socket.
    pub fn mysql(host: impl Into<String>, database: impl Into<String>) -> Self {
        Self::server(Dialect::Mysql, host.into(), 3306, database.into())
    }

    /// An SQLite file; a relative path starts in the working directory.
    pub fn sqlite(path: impl Into<std::path::PathBuf>) -> Self {
        Self::at(Given::Target(ConnectionTarget {
            dialect: Dialect::Sqlite,
            flavour: None,
            place: Address::Sqlite(SqliteAddress::File(path.into())),
        }))
    }

    /// An engine at a place that is read already: for the command.
    #[doc(hidden)]
    pub fn at_target(target: ConnectionTarget) -> Self {
        Self::at(Given::Target(target))
    }

    fn server(dialect: Dialect, host: String, port: u16, database: String) -> Self {
        let endpoint = if host.starts_with('/') {
            Endpoint::Socket {
                path: host.into(),
                port,
            }
        } else {
            Endpoint::Tcp { host, port }
        };
        let server = Server {
            endpoints: vec![endpoint],
            username: None,
            password: None,
            database,
            tls: TlsOptions::default(),
            parameters: Vec::new(),
        };
        Self::at(Given::Target(ConnectionTarget {
            dialect,
            flavour: None,
            place: Address::Server(server),
        }))
    }

    fn at(place: Given) -> Self {
        Self {
            place,
            username: None,
            password: None,
            port: None,
            flavour: None,
            mode: ConnectionMode::default(),
            pool: PoolConfig::default(),
            session: SessionConfig::default(),
            log: LogConfig::default(),
            tls: TlsOptions::default(),
            schema_check: SchemaCheck::default(),
            reads: ReadsConfig::default(),
            replicas: Vec::new(),
            schema: None,
        }
    }

    /// The one schema of a PostgreSQL database in which names without a schema are looked for: the session's `search_path`. It
    /// is set and read back when a connection is opened, and a schema that is not there is
    /// [`ErrorKind::UnknownDatabase`](crate::ErrorKind::UnknownDatabase). The same is `?schema=` in a URL.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = Some(name.into());
        self
    }

    /// Sets what happens where tables are not as the program was compiled for; they are looked at when the first of
    /// them is used.
    #[must_use]
    pub fn schema_check(mut self, check: SchemaCheck) -> Self {
        self.schema_check = check;
        self
    }

    /// Sets the account, in place of the URL's.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// With what, in place of the URL's; as it is, nothing of it is encoded.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret::new(password));
        self
    }

    /// The server's port, in place of the URL's.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Sets which product a `mysql` URL leads to.
    #[must_use]
    pub fn flavour(mut self, flavour: Flavour) -> Self {
        self.flavour = Some(flavour);
        self
    }

    /// Opens a connection for each use and closes it afterwards, in place of keeping it.
    #[must_use]
    pub fn short(mut self) -> Self {
        self.mode = ConnectionMode::Short;
        self
    }

    /// At most this number of connections at a time; at least 1.
    #[must_use]
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.pool.max_connections = connections;
        self
    }

    /// So many connections stay open once they were needed, however long they are idle. None is opened before.
    #[must_use]
    pub fn min_connections(mut self, connections: u32) -> Self {
        self.pool.min_connections = connections;
        self
    }

    /// The longest wait for a connection.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.pool.acquire_timeout = timeout;
        self
    }

    /// A connection that is idle for this long is closed, whether a caller comes or not.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool.idle_timeout = timeout;
        self
    }

    /// A connection of this age is closed: immediately where it is idle, else when it is returned.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.pool.max_lifetime = lifetime;
        self
    }

    /// A connection that was idle for this long is tried before it is given out.
    #[must_use]
    pub fn test_after_idle(mut self, idle: Duration) -> Self {
        self.pool.test_after_idle = idle;
        self
    }

    /// The longest that connecting to a server takes: name, network, TLS and login, all hosts together. 10 s unless said.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.session.connect_timeout = timeout;
        self
    }

    /// The longest that a call takes, with all of its statements; 30 s unless said. `None`: as long as it wants. Waiting until
    /// others have written an SQLite file is not part of it: that ends at the [`busy_timeout`](Self::busy_timeout). Each row of
    /// [`iter`](crate::Repository::iter) has it anew; [`Rows::within`](crate::rows::Rows::within) bounds all of them.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.session.statement_timeout = timeout.into();
        self
    }

    /// The longest that a statement waits for a lock on a server; as the server has it unless said, or `None`.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.session.lock_timeout = timeout.into();
        self
    }

    /// A server ends a session that leaves a transaction open and does nothing for this long; 10 minutes unless said. `None`:
    /// never.
    #[must_use]
    pub fn idle_in_transaction_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.session.idle_in_transaction_timeout = timeout.into();
        self
    }

    /// A transaction that is open for longer is rolled back at its next statement: it may have been forgotten. 60 s
    /// unless said; `None`: never.
    #[must_use]
    pub fn max_transaction_age(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.session.max_transaction_age = age.into();
        self
    }

    /// Sets how a call is treated whose thread takes another connection of the engine while a transaction or a session of the engine is
    /// open on it. Unless said, it is refused in the closure of a session or of an atomic transaction
    /// ([`OutsideTransaction::Error`]). In a transaction of one connection and beside a session that was begun by hand it is
    /// [`OutsideTransaction::Warn`] in builds with debug assertions, else [`OutsideTransaction::Allow`]. Where such a call is
    /// meant, it is made within [`Registry::outside_transaction`](crate::Registry::outside_transaction).
    #[must_use]
    pub fn outside_transaction(mut self, wanted: OutsideTransaction) -> Self {
        self.session.outside_transaction = Some(wanted);
        self
    }

    /// The longest that a statement on an SQLite file waits until others, also other programs, have written; 5 s unless said.
    #[must_use]
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.session.busy_timeout = timeout;
        self
    }

    /// Sets how a server lists the sessions: 1 to 63 printable ASCII characters. `bindery` by default.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.session.application_name = name.into();
        self
    }

    /// When the session of a pooled connection is made as new; [`SessionReset::Noticed`] unless said. [`SessionReset::Always`] is for
    /// databases whose triggers or functions change settings, lock or make temporary tables. PostgreSQL does it in the
    /// packet of the next user's first statement; MySQL and MariaDB take two round trips before it, and prepare their
    /// statements anew.
    #[must_use]
    pub fn reset(mut self, reset: SessionReset) -> Self {
        self.session.reset = reset;
        self
    }

    /// Says that a pooler stands before the server that keeps a session for as long as its connection (PgBouncer's
    /// `pool_mode = session`). [Atomic groups](crate::atomic::AtomicOutcome) refuse a pooler of which that is not said. One that gives each
    /// transaction another session takes their prepared statements, settings and locks from connections: an engine cannot be behind it.
    #[must_use]
    pub fn session_pooler(mut self) -> Self {
        self.session.session_pooler = true;
        self
    }

    /// Sets how far a COMMIT of an SQLite file waits for the disk; [`Synchronous::Full`] unless said. Whatever is less may lose
    /// committed transactions when the operating system crashes or power is lost, [`Synchronous::Off`] the whole file.
    #[must_use]
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.session.synchronous = Some(synchronous);
        self
    }

    /// Be able to find out what became of a COMMIT whose answer was lost
    /// ([`Registry::resolve`](crate::Registry::resolve)). PostgreSQL is, unless said otherwise; it costs 14 microseconds
    /// with the first write of a transaction. MySQL and MariaDB are not, unless said: it takes a table
    /// `_bindery_commits` in the database, and a statement more for each transaction that writes.
    #[must_use]
    pub fn resolve_commits(mut self, resolve: bool) -> Self {
        self.session.resolve_commits = Some(resolve);
        self
    }

    /// Logs statements that take this long as warnings, with their plans; not unless said.
    #[must_use]
    pub fn slow_statement(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.log.slow_statement = time.into();
        self
    }

    /// Logs a statement as a warning that runs this often from one place, over one connection that is held or in one counted
    /// part of the program: an N+1 query. At least 2.
    #[must_use]
    pub fn repeated_statement(mut self, times: impl Into<Option<u32>>) -> Self {
        self.log.repeated_statement = times.into();
        self
    }

    /// Logs every statement as it is sent; on standard error where the program has no subscriber of `tracing`.
    #[must_use]
    pub fn echo(mut self, echo: bool) -> Self {
        self.log.echo = echo;
        self
    }

    /// Of these, logs only statements that take this long.
    #[must_use]
    pub fn echo_from(mut self, time: Duration) -> Self {
        self.log.echo_from = Some(time);
        self
    }

    /// Logs the database's plan of each of these as well.
    #[must_use]
    pub fn echo_plan(mut self, plan: bool) -> Self {
        self.log.echo_plan = plan;
        self
    }

    /// Shows the values that are bound in what is logged. Not for production.
    #[must_use]
    pub fn echo_values(mut self, values: bool) -> Self {
        self.log.echo_values = values;
        self
    }

    /// A copy of the database that can be read from: [`Registry::connect_replica`](crate::Registry::connect_replica).
    #[must_use]
    pub fn replica(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.replicas.push((name.into(), Secret::new(url)));
        self
    }

    /// Sets where calls that only read go, outside of transactions; [`ReadsFrom::Primary`] unless said.
    #[must_use]
    pub fn reads(mut self, from: ReadsFrom) -> Self {
        self.reads.reads = from;
        self
    }

    /// A replica that is further behind its primary than this is not read from; 10 s unless said. `None`: it is, however
    /// far behind it is.
    #[must_use]
    pub fn max_replica_lag(mut self, lag: impl Into<Option<Duration>>) -> Self {
        self.reads.max_replica_lag = lag.into();
        self
    }

    /// The longest that a read waits until a replica has what the read has to see; 500 ms unless said.
    #[must_use]
    pub fn replica_wait(mut self, wait: Duration) -> Self {
        self.reads.replica_wait = wait;
        self
    }

    /// How often a replica is looked at while reads go there; every second unless said.
    #[must_use]
    pub fn replica_check(mut self, interval: Duration) -> Self {
        self.reads.replica_check = interval;
        self
    }

    /// For how long a replica that failed is left alone; 5 s unless said.
    #[must_use]
    pub fn replica_retry(mut self, pause: Duration) -> Self {
        self.reads.replica_retry = pause;
        self
    }

    pub(crate) fn settings(&self) -> Result<Settings> {
        self.check()?;
        let replicas = self.replicas.iter().enumerate();
        let replicas = replicas.map(|(index, (name, url))| {
            if self.replicas[..index]
                .iter()
                .any(|(other, _)| other == name)
            {
                let name = name.escape_debug();
                return Err(refused(format!("replica `{name}` is given twice")));
            }
            self.completed(parse_secret_url(url)?)
                .map(|target| (name.clone(), target))
        });
        Ok(Settings {
            replicas: replicas.collect::<Result<_>>()?,
            target: self.completed(self.target()?)?,
            mode: self.mode,
            pool: self.pool.clone(),
            session: self.session.clone(),
            log: self.log,
            schema_check: self.schema_check,
            reads: self.reads.clone(),
            creates_file: true,
            #[cfg(feature = "sqlite")]
            sqlite_setup: None,
        })
    }

    fn target(&self) -> Result<ConnectionTarget> {
        match &self.place {
            Given::Url(url) => parse_secret_url(url),
            Given::Target(target) => Ok(target.clone()),
        }
    }

    /// With what was said besides the place.
    fn completed(&self, mut target: ConnectionTarget) -> Result<ConnectionTarget> {
        target.flavour = self.flavour.or(target.flavour);
        self.join_tls(&mut target)?;
        self.join_schema(&mut target)?;
        match &mut target.place {
            Address::Server(_) if self.session.synchronous.is_some() => {
                let why = "`synchronous` is a setting of SQLite and means nothing for a server";
                return Err(refused(why.to_owned()));
            }
            Address::Server(server) => self.complete(server),
            Address::Sqlite(_)
                if self.username.is_none() && self.password.is_none() && self.port.is_none() => {}
            Address::Sqlite(_) => {
                let why = "`username`, `password` and `port` mean nothing for a SQLite file";
                return Err(refused(why.to_owned()));
            }
        }
        Ok(target)
    }

    /// As the URL's parameter, which the server's driver reads.
    fn join_schema(&self, target: &mut ConnectionTarget) -> Result<()> {
        let Some(schema) = &self.schema else {
            return Ok(());
        };
        match (target.dialect, &mut target.place) {
            (Dialect::Postgres, Address::Server(server)) => {
                server.parameters.retain(|(name, _)| name != "schema");
                server
                    .parameters
                    .push(("schema".to_owned(), schema.clone()));
                Ok(())
            }
            (Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql, _) => Err(refused(format!(
                "`schema` is a setting of PostgreSQL; on {} name another database",
                target.dialect
            ))),
        }
    }

    fn complete(&self, server: &mut Server) {
        if let Some(name) = &self.username {
            server.username = Some(name.clone());
        }
        if let Some(password) = &self.password {
            server.password = Some(password.clone());
        }
        for endpoint in &mut server.endpoints {
            match (endpoint, self.port) {
                (Endpoint::Tcp { port, .. } | Endpoint::Socket { port, .. }, Some(given)) => {
                    *port = given
                }
                (Endpoint::Tcp { .. } | Endpoint::Socket { .. }, None) => {}
            }
        }
    }

    fn check(&self) -> Result<()> {
        if self.pool.max_connections == 0 || self.pool.min_connections > self.pool.max_connections {
            let why = "`max_connections` must be at least 1 and not below `min_connections`";
            return Err(refused(why.to_owned()));
        }
        if self.reads.reads != ReadsFrom::Primary && self.replicas.is_empty() {
            let why = "reads are to go to replicas, and there is no `replica`";
            return Err(refused(why.to_owned()));
        }
        if self.log.repeated_statement.is_some_and(|times| times < 2) {
            return Err(refused(
                "`repeated_statement` must be at least 2".to_owned(),
            ));
        }
        if self.port == Some(0) {
            return Err(refused("`port` must be at least 1".to_owned()));
        }
        let name = &self.session.application_name;
        if !is_application_name(name) {
            let why = "`application_name` must be 1 to 63 printable ASCII characters";
            return Err(refused(why.to_owned()));
        }
        let wrong = self.times().into_iter().find(|(_, time)| {
            time.is_some_and(|time| time < Duration::from_millis(1) || time > LONGEST_TIME)
        });
        wrong.map_or(Ok(()), |(method, _)| {
            let why = format!("`{method}` must be between a millisecond and a year");
            Err(refused(why))
        })
    }

    /// Every time, by the method that sets it.
    fn times(&self) -> [(&'static str, Option<Duration>); 16] {
        let (pool, session) = (&self.pool, &self.session);
        [
            ("slow_statement", self.log.slow_statement),
            ("echo_from", self.log.echo_from),
            ("acquire_timeout", Some(pool.acquire_timeout)),
            ("idle_timeout", Some(pool.idle_timeout)),
            ("max_lifetime", Some(pool.max_lifetime)),
            ("test_after_idle", Some(pool.test_after_idle)),
            ("connect_timeout", Some(session.connect_timeout)),
            ("statement_timeout", session.statement_timeout),
            ("lock_timeout", session.lock_timeout),
            (
                "idle_in_transaction_timeout",
                session.idle_in_transaction_timeout,
            ),
            ("max_transaction_age", session.max_transaction_age),
            ("busy_timeout", Some(session.busy_timeout)),
            ("max_replica_lag", self.reads.max_replica_lag),
            ("replica_wait", Some(self.reads.replica_wait)),
            ("replica_check", Some(self.reads.replica_check)),
            ("replica_retry", Some(self.reads.replica_retry)),
        ]
    }
}

fn parse_secret_url(url: &Secret) -> Result<ConnectionTarget> {
    parse_url(url.expose()).map_err(|error| refused(format!("{}; {}", error.message, error.help)))
}

impl From<&str> for EngineOptions {
    fn from(url: &str) -> Self {
        Self::url(url)
    }
}

impl From<String> for EngineOptions {
    fn from(url: String) -> Self {
        Self::url(url)
    }
}

/// The URL without its password; nothing of one that cannot be read.
impl fmt::Debug for EngineOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.target().map(|target| target.to_string());
        let replicas: Vec<&str> = self
            .replicas
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        out.debug_struct("EngineOptions")
            .field("url", &url.as_deref().unwrap_or("(not a URL)"))
            .field("username", &self.username)
            .field("port", &self.port)
            .field("flavour", &self.flavour)
            .field("mode", &self.mode)
            .field("pool", &self.pool)
            .field("session", &self.session)
            .field("log", &self.log)
            .field("tls", &self.tls)
            .field("schema_check", &self.schema_check)
            .field("reads", &self.reads)
            .field("replicas", &replicas)
            .field("schema", &self.schema)
            .finish()
    }
}
