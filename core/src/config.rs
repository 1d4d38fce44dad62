//! `bindery.toml`: engines, schema files, Rust types. Read by the build and by the running program alike.
//!
//! Reading ([`Config::parse`]) looks at the text only. Variables of the environment are filled in later, by the code
//! that needs them: the build for the dialect ([`Config::model_engines`]), the program for the connection
//! ([`Config::target`]). What a variable holds is never kept, printed or expanded again.

mod atomic;
mod build;
mod check;
mod cluster;
pub mod findings;
mod keys;
mod migrations;
mod password;
mod pool;
mod read;
mod redact;
mod resolve;
mod session;
mod shards;
mod target;
mod template;
mod tls;
mod tls_keys;
mod toml_reader;
mod unread;
mod url;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::atomic::{AtomicConfig, AtomicGroup};
pub use self::build::{Engine, EngineId};
pub use self::keys::{KEYS, Key, On, Section};
pub use self::migrations::{MIGRATIONS_FOLDER, MigrationsCheck, MigrationsConfig};
pub use self::pool::PoolConfig;
pub use self::resolve::override_variable;
pub use self::session::{
    OutsideTransaction, SessionConfig, SessionReset, Synchronous, is_application_name,
};
pub use self::shards::{ShardSet, ShardsConfig};
pub use self::target::{Address, ConnectionTarget, Endpoint, Secret, Server, SqliteAddress};
pub use self::template::Template;
pub use self::tls::{ChannelBinding, TlsError, TlsMode, TlsOptions};
pub use self::tls_keys::TlsKeys;
pub use self::unread::UnreadVariable;
pub use self::url::{UrlError, parse_url, scheme_dialect};
use crate::cluster::Cluster;
use crate::derives::AllDerives;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Flavour};
use crate::disk;
use crate::json_names::RenameRule;
use crate::lints::LintEntry;
use crate::source::{FileId, SourceFile, Sources, Span};

/// Looks up a variable of the environment; tests and tools pass their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process. A value that is not UTF-8 counts as missing.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The whole file, variables not filled in.
#[derive(Debug, Clone)]
pub struct Config {
    /// Relative paths in the file start here.
    pub folder: PathBuf,
    /// `[schema] files`, in order; empty where none are named.
    pub files: Vec<SchemaFile>,
    /// `[schema] queries`, in order.
    pub queries: Vec<QueryPath>,
    /// By name, sorted. Never empty.
    pub engines: Vec<EngineConfig>,
    /// `[types]`, in the order of the file.
    pub types: Vec<TypeMapping>,
    /// `[crates]`, by name, sorted.
    pub crates: Vec<CrateConfig>,
    /// `[derives]`.
    pub derives: AllDerives,
    /// `[lints]`, in the order of the file.
    pub lints: Vec<LintEntry>,
    /// `[atomic]`, by name, sorted.
    pub atomic: Vec<AtomicConfig>,
    /// `[shards]`, by name, sorted.
    pub shards: Vec<ShardsConfig>,
    /// `[migrations]`.
    pub migrations: MigrationsConfig,
    /// The file with all secrets masked, for messages.
    source: Option<SourceFile>,
}

/// One entry of `[schema] files`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFile {
    /// Relative to the file's folder.
    pub path: String,
    /// Which SQL it is written in, where said.
    pub dialect: Option<Dialect>,
    /// Engines of its untagged tables; empty where not said.
    pub engines: Vec<String>,
    /// The rule that names the columns of its rows in JSON, where said.
    pub serde_rename: Option<RenameRule>,
    /// The path in the file.
    pub span: Span,
}

/// One entry of `[schema] queries`: a file with queries, or a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPath {
    /// Relative to the file's folder.
    pub path: String,
    /// The path in the file.
    pub span: Span,
}

/// One entry of `[types]`: the Rust type of columns of a SQL type, or of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMapping {
    /// A SQL type (`citext`, `binary(16)`) or `table.column`.
    pub key: String,
    /// The path of a Rust type, `crate::Email`.
    pub rust_type: String,
    /// The key in the file.
    pub span: Span,
}

/// One entry of `[crates]`: a crate that Rust types are of, for the manifest of a generated crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateConfig {
    /// Its name, as in a `Cargo.toml`.
    pub name: String,
    /// The version that is needed; a version, a path or both are there.
    pub version: Option<String>,
    /// Its folder, relative to the configuration's.
    pub path: Option<String>,
    /// Features that are turned on.
    pub features: Vec<String>,
    /// The key in the file.
    pub span: Span,
}

/// One engine: `url`, or `[engines.NAME]` with all keys below it.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// `[a-z][a-z0-9_]{0,31}`.
    pub name: String,
    /// Its name in the file; `None` without a file.
    pub span: Option<Span>,
    /// `dialect`, where written.
    pub dialect: Option<Dialect>,
    /// `flavour`, where written.
    pub flavour: Option<Flavour>,
    /// `cluster`, where written.
    pub cluster: Option<Cluster>,
    /// Where it connects to.
    pub source: ConnectionSource,
    /// `connection`: whether connections are kept between uses.
    pub connection: ConnectionMode,
    /// `pool`: how many connections, and for how long.
    pub pool: PoolConfig,
    /// `password-file` or `password-command`.
    pub password_from: Option<PasswordFrom>,
    /// The settings of its sessions.
    pub session: SessionConfig,
    /// `slow-statement`, `echo` and what belongs to them.
    pub log: LogConfig,
    /// `tls` and what belongs to it.
    pub tls: TlsKeys,
    /// `schema-check`: what becomes of differences between the tables and the program.
    pub schema_check: SchemaCheck,
    /// `replicas`: copies that reads may go to.
    pub replicas: Vec<ReplicaConfig>,
    /// `reads` and what belongs to it.
    pub reads: ReadsConfig,
    /// `outbox`: the engine has a table of tasks.
    pub outbox: bool,
    /// `inbox`: the engine has a table of tasks whose effects it has.
    pub inbox: bool,
    /// `sagas`: the tables of sagas that it has.
    pub sagas: Option<SagaTables>,
    /// `sync-target`: it has the tables of syncs that the program calls.
    pub sync_target: bool,
    /// `protected`: commands that lose data refuse to work on it.
    pub protected: bool,
    /// `models-of`: the engine whose models it hosts too.
    pub models_of: Option<String>,
}

/// The source of an engine's connection.
#[derive(Debug, Clone)]
pub enum ConnectionSource {
    /// Nothing: only the environment's override can.
    Nowhere,
    /// `url`: all in one text.
    Url(Template),
    /// `host`, `port`, `database`, `username`, `password`.
    Parts(Box<ConnectionParts>),
}

/// A connection as single keys.
#[derive(Debug, Clone, Default)]
pub struct ConnectionParts {
    /// `host`: a name, an address or the folder of a socket.
    pub host: Option<Template>,
    /// `port`: that of the product, where it is not said.
    pub port: Option<Template>,
    /// `database`; the file for SQLite.
    pub database: Option<Template>,
    /// `username`: the account that logs in.
    pub username: Option<Template>,
    /// `password`: it is never shown.
    pub password: Option<Template>,
}

/// A password that is not in the file.
#[derive(Debug, Clone)]
pub struct PasswordFrom {
    /// The key in the file.
    pub span: Span,
    /// Where it is.
    pub place: PasswordPlace,
}

/// Where a password is that is not in the file.
#[derive(Debug, Clone)]
pub enum PasswordPlace {
    /// `password-file`: relative to the configuration's folder.
    File(Template),
    /// `password-command`: a program and its arguments; no shell stands between.
    Command(Vec<String>),
}

/// `connection`: whether connections are kept between uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConnectionMode {
    /// Kept in a pool.
    #[default]
    Long,
    /// Opened and closed per use.
    Short,
}

/// `sagas`: the tables of sagas that an engine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SagaTables {
    /// Those of the log, in which its own steps are recorded as well.
    Log,
    /// That of the steps alone: the log is on another engine.
    Steps,
}

/// `schema-check`: what is done about a database whose tables are not as the program was compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SchemaCheck {
    /// As [`Error`](Self::Error), and nothing is done on an engine whose tables were made for another schema, also where
    /// they fit.
    Strict,
    /// As [`Error`](Self::Error), and nothing is done on an engine on which the last migration that there was when the code was generated
    /// is not applied.
    AtHead,
    /// A statement that would meet the difference is refused before it is sent. That tables which fit were made for
    /// another schema is logged as a warning (by `tracing`), once: two versions of a program may run side by side.
    #[default]
    Error,
    /// It is logged as a warning (by `tracing`), once for each table.
    Warn,
    /// The tables are not looked at.
    Off,
}

/// `reads`: where calls that only read go, outside of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadsFrom {
    /// To the engine itself: what is read is what was written.
    #[default]
    Primary,
    /// To its replicas, one after the other, and to the engine itself while none of them is there. What is read may be
    /// as old as `max-replica-lag`.
    Replicas,
    /// To its replicas, and to nothing else: without one a read fails.
    ReplicasOnly,
}

/// `reads` and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadsConfig {
    /// `reads`: where reads go.
    pub reads: ReadsFrom,
    /// `max-replica-lag`: a replica that is further behind is not read from; `None` reads from any.
    pub max_replica_lag: Option<Duration>,
    /// `replica-wait`: how long a read waits for a replica to come to what it has to see.
    pub replica_wait: Duration,
    /// `replica-check`: how often a replica is looked at.
    pub replica_check: Duration,
    /// `replica-retry`: how long one that failed is left alone.
    pub replica_retry: Duration,
}

impl Default for ReadsConfig {
    fn default() -> Self {
        Self {
            reads: ReadsFrom::default(),
            max_replica_lag: Some(Duration::from_secs(10)),
            replica_wait: Duration::from_millis(500),
            replica_check: Duration::from_secs(1),
            replica_retry: Duration::from_secs(5),
        }
    }
}

/// The settings of what is logged of an engine's statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogConfig {
    /// `slow-statement`: statements that take this long are logged as warnings; `None` is `none`.
    pub slow_statement: Option<Duration>,
    /// `echo`: all statements are logged.
    pub echo: bool,
    /// `echo-from`: of these, only statements that take this long.
    pub echo_from: Option<Duration>,
    /// `echo-plan`: with the plan of each.
    pub echo_plan: bool,
    /// `echo-values`: with the values that were bound.
    pub echo_values: bool,
    /// `repeated-statement`: a statement that one connection or scope runs this often from one place is reported.
    pub repeated_statement: Option<u32>,
}

impl LogConfig {
    /// Returns whether anything is logged.
    pub fn is_any(&self) -> bool {
        self.echo || self.slow_statement.is_some()
    }

    /// Returns whether the values of statements are needed, to be shown or for their plans.
    pub fn needs_values(&self) -> bool {
        self.slow_statement.is_some() || (self.echo && (self.echo_plan || self.echo_values))
    }
}

/// The longest time that any setting takes, a year: longer ones are slips of the finger, and clocks overflow at some point.
pub const LONGEST_TIME: Duration = Duration::from_secs(365 * 24 * 3_600);

/// One of `replicas`.
#[derive(Debug, Clone)]
pub struct ReplicaConfig {
    /// The name of the replica: that of its table below `replicas`.
    pub name: String,
    /// Where it is.
    pub url: Template,
    /// The name in the file.
    pub span: Span,
}

impl Config {
    /// Reads a file. `None` when it cannot be used; then there is at least one error among the findings.
    pub fn load(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Self> {
        Self::load_as(&path.display().to_string(), path, sources, diagnostics)
    }

    /// The name of the file.
    pub const FILE: &str = "bindery.toml";

    /// Reads the file of a crate's folder, or the configuration that holds without a file. Messages show the path as it stands beside
    /// `Cargo.toml`.
    pub fn beside(
        folder: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let path = folder.join(Self::FILE);
        if !disk::is_there(&path) {
            return Some(Self::without_file(folder));
        }
        Self::load_as(Self::FILE, &path, sources, diagnostics)
    }

    /// The same for a file that messages show under another path, as that of its folder differs from machine to machine.
    pub fn load_as(
        shown: &str,
        path: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let bytes = disk::read_limited(path, LONGEST_FILE)
            .map_err(|error| unreadable(shown, &error.to_string(), diagnostics))
            .ok()?;
        if bytes.len() > LONGEST_FILE {
            unreadable(shown, "it is larger than 1 MiB", diagnostics);
            return None;
        }
        let text = String::from_utf8(bytes)
            .map_err(|error| {
                unreadable(
                    shown,
                    &format!("it is not UTF-8 text: {}", error.utf8_error()),
                    diagnostics,
                )
            })
            .ok()?;
        Self::parse(shown, &folder, &text, sources, diagnostics)
    }

    /// Reads a text. `path` is what messages show; `folder` is where its relative paths start. The text is added to
    /// `sources` with its secrets masked.
    pub fn parse(
        path: &str,
        folder: &Path,
        text: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let masked = SourceFile::new(path, redact::mask(text));
        let file = sources.add(masked.clone());
        let mut found = Diagnostics::default();
        let config = read::parse_config(file, text, &mut found).map(|config| Self {
            folder: folder.to_owned(),
            source: Some(masked),
            ..config
        });
        if let Some(config) = &config {
            check::check(config, file, &mut found);
        }
        found.sort();
        let failed = found.has_errors();
        diagnostics.extend(found);
        config.filter(|_| !failed)
    }

    /// Returns the configuration that holds without a file: one engine `default` at `DATABASE_URL`, else in
    /// `bindery.db`.
    pub fn without_file(folder: &Path) -> Self {
        let nowhere = Span {
            file: FileId(0),
            start: 0,
            end: 0,
        };
        let url = Template::variable_or("DATABASE_URL", "sqlite://bindery.db", nowhere);
        let engine = EngineConfig {
            span: None,
            source: ConnectionSource::Url(url),
            ..EngineConfig::new("default", None)
        };
        Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            queries: Vec::new(),
            engines: vec![engine],
            types: Vec::new(),
            crates: Vec::new(),
            derives: AllDerives::default(),
            lints: Vec::new(),
            atomic: Vec::new(),
            shards: Vec::new(),
            migrations: MigrationsConfig::default(),
            source: None,
        }
    }

    /// The engine of a name.
    pub fn engine(&self, name: &str) -> Option<&EngineConfig> {
        self.position(name).map(|at| &self.engines[at])
    }

    /// Returns the index of the engine with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        let found = self
            .engines
            .binary_search_by(|engine| engine.name.as_str().cmp(name));
        found.ok()
    }

    /// A finding of this file in one line, for errors of a running program: `bindery.toml:12:7: sentence; help`.
    pub fn describe(&self, diagnostic: &Diagnostic) -> String {
        let place = match (&self.source, diagnostic.labels.first()) {
            (Some(source), Some(label)) => {
                let at = source.line_column(label.span.start);
                format!("{}:{}:{}: ", source.path(), at.line, at.column)
            }
            (None, _) | (_, None) => String::new(),
        };
        let help = diagnostic
            .help
            .as_ref()
            .map(|help| format!("; {help}"))
            .unwrap_or_default();
        format!("{place}{}{help}", diagnostic.message)
    }
}

impl EngineConfig {
    fn new(name: &str, span: Option<Span>) -> Self {
        Self {
            name: name.to_owned(),
            span,
            dialect: None,
            flavour: None,
            cluster: None,
            source: ConnectionSource::Nowhere,
            connection: ConnectionMode::default(),
            pool: PoolConfig::default(),
            password_from: None,
            session: SessionConfig::default(),
            log: LogConfig::default(),
            tls: TlsKeys::default(),
            reads: ReadsConfig::default(),
            schema_check: SchemaCheck::default(),
            replicas: Vec::new(),
            outbox: false,
            inbox: false,
            sagas: None,
            sync_target: false,
            protected: false,
            models_of: None,
        }
    }
}

/// The longest file in bytes: a configuration has a few kilobytes.
pub const LONGEST_FILE: usize = 1 << 20;

fn unreadable(path: &str, reason: &str, diagnostics: &mut Diagnostics) {
    diagnostics.push(findings::unreadable(path, reason));
}

#[cfg(test)]
mod tests;
